"""The one error of a wrong option, apart so that whoever reads a part of the command line can raise it."""

from tests.controlplane.expected import ExpectedError


class OptionError(ExpectedError):
    """An option cannot be used; the text names it and says what to do."""
