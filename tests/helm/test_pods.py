"""What the operator's Pods are, and how the operator is started in them."""

from typing import Any

import pytest
from pydantic_settings import CliApp

from endpoint_operator.settings import Settings
from hack.chart.settings_schema import SET_BY_THE_CHART, camel_case
from tests.helm.helm import Helm, Manifest, named_image, of_kind, only

DIGEST = f"sha256:{'a' * 64}"
# A value of each flag that is not its default; for a flag of another type, give one here.
OTHER_VALUES: dict[type, Any] = {str: "a $(HOME)$x & <b>, 'c'=\"d\"", int: 4999, float: 2000000.5}
OTHERS_OF_FLAGS = {"workers": 255, "model_workers": 254, "log_level": "DEBUG", "packer_deadline_seconds": 12000000}


def pod_of(manifests: list[Manifest]) -> dict[str, Any]:
    spec: dict[str, Any] = only(manifests, "Deployment", ending="operator")["spec"]["template"]["spec"]
    return spec


def container_of(manifests: list[Manifest]) -> dict[str, Any]:
    [container] = pod_of(manifests)["containers"]
    return dict(container)


def started(manifests: list[Manifest]) -> Settings:
    """What the operator understands of its arguments, once the kubelet has put variables into them."""
    run, *flags = container_of(manifests)["args"]
    assert run == "run"
    return CliApp.run(Settings, cli_args=[as_the_kubelet_gives(flag) for flag in flags])


def as_the_kubelet_gives(word: str) -> str:
    """$$ is a dollar; a variable would be $(NAME), and there is none (Kubernetes API, Container.args)."""
    assert "$(" not in word.replace("$$", "")
    return word.replace("$$", "$")


def another_value(flag: str) -> Any:
    types = (str, float, int)
    annotation = Settings.model_fields[flag].annotation
    kind = next(each for each in types if annotation in (each, each | None) or flag in OTHERS_OF_FLAGS)
    return OTHERS_OF_FLAGS.get(flag, OTHER_VALUES[kind])


def test_every_setting_reaches_the_operator_as_it_is_written(helm: Helm) -> None:
    wanted = {flag: another_value(flag) for flag in Settings.model_fields if flag not in SET_BY_THE_CHART}
    settings = started(helm.template(named_image(settings={camel_case(flag): wanted[flag] for flag in wanted})))
    assert {flag: getattr(settings, flag) for flag in wanted} == wanted


def test_what_is_not_set_is_the_operators_own_default(helm: Helm) -> None:
    settings = started(helm.template(named_image(), namespace="operators"))
    own = Settings(operator_namespace="operators", http_address=":8080")
    assert settings == own


def test_values_that_are_no_settings_reach_the_operator(helm: Helm) -> None:
    values = named_image(
        watchNamespaces=["a", "b"],
        metrics={"port": 9999},
        packer={"image": {"repository": "packer", "digest": DIGEST}},
        tenancy={"rules": []},
    )
    manifests = helm.template(values, namespace="here")
    settings = started(manifests)
    assert settings.watched_namespaces() == ("a", "b")
    assert settings.http_host_and_port() == ("", 9999), "no host: IPv4 and IPv6"
    assert settings.packer_image == f"packer@{DIGEST}"
    assert settings.operator_namespace == "here"
    [mount] = container_of(manifests)["volumeMounts"]
    assert settings.tenancy_file == f"{mount['mountPath']}/tenancy.yaml"
    [volume] = pod_of(manifests)["volumes"]
    assert volume["configMap"]["name"] == only(manifests, "ConfigMap")["metadata"]["name"]


def test_extra_arguments_come_last_and_are_the_last_word(helm4: Helm) -> None:
    values = named_image(settings={"workers": 3}, extraArgs=["--workers=4", "--region=$(REGION)"])
    assert container_of(helm4.template(values))["args"][-2:] == ["--workers=4", "--region=$(REGION)"]


@pytest.mark.parametrize(
    ("image", "written"),
    [
        ({"repository": "r.test:5000/a/b"}, "r.test:5000/a/b:APP_VERSION"),
        ({"repository": "a", "tag": "1.2"}, "a:1.2"),
        ({"repository": "a", "tag": "1.2", "digest": DIGEST}, f"a@{DIGEST}"),
    ],
)
def test_images_are_named_by_digest_before_tag_before_version(helm4: Helm, image: dict[str, str], written: str) -> None:
    manifests = helm4.template(
        {
            "image": image,
            "packer": {"image": image},
            "simulator": {"enabled": True, "image": image},
        }
    )
    version = only(manifests, "Deployment", ending="operator")["metadata"]["labels"]["app.kubernetes.io/version"]
    wanted = written.replace("APP_VERSION", version)
    assert container_of(manifests)["image"] == wanted
    assert started(manifests).packer_image == wanted
    simulator = only(manifests, "Deployment", ending="simulator")["spec"]["template"]["spec"]
    assert simulator["containers"][0]["image"] == wanted


