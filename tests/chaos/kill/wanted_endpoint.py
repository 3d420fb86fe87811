"""The endpoint that must be there, or none: what it serves from, its fleet, its tags."""

from collections.abc import Iterator
from typing import Any

from devworld.environment import ACCOUNT, REGION
from tests.chaos.kill.estate import Estate
from tests.chaos.kill.versions import SERVERLESS, Version
from tests.chaos.kill.wanted_revisions import Revisions


def endpoint_complaints(estate: Estate, revisions: Revisions, latest: Version, owner: dict[str, str]) -> Iterator[str]:
    """What of it is not as it should be."""
    if len(estate.endpoints) != (0 if latest.stopped else 1):
        yield f"endpoints are {sorted(estate.endpoints)}"
        return
    for name, endpoint in estate.endpoints.items():
        if endpoint["EndpointStatus"] != "InService":
            yield f"the endpoint is {endpoint['EndpointStatus']}"
        yield from revisions.serving_complaints(endpoint["EndpointConfigName"], latest)
        yield from _weights(endpoint["ProductionVariants"], latest)
        for variant in endpoint["ProductionVariants"]:
            yield from (_concurrency if latest.mode == SERVERLESS else _instances)(variant, latest)
        tags = estate.tags.get(arn("endpoint", name), {})
        if tags != {**latest.tags, **owner}:
            yield f"its tags are {tags}, not {latest.tags} and {owner}"


def arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name}"


def _weights(variants: list[dict[str, Any]], latest: Version) -> Iterator[str]:
    weights = {each["VariantName"]: (each["DesiredWeight"], each["CurrentWeight"]) for each in variants}
    if {name: [round(weight, 6) for weight in pair] for name, pair in weights.items()} != {
        name: [weight] * 2 for name, weight in latest.variants.items()
    }:
        yield f"its weights (desired, current) are {weights}, not {latest.variants}"


def _instances(variant: dict[str, Any], latest: Version) -> Iterator[str]:
    """Nothing is asked of it: one that may sleep does."""
    scaling = latest.scaling
    least, most = (scaling.minimum, scaling.maximum) if scaling is not None else (latest.instances,) * 2
    if scaling is not None and scaling.sleeps:
        most = 0
    desired, current = variant["DesiredInstanceCount"], variant["CurrentInstanceCount"]
    if desired != current or not least <= desired <= most:
        yield f"instances of {variant['VariantName']} (desired, current) are {desired, current}, not {least} to {most}"


def _concurrency(variant: dict[str, Any], latest: Version) -> Iterator[str]:
    assert latest.concurrency is not None, "a serverless version says how many requests at once"
    most, warm = latest.concurrency
    told = {"MemorySizeInMB": latest.memory_mb, "MaxConcurrency": most}
    wanted = told if warm is None else {**told, "ProvisionedConcurrency": warm}
    found = (variant.get("DesiredServerlessConfig", wanted), variant["CurrentServerlessConfig"])
    if found != (wanted, wanted):
        yield f"concurrency of {variant['VariantName']} (desired, current) is {found}, not {wanted}"
