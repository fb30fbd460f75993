"""MySQL and MariaDB: any SELECT of one number, and questions about replication and load."""
