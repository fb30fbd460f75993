"""The plan: what was agreed before the night, as closed and frozen models, and as YAML."""
