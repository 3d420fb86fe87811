"""The ConfigMap of `export` in planning: when it is written, renamed and removed, and what the status says of it."""

import json
from typing import Any

import pytest

from endpoint_operator.api.conditions import find
from endpoint_operator.api.status import EndpointStatus, ExportStatus, InferenceEndpointStatus, VariantStatus
from endpoint_operator.planning.exporting import (
    EXPORTED,
    ExportChange,
    ExportOutcome,
    conflict,
    export_change,
    look_for_export,
    trouble,
    with_export,
)
from endpoint_operator.planning.plan import AT_ONCE, Look
from tests.unit.given import REGION, an_object, multi_model, spec

NOW = "2026-11-22T12:00:00Z"


def exporting(name: str | None = "churn-endpoint", **fields: Any) -> dict[str, Any]:
    export: dict[str, Any] = {"export": {"configMapName": name}} if name else {}
    return spec(**export, **fields)


def seen(*variants: str, export: ExportStatus | None = None) -> InferenceEndpointStatus:
    return InferenceEndpointStatus(
        endpoint=EndpointStatus(name="ml-churn", invocation_url="https://runtime/endpoints/ml-churn/invocations"),
        variants=[VariantStatus(name=name) for name in variants],
        export=export,
    )


def change(wanted: dict[str, Any], status: InferenceEndpointStatus, **more: Any) -> ExportChange | None:
    """What is done once what is remembered first is in status."""
    endpoint = an_object(wanted, **more)
    found = export_change(endpoint, status, region=REGION)
    if isinstance(found, ExportStatus):
        found = export_change(endpoint, status.model_copy(update={"export": found}), region=REGION)
    assert not isinstance(found, ExportStatus)
    return found


def written(status: InferenceEndpointStatus, **more: Any) -> ExportStatus:
    due = change(exporting(), status, **more)
    assert due is not None
    assert due.write is not None
    return ExportStatus(config_map_name=due.write.name, digest=due.write.digest)


def test_it_holds_what_a_caller_needs() -> None:
    due = change(exporting(), seen("blue", "green"))
    assert due is not None
    assert due.write is not None
    assert due.write.data == {
        "endpointName": "ml-churn",
        "region": REGION,
        "variants": "blue,green",
        "invocationUrl": "https://runtime/endpoints/ml-churn/invocations",
    }


def models_exported(
    target_models: dict[str, str] | None, export: ExportStatus | None = None
) -> ExportChange | ExportStatus | None:
    endpoint = an_object(multi_model(export={"configMapName": "churn-endpoint"}))
    return export_change(endpoint, seen("AllTraffic", export=export), region=REGION, target_models=target_models)


BEGUN = ExportStatus(config_map_name="churn-endpoint", digest="")


def data_of(target_models: dict[str, str]) -> dict[str, str]:
    due = models_exported(target_models, BEGUN)
    assert isinstance(due, ExportChange)
    assert due.write is not None
    return dict(due.write.data)


def test_of_a_multi_model_endpoint_it_holds_the_target_models_by_model_id() -> None:
    targets = {"tenant-2": "tenant-2/3f9c21d07a.tar.gz", 'the "first"/ä': "first.tar.gz"}
    data = data_of(targets)
    assert json.loads(data["targetModels"]) == targets
    assert data["targetModelsLeftOut"] == "0"
    assert (data["endpointName"], data["variants"]) == ("ml-churn", "AllTraffic")
    assert json.loads(data_of({})["targetModels"]) == {}


def test_another_target_model_writes_it_again_and_the_same_ones_do_not() -> None:
    due = models_exported({"a": "a/1.tar.gz", "b": "b/1.tar.gz"}, BEGUN)
    assert isinstance(due, ExportChange)
    assert due.write is not None
    known = ExportStatus(config_map_name=due.write.name, digest=due.write.digest)
    assert models_exported({"b": "b/1.tar.gz", "a": "a/1.tar.gz"}, known) is None
    assert isinstance(models_exported({"a": "a/1.tar.gz", "b": "b/2.tar.gz"}, known), ExportChange)


def test_while_the_models_are_not_known_yet_nothing_is_written_over_what_is_there() -> None:
    assert models_exported(None, ExportStatus(config_map_name="churn-endpoint", digest="of before")) is None
    assert models_exported(None) is None
    assert change(exporting(), seen("blue")) is not None, "an endpoint of another mode waits for no models"


@pytest.mark.parametrize("count", [10_000, 40_000])
def test_it_never_outgrows_a_config_map_and_says_how_many_are_left_out(count: int) -> None:
    targets = {f"tenant-{number:05}": f"tenant-{number:05}/{number:010x}.tar.gz" for number in range(count)}
    data = data_of(targets)
    assert sum(len(value.encode()) for value in data.values()) <= 1024 * 1024
    held = json.loads(data["targetModels"])
    assert held.items() <= targets.items()
    assert len(held) + int(data["targetModelsLeftOut"]) == count
    assert (data["targetModelsLeftOut"] == "0") is (count == 10_000)
    assert list(held) == sorted(targets)[: len(held)], "the same ones stay in it"


