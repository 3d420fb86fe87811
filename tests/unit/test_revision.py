"""The revision: what changes it, what never may, and what is kept that it took from the operator."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.desired import Capacities, desired_state, tags_digest
from tests.unit.given import INPUTS, an_object, config_name_of, desired, revision, row, spec, status

INSTANCE = {"type": "ml.m5.large", "count": 1}
CONTAINER = {"image": "repo/churn:1", "modelData": {"s3Uri": "s3://models/churn/model.tar.gz"}}
NEW_ROLE = "arn:aws:iam::123456789012:role/new-default"


def with_instance(**members: Any) -> dict[str, Any]:
    return spec(instance={**INSTANCE, **members})


def with_container(**members: Any) -> dict[str, Any]:
    return spec(containers=[{**CONTAINER, **members}])


@pytest.mark.parametrize(
    "edited",
    [
        spec(count=7),
        spec(tags={"team": "growth"}),
        spec(deletionPolicy="Retain"),
        spec(preflight="Off"),
        spec(revisionHistoryLimit=0),
        spec(rollout={"strategy": "Canary", "waitSeconds": 300, "step": {"percent": 10}}),
        spec(autoscaling={"minCount": 1, "maxCount": 4, "invocationsPerInstance": 100}),
        spec(adoptionPolicy="TakeOver"),
        spec(replacePolicy="Recreate"),
        spec(region="us-east-1"),
        with_container(environment=[]),
    ],
    ids=lambda edited: ",".join(sorted(edited.keys() - {"mode"})),
)
def test_what_changes_in_place_never_replaces_the_fleet(edited: dict[str, Any]) -> None:
    assert revision(edited) == revision(spec())


@pytest.mark.parametrize(
    "edited",
    [
        spec(endpointName="another"),
        spec(executionRoleArn=NEW_ROLE),
        spec(redeploy="again"),
        with_container(name="main"),
        with_container(image="repo/churn:2"),
        with_container(modelData={"s3Uri": "s3://models/churn/2/model.tar.gz"}),
        with_container(environment=[{"name": "THREADS", "value": "2"}]),
        with_container(environment=[{"name": "THREADS", "value": ""}]),
        with_instance(type="ml.m5.xlarge"),
        with_instance(volumeSizeGB=30),
        with_instance(startupTimeoutSeconds=600),
        with_instance(modelDownloadTimeoutSeconds=600),
        with_instance(inferenceAmiVersion="al2-ami-sagemaker-inference-gpu-2"),
        with_instance(routingStrategy="Random"),
    ],
)
def test_what_sagemaker_cannot_change_in_place_is_another_revision(edited: dict[str, Any]) -> None:
    everything = [revision(spec()), revision(edited)]
    assert len(set(everything)) == 2


def test_every_field_that_makes_a_revision_makes_one_of_its_own() -> None:
    edits = [with_instance(startupTimeoutSeconds=600), with_instance(modelDownloadTimeoutSeconds=600)]
    edits += [spec(redeploy="x"), with_container(name="x"), with_container(environment=[{"name": "x", "value": ""}])]
    assert len({revision(edited) for edited in edits}) == len(edits)


def test_the_order_of_environment_variables_is_no_change() -> None:
    one, other = {"name": "A", "value": "1"}, {"name": "B", "value": "2"}
    assert revision(with_container(environment=[one, other])) == revision(with_container(environment=[other, one]))


def test_a_revision_is_the_same_in_every_run_of_python() -> None:
    program = "from tests.unit.given import *; print(revision(spec(tags={'a': 'b'}, redeploy='x')))"
    path = os.pathsep.join(entry for entry in sys.path if entry)
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {revision(spec(tags={"a": "b"}, redeploy="x"))}


def test_a_new_default_role_of_the_operator_leaves_the_revisions_that_are_there() -> None:
    upgraded = replace(INPUTS, default_execution_role_arn=NEW_ROLE)
    known = an_object(status=status(row()))
    found = desired_state(known, upgraded)
    assert found is not None
    assert (found.revision, found.execution_role_arn) == (revision(), INPUTS.default_execution_role_arn)


@pytest.mark.parametrize("default", [None, NEW_ROLE])
def test_an_edit_takes_the_role_that_the_operator_has_then_and_a_revert_the_old_one(default: str | None) -> None:
    upgraded = replace(INPUTS, default_execution_role_arn=default)
    rows = status(row(state=RevisionState.SUPERSEDED))
    edited = desired_state(an_object(spec(redeploy="x"), status=rows), upgraded)
    assert (edited.execution_role_arn if edited is not None else None) == default
    reverted = desired_state(an_object(status=rows), upgraded)
    assert reverted is not None
    assert reverted.revision == revision()


@pytest.mark.parametrize(
    ("made_with", "made_before", "has_suffix"),
    [
        (None, False, False),
        (Capacities(counts={"AllTraffic": 2}, weights={"AllTraffic": 1.0}), True, False),
        (Capacities(counts={"AllTraffic": 1}, weights={"AllTraffic": 1.0}), True, True),
        (Capacities(counts={"AllTraffic": 2}, weights={"AllTraffic": 0.5}), True, True),
        (None, True, True),
    ],
)
def test_a_config_made_with_other_counts_or_weights_gets_a_sibling_with_a_suffix(
    *, made_with: Capacities | None, made_before: bool, has_suffix: bool
) -> None:
    name = desired(spec(count=2)).config_name(made_with=made_with, made_before=made_before)
    assert (name != config_name_of(spec(count=2))) == has_suffix
    assert name.startswith(config_name_of(spec(count=2)))


def test_requests_carry_only_what_is_set() -> None:
    wanted = desired(spec())
    config = wanted.create_config(config_name="c", made_with=None)
    (model,) = wanted.create_models()
    assert json.loads(json.dumps(model.request["PrimaryContainer"])) == {
        "Image": "repo/churn:1",
        "ModelDataUrl": "s3://models/churn/model.tar.gz",
    }
    assert config.request["ProductionVariants"] == [
        {
            "InstanceType": "ml.m5.large",
            "VariantName": "AllTraffic",
            "ModelName": model.name,
            "InitialInstanceCount": 1,
            "InitialVariantWeight": 1.0,
        }
    ]


def test_an_object_restored_from_a_backup_has_the_same_tags_to_keep_in_step() -> None:
    one, other = (desired_state(an_object(uid=uid), INPUTS) for uid in ("uid-1", "uid-2"))
    assert one is not None
    assert other is not None
    assert one.tags != other.tags
    assert tags_digest(one.tags) == tags_digest(other.tags)
