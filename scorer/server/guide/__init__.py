"""The pages that explain the challenge: its data and format, and its rules. All of it is made from its YAML."""
