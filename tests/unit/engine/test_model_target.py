"""What models know of their endpoint comes out of its object, and of nothing else."""

from typing import Any

import pytest

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.engine.model_target import target_of
from endpoint_operator.planning.models.facts import Target
from tests.unit.engine.given_models import PREFIX, a_target, condition

ACTIVE = {
    "name": "0123456789",
    "configName": "c",
    "modelNames": ["m"],
    "state": "Active",
    "createdAt": "t",
    "specDigest": "d",
    "resolved": {"executionRoleArn": "r"},
}


def an_endpoint(
    *, spec: dict[str, Any] | None = None, status: dict[str, Any] | None = None, deleted: bool = False
) -> Target:
    metadata: dict[str, Any] = {"namespace": "ml", "name": "autocomplete", "generation": 4}
    wanted = {"mode": "MultiModel", "multiModel": {"s3Prefix": PREFIX}, "instance": {"type": "ml.m5.large", "count": 2}}
    body = {
        "metadata": metadata | ({"deletionTimestamp": "2026-11-22T11:00:00Z"} if deleted else {}),
        "spec": {**wanted, **(spec or {})},
        "status": {
            "instanceCount": 2,
            "revisions": [{**ACTIVE, "name": "older", "state": "Superseded"}, ACTIVE],
            "conditions": [ready(), condition("Available")],
            **(status or {}),
        },
    }
    return target_of(InferenceEndpoint.parse(body), default_region="us-east-1")


def ready(status: str = "True", generation: int = 4) -> dict[str, Any]:
    return condition("Ready", status) | {"observedGeneration": generation}


ROLLOUT = {"stage": "Updating", "fromRevision": "older", "toRevision": "0123456789", "since": "t"}


def test_an_endpoint_that_serves_its_latest_generation() -> None:
    assert an_endpoint() == a_target()


@pytest.mark.parametrize(
    "status",
    [
        {"conditions": [ready("False"), condition("Available")]},
        {"conditions": [ready(generation=3), condition("Available")]},
        {"conditions": [condition("Available")]},
        {"rollout": ROLLOUT},
    ],
    ids=["not ready", "ready about an edit before", "never ready", "rolling out"],
)
def test_an_endpoint_is_not_settled_while_something_else_may_serve(status: dict[str, Any]) -> None:
    assert an_endpoint(status=status) == a_target(settled=False)


def test_an_endpoint_of_another_mode_has_no_prefix() -> None:
    other = an_endpoint(spec={"mode": "RealTime", "multiModel": None})
    assert (other.multi_model, other.s3_prefix) == (False, "")


def test_an_endpoint_that_was_just_made_and_one_that_leaves() -> None:
    new = an_endpoint(status={"instanceCount": None, "revisions": [], "conditions": []})
    assert (new.available, new.settled, new.serving_since, new.instance_count) == (False, False, "", 0)
    assert an_endpoint(deleted=True).being_deleted


SECRET = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
INPUT = {"source": "Secret/db/password", "uid": "u", "resourceVersion": "1", "digest": "d"}


def test_what_its_containers_say_may_hold_a_secret_while_its_spec_or_a_revision_has_one() -> None:
    containers = [{"image": "i", "environment": [SECRET]}]
    before = {**ACTIVE, "resolved": {"executionRoleArn": "r", "inputs": [INPUT]}}
    assert not an_endpoint().holds_hidden_values
    assert an_endpoint(spec={"containers": containers}).holds_hidden_values
    assert an_endpoint(status={"revisions": [before]}).holds_hidden_values


def test_the_place_is_the_endpoints() -> None:
    role = "arn:aws:iam::123456789012:role/other"
    place = an_endpoint(spec={"region": "eu-west-1", "assumeRoleArn": role}).place
    assert (place.region, place.assume_role_arn) == ("eu-west-1", role)
