"""Whether a new world has a node: where there can be one and its images, unless the user says otherwise."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from devworld.images import availability as images
from devworld.images.building import built
from devworld.images.recipes import PACKER
from devworld.narration import Narration
from devworld.node import availability as node
from devworld.node.debian import PackagesError
from devworld.node.programs import Programs
from devworld.settings import Settings, SettingsError
from devworld.world import node_folder

# Each brings a control plane of its own.
OTHER_CLUSTERS = ("TEST_CLUSTER", "KUBEBUILDER_ASSETS")


def decided(settings: Settings, directory: Path, *, environment: Mapping[str, str], says: Narration) -> Settings:
    """With `node` True or False; all that a node is made of has been fetched and built then.

    Raises:
        SettingsError: NODE=1 where there can be none.
        ExpectedError: a part of it cannot be built, which is a fault and no reason to do without.
    """
    if settings.node is False:
        return settings
    reason = _why_not(directory, environment) or _made()
    if reason is None:
        return dataclasses.replace(settings, node=True)
    if settings.node:
        raise SettingsError(f"NODE=1: {reason}")
    says.say(f"{reason}. The world does without: packing Jobs run as processes, no other pod runs")
    return dataclasses.replace(settings, node=False)


def _why_not(directory: Path, environment: Mapping[str, str]) -> str | None:
    other = next((name for name in OTHER_CLUSTERS if environment.get(name)), None)
    if other:
        return f"no Kubernetes node in this world: {other} names another cluster"
    return node.available() or node.why_not_in(node_folder(directory)) or images.available()


def _made() -> str | None:
    """None, or why the packages cannot be had; minutes the first time."""
    try:
        Programs.ready()
        built(PACKER)
    except PackagesError as error:
        return f"no Kubernetes node on this machine: {error}"
    return None
