"""Google Cloud: weighted backend services in a URL map, and mirroring to one."""
