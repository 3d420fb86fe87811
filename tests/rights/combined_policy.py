"""Writes config/iam/operator-policy.json: the policies of the features in one, for whoever wants them all.

`python -m tests.rights.combined_policy > config/iam/operator-policy.json`, which is a part of `make generate`.
"""

import json
import sys
from pathlib import Path
from typing import Any

IAM = Path(__file__).parents[2] / "config" / "iam"
FEATURES = IAM / "features"
COMBINED = IAM / "operator-policy.json"
BESIDE = frozenset({"encryption"})
"""Features for who has keys of his own: attached beside the file, which with them would be longer than IAM takes."""


def features() -> dict[str, list[dict[str, Any]]]:
    """The statements of each feature; `endpoints`, which no operator can do without, is the first."""
    files = sorted(FEATURES.glob("*.json"), key=lambda file: (file.stem != "endpoints", file.stem))
    return {file.stem: json.loads(file.read_text(encoding="utf-8"))["Statement"] for file in files}


def combined(*, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The document of all features but `without`. Raises ValueError where two statements have one Sid, which IAM
    refuses within a policy."""
    statements = [statement for name, each in features().items() if name not in without for statement in each]
    names = [statement["Sid"] for statement in statements]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{FEATURES}: the Sid {twice[0]} is there twice; give each statement one of its own")
    return {"Version": "2012-10-17", "Statement": statements}


def text() -> str:
    """As it lies in the folder."""
    return json.dumps(combined(without=BESIDE), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
