"""Something to migrate: an order service on two sides, with customers, kept in step by a feed."""
