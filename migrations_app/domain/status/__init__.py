"""The public page, pure: one document, made from what was published and from nothing else."""
