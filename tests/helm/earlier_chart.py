"""The chart as an earlier version of it would be: another number, and CRDs that lack a field."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.helm.helm import CHART


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What is different in it."""

    version: str
    of_kind: str
    lacks: str
    """A field of spec."""


EARLIER = Earlier(version="0.0.9", of_kind="inferenceendpoints.inference.endpoint-operator.dev", lacks="redeploy")


def earlier_chart(folder: Path) -> Path:
    """The chart's folder, in `folder`."""
    copy = shutil.copytree(CHART, folder / "earlier")
    chart = copy / "Chart.yaml"
    chart.write_text(re.sub(r"(?m)^(version|appVersion): .*$", rf"\g<1>: {EARLIER.version}", chart.read_text("utf-8")))
    file = copy / "files" / "crds" / f"{EARLIER.of_kind.partition('.')[0]}.yaml"
    crd = yaml.safe_load(file.read_text("utf-8"))
    [version] = crd["spec"]["versions"]
    del version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"][EARLIER.lacks]
    file.write_text(yaml.safe_dump(crd), encoding="utf-8")
    return copy
