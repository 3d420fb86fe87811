"""Alarms that watch a rollout: which are made, of what, under which names, and when they go."""

from typing import Any

import pytest

from endpoint_operator.planning.alarms import alarm_names, alarms_to_make, fault_in_alarms
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.steps import DeleteAlarm, PutMetricAlarm
from tests.unit.edits import variants
from tests.unit.given import INPUTS, an_object, desired, facts, failed_row, known, live, revision, rollout, row, spec
from tests.unit.given import status as status_with

METRIC = {"metric": "Invocation5XXErrors", "threshold": 5.0}


def watched(*alarms: dict[str, Any], base: dict[str, Any] | None = None) -> dict[str, Any]:
    return {**(base or spec()), "rollout": {"alarms": list(alarms)}}


def request(alarm: dict[str, Any]) -> dict[str, Any]:
    (step,) = alarms_to_make(desired(watched(alarm)), config_name="the-config")
    return step.request


def test_an_alarm_on_a_metric_is_made_for_each_production_variant() -> None:
    wanted = desired(watched(METRIC, {"name": "churn-5xx"}, base=variants()))
    made = alarms_to_make(wanted, config_name="c")
    told = [{item["Name"]: item["Value"] for item in step.request["Dimensions"]} for step in made]
    assert [dimensions["VariantName"] for dimensions in told] == ["blue", "green"]
    assert len({step.name for step in made}) == 2
    assert alarm_names(wanted, config_name="c") == ("churn-5xx", *(step.name for step in made))


def test_an_alarm_by_name_is_watched_and_never_made() -> None:
    wanted = desired(watched({"name": "churn-5xx"}))
    assert alarms_to_make(wanted, config_name="c") == ()
    assert alarm_names(wanted, config_name="c") == ("churn-5xx",)


@pytest.mark.parametrize(("fleet", "config"), [("New", "the-config"), ("Both", None)])
def test_only_the_new_fleet_counts_unless_both_shall(fleet: str, config: str | None) -> None:
    dimensions = {item["Name"]: item["Value"] for item in request({**METRIC, "fleet": fleet})["Dimensions"]}
    expected = {"EndpointName": "ml-churn", "VariantName": "AllTraffic"}
    assert dimensions == (expected if config is None else {**expected, "EndpointConfigName": config})


@pytest.mark.parametrize(
    ("alarm", "threshold"),
    [
        ({"metric": "ModelLatency", "thresholdSeconds": 0.5}, 500_000.0),
        ({"metric": "OverheadLatency", "thresholdSeconds": 2}, 2_000_000.0),
        ({"metric": "ModelLatency", "threshold": 250_000.0}, 250_000.0),
        ({"metric": "Invocation5XXErrors", "threshold": 0.01}, 0.01),
    ],
)
def test_seconds_become_the_microseconds_that_latencies_are_in(alarm: dict[str, Any], threshold: float) -> None:
    assert request(alarm)["Threshold"] == threshold


@pytest.mark.parametrize(
    ("statistic", "members"),
    [
        (None, {"Statistic": "Average"}),
        ("Sum", {"Statistic": "Sum"}),
        ("p95", {"ExtendedStatistic": "p95"}),
        ("p99.9", {"ExtendedStatistic": "p99.9"}),
    ],
)
def test_percentiles_are_extended_statistics(statistic: str | None, members: dict[str, str]) -> None:
    made = request({**METRIC, **({"statistic": statistic} if statistic else {})})
    assert {key: made[key] for key in made if key.endswith("tatistic")} == members


def test_missing_data_does_not_roll_back() -> None:
    made = request({**METRIC, "periodSeconds": 10, "evaluationPeriods": 3})
    assert made["TreatMissingData"] == "notBreaching"
    assert (made["Period"], made["EvaluationPeriods"], made["ComparisonOperator"]) == (10, 3, "GreaterThanThreshold")


