"""How predictions are checked, scored and ranked."""

SCORER_VERSION = "1"
"""To be raised with every change of `scorer.submission` or `scorer.metrics` that can change a verdict or a score."""
