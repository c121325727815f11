"""The reference systems, one file each."""
