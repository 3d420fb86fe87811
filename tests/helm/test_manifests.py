"""What the chart renders over a matrix of values: with both Helms, and held against Kubernetes' own schemas."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from devworld.settings import PROJECT
from endpoint_operator.planning.tenancy.rules_file import parse_rules
from tests.helm.helm import CHART, Helm, Manifest, named_image, of_kind, only
from tests.helm.kubernetes_schemas import VERSIONS, complaints

MATRIX = sorted(Path(__file__).with_name("values").glob("*.yaml"))
# What no published schema of Kubernetes knows.
FOREIGN = "ServiceMonitor"


def values_of(file: Path) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return values


def identity(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata'].get('namespace', '')}/{manifest['metadata']['name']}"


@pytest.mark.parametrize("file", MATRIX, ids=lambda file: file.stem)
def test_lint_has_nothing_to_say(helm: Helm, file: Path) -> None:
    said = helm("lint", "--strict", str(CHART), "--values", str(file))
    assert "0 chart(s) failed" in said
    assert [line for line in said.splitlines() if line.startswith(("[WARNING]", "[ERROR]"))] == []


@pytest.mark.parametrize("file", MATRIX, ids=lambda file: file.stem)
def test_kubernetes_knows_every_field_of_every_object(helm: Helm, file: Path) -> None:
    manifests = helm.template(values_of(file))
    for manifest in manifests:
        if manifest["kind"] != FOREIGN:
            for version in VERSIONS:
                assert complaints(manifest, version=version) == [], identity(manifest)
    names = [identity(manifest) for manifest in manifests]
    assert len(set(names)) == len(names)


def test_a_field_that_kubernetes_does_not_know_is_found(helm4: Helm) -> None:
    manifests = helm4.template(named_image(affinity={"nodeAfinity": {}}))
    for version in VERSIONS:
        [complaint] = complaints(only(manifests, "Deployment"), version=version)
        assert "nodeAfinity" in complaint


@pytest.mark.parametrize("file", MATRIX, ids=lambda file: file.stem)
def test_objects_of_a_namespace_say_which(helm4: Helm, file: Path) -> None:
    without = {"ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"}
    for manifest in helm4.template(values_of(file)):
        assert ("namespace" in manifest["metadata"]) == (manifest["kind"] not in without), identity(manifest)


def test_the_crds_are_those_of_the_project_but_for_labels_and_annotations(helm: Helm) -> None:
    rendered = of_kind(helm.template(named_image()), "CustomResourceDefinition")
    for crd in rendered:
        assert crd["metadata"].pop("labels")["app.kubernetes.io/managed-by"] == "Helm"
        assert crd["metadata"].pop("annotations")["helm.sh/resource-policy"] == "keep"
    assert rendered == [yaml.safe_load(file.read_text("utf-8")) for file in sorted((PROJECT / "crds").glob("*.yaml"))]


def test_no_value_takes_the_keeping_of_crds_away(helm4: Helm) -> None:
    manifests = helm4.template(named_image(crds={"annotations": {"helm.sh/resource-policy": "delete", "mine": "1"}}))
    annotations = [crd["metadata"]["annotations"] for crd in of_kind(manifests, "CustomResourceDefinition")]
    assert {(each["helm.sh/resource-policy"], each["mine"]) for each in annotations} == {("keep", "1")}


def test_a_packed_chart_renders_what_its_folder_does(helm: Helm, tmp_path: Path) -> None:
    helm("package", str(CHART), "--destination", str(tmp_path))
    [packed] = tmp_path.glob("*.tgz")
    assert helm.template(named_image(), chart=packed) == helm.template(named_image())


def test_the_rules_of_tenancy_are_a_file_that_the_operator_reads(helm: Helm) -> None:
    rules = values_of(Path(__file__).with_name("values") / "eks-irsa.yaml")["tenancy"]["rules"]
    text = only(helm.template(named_image(tenancy={"rules": rules})), "ConfigMap")["data"]["tenancy.yaml"]
    parsed = parse_rules(text)
    assert [rule.namespaces for rule in parsed.rules] == [("team-*",), ("platform",)]
    assert yaml.safe_load(text)["rules"] == rules


def test_no_rules_are_no_file_and_an_empty_list_of_them_is_one(helm: Helm) -> None:
    assert of_kind(helm.template(named_image()), "ConfigMap") == []
    empty = only(helm.template(named_image(tenancy={"rules": []})), "ConfigMap")["data"]["tenancy.yaml"]
    assert parse_rules(empty).rules == ()


def test_a_service_monitor_finds_the_service(helm4: Helm) -> None:
    manifests = helm4.template(named_image(metrics={"serviceMonitor": {"enabled": True}}, nameOverride="seo"))
    service, monitor = only(manifests, "Service"), only(manifests, "ServiceMonitor")
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    [port] = service["spec"]["ports"]
    assert [endpoint["port"] for endpoint in monitor["spec"]["endpoints"]] == [port["name"]]


def test_the_schema_lets_a_parent_chart_have_it_as_a_dependency(helm: Helm, tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    dependency = {
        "name": CHART.name,
        "version": yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))["version"],
        "repository": f"file://{CHART}",
        "condition": f"{CHART.name}.enabled",
    }
    chart = {"apiVersion": "v2", "name": "parent", "version": "0.1.0", "dependencies": [dependency]}
    (parent / "Chart.yaml").write_text(yaml.safe_dump(chart), encoding="utf-8")
    helm("dependency", "update", str(parent))
    values = {"global": {"region": "eu"}, CHART.name: {"enabled": True, **named_image()}}
    assert of_kind(helm.template(values, chart=parent), "Deployment")
    assert helm.template({CHART.name: {"enabled": False}}, chart=parent) == []
