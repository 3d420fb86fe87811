"""A wall clock of a program's own, which a test sets forward and back while the program runs."""
