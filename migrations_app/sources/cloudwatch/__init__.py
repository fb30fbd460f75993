"""CloudWatch: metrics and metric math through GetMetricData."""
