"""Why the packer gives up: a sentence for a person, and the exit code that says whether another try is worth it."""

from endpoint_operator.planning.models.packer_exits import PackerExit


class GivenUp(Exception):
    """The text is one sentence: what is wrong, and what to do."""

    def __init__(self, code: PackerExit, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


class Terminated(BaseException):
    """SIGTERM came. Not an Exception: nothing between the signal and main() may take it for trouble of S3's."""