@pytest.mark.parametrize(
    "other",
    [
        watched({**METRIC, "threshold": 6.0}),
        watched({**METRIC, "fleet": "Both"}),
        watched(METRIC, base=spec(redeploy="again")),
    ],
)
def test_another_alarm_has_another_name(other: dict[str, Any]) -> None:
    one, two = (alarms_to_make(desired(wanted), config_name="c")[0].name for wanted in (watched(METRIC), other))
    assert one != two


@pytest.mark.parametrize(
    ("count", "base", "reason"),
    [(10, None, None), (5, variants(), None), (6, variants(), "TooManyAlarms")],
)
def test_sagemaker_watches_ten_alarms(count: int, base: dict[str, Any] | None, reason: str | None) -> None:
    alarms = [{**METRIC, "threshold": float(number)} for number in range(count)]
    fault = fault_in_alarms(desired(watched(*alarms, base=base)))
    assert (fault.reason if fault is not None else None) == reason


def test_a_threshold_in_seconds_is_for_latencies() -> None:
    wrong = watched(METRIC, {"metric": "CPUUtilization", "thresholdSeconds": 1})
    found = make_plan(an_object(wrong), facts(), INPUTS)
    assert (found.situation, found.reason, found.steps) == (Situation.USER_FAULT, "AlarmInvalid", ())
    assert "spec.rollout.alarms[1].thresholdSeconds" in found.message


NEW = watched(METRIC, base=spec(redeploy="new"))
OLD = watched(METRIC)


def alarm_of(wanted: dict[str, Any]) -> str:
    (name,) = alarm_names(desired(wanted), config_name=row(wanted).config_name)
    return name


def after(rows: Any, *, serves: dict[str, Any], under_way: bool) -> Plan:
    progress = rollout(revision(NEW)) if under_way else None
    endpoint = an_object(NEW, status=status_with(*rows, endpoint=known(live(serves)), rollout=progress))
    return make_plan(endpoint, facts(live(serves)), INPUTS)


def test_alarms_are_remembered_before_they_are_made_and_there_before_the_rollout() -> None:
    first = after([row(OLD)], serves=OLD, under_way=False)
    assert first.memory is not None
    assert first.memory.revisions[-1].alarm_names == [alarm_of(NEW)]
    found = after(first.memory.revisions, serves=OLD, under_way=True)
    operations = [type(step).__name__ for step in found.steps]
    assert operations == ["CreateModel", "CreateEndpointConfig", "PutMetricAlarm", "UpdateEndpoint"]
    assert next(step.name for step in found.steps if isinstance(step, PutMetricAlarm)) == alarm_of(NEW)


def test_alarms_go_when_the_rollout_is_over_and_it_stays_ready() -> None:
    serving = row(NEW).model_copy(update={"alarm_names": ["ours"]})
    found = after([row(OLD), serving], serves=NEW, under_way=False)
    assert (found.steps, found.situation) == ((DeleteAlarm(name="ours"),), Situation.SERVING)
    assert found.memory is not None
    assert [row.alarm_names for row in found.memory.revisions] == [[], []]


def test_alarms_go_when_the_rollout_was_rolled_back_and_it_stays_stalled() -> None:
    failed = failed_row(NEW).model_copy(update={"alarm_names": ["ours"]})
    found = after([row(OLD), failed], serves=OLD, under_way=False)
    assert (found.steps, found.situation) == ((DeleteAlarm(name="ours"),), Situation.ROLLED_BACK)


def test_alarms_go_with_the_object_before_anything_that_is_named_by_a_rollout() -> None:
    rows = status_with(row(NEW).model_copy(update={"alarm_names": ["ours"]}))
    found = make_plan(an_object(NEW, status=rows, deleted=True), facts(missing_seconds=90.0), INPUTS)
    assert [type(step).__name__ for step in found.steps] == ["DeleteAlarm", "DeleteEndpointConfig", "DeleteModel"]


def test_alarms_stay_while_they_are_needed() -> None:
    deploying = row(NEW).model_copy(update={"alarm_names": [alarm_of(NEW)], "state": "Deploying"})
    found = after([row(OLD), deploying], serves=OLD, under_way=True)
    assert not any(isinstance(step, DeleteAlarm) for step in found.steps)
