"""The practice range behind `make demo`: real parts, started here, imported by nobody."""
