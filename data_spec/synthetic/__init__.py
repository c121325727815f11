"""A synthetic corpus: people who feel, show, hide and are watched, as a challenge's YAML describes them."""
