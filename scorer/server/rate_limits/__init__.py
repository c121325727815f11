"""Rate limits: how often somebody may try something."""
