"""From raw recordings to streams."""
