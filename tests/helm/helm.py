"""Helm as a user has it: one program, one cluster or none; what it prints, or its complaint as an exception."""

import dataclasses
import functools
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from devworld.settings import PROJECT
from tests.helm.programs import Major

CHART = PROJECT / "charts" / "sagemaker-endpoint-operator"
Values = Mapping[str, Any]
Manifest = dict[str, Any]


class HelmError(Exception):
    """Helm refused or failed; the text is what it said."""


@dataclasses.dataclass(frozen=True)
class Helm:
    """Nothing of the user's own Helm is seen or changed."""

    program: Path
    major: Major
    home: Path
    """Where it keeps what it keeps."""
    kubeconfig: Path | None = None

    def __call__(self, *arguments: str, stdin: str | None = None, within_seconds: float = 120) -> str:
        """What it prints on standard output. Raises HelmError."""
        return self.said(*arguments, stdin=stdin, within_seconds=within_seconds)[0]

    def said(self, *arguments: str, stdin: str | None = None, within_seconds: float = 120) -> tuple[str, str]:
        """What it prints on both streams. Raises HelmError."""
        done = subprocess.run(
            [str(self.program), *arguments],
            env=self._environment(),
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            timeout=within_seconds,
            check=False,
        )
        if done.returncode:
            raise HelmError(f"helm {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout, done.stderr

    def template(
        self, values: Values, *, release: str = "operator", namespace: str = "operators", chart: Path = CHART
    ) -> list[Manifest]:
        """The objects of a release. Raises HelmError."""
        text = self(
            *("template", release, str(chart), "--namespace", namespace, "--values", "-"), stdin=json.dumps(values)
        )
        return [document for document in yaml.load_all(text, Loader=_loader()) if document]

    def against(self, kubeconfig: Path) -> "Helm":
        return dataclasses.replace(self, kubeconfig=kubeconfig)

    def _environment(self) -> dict[str, str]:
        ours = {f"HELM_{kind}_HOME": str(self.home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        cluster = {"KUBECONFIG": str(self.kubeconfig or os.devnull)}
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), **ours, **cluster}


def only(manifests: list[Manifest], kind: str, *, ending: str = "") -> Manifest:
    """The one object of a kind whose name ends so."""
    [found] = [each for each in manifests if each["kind"] == kind and each["metadata"]["name"].endswith(ending)]
    return found


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [each for each in manifests if each["kind"] == kind]


def named_image(**more: Any) -> dict[str, Any]:
    """The fewest values that a release needs, and more."""
    return {"image": {"repository": "registry.test/operator"}, **more}


@functools.cache
def _loader() -> type[yaml.SafeLoader]:
    """In C where PyYAML was built so: the CRDs are long."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
