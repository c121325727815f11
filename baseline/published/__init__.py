"""What papers tell, one file each: the figures that stand beside those that are measured."""
