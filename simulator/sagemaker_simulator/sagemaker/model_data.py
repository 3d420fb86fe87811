"""Where a container's model lies: ModelDataUrl or ModelDataSource.

Rules are those of S3ModelDataSource in the SageMaker API reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagemaker_simulator.hosting.contract import ModelDataForm
from sagemaker_simulator.wire.errors import NotModelled, validation_exception

Container = Mapping[str, Any]
_FORMS = {
    ("S3Object", "Gzip"): ModelDataForm.ARCHIVE,
    ("S3Object", "None"): ModelDataForm.OBJECT,
    ("S3Prefix", "None"): ModelDataForm.PREFIX,
}
# Members of S3ModelDataSource that need what is not there: agreements, hubs and manifests.
_NOT_YET = ("HubAccessConfig", "ManifestS3Uri", "ETag", "ManifestEtag")


@dataclass(frozen=True, kw_only=True)
class ModelData:
    """An s3:// URL and what lies there."""

    url: str
    form: ModelDataForm


def check_model_data_source(container: Container) -> None:
    """Raise AwsError for a ModelDataSource that CreateModel refuses."""
    source = _source(container)
    if source is None:
        return
    if (source["S3DataType"], source["CompressionType"]) not in _FORMS:
        raise validation_exception(
            f"CompressionType {source['CompressionType']} cannot be used with S3DataType {source['S3DataType']}: a "
            "compressed model is one S3Object."
        )
    if source["S3DataType"] == "S3Prefix" and not source["S3Uri"].endswith("/"):
        raise validation_exception(
            f'S3Uri "{source["S3Uri"]}" must end with a forward slash (/) when S3DataType is S3Prefix.'
        )


def check_model_data(container: Container) -> None:
    """Raise NotModelled for a ModelDataSource with members that nothing here acts on."""
    source = _source(container) or {}
    for member in _NOT_YET:
        if member in source:
            raise NotModelled(f"{member} of a ModelDataSource is not modelled yet")


def model_data_of(container: Container) -> ModelData | None:
    """Return where the container's model lies, None without model data."""
    source = _source(container)
    if source is not None:
        return ModelData(url=source["S3Uri"], form=_FORMS[source["S3DataType"], source["CompressionType"]])
    url = container.get("ModelDataUrl")
    return ModelData(url=url, form=ModelDataForm.ARCHIVE) if url else None


def _source(container: Container) -> Mapping[str, Any] | None:
    source: Mapping[str, Any] | None = container.get("ModelDataSource", {}).get("S3DataSource")
    return source
