"""PostgreSQL: any SELECT of one number, and ready-made questions about replication and load."""
