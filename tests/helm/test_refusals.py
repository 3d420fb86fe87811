"""Values that are refused: each with the field's name, by the schema or by a template.

Helm 3 and Helm 4 word it differently, so only the field is asserted.
"""

import re
from typing import Any

import pytest

from tests.helm.helm import Helm, HelmError, named_image

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown value": ({"replica": 2}, "replica"),
    "an unknown value deeper": ({"serviceAccount": {"annotation": {}}}, "annotation"),
    "an unknown setting": ({"settings": {"worker": 1}}, "worker"),
    "replicas as text": ({"replicas": "two"}, "replicas"),
    "fewer than no replicas": ({"replicas": -1}, "replicas"),
    "a digest that is none": ({"image": {"repository": "a", "digest": "sha256:1"}}, "digest"),
    "a policy that is none": ({"image": {"repository": "a", "pullPolicy": "Sometimes"}}, "pullPolicy"),
    "a namespace that can be none": ({"watchNamespaces": ["Team_A"]}, "watchNamespaces"),
    "namespaces as text": ({"watchNamespaces": "a,b"}, "watchNamespaces"),
    "a setting beyond its bounds": ({"settings": {"workers": 0}}, "workers"),
    "a setting of another type": ({"settings": {"leaseSeconds": "15s"}}, "leaseSeconds"),
    "a level that is none": ({"settings": {"logLevel": "TRACE"}}, "logLevel"),
    "an empty setting": ({"settings": {"region": ""}}, "region"),
    "a port that needs rights": ({"metrics": {"port": 80}}, "port"),
    "a CIDR that is none": ({"networkPolicy": {"aws": {"cidrs": ["example.com"]}}}, "cidrs"),
    "no port to the API server": ({"networkPolicy": {"apiServer": {"ports": []}}}, "ports"),
    "a quantity that is none": ({"resources": {"limits": {"memory": "1 GB"}}}, "memory"),
    "a variable without a name": ({"extraEnv": [{"value": "x"}]}, "name"),
    "a budget of nothing": ({"podDisruptionBudget": {"maxUnavailable": 0}}, "maxUnavailable"),
    "a probe's way": ({"probes": {"liveness": {"httpGet": {}}}}, "httpGet"),
    "time that stands still": ({"simulator": {"timeScale": 0}}, "timeScale"),
    "a rule for nobody": ({"tenancy": {"rules": [{"s3Prefixes": ["*"]}]}}, "namespaces"),
    "a rule about what is none": ({"tenancy": {"rules": [{"namespaces": ["a"], "buckets": []}]}}, "buckets"),
    "no image": ({"image": {"repository": ""}}, "image.repository"),
    "no simulator's image": ({"simulator": {"enabled": True}}, "simulator.image.repository"),
    "a ServiceMonitor without a Service": (
        {"metrics": {"service": {"enabled": False}, "serviceMonitor": {"enabled": True}}},
        "metrics.serviceMonitor.enabled",
    ),
    "inputs where nothing is watched": (
        {"watchNamespaces": ["a"], "rbac": {"inputs": {"namespaces": ["b"]}}},
        "rbac.inputs.namespaces",
    ),
    "migration where nothing is watched": (
        {"watchNamespaces": ["a"], "migration": {"enabled": True, "namespaces": ["b"]}},
        "migration.namespaces",
    ),
    "a ServiceAccount without a name": ({"serviceAccount": {"create": False}}, "serviceAccount.name"),
    "a simulator and a role in AWS": (
        {
            "simulator": {"enabled": True, "image": {"repository": "a"}},
            "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/a"}},
        },
        "simulator.enabled",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_and_the_field_is_named(helm: Helm, what: str) -> None:
    values, field = REFUSED[what]
    with pytest.raises(HelmError, match=rf"\b{re.escape(field)}\b"):
        helm.template(named_image() | values)


def test_what_is_refused_there_is_not_refused_for_another_reason(helm: Helm) -> None:
    assert helm.template(named_image())
