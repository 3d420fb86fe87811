"""Where the cluster of these tests comes from. What they do with it needs a kubeconfig and knows no more."""

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from tests.controlplane.kubectl import Kubectl
from tests.endtoend import kind, node

VARIABLE = "END_TO_END_ON"
IN_CI = "CI"


@dataclasses.dataclass(frozen=True)
class Source:
    """One way to have a cluster with the images of this checkout."""

    unavailable: Callable[[], str | None]
    """None, or the sentence that says why there can be none here."""
    up: Callable[[Path], tuple[Kubectl, Callable[[], None]]]
    """Makes it, with its files in a folder; kubectl for it as admin, and how it is taken down."""


SOURCES = {"kind": Source(kind.unavailable, kind.up), "node": Source(node.unavailable, node.up)}


def chosen() -> Source:
    """The project's own node, unless END_TO_END_ON says kind. Raises ValueError where it says anything else."""
    name = os.environ.get(VARIABLE, "node")
    if name not in SOURCES:
        raise ValueError(f"{VARIABLE}={name}: there are {', '.join(SOURCES)}")
    return SOURCES[name]


def must_be_there() -> bool:
    """Whether a missing cluster is a failure: where kind was asked for in CI, a skip would pass for a success."""
    return os.environ.get(VARIABLE) == "kind" and bool(os.environ.get(IN_CI))
