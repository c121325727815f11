"""How predictions are checked, scored and ranked."""
