"""What a team's code finds installed: the kit's own packages, or what its requirements ask for."""
