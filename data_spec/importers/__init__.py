"""Public corpora on the user's disk, brought into the kit's layout."""
