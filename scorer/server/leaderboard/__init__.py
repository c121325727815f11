"""The leaderboard: the best scored submission of each team, ranked."""