def test_what_is_written_is_not_written_again_until_it_changes() -> None:
    known = written(seen("blue"))
    assert change(exporting(), seen("blue", export=known)) is None
    again = change(exporting(), seen("blue", "green", export=known))
    assert again is not None
    assert again.write is not None


@pytest.mark.parametrize("more", [{"retry": "now"}, {"uid": "another-life"}])
def test_a_look_that_is_asked_for_and_another_life_of_the_object_write_it_again(more: dict[str, str]) -> None:
    known = written(seen("blue"))
    assert change(exporting(), seen("blue", export=known), **more) is not None


def test_nothing_is_written_before_there_is_an_endpoint_or_when_the_object_goes() -> None:
    assert change(exporting(), InferenceEndpointStatus()) is None
    assert change(exporting(), seen("blue"), deleted=True) is None
    assert change(exporting(None), seen("blue", export=written(seen("blue"))), deleted=True) is None


def test_another_name_is_written_before_the_old_one_goes() -> None:
    due = change(exporting("second"), seen("blue", export=written(seen("blue"))))
    assert due is not None
    assert due.write is not None
    assert (due.write.name, due.remove) == ("second", ("churn-endpoint",))


def test_a_name_is_in_status_before_its_config_map_is_made_and_until_it_is_removed() -> None:
    first = export_change(an_object(exporting()), seen("blue"), region=REGION)
    assert first == ExportStatus(config_map_name="churn-endpoint", digest="")
    second = export_change(an_object(exporting("second")), seen("blue", export=first), region=REGION)
    assert second == ExportStatus(config_map_name="second", digest="", obsolete_names=["churn-endpoint"])
    third = export_change(an_object(exporting("third")), seen("blue", export=second), region=REGION)
    assert third == ExportStatus(config_map_name="third", digest="", obsolete_names=["second", "churn-endpoint"])
    assert change(exporting(None), seen("blue", export=third)) == ExportChange(
        remove=("third", "second", "churn-endpoint")
    )
    back = export_change(an_object(exporting()), seen("blue", export=third), region=REGION)
    assert back == ExportStatus(config_map_name="churn-endpoint", digest="", obsolete_names=["third", "second"])


def test_what_is_remembered_is_made_at_once_but_for_an_object_that_goes_or_has_no_endpoint() -> None:
    remembered = ExportStatus(config_map_name="churn-endpoint", digest="")
    assert look_for_export(an_object(exporting()), seen("blue", export=remembered)) == AT_ONCE
    assert look_for_export(an_object(exporting(), deleted=True), seen("blue", export=remembered)) is None
    assert look_for_export(an_object(exporting()), InferenceEndpointStatus(export=remembered)) is None
    told = with_export(an_object(exporting()), seen("blue"), ExportOutcome(written=remembered), now=NOW)
    condition = find(told.conditions, EXPORTED)
    assert condition is not None
    assert condition.status == "False"


def test_while_there_is_no_endpoint_the_old_name_stays_and_no_name_removes_it() -> None:
    known = written(seen("blue"))
    assert change(exporting("second"), InferenceEndpointStatus(export=known)) is None
    assert change(exporting(None), InferenceEndpointStatus(export=known)) == ExportChange(remove=("churn-endpoint",))


def test_a_conflict_is_said_keeps_what_was_written_and_is_tried_again() -> None:
    endpoint, known = an_object(exporting("theirs")), written(seen("blue"))
    before = seen("blue", export=known)
    after = with_export(endpoint, before, ExportOutcome(written=known, fault=conflict(endpoint, "theirs")), now=NOW)
    condition = find(after.conditions, EXPORTED)
    assert condition is not None
    assert (condition.status, condition.reason) == ("False", "ExportConflict")
    assert "ml/theirs" in condition.message
    assert after.export == known
    assert look_for_export(endpoint, after) == Look(back_off=True, at_most_seconds=600.0)
    assert trouble(before, after) is not None
    assert trouble(after, after) is None


def test_the_condition_is_there_only_while_an_export_is_asked_for() -> None:
    known = written(seen("blue"))
    status = with_export(an_object(exporting()), seen("blue"), ExportOutcome(written=known), now=NOW)
    condition = find(status.conditions, EXPORTED)
    assert condition is not None
    assert condition.status == "True"
    assert look_for_export(an_object(exporting()), status) is None
    waiting = with_export(an_object(exporting()), InferenceEndpointStatus(), ExportOutcome(), now=NOW)
    not_yet = find(waiting.conditions, EXPORTED)
    assert not_yet is not None
    assert (not_yet.status, not_yet.reason) == ("False", "EndpointNotMade")
    gone = with_export(an_object(exporting(None)), status, ExportOutcome(), now=NOW)
    assert find(gone.conditions, EXPORTED) is None
    assert gone.export is None
