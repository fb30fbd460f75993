"""Live: who changed, and the open connections that want to know. Holds no thread per viewer."""
