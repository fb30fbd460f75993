"""Pages, fragments and the stream. Enforces who may; never touches a driver or a source."""
