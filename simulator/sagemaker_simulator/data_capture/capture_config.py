"""What a DataCaptureConfig asks for. Source: DataCaptureConfig and its members in the SageMaker API reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MODES = {"Input": {"Input"}, "Output": {"Output"}, "InputAndOutput": {"Input", "Output"}}


@dataclass(frozen=True, kw_only=True)
class CaptureConfig:
    """A DataCaptureConfig that is switched on; `percentage` is of requests, 0 to 100."""

    destination: str
    percentage: int
    input: bool
    output: bool
    csv_types: frozenset[str]
    json_types: frozenset[str]
    kms_key: str | None

    def encoding_of(self, content_type: str) -> str:
        """Return CSV or JSON for a type that the config lists, else BASE64.

        Without a list everything is BASE64 ("If no headers are specified SageMaker AI will by default base64 encode").
        Parameters such as `; charset=utf-8` do not count.
        """
        bare = content_type.partition(";")[0].strip().lower()
        if bare in self.csv_types:
            return "CSV"
        return "JSON" if bare in self.json_types else "BASE64"


def capture_config(definition: Mapping[str, Any] | None) -> CaptureConfig | None:
    """Return what to capture, None when capture is not asked for or switched off (EnableCapture defaults to on)."""
    if definition is None or not definition.get("EnableCapture", True):
        return None
    modes: set[str] = set().union(*(_MODES[option["CaptureMode"]] for option in definition["CaptureOptions"]))
    headers = definition.get("CaptureContentTypeHeader", {})
    return CaptureConfig(
        destination=definition["DestinationS3Uri"].rstrip("/"),
        percentage=definition["InitialSamplingPercentage"],
        input="Input" in modes,
        output="Output" in modes,
        csv_types=frozenset(kind.lower() for kind in headers.get("CsvContentTypes", [])),
        json_types=frozenset(kind.lower() for kind in headers.get("JsonContentTypes", [])),
        kms_key=definition.get("KmsKeyId") or None,
    )
