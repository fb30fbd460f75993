"""HAProxy through its Data Plane API, version 3."""
