"""A sample of questions with the SDK's own answers: what the operator's choice is tested against.

Left out is what the SDK names although it cannot start: GPU images for serverless, arm64 images on x86 instances. The
operator refuses these, and its tests say so one by one.
"""

import random
import re
from collections.abc import Iterator
from typing import Any, Final

import sdk

INSTANCE_TYPES: Final = (
    "ml.c5.xlarge",
    "ml.m7i.large",
    "ml.g4dn.xlarge",
    "ml.g5.2xlarge",
    "ml.p3.2xlarge",
    "ml.p4d.24xlarge",
    "ml.p2.xlarge",
    "ml.inf1.xlarge",
    "ml.inf2.xlarge",
)
GRAVITON_TYPES: Final = ("ml.c6g.xlarge", "ml.m6gd.large", "ml.c7g.large")
REGION_WITHOUT_IMAGES: Final = "mars-north-1"
# One question in so many has a version or a region that does not exist.
ONE_WRONG_IN: Final = 20
PER_FRAMEWORK: Final = 8
# As many times that for the frameworks with many versions.
MORE: Final = {
    "pytorch": 12,
    "tensorflow": 8,
    "huggingface": 12,
    "sklearn": 4,
    "xgboost": 5,
    "sagemaker-tritonserver": 4,
}
SEED: Final = 1

Question = dict[str, Any]


def rows() -> Iterator[Question]:
    """Questions with `uri`: the SDK's answer, null where it refuses. Other members that are null are left out."""
    chance = random.Random(SEED)  # noqa: S311 - the same sample at every run
    seen = set()
    for framework in sdk.frameworks():
        scopes = {scope: config for scope, config in sdk.scopes(framework).items() if scope.startswith("inference")}
        for _ in range(PER_FRAMEWORK * MORE.get(framework, 1) if scopes else 0):
            row = _row(framework, scopes, chance)
            if str(row) not in seen:
                seen.add(str(row))
                yield {member: value for member, value in row.items() if value is not None or member == "uri"}


def _row(framework: str, scopes: dict[str, Any], chance: random.Random) -> Question:
    scope = chance.choice(sorted(scopes))
    config = scopes[scope]
    aliases = config.get("version_aliases", {})
    version = chance.choice([*config["versions"], *aliases])
    base, pythons, leaf = _leaf(config["versions"][aliases.get(version, version)], chance)
    processors = config.get("processors") or leaf.get("processors") or ["cpu"]
    instance_type = _instance_type(framework, scope, processors, chance)
    accelerator = "cpu" if instance_type and chance.random() < 0.2 else None
    question = {
        "framework": framework,
        "version": version,
        "base": base,
        "python": chance.choice(pythons),
        "scope": scope,
        "region": chance.choice(list(leaf["registries"])),
    }
    if chance.randrange(ONE_WRONG_IN) == 0 and len(config["versions"]) > 1:
        question["version"] = f"{version}.77"
    if chance.randrange(ONE_WRONG_IN) == 0:
        question["region"] = REGION_WITHOUT_IMAGES
    uri = sdk.image_uri(**question, instance_type=_asked(instance_type, accelerator, framework, processors))
    return {**question, "instanceType": instance_type, "accelerator": accelerator, "uri": uri}


def _leaf(content: dict[str, Any], chance: random.Random) -> tuple[str | None, list[str | None], dict[str, Any]]:
    """A base (or its short name) and the Pythons of a version, with the config that they lead to."""
    if "repository" in content:
        return None, content.get("py_versions") or [None], content
    by_python = [key for key in content if re.fullmatch(r"py\d+", key)]
    if by_python:
        return None, [*by_python], content[by_python[0]]
    shorts = content.get("version_aliases", {})
    base = chance.choice([*(key for key in content if key != "version_aliases"), *shorts])
    leaf = content[shorts.get(base, base)]
    return base, leaf.get("py_versions") or [None], leaf


def _instance_type(framework: str, scope: str, processors: list[str], chance: random.Random) -> str | None:
    """None is serverless."""
    if scope == "inference_graviton" or framework.endswith("-arm64"):
        return chance.choice(GRAVITON_TYPES)
    return chance.choice([*INSTANCE_TYPES, None] if "cpu" in processors else INSTANCE_TYPES)


def _asked(instance_type: str | None, accelerator: str | None, framework: str, processors: list[str]) -> str | None:
    """The instance type that leads the SDK to the same image.

    It has no accelerator of its own, knows `neuronx` only as a family, and no framework but four on Graviton.
    """
    if framework.endswith("-arm64"):
        return "ml.c5.xlarge"
    if processors == ["neuronx"] and instance_type == "ml.inf2.xlarge" and accelerator is None:
        return "ml_neuronx"
    if accelerator == "cpu" and instance_type not in GRAVITON_TYPES:
        return "ml.c5.xlarge"
    return instance_type
