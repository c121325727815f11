"""The story of each kind of task: what its synthetic corpus is made of. Every figure in it stands in the YAML."""
