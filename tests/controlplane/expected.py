"""Errors whose text is written for whoever started a command: what is wrong, and what to do about it."""


class ExpectedError(Exception):
    """A command prints its text and exits with 1; anything else is a defect of ours and keeps its traceback."""
