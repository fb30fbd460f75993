"""Flagsmith: the percentage split of a segment, or the allocation of a multivariate option."""
