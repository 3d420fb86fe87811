"""Why Triton is not started, in a sentence for the container's log."""


class CannotServeError(Exception):
    """Triton would not start, would serve something else than AWS's image, or would hang."""
