"""Downloads: what each audience of the challenge is given, and when."""
