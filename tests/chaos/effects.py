"""What calls did, out of the simulator's log: whatever was done twice is named."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]


def doubled(rows: Iterable[Row], *, updates_wanted: Mapping[str, int]) -> list[str]:
    """Changes that took effect once too often: a creation of what was there, an update more than revisions asked for.

    A call whose answer was cut off took effect too: its status is that of the work.
    """
    done = [row for row in rows if row["status"] == 200]
    return [*_created_twice(done), *_updated_too_often(done, updates_wanted)]


def _created_twice(done: Iterable[Row]) -> list[str]:
    there: set[tuple[str, str]] = set()
    twice = []
    for row in done:
        verb, kind = _parts(row["operation"])
        thing = (kind, str(row["resource"]))
        if verb == "Create" and thing in there:
            twice.append(f"{row['operation']} {row['resource']} (call {row['n']})")
        if verb == "Create":
            there.add(thing)
        if verb == "Delete":
            there.discard(thing)
    return twice


def _updated_too_often(done: Iterable[Row], wanted: Mapping[str, int]) -> list[str]:
    updates = Counter(str(row["resource"]) for row in done if row["operation"] == "UpdateEndpoint")
    return [f"UpdateEndpoint {name}: {times} times" for name, times in updates.items() if times > wanted.get(name, 0)]


def _parts(operation: str) -> tuple[str, str]:
    verb = next((verb for verb in ("Create", "Delete") if operation.startswith(verb)), "")
    return verb, operation.removeprefix(verb)
