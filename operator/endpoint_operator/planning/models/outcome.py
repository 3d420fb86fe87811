"""What came of the steps of a model's plan."""

from dataclasses import dataclass

from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.steps import ModelStep

SOURCE_CHANGED = "SourceChanged"
"""The source no longer has the ETag that was planned with (S3 answers 412); blame WORLD."""
SOURCE_NOT_FOUND = "SourceNotFound"
"""The source is gone; blame USER."""
ARCHIVE_INVALID = "ArchiveInvalid"
"""CheckArchive read the archive and it is wrong; blame USER. Remembered: the same content is not read again."""


@dataclass(frozen=True, kw_only=True)
class ModelOutcome:
    """The steps that were done in their order, and why the next one was not.

    `etag` and `size_bytes` are those of the object that CopyObject made, or found there with the same content. An
    AskTarget that is done was answered by the model.
    """

    done: tuple[ModelStep, ...] = ()
    fault: Fault | None = None
    etag: str | None = None
    size_bytes: int | None = None

    def did(self, kind: type[ModelStep]) -> bool:
        return any(isinstance(step, kind) for step in self.done)


NOTHING_DONE = ModelOutcome()
