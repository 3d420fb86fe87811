"""The kill test: the operator dies after each single write, and the next one ends the work exactly once.

`phases.py` says in which parts of an object's life; `python -m tests.chaos.kill --help` runs some of the rows alone.
"""
