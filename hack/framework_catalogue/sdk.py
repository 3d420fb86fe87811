"""The SageMaker SDK as the one source of image URIs.

It is asked and never imitated: its tags follow a dozen special rules, and what it answers is what AWS publishes.
Written against sagemaker 3.27 (package sagemaker-core 2.27).
"""

import functools
import importlib
import importlib.metadata
import os
from typing import Any, Final

# The SDK makes a session while it is imported; nothing is sent.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

_uris: Final[Any] = importlib.import_module("sagemaker.core.image_uris")
_utils: Final[Any] = importlib.import_module("sagemaker.core.common_utils")

# It reads and parses a file at every question; the answers are the same when it does so once.
_uris.config_for_framework = functools.cache(_uris.config_for_framework)
_utils._botocore_resolver = functools.cache(_utils._botocore_resolver)

# The SDK reads these as the configs of `huggingface` on Inferentia; only the tool says which.
_TOOLS: Final = {"huggingface-neuron": "neuron", "huggingface-neuronx": "neuronx"}


def version() -> str:
    """Release of the `sagemaker` package."""
    return importlib.metadata.version("sagemaker")


def frameworks() -> list[str]:
    names: list[str] = _uris.list_frameworks()
    return names


def scopes(framework: str) -> dict[str, Any]:
    """The configs of a framework by image scope; none where the SDK itself cannot choose an image."""
    config: dict[str, Any] = _uris.config_for_framework(framework)
    if "versions" in config:
        return dict.fromkeys(config.get("scope", ()), config)
    return {scope: part for scope, part in config.items() if "versions" in part}


def dns_suffix(region: str) -> str:
    """What stands after `ecr.REGION.` in the host of a registry."""
    resolved = _utils._botocore_resolver().construct_endpoint("ecr", region)
    host = resolved["hostname"] if resolved else f"ecr.{region}.amazonaws.com"
    return str(host).removeprefix(f"ecr.{region}.")


def image_uri(
    *,
    framework: str,
    region: str,
    scope: str,
    version: str,
    base: str | None,
    python: str | None,
    instance_type: str | None,
) -> str | None:
    """The SDK's answer, None where it refuses. No instance type: serverless."""
    tool = _TOOLS.get(framework)
    if framework == "huggingface" and instance_type and instance_type.startswith("ml.inf"):
        # As its HuggingFaceModel.deploy does before it asks for the image.
        tool = "neuron" if instance_type.startswith("ml.inf1") else "neuronx"
    try:
        answer = _uris.retrieve(
            "huggingface" if tool else framework,
            region,
            version=version,
            py_version=python,
            base_framework_version=base,
            image_scope=scope,
            inference_tool=tool,
            instance_type=instance_type,
            serverless_inference_config=object() if instance_type is None else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):  # TypeError and the like: configs it cannot read itself
        return None
    return str(answer)
