"""What the operator's key was seen to need of AWS, held against the policy it ships with."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sagemaker_simulator.access.policy import Action, Policy, Verdict, policy_of

Row = Mapping[str, Any]
_SHOWN = ("sagemaker:taggingaction", "iam:passedtoservice")


def lacking(document: Mapping[str, Any], rows: Iterable[Row], *, anywhere: Mapping[str, str]) -> list[str]:
    """A sentence for each action that was needed and is not allowed.

    `anywhere`: actions of which only the name counts, for the policy's resource is a place to put one's own.

    A deletion that is repeated because its answer was lost finds nothing: there are no tags then, AWS refuses it, and
    the operator looks again. It needs no right of its own (tests/integration/test_least_privilege.py lives through it).
    """
    policy = policy_of(document)
    named = {action for statement in policy.statements for action in statement.actions}
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        action = action_of(row)
        allowed = action.name in named if action.name in anywhere else _allows(policy, action)
        if not (allowed or _deletes_nothing(row)):
            found.setdefault((action.name, row["call"]), _sentence(action, row["call"]))
    return sorted(found.values())


def unused(document: Mapping[str, Any], rows: Sequence[Row], *, anywhere: Mapping[str, str]) -> list[str]:
    """`SID ACTION` of each right that nothing needed."""
    actions = [action_of(row) for row in rows]
    found = []
    for entry in document["Statement"]:
        [statement] = policy_of({"Statement": [entry]}).statements
        for name in statement.actions:
            of_it = [action for action in actions if action.name == name]
            if not any(name in anywhere or statement.applies_to(action) for action in of_it):
                found.append(f"{entry['Sid']} {name}")
    return found


def action_of(row: Row) -> Action:
    """As the simulator wrote it down."""
    return Action(name=row["action"], resource=row["resource"], context=row["conditions"])


def _deletes_nothing(row: Row) -> bool:
    return ":Delete" in row["action"] and not row["there"] and not row["action"].startswith("s3:")


def _allows(policy: Policy, action: Action) -> bool:
    return policy.verdict(action) is Verdict.ALLOWED


def _sentence(action: Action, call: str) -> str:
    told = {key: value for key, value in action.context.items() if key in _SHOWN or key.endswith("/managed-by")}
    under = ", ".join(f"{key}={value}" for key, value in sorted(told.items())) or "without tags of the operator"
    return f"the policy lacks {action.name} on {action.resource} ({under}), which {call} needed"
