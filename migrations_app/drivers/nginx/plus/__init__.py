"""NGINX Plus through its REST API."""
