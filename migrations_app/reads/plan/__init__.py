"""The plan of a run to be read: what was agreed, what came of it, and what a phase would bring."""
