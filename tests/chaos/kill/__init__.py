"""The kill test: the operator dies after each single write, and the next one ends the work exactly once."""
