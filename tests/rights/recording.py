"""What a world writes down of the rights that were needed in it, where RECORD_RIGHTS names a folder for that.

The simulator writes every IAM action itself, as it takes the calls, for tests kill it and empty it. What the operator
asked of the API server is in the audit log, which then holds its reads too and is condensed when the world ends.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devworld.cluster import OPERATOR_NAMESPACE

FOLDER = "RECORD_RIGHTS"
ACTIONS, REQUESTS, SUITES = "actions", "requests", "suite"
"""How the files end: FOLDER/WHOSE.actions.jsonl, and so on."""
PROBE = "probe-with-the-operators-key"
"""In the user agent of whoever uses the operator's key and is not the operator."""
OPERATORS = "-operator"
"""How the namespaces end in which operators are; tests/chaos/kill runs a dozen, each in one of its own."""
SOMEBODYS = "a namespace"
"""In the place of the name of any namespace of a user's."""


def folder() -> Path | None:
    """Where to; None when nothing is recorded."""
    named = os.environ.get(FOLDER)
    if not named:
        return None
    path = Path(named).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def simulator_flags(world: Path) -> tuple[str, ...]:
    """For the simulator of the world in that directory."""
    where = folder()
    return () if where is None else ("--record-actions", str(_file(where, world, ACTIONS)))


def audited(user: str) -> str | None:
    """The user whose reads are to be in the audit log."""
    return None if folder() is None else user


def keep_requests(world: Path, audit_log: Path | None, *, user: str) -> None:
    """Each kind of request that the user made of the API server of the world in that directory, once."""
    where = folder()
    if where is None or audit_log is None or not audit_log.is_file():
        return
    rows: dict[str, None] = {}
    with audit_log.open(encoding="utf-8") as lines:
        for row in _requests(lines, user):
            rows[json.dumps(row, sort_keys=True)] = None
    with _file(where, world, REQUESTS).open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


def _requests(lines: Iterator[str], user: str) -> Iterator[dict[str, Any]]:
    for line in lines:
        if not line.endswith("\n"):
            return  # half written when the API server was killed
        entry = json.loads(line)
        by_a_person = entry.get("userAgent", "").startswith("kubectl/")  # a test that tries what the account may do
        if entry["user"]["username"] == user and "objectRef" in entry and not by_a_person:
            yield _request(entry)


def _request(entry: dict[str, Any]) -> dict[str, Any]:
    about = entry["objectRef"]
    annotations = entry.get("annotations", {})
    namespace = about.get("namespace", "")
    namespace = OPERATOR_NAMESPACE if namespace.endswith(OPERATORS) else namespace
    of_a_test = namespace not in ("", OPERATOR_NAMESPACE, "kube-system")  # and so one of hundreds
    return {
        "verb": entry["verb"],
        "group": about.get("apiGroup", ""),
        "resource": "/".join(filter(None, (about["resource"], about.get("subresource")))),
        "namespace": SOMEBODYS if of_a_test else namespace,
        "name": "" if of_a_test else about.get("name", ""),
        "decision": annotations.get("authorization.k8s.io/decision", ""),
        "reason": annotations.get("authorization.k8s.io/reason", ""),
    }


def _file(where: Path, world: Path, kind: str) -> Path:
    whose = hashlib.sha256(str(world.resolve()).encode()).hexdigest()[:12]
    return where / f"{whose}.{kind}.jsonl"
