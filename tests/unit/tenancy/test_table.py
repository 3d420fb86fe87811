"""The table of docs/tenancy.md: every field that could lead to another namespace, and tests that are there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.integration.test_tenancy_rules import ATTACKS, OVERRIDDEN
from tests.unit.fuzz.written_by_users import crd_schema

PROJECT = Path(__file__).parents[3]
PAGE = (PROJECT / "docs" / "tenancy.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Field by field")[2].partition("\n## ")[0]
# Named in the words before the table, or of no meaning beyond the object itself.
WORDS = {
    *("tags", "redeploy", "contentType", "body", "value", "csvContentTypes", "jsonContentTypes"),
    *("type", "version", "inferenceAmiVersion", "metric", "statistic"),
    *("variants", "shadow"),  # their names are within the object
}
# Members that have a row as a whole, and those that say nothing without what they stand in.
WHOLE = {"framework", "autoscaling"}
MEANING_NOTHING_ALONE = {"name", "key", "secretKeyRef", "configMapKeyRef"}
TESTS = [
    *(PROJECT / "tests" / "integration").glob("test_tenancy*.py"),
    *(PROJECT / "tests" / "unit" / "tenancy").glob("test_*.py"),
]


def fields(schema: dict[str, Any], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of the members that hold text, or anything."""
    if "properties" in schema:
        for member, inner in schema["properties"].items():
            yield from fields(inner, (*at, member))
    elif schema.get("type") == "array":
        yield from fields(schema["items"], at)
    elif schema.get("type") in ("string", "object", None) and "enum" not in schema:
        yield at


def is_told_of(at: tuple[str, ...], named: set[str]) -> bool:
    meant = [part for part in at if part not in MEANING_NOTHING_ALONE]
    return bool(WHOLE.intersection(at) & named) or meant[-1] in named | WORDS


def test_every_field_that_takes_text_has_its_row() -> None:
    rows = " ".join(line.split("|")[1] for line in TABLE.splitlines() if line.startswith("|"))
    named = set(re.findall(r"\w+", rows))
    specs = [crd_schema(plural)["properties"]["spec"] for plural in ("inferenceendpoints", "inferencemodels")]
    assert {at for spec in specs for at in fields(spec) if not is_told_of(at, named)} == set()


def test_every_test_that_it_names_is_there() -> None:
    there = {name for file in TESTS for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))}
    named = re.findall(r"`(test_\w+)(…?)[^`]*`", TABLE.partition("| field |")[2].partition('"attack" is')[0])
    assert len(named) > 20
    missing = {
        name
        for name, shortened in named
        if name not in there and not (shortened and any(each.startswith(name) for each in there))
    }
    assert missing == set()


def test_every_attack_is_named() -> None:
    named = {
        name for cell in re.findall(r"attacks? ((?:`[\w-]+`(?:, )?)+)", TABLE) for name in re.findall(r"[\w-]+", cell)
    }
    assert named == set(ATTACKS)
    assert OVERRIDDEN


def test_every_file_that_it_names_is_there() -> None:
    for path in re.findall(r"`(tests/[\w/.]+)`", TABLE):
        assert (PROJECT / path).is_file(), path
