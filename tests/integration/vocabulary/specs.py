"""Specs of InferenceEndpoints, said in few words: a smallest one, and changes to it that can be put together."""

import copy
from collections.abc import Mapping
from typing import Any

from devworld.environment import ACCOUNT, REGION

Spec = dict[str, Any]
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
# Answered in the simulator's own process: for tests that ask whether an endpoint serves, not what it answers.
FAST_IMAGE = f"{REGISTRY}/sim-null:1"
XGBOOST_IMAGE = f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:1.7-1"
INSTANCE_TYPE = "ml.m5.large"


def smallest() -> Spec:
    """One container without a model on one instance; the execution role is the operator's default."""
    return {
        "mode": "RealTime",
        "containers": [{"image": FAST_IMAGE}],
        "instance": {"type": INSTANCE_TYPE, "count": 1},
    }


def count(instances: int) -> Spec:
    return {"instance": {"count": instances}}


def instance_type(name: str) -> Spec:
    return {"instance": {"type": name}}


def version(tag: int) -> Spec:
    """Another image of those that answer at once."""
    return image(f"{REGISTRY}/sim-null:{tag}")


def image(uri: str) -> Spec:
    return {"containers": [{"image": uri}]}


def xgboost(s3_uri: str) -> Spec:
    """The real library behind the container's contract, with this artifact."""
    return {"containers": [{"image": XGBOOST_IMAGE, "modelData": {"s3Uri": s3_uri}}]}


def role(arn: str) -> Spec:
    return {"executionRoleArn": arn}


def tags(**values: str | None) -> Spec:
    """None takes a tag away."""
    return {"tags": values}


def field(**members: object) -> Spec:
    """Members of spec as the API spells them."""
    return dict(members)


def together(changes: tuple[Spec, ...], *, base: Spec | None = None) -> Spec:
    """The changes merged as a merge patch does: maps deeply, lists replaced."""
    merged: Spec = copy.deepcopy(base) if base is not None else {}
    for change in changes:
        _merge(merged, change)
    return merged


def _merge(into: Spec, change: Mapping[str, Any]) -> None:
    for name, value in change.items():
        if isinstance(value, Mapping) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = copy.deepcopy(value)
