"""A pass over a multi-model endpoint takes its models' counts and target models from whoever knows them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import ExportStatus
from endpoint_operator.planning.exporting import ExportChange, ExportOutcome
from endpoint_operator.planning.model_counts import ModelCounts
from endpoint_operator.planning.plan import AT_ONCE
from tests.unit.engine.ports_in_memory import KEY, World, a_world
from tests.unit.given import an_object, facts, known, live, multi_model, row, spec, status


@dataclass
class Models:
    """What the models come to; None while they are not known."""

    now: ModelCounts | None = None
    targets: Mapping[str, str] | None = None
    asked: list[str] = field(default_factory=list)

    def counts(self, endpoint: InferenceEndpoint) -> ModelCounts | None:
        self.asked.append(f"counts {endpoint.name}")
        return self.now

    def target_models(self, endpoint: InferenceEndpoint) -> Mapping[str, str] | None:
        self.asked.append(f"targets {endpoint.name}")
        return self.targets


@dataclass
class ConfigMaps:
    data: dict[str, str] = field(default_factory=dict)

    async def export(
        self, _endpoint: InferenceEndpoint, change: ExportChange, known: ExportStatus | None
    ) -> ExportOutcome:
        if change.write is None:
            return ExportOutcome(written=known)
        self.data = dict(change.write.data)
        return ExportOutcome(written=ExportStatus(config_map_name=change.write.name, digest=change.write.digest))


def serving(
    wanted: dict[str, Any], models: Models, config_maps: ConfigMaps | None = None, *, export: ExportStatus | None = None
) -> World:
    settled = status(row(wanted), endpoint=known(live(wanted), tags=wanted)).model_copy(update={"export": export})
    world = a_world(an_object(wanted, status=settled))
    world.aws.seen = facts(live(wanted))
    exporter = config_maps or world.cluster
    world.reconciler = replace(world.reconciler, models=models, exporter=exporter)
    return world


async def test_its_counts_are_in_status_and_written_only_when_they_moved() -> None:
    models = Models(now=ModelCounts(declared=2, published=1))
    world = serving(multi_model(), models)
    await world.reconciler.reconcile(KEY)
    counted = world.cluster.stored.status.models
    assert counted is not None
    assert (counted.declared, counted.published) == (2, 1)
    written = world.log.count("status")
    await world.reconciler.reconcile(KEY)
    assert world.log.count("status") == written
    models.now = ModelCounts(declared=2, published=2)
    await world.reconciler.reconcile(KEY)
    assert world.log.count("status") == written + 1


async def test_a_restart_that_has_not_seen_the_models_yet_writes_nothing() -> None:
    models = Models(now=ModelCounts(declared=2, published=2))
    world = serving(multi_model(), models)
    await world.reconciler.reconcile(KEY)
    written = world.log.count("status")
    models.now = None
    await world.reconciler.reconcile(KEY)
    assert world.log.count("status") == written


async def test_target_models_are_exported_once_they_are_known() -> None:
    models, config_maps = Models(), ConfigMaps()
    wanted = multi_model(export={"configMapName": "callers"})
    world = serving(wanted, models, config_maps)
    await world.reconciler.reconcile(KEY)
    assert config_maps.data == {}
    models.targets = {"acme": "acme/1.tar.gz"}
    for _ in range(2):  # its name is remembered before it is made
        await world.reconciler.reconcile(KEY)
    assert json.loads(config_maps.data["targetModels"]) == models.targets


async def test_a_config_map_that_waits_for_the_models_is_not_looked_at_in_a_loop() -> None:
    models, wanted = Models(), multi_model(export={"configMapName": "callers"})
    world = serving(wanted, models, export=ExportStatus(config_map_name="callers", digest=""))
    assert await world.reconciler.reconcile(KEY) is None
    models.targets = {}
    assert await world.reconciler.reconcile(KEY) != AT_ONCE
    assert world.log.count("export") == 1


@pytest.mark.parametrize("wanted", [spec(), spec(export={"configMapName": "callers"})])
async def test_nobody_asks_for_the_models_of_another_mode(wanted: dict[str, Any]) -> None:
    models = Models(now=ModelCounts(declared=2))
    world = serving(wanted, models)
    await world.reconciler.reconcile(KEY)
    assert models.asked == []
    assert world.cluster.stored.status.models is None


async def test_without_an_export_nobody_asks_for_ten_thousand_target_models() -> None:
    models = Models(now=ModelCounts(declared=2))
    await serving(multi_model(), models).reconciler.reconcile(KEY)
    assert models.asked == ["counts churn"]
