"""Models and endpoint configs that must be there, by the version that their image tells."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tests.chaos.kill.estate import Estate
from tests.chaos.kill.versions import SECRET_VALUE, SERVERLESS, VARIABLE, Version


class Revisions:
    """Those of one endpoint."""

    def __init__(self, estate: Estate, endpoint_name: str) -> None:
        self._estate = estate
        # A revision, then what tells its variants' models apart, or its endpoint configs.
        self._pattern = re.compile(rf"^{re.escape(endpoint_name)}-[0-9a-f]{{10}}(-v\d|-[0-9a-f]{{4}})?$")

    def complaints(self, *, kept: Sequence[Version]) -> Iterator[str]:
        """What is there beyond the versions whose models stay, and what is not."""
        images = sorted(version.image for version in kept for _ in version.variants)
        found = sorted(str(self._image(name)) for name in self._estate.models)
        if found != images:
            yield f"models are of {_short(found)}, not of {_short(images)}"
        wanted = sorted(version.image for version in kept)
        served = sorted(",".join(self._images(name)) for name in self._estate.configs)
        if served != wanted:
            yield f"endpoint configs are of {_short(served)}, not of {_short(wanted)}"
        for name in (*self._estate.models, *self._estate.configs):
            if not self._pattern.match(name):
                yield f"{name} is no name of a revision"

    def serving_complaints(self, config: str, latest: Version) -> Iterator[str]:
        """What is wrong with the config that serves."""
        images = self._images(config)
        if images != {latest.image}:
            yield f"the endpoint serves {_short(sorted(images))}, not {_short([latest.image])}"
        variants = self._variants(config)
        machines = {variant["VariantName"]: _machine(variant) for variant in variants}
        wanted = latest.memory_mb if latest.mode == SERVERLESS else latest.instance_type
        if machines != dict.fromkeys(latest.variants, wanted):
            yield f"its variants are {machines}, not {sorted(latest.variants)} on {wanted}"
        queue = self._estate.configs.get(config, {}).get("AsyncInferenceConfig")
        if queue != latest.async_config:
            yield f"it is asked as {queue} says, not as {latest.async_config}"
        environment = {VARIABLE: SECRET_VALUE} if latest.secret else {}
        for variant in variants:
            found = self._container(variant["ModelName"]).get("Environment", {})
            if found != environment:
                yield f"the environment of {variant['VariantName']} is {found}, not {environment}"

    def _images(self, config: str) -> set[str]:
        return {str(self._image(variant["ModelName"])) for variant in self._variants(config)}

    def _image(self, model: str) -> str | None:
        image: str | None = self._container(model).get("Image")
        return image

    def _variants(self, config: str) -> list[dict[str, Any]]:
        variants: list[dict[str, Any]] = self._estate.configs.get(config, {}).get("ProductionVariants", [])
        return variants

    def _container(self, model: str) -> dict[str, Any]:
        container: dict[str, Any] = self._estate.models.get(model, {}).get("PrimaryContainer", {})
        return container


def _machine(variant: dict[str, Any]) -> object:
    """The instance type; of a serverless variant its memory in MB."""
    serverless = variant.get("ServerlessConfig")
    return variant.get("InstanceType") if serverless is None else serverless["MemorySizeInMB"]


def _short(images: Sequence[str]) -> str:
    return ", ".join(image.rpartition("/")[2] for image in images) or "none"
