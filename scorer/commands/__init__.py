"""The commands of `python -m scorer`: each file holds the command of its name."""
