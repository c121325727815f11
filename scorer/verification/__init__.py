"""Is a team to be believed? Its code is run anew, and what it predicts is compared with what the team sent."""
