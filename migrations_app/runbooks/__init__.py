"""Built-in runbooks, as YAML: start from one of them."""
