"""The classic bugs, put back one by one: whatever holds us to the laws has to go red."""
