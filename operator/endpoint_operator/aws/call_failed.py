"""A call to AWS that failed: what was asked, and what came back."""

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

# All that a call can raise. ResponseParserError: who answered is not AWS, a proxy's error page as a rule.
AWS_ERRORS = (BotoCoreError, ClientError, ResponseParserError)


class CallFailed(Exception):
    """A call to AWS that was not done, or whose answer was lost. `code` is empty where AWS did not answer."""

    def __init__(self, *, service: str, operation: str, cause: Exception) -> None:
        self.service = service
        self.operation = operation
        self.cause = cause
        error = cause.response.get("Error", {}) if isinstance(cause, ClientError) else {}
        self.code = str(error.get("Code", ""))
        self.text = str(error.get("Message") or cause)
        super().__init__(f"{service}:{operation}: {self.code or type(cause).__name__}: {self.text}")

    @property
    def action(self) -> str:
        """The operation as IAM policies spell it: CreateModel."""
        return "".join(word.capitalize() for word in self.operation.split("_"))

    @property
    def fails_before_the_call(self) -> bool:
        """Whether credentials for it were refused: whatever was asked, AssumeRole was asked before it."""
        return isinstance(self.cause, ClientError) and self.cause.operation_name.startswith("AssumeRole")

    @property
    def status(self) -> int:
        """The HTTP status, 0 where AWS did not answer."""
        if not isinstance(self.cause, ClientError):
            return 0
        return int(self.cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
