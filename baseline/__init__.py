"""How to predict: reference systems, and what they share."""
