"""The commands of `python -m baseline`: each file is one, loaded when it is called."""
