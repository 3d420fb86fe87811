"""`stopped`: the endpoint goes, everything else stays, and starting again makes it as the spec wants it now."""

from typing import Any

import pytest

from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Facts, LiveStatus
from endpoint_operator.planning.foresight import foresee
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.single_precision import equal_weights
from endpoint_operator.planning.steps import CreateEndpoint, CreateEndpointConfig, DeleteAlarm, DeleteEndpoint
from tests.unit.edits import INSTANCE, variants
from tests.unit.given import ACCOUNT, CREATED, INPUTS, an_object, facts, known, live, row, sent, spec, status

SETTLED = status(row(), endpoint=known(live()))
STOPPED = spec(stopped=True)


def plan(seen: Facts, rows: Any = SETTLED, wanted: dict[str, Any] | None = None) -> Plan:
    return make_plan(an_object(wanted or STOPPED, status=rows), seen, INPUTS)


@pytest.mark.parametrize("state", [LiveStatus.IN_SERVICE, LiveStatus.FAILED, LiveStatus.OUT_OF_SERVICE])
def test_the_endpoint_goes_and_nothing_else(state: LiveStatus) -> None:
    found = plan(facts(live(status=state)))
    assert found.steps == (DeleteEndpoint(name="ml-churn", created=CREATED),)
    assert found.memory is None


@pytest.mark.parametrize("state", [LiveStatus.CREATING, LiveStatus.UPDATING, LiveStatus.DELETING])
def test_it_waits_while_sagemaker_refuses_and_says_so(state: LiveStatus) -> None:
    found = plan(facts(live(status=state)))
    assert (found.situation, found.steps) == (Situation.UPDATING, ())
    assert "stopping" in found.message


@pytest.mark.parametrize(
    ("rows", "seconds", "stopped"),
    [
        (SETTLED, 0.0, True),
        (status(row(state=RevisionState.DEPLOYING), endpoint=sent()), 29.0, False),
        (status(row(state=RevisionState.DEPLOYING), endpoint=sent()), 31.0, True),
        (status(row(state=RevisionState.DEPLOYING)), 0.0, False),
        (status(), 0.0, True),
    ],
    ids=["it is gone", "sent a moment ago", "sent long ago", "perhaps sent", "never made"],
)
def test_it_is_stopped_once_it_is_sure_that_there_is_no_endpoint(*, rows: Any, seconds: float, stopped: bool) -> None:
    found = plan(facts(missing_seconds=seconds), rows)
    assert (found.situation == Situation.STOPPED) == stopped
    assert found.steps == ()


def test_alarms_of_a_rollout_that_was_stopped_go() -> None:
    rows = status(row().model_copy(update={"alarm_names": ["ours"]}))
    found = plan(facts(missing_seconds=90.0), rows)
    assert found.steps == (DeleteAlarm(name="ours"),)
    assert found.memory is not None
    assert found.memory.revisions[0].alarm_names == []


def test_an_edit_while_stopped_makes_nothing() -> None:
    assert plan(facts(missing_seconds=90.0), wanted=spec(stopped=True, redeploy="new")).situation == Situation.STOPPED


@pytest.mark.parametrize(
    ("now", "again"),
    [
        (variants(), False),
        (variants(weight=0.5), True),
        (variants(instance={**INSTANCE, "count": 3}), True),
    ],
    ids=["as before", "another weight", "another count"],
)
def test_starting_makes_the_same_revision_with_counts_and_weights_wanted_now(
    *, now: dict[str, Any], again: bool
) -> None:
    before = row(variants())
    foreseen = foresee(an_object(now, status=status(before)), facts(missing_seconds=90.0), INPUTS).plan.steps
    config = next(step for step in foreseen if isinstance(step, CreateEndpointConfig))
    endpoint = next(step for step in foreseen if isinstance(step, CreateEndpoint))
    blue = config.request["ProductionVariants"][0]
    assert endpoint.config_name == config.name
    assert config.name.startswith(before.config_name)
    assert (config.name != before.config_name) == again
    assert equal_weights(blue["InitialVariantWeight"], now["variants"][0]["weight"])
    assert blue["InitialInstanceCount"] == now["variants"][0]["instance"]["count"]


def test_the_revisions_of_a_stopped_object_are_not_looked_for_in_another_account() -> None:
    made = row().model_copy(update={"resolved": row().resolved.model_copy(update={"account": ACCOUNT})})
    for deleted in (False, True):
        stopped = an_object(spec(stopped=True), status=status(made), deleted=deleted)
        found = make_plan(stopped, facts(account="999999999999", missing_seconds=90.0), INPUTS)
        assert (found.reason, found.steps) == ("AccountChanged", ())
        assert f"are in account {ACCOUNT}" in found.message
