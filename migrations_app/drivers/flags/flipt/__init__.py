"""Flipt: the threshold rollout of one boolean flag."""
