"""Rescoring: new versions of the scorer or of the labels, computed aside, shown as a diff, then made live at once."""
