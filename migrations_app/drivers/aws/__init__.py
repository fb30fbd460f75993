"""AWS: weighted target groups of a load balancer, and weighted records of Route 53."""
