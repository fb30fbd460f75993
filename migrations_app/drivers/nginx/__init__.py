"""nginx: by a file that it includes and a reload, or by a number its njs keeps in shared memory."""
