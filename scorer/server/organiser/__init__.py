"""The organiser's pages: what goes on, and what an organiser decides about teams, submissions and stages."""
