"""What of the chart is made of other files is what make generate writes."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from devworld.settings import PROJECT
from endpoint_operator.settings import Settings
from hack.chart.__main__ import generate
from hack.chart.documented_values import Undocumented
from hack.chart.settings_schema import SET_BY_THE_CHART, camel_case
from tests.helm.helm import CHART


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(CHART, tmp_path / "chart")


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_the_chart_is_what_make_generate_writes(copy: Path) -> None:
    generate(copy)
    assert files_of(copy) == files_of(CHART), "run `make generate` and commit what it writes"


def test_the_charts_crds_are_those_of_the_project() -> None:
    ours = {file.name: file.read_bytes() for file in (PROJECT / "crds").glob("*.yaml")}
    assert {file.name: file.read_bytes() for file in (CHART / "files" / "crds").iterdir()} == ours
    assert ours


def test_chart_and_operator_have_one_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert (chart["version"], chart["appVersion"]) == (version, version)


def test_every_flag_of_the_operator_is_a_setting_or_comes_from_another_value() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))
    settings = set(schema["properties"]["settings"]["properties"])
    from_elsewhere = {camel_case(flag) for flag in SET_BY_THE_CHART}
    assert settings | from_elsewhere == {camel_case(flag) for flag in Settings.model_fields}
    assert not settings & from_elsewhere


def test_the_schema_refuses_what_it_does_not_know_and_tells_of_all_that_it_does() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))
    open_ones = [path for path, inside in folders(schema, "values") if inside.get("additionalProperties") is not False]
    assert open_ones == []
    untold = [path for path, inside in leaves(schema, "values") if not inside.get("description")]
    assert untold == []


def test_a_value_without_a_comment_is_refused(copy: Path) -> None:
    values = (copy / "values.yaml").read_text("utf-8")
    (copy / "values.yaml").write_text(values.replace("# How many replicas run.", "\nreplicas: 1\n#"), encoding="utf-8")
    with pytest.raises(Undocumented, match="replicas"):
        generate(copy)


def test_a_value_that_only_the_schema_or_only_values_yaml_knows_is_refused(copy: Path) -> None:
    values = (copy / "values.yaml").read_text("utf-8")
    (copy / "values.yaml").write_text(f"{values}\n# New.\nnovelty: 1\n", encoding="utf-8")
    with pytest.raises(Undocumented, match="novelty"):
        generate(copy)
    schema = json.loads((copy / "values.schema.json").read_text("utf-8"))
    schema["properties"]["image"]["properties"]["novelty"] = {"type": "string"}
    (copy / "values.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (copy / "values.yaml").write_text(values, encoding="utf-8")
    with pytest.raises(Undocumented, match=r"image\.novelty"):
        generate(copy)


def folders(schema: dict[str, Any], path: str) -> list[tuple[str, dict[str, Any]]]:
    """Every object of the schema that has properties of its own."""
    below = [each for name, inside in schema["properties"].items() for each in _folders_in(inside, f"{path}.{name}")]
    return [(path, schema), *below]


def _folders_in(schema: dict[str, Any], path: str) -> list[tuple[str, dict[str, Any]]]:
    inside = schema.get("items") or schema
    return folders(inside, path) if "properties" in inside else []


def leaves(schema: dict[str, Any], path: str) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for name, inside in schema["properties"].items():
        folder = "properties" in inside and "description" not in inside
        found += leaves(inside, f"{path}.{name}") if folder else [(f"{path}.{name}", inside)]
    return found
