"""Pure: the words and the laws. No Django, no I/O, and every function is handed its clock."""
