"""What the data of a challenge is: its formats, its corpora and its features. Imports nothing else of the kit."""
