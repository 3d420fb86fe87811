"""Which image a container runs: SageMaker resolves a tag to a digest once, when it deploys (DeployedImage)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

_IMAGE_LIMIT = 255  # characters of ContainerImage; a digest may not fit behind a long name


def deployed_image(image: str, *, digest_of: Callable[[str], str], now: datetime) -> Mapping[str, Any]:
    """Return DeployedImage: the image as it was named, and with the digest that it has now."""
    repository, _, _ = image.partition("@")
    path, slash, last = repository.rpartition("/")
    resolved = f"{path}{slash}{last.partition(':')[0]}@{digest_of(image)}"
    shown = {"SpecifiedImage": image, "ResolutionTime": now}
    return shown | ({"ResolvedImage": resolved} if len(resolved) <= _IMAGE_LIMIT else {})