def test_probes_ask_where_the_operator_answers(helm4: Helm) -> None:
    container = container_of(helm4.template(named_image(metrics={"port": 9999})))
    [port] = container["ports"]
    assert (port["name"], port["containerPort"]) == ("http", 9999)
    asked = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert asked == {
        "startup": {"path": "/healthz", "port": "http"},
        "liveness": {"path": "/healthz", "port": "http"},
        "readiness": {"path": "/readyz", "port": "http"},
    }


def test_two_replicas_are_spread_and_evicted_one_at_a_time(helm4: Helm) -> None:
    manifests = helm4.template(named_image())
    deployment, budget = only(manifests, "Deployment"), only(manifests, "PodDisruptionBudget")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    selectors = [each["labelSelector"]["matchLabels"] for each in pod_of(manifests)["topologySpreadConstraints"]]
    selectors += [budget["spec"]["selector"]["matchLabels"], deployment["spec"]["selector"]["matchLabels"]]
    assert len(selectors) == 4
    assert all(selector.items() <= labels.items() for selector in selectors)
    assert (deployment["spec"]["replicas"], budget["spec"]["maxUnavailable"]) == (2, 1)
    assert of_kind(helm4.template(named_image(replicas=1)), "PodDisruptionBudget") == []


def test_a_constraint_with_a_selector_keeps_it(helm4: Helm) -> None:
    constraint = {
        "maxSkew": 1,
        "topologyKey": "rack",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"mine": "yes"}},
    }
    manifests = helm4.template(named_image(topologySpreadConstraints=[constraint]))
    assert pod_of(manifests)["topologySpreadConstraints"] == [constraint]


def test_the_operator_and_its_packing_jobs_are_pointed_at_the_simulator(helm4: Helm) -> None:
    values = named_image(
        simulator={"enabled": True, "image": {"repository": "simulator"}}, packer={"image": {"repository": "packer"}}
    )
    manifests = helm4.template(values, namespace="here")
    service = only(manifests, "Service", ending="simulator")
    url = f"http://{service['metadata']['name']}.here.svc:{service['spec']['ports'][0]['port']}"
    variables = {each["name"]: each["value"] for each in container_of(manifests)["env"]}
    assert variables["AWS_ENDPOINT_URL"] == url
    assert started(manifests).packer().environment == variables
    pods = only(manifests, "Deployment", ending="simulator")["spec"]["template"]
    assert service["spec"]["selector"].items() <= pods["metadata"]["labels"].items()
    operators = only(manifests, "Deployment", ending="operator")["spec"]["selector"]["matchLabels"]
    assert not operators.items() <= pods["metadata"]["labels"].items(), "neither the budget nor the policy is about it"


def test_without_the_simulator_nothing_is_said_of_where_aws_is(helm4: Helm) -> None:
    assert "env" not in container_of(helm4.template(named_image()))


@pytest.mark.parametrize(
    ("values", "reached"),
    [
        ({}, {"aws", "pod identity"}),
        ({"networkPolicy": {"podIdentity": False, "instanceMetadata": True}}, {"aws", "metadata"}),
        ({"simulator": {"enabled": True, "image": {"repository": "s"}}}, {"simulator"}),
    ],
)
def test_the_network_policy_opens_what_is_used_and_no_more(
    helm4: Helm, values: dict[str, Any], reached: set[str]
) -> None:
    egress = only(helm4.template(named_image(**values)), "NetworkPolicy")["spec"]["egress"]
    dns, api_server, *others = egress
    assert {port["port"] for port in dns["ports"]} == {53}
    assert {port["port"] for port in api_server["ports"]} == {443, 6443}
    assert {where(rule) for rule in others} == reached


def where(rule: dict[str, Any]) -> str:
    """What an egress rule leads to, by its port and its peers."""
    [port] = [port["port"] for port in rule["ports"]]
    peers = rule.get("to", [])
    if any("podSelector" in peer for peer in peers):
        return {8080: "simulator"}[port]
    cidrs = {peer["ipBlock"]["cidr"] for peer in peers}
    return {
        (443, frozenset()): "aws",
        (80, frozenset({"169.254.170.23/32", "fd00:ec2::23/128"})): "pod identity",
        (80, frozenset({"169.254.169.254/32", "fd00:ec2::254/128"})): "metadata",
    }[port, frozenset(cidrs)]
