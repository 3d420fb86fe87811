"""What a user of Argo CD installs, and what Argo CD makes of it."""

from pathlib import Path

import pytest
import yaml

from devworld.settings import PROJECT
from hack.argocd.__main__ import ENTRIES, SCRIPT, entries
from tests.gitops.judges import Judge, Verdict, argo_cd
from tests.integration.vocabulary.kubernetes_objects import Object
from tests.integration.vocabulary.scene import Scene

CRDS = [yaml.safe_load(file.read_text("utf-8"))["spec"] for file in (PROJECT / "crds").glob("*.yaml")]


def test_the_config_map_has_the_health_check_that_is_tested_for_each_of_our_kinds() -> None:
    text = ENTRIES.read_text("utf-8")
    assert text == entries(SCRIPT.read_text("utf-8")), "run make generate"
    keys = {f"resource.customizations.health.{crd['group']}_{crd['names']['kind']}" for crd in CRDS}
    assert yaml.safe_load(text)["data"] == dict.fromkeys(keys, SCRIPT.read_text("utf-8"))


def test_the_patch_of_the_docs_adds_it_to_what_is_in_argocd_cm_already(world: Scene) -> None:
    here = ("-n", world.namespace)
    world.kubectl("create", "configmap", "argocd-cm", *here, "--from-literal=url=https://argocd.example")
    world.kubectl("patch", "configmap", "argocd-cm", *here, "--patch-file", str(ENTRIES))
    data = world.kubectl.json("get", "configmap", "argocd-cm", *here)["data"]
    assert data == {"url": "https://argocd.example", **yaml.safe_load(ENTRIES.read_text("utf-8"))["data"]}


def given(*, spec: Object | None = None, observed: int | None = 1, **conditions: str) -> Object:
    """An object of generation 1 with these conditions, whose reason is their name."""
    rows = [{"type": kind, "status": status, "reason": kind, "message": "why"} for kind, status in conditions.items()]
    status = {"conditions": rows} | ({"observedGeneration": observed} if observed is not None else {})
    return {"metadata": {"generation": 1}, "spec": spec or {}, "status": status}


SAID = {
    "nothing yet": ({"metadata": {"generation": 1}, "spec": {}}, "Progressing"),
    "never looked at": (given(observed=-1), "Progressing"),
    "another generation": (given(observed=0, Ready="True"), "Progressing"),
    "ready": (given(Ready="True", Stalled="False"), "Healthy"),
    "being made": (given(Ready="False", Reconciling="True", Stalled="False"), "Progressing"),
    "not ready, and nobody says more": (given(Ready="False", Reconciling="False", Stalled="False"), "Progressing"),
    "stalled": (given(Ready="False", Stalled="True"), "Degraded"),
    "paused": (given(spec={"paused": True}, Ready="True"), "Suspended"),
    "not paused": (given(spec={"paused": False}, Ready="True"), "Healthy"),
}


@pytest.mark.parametrize(("thing", "status"), SAID.values(), ids=SAID)
def test_every_row_of_the_table_in_the_docs(argo: Judge, thing: Object, status: str) -> None:
    assert argo(thing).status == status


def test_the_message_is_the_condition_s_own(argo: Judge) -> None:
    assert argo(given(Ready="False", Stalled="True")) == Verdict("Degraded", "Stalled: why")


def test_a_check_that_uses_more_of_lua_than_argo_cd_gives_it_fails_here_too(tmp_path: Path) -> None:
    script = tmp_path / "health.lua"
    script.write_text('return { status = string.format("%s", "Healthy") }', encoding="utf-8")
    with pytest.raises(AssertionError, match="the health check"):
        argo_cd(script)(given())
