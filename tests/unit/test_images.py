"""Which AWS image a framework means: the SageMaker SDK's own answers, and sentences where there is none."""

import json
from pathlib import Path
from typing import Any

import pytest
from endpoint_operator.api.containers import Accelerator, Framework
from endpoint_operator.catalogue.images import BundledImages
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.images import ImageChoice, resolve

CATALOGUE = BundledImages()
SAMPLE = Path(__file__).parent / "data/framework_images.jsonl"
FIELD = "spec.containers[0].framework"


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SAMPLE.read_text().splitlines()]


def choose(
    name: str, version: str, *, on: str | None = "ml.c5.xlarge", region: str = "us-east-1", **fields: Any
) -> ImageChoice | Fault:
    framework = Framework(name=name, version=version, **fields)
    return resolve(framework, region=region, instance_type=on, catalogue=CATALOGUE, field=FIELD)


def answer(row: dict[str, Any]) -> str | None:
    """The URI for a row of the sample; None where it is refused."""
    choice = choose(
        row["framework"],
        row["version"],
        on=row["instanceType"],
        region=row["region"],
        base_framework=row["base"],
        python=row["python"],
        scope=row["scope"],
        accelerator=Accelerator(row["accelerator"]) if row["accelerator"] else None,
    )
    return choice.uri if isinstance(choice, ImageChoice) else None


def test_images_are_those_of_the_sdk_wherever_it_has_one() -> None:
    answered = [row for row in rows() if row["uri"] is not None]
    assert len(answered) > 300
    assert [(row, got) for row in answered if (got := answer(row)) != row["uri"]] == []
