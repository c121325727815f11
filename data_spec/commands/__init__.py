"""The commands of `python -m data_spec`: each file is one, loaded when it is called."""
