"""What people see and press, in a real browser before the real web process."""
