"""A Prometheus behind Grafana's data source proxy."""
