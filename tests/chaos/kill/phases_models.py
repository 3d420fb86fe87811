"""Of a model of a multi-model endpoint: copied in one call, in parts, packed by a Job; replaced; removed."""

from tests.chaos.kill.kube_writes import JOB_MADE, JOB_REMOVED
from tests.chaos.kill.model_versions import ModelVersion, Source
from tests.chaos.kill.phase import Phase

_FIRST, _SECOND, _THIRD = ModelVersion(1), ModelVersion(2), ModelVersion(3)

MODEL_PHASES = (
    Phase(name="publish", asks=_FIRST, edit=_SECOND, about=("CopyObject",), whole=True),
    Phase(name="replace", before=(_FIRST,), asks=_SECOND, edit=_THIRD, about=("CopyObject", "DeleteObject")),
    # What somebody edits it back to while the operator is dead is what is about to be removed.
    Phase(
        name="parts",
        before=(_FIRST,),
        asks=ModelVersion(2, source=Source.LARGE_ARCHIVE),
        edit=_FIRST,
        about=("CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload", "DeleteObject"),
    ),
    Phase(
        name="pack",
        asks=ModelVersion(1, source=Source.DIRECTORY),
        edit=ModelVersion(2, source=Source.DIRECTORY),
        about=(JOB_MADE, JOB_REMOVED),
    ),
    Phase(name="unpublish", before=(_FIRST, _SECOND), asks=None, edit=_THIRD, about=("DeleteObject",)),
)
