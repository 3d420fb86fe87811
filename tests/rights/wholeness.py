"""Whether a recording is of all tests in which the operator works: only then does an unused right mean anything."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.rights import recording

PROJECT = Path(__file__).parents[2]
# Not where it runs as a Pod (tests/helm, tests/images, tests/node): its account is the chart's there, and a machine may
# have no node. What that may do is the same, as tests/helm/test_rights.py holds; what it asks of AWS with its own
# key is recorded there too, and held against the policy like everything else.
WHERE_IT_WORKS = ("tests/integration", "tests/cli", "tests/chaos", "tests/chaos/kill")
NARROWED_BY = ("keyword", "markexpr", "deselect", "lf", "last_failed", "ignore", "ignore_glob")


@dataclass(frozen=True)
class Extent:
    """What one pytest process collected: `files` in the project, and whether it was told to leave out tests of them."""

    files: frozenset[str]
    narrowed: bool


def keep_extent(session: pytest.Session) -> None:
    """Called once pytest knows its tests."""
    where = recording.folder()
    if where is None or not session.items:
        return
    options = session.config.option
    narrowed = any(getattr(options, name, None) for name in NARROWED_BY) or any(
        "::" in arg for arg in session.config.args
    )
    files = sorted({str(item.path.relative_to(PROJECT)) for item in session.items})
    line = json.dumps({"files": files, "narrowed": narrowed})
    (where / f"{os.getpid()}.{recording.SUITES}.jsonl").write_text(f"{line}\n", encoding="utf-8")


def extent_of(row: dict[str, Any]) -> Extent:
    return Extent(files=frozenset(row["files"]), narrowed=bool(row["narrowed"]))


def test_files() -> frozenset[str]:
    """All that there are."""
    return frozenset(
        str(file.relative_to(PROJECT)) for folder in WHERE_IT_WORKS for file in (PROJECT / folder).glob("test_*.py")
    )


def missing(extents: Iterable[Extent], *, wanted: frozenset[str]) -> list[str]:
    """The test files that were not run as a whole."""
    run: set[str] = set()
    for extent in extents:
        run |= set() if extent.narrowed else extent.files
    return sorted(wanted - run)
