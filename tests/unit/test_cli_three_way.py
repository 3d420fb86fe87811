"""The patch that `kubectl apply` would send."""

from typing import Any

import pytest

from endpoint_operator.kube.three_way import LAST_APPLIED, is_applied_by_client, last_applied, three_way_patch


@pytest.mark.parametrize(
    ("last", "wanted", "live", "patch"),
    [
        ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 1}, {"a": 5}, {"a": 1}),
        ({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 2}, {"b": None}),
        ({}, {"a": 1}, {"a": 1, "b": 2}, {}),
        ({"b": 2}, {}, {}, {}),
        ({"t": {"x": 1, "y": 2}}, {"t": {"x": 1}}, {"t": {"x": 1, "y": 2, "z": 3}}, {"t": {"y": None}}),
        ({"l": [1]}, {"l": [1, 2]}, {"l": [1]}, {"l": [1, 2]}),
        ({}, {"t": {"x": 1}}, {}, {"t": {"x": 1}}),
    ],
    ids=[
        "a change is set",
        "what is the same is left alone",
        "what somebody else changed is put back",
        "what the file no longer holds is deleted",
        "what somebody else wrote stays",
        "what is gone already is not deleted again",
        "maps merge deeply",
        "lists are replaced",
        "a new map is set",
    ],
)
def test_the_patch_is_that_of_kubectl_apply(
    last: dict[str, Any], wanted: dict[str, Any], live: dict[str, Any], patch: dict[str, Any]
) -> None:
    assert three_way_patch(last=last, wanted=wanted, live=live) == patch


@pytest.mark.parametrize(
    ("annotations", "applied", "last"),
    [
        ({LAST_APPLIED: '{"spec": {}}'}, True, {"spec": {}}),
        ({LAST_APPLIED: "not json"}, True, {}),
        ({LAST_APPLIED: "[]"}, True, {}),
        ({}, False, {}),
        (None, False, {}),
    ],
)
def test_what_was_applied_last_is_in_the_annotation(
    annotations: dict[str, str] | None, *, applied: bool, last: dict[str, Any]
) -> None:
    live = {"metadata": {"annotations": annotations}}
    assert is_applied_by_client(live) is applied
    assert last_applied(live) == last
