"""`python -m tests.rights FOLDER`: what a run of the tests recorded, held against config/iam and config/rbac.

Recorded is where RECORD_RIGHTS names the folder while tests run. What the policy or the roles lack is told of any run;
what nothing needed, only of one in which all tests took part.
"""

import json
import sys
from pathlib import Path
from typing import Any

from devworld.environment import OPERATOR_KEY
from tests.rights import aws_rights, cluster_rights, exceptions, recording, wholeness
from tests.rights.combined_policy import combined
from tests.rights.exceptions import Exceptions

Rows = list[dict[str, Any]]


def main(arguments: list[str]) -> int:
    """The exit code: 0 when nothing is lacking and nothing superfluous."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("rights: give the folder that RECORD_RIGHTS named while the tests ran", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    actions = [row for row in rows(folder, recording.ACTIONS) if is_operators(row)]
    requests = rows(folder, recording.REQUESTS)
    if not (actions and requests):
        print(f"rights: {folder} holds nothing that the operator did; run the tests with RECORD_RIGHTS={folder}")
        return 1
    extents = [wholeness.extent_of(row) for row in rows(folder, recording.SUITES)]
    left_out = wholeness.missing(extents, wanted=wholeness.test_files())
    found = judge(actions, requests, exceptions.read(), whole=not left_out)
    for sentence in found:
        print(f"rights: {sentence}")
    if left_out:
        print(
            f"rights: {len(left_out)} test files were not run ({left_out[0]}…): superfluous rights are not looked for"
        )
    if not found:
        print(f"rights: {len(actions)} kinds of AWS actions and {len(requests)} of requests are allowed")
    return 1 if found else 0


def rows(folder: Path, kind: str) -> Rows:
    """Of all worlds; a line that its writer did not get to end is left out."""
    lines = [
        line
        for file in sorted(folder.glob(f"*.{kind}.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True)
    ]
    return [json.loads(line) for line in lines if line.endswith("\n")]


def is_operators(row: dict[str, Any]) -> bool:
    """With its own key, and by itself: a test uses the key too, to see what it may not do."""
    return row["accessKey"] == OPERATOR_KEY and recording.PROBE not in row["userAgent"]


def judge(actions: Rows, requests: Rows, excepted: Exceptions, *, whole: bool) -> list[str]:
    """All complaints, as sentences."""
    policy = combined()
    rights = cluster_rights.shipped()
    found = aws_rights.lacking(policy, actions, anywhere=excepted.anywhere) + cluster_rights.lacking(rights, requests)
    if whole:
        unused_actions = aws_rights.unused(policy, actions, anywhere=excepted.anywhere)
        found += exceptions.complaints(unused_actions, excepted.aws, where="config/iam/features")
        unused_rights = cluster_rights.unused(rights, requests)
        found += exceptions.complaints(unused_rights, excepted.cluster, where="config/rbac")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
