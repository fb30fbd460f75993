"""Template helpers: how a state, an age and a number look."""
