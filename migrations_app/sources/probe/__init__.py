"""Addresses on the network: whether they take connections, how fast, and with which certificate."""
