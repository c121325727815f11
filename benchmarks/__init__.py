"""Each script measures one thing beside a peer, in one run, and prints a table."""
