"""How the server is, for the programs that watch it: it lives, it is ready, and its figures."""
