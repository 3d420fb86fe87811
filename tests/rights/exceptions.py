"""The exceptions from the rule that every right was needed by something: `exceptions.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True, kw_only=True)
class Exceptions:
    """Each right with its reason."""

    aws: Mapping[str, str]
    anywhere: Mapping[str, str]
    cluster: Mapping[str, str]


def read(file: Path = FILE) -> Exceptions:
    return Exceptions(**yaml.safe_load(file.read_text(encoding="utf-8")))


def complaints(unused: Sequence[str], excepted: Mapping[str, str], *, where: str) -> list[str]:
    """A sentence for each right that nothing needed and nothing excepts, and for each needless exception."""
    superfluous = [
        f"nothing used {right}: remove it from {where}, or list it in {FILE.name} with the reason"
        for right in unused
        if right not in excepted
    ]
    needless = [
        f"{FILE.name} excepts {right}, which is used or is not there: remove the exception"
        for right in excepted
        if right not in unused
    ]
    return superfluous + needless
