"""How many instances a change holds at its height, and what is said where quotas do not allow so many."""

from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus, LiveVariant
from endpoint_operator.planning.quota_needs import Types, change_of, fault_in_quotas
from tests.unit.given import REGION, desired, live, spec

M5, G5 = "ml.m5.large", "ml.g5.xlarge"
CONTAINER = {"image": "repo/churn:1"}
SAME_TYPE: dict[str, Types] = {"AllTraffic": (M5,)}
OTHER_TYPE: dict[str, Types] = {"AllTraffic": (G5,)}


def wanted(count: int = 4, *, rollout: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {**spec(count=count, **more), **({"rollout": rollout} if rollout else {})}


def serving(count: int) -> LiveEndpoint:
    return live(spec(count=count))


def rolling(**step: int) -> dict[str, Any]:
    return {"strategy": "Rolling", "step": step, "waitSeconds": 60}


def blue_green(strategy: str) -> dict[str, Any]:
    return {"strategy": strategy, "step": {"percent": 25}, "waitSeconds": 60}


@pytest.mark.parametrize(
    ("rollout", "before", "types", "held", "added"),
    [
        (None, None, None, 0, 4),
        (None, 4, SAME_TYPE, 4, 4),
        (blue_green("Canary"), 4, SAME_TYPE, 4, 4),
        (blue_green("Linear"), 4, SAME_TYPE, 4, 4),
        (rolling(instances=1), 4, SAME_TYPE, 4, 1),
        (rolling(percent=50), 4, SAME_TYPE, 4, 2),
        (rolling(percent=5), 4, SAME_TYPE, 4, 1),
        (rolling(instances=9), 4, SAME_TYPE, 4, 4),
        (rolling(instances=1), None, None, 0, 4),
        (None, 4, OTHER_TYPE, 0, 4),
        (rolling(instances=1), 4, OTHER_TYPE, 0, 4),
        (None, 7, SAME_TYPE, 7, 7),  # an autoscaled count is kept by a rollout
        (None, 4, None, 4, 4),  # not known: the most that it could be
    ],
)
def test_a_change_holds_what_serves_and_what_is_made_beside_it(
    *, rollout: dict[str, Any] | None, before: int | None, types: dict[str, Types] | None, held: int, added: int
) -> None:
    endpoint = serving(before) if before is not None else None
    (need,) = change_of(desired(wanted(rollout=rollout)), endpoint, types).needs()
    assert (need.types, need.held, need.added) == ((M5,), held, added)


def test_a_failed_endpoint_holds_nothing_for_it_goes_first() -> None:
    gone = replace(serving(4), status=LiveStatus.FAILED)
    (need,) = change_of(desired(wanted()), gone, SAME_TYPE).needs()
    assert need.total == 4


def test_variants_and_shadow_of_one_type_are_counted_together() -> None:
    shadow = {
        "name": "new",
        "containers": [CONTAINER],
        "instance": {"type": M5, "count": 2},
        "samplingPercent": 10,
    }
    (need,) = change_of(desired(wanted(shadow=shadow)), None).needs()
    assert (need.total, need.field) == (6, "spec.instance.type")


def test_each_type_is_named_where_it_stands() -> None:
    def variant(name: str, kind: str) -> dict[str, Any]:
        return {"name": name, "containers": [CONTAINER], "instance": {"type": kind, "count": 1}}

    needs = change_of(desired({"mode": "RealTime", "variants": [variant("b", G5), variant("a", M5)]}), None).needs()
    assert {need.types: need.field for need in needs} == {
        (M5,): "spec.variants[1].instance.type",
        (G5,): "spec.variants[0].instance.type",
    }


@pytest.mark.parametrize(
    ("limit", "rollout", "before", "reason", "fragment"),
    [
        (4.0, None, None, None, ""),
        (
            3.0,
            None,
            None,
            "QuotaTooSmall",
            "is 3 and the endpoint needs 4; ask for 4 in AWS Service Quotas, or ask for f",
        ),
        (0.0, None, None, "QuotaIsZero", "is 0; ask for more in AWS Service Quotas"),
        (None, None, None, "InstanceTypeUnknown", f"in {REGION}: SageMaker has no such instances"),
        (8.0, None, 4, None, ""),
        (7.0, None, 4, "QuotaTooSmall", "(4 that serve and 4 new ones beside them)"),
        (5.0, None, 4, "QuotaTooSmall", "or set spec.rollout.strategy: Rolling"),
        (5.0, rolling(instances=1), 4, None, ""),
        (5.0, rolling(instances=2), 4, "QuotaTooSmall", "or make spec.rollout.step smaller"),
    ],
)
def test_a_quota_that_is_too_small_is_said_with_figures_and_remedy(
    *, limit: float | None, rollout: dict[str, Any] | None, before: int | None, reason: str | None, fragment: str
) -> None:
    endpoint = serving(before) if before is not None else None
    change = change_of(desired(wanted(rollout=rollout)), endpoint, SAME_TYPE)
    fault = fault_in_quotas(change, {M5: limit}, region=REGION)
    assert (fault.reason if fault else None) == reason
    if fault is not None:
        assert fault.message.startswith("spec.instance.type: ")
        assert f"'{M5} for endpoint usage'" in fault.message
        assert fragment in fault.message
        assert fault.about_inputs


def test_rolling_is_not_offered_where_no_batch_would_fit_or_there_are_several_variants() -> None:
    full = fault_in_quotas(change_of(desired(wanted()), serving(4), SAME_TYPE), {M5: 4.0}, region=REGION)
    assert full is not None
    assert "Rolling" not in full.message
    both = {
        "mode": "RealTime",
        "variants": [
            {"name": name, "containers": [CONTAINER], "instance": {"type": M5, "count": 2}} for name in ("a", "b")
        ],
    }
    fleet = tuple(LiveVariant(name=name, current_count=2, desired_count=2) for name in ("a", "b"))
    types: dict[str, Types] = {"a": (M5,), "b": (M5,)}
    several = change_of(desired(both), replace(serving(4), variants=fleet), types)
    fault = fault_in_quotas(several, {M5: 5.0}, region=REGION)
    assert fault is not None
    assert "Rolling" not in fault.message


def test_pools_count_the_quotas_of_all_their_types() -> None:
    pooled = spec(count=4)
    pooled["instance"]["pools"] = [{"type": G5, "priority": 1}]
    change = change_of(desired(pooled), None)
    assert fault_in_quotas(change, {M5: 2.0, G5: 2.0}, region=REGION) is None
    assert fault_in_quotas(change, {M5: 4.0, G5: None}, region=REGION) is None
    fault = fault_in_quotas(change, {M5: 2.0, G5: 1.0}, region=REGION)
    assert fault is not None
    assert "is 3 and the endpoint needs 4" in fault.message
