"""Whether a role's trust policy lets a principal assume it: pure.

Source: "AWS JSON policy elements: Principal" and "How to use an external ID", IAM User Guide. That the caller's own
policies must allow sts:AssumeRole too is not looked at here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .policy import Action, Verdict, policy_of

_ASSUME = "sts:AssumeRole"


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """Who wants to assume which role, and what was sent with it."""

    caller_arn: str
    caller_account: str
    role_arn: str
    session_name: str
    external_id: str | None


def is_trusted(trust: Mapping[str, Any], wanted: Assumption) -> bool:
    """Tell whether the trust policy allows it. Raises BadPolicy for a condition that cannot be judged here."""
    statements = [
        {name: value for name, value in statement.items() if name != "Principal"} | {"Resource": "*"}
        for statement in _as_list(trust.get("Statement", []))
        if _names(statement.get("Principal"), wanted)
    ]
    action = Action(name=_ASSUME, resource=wanted.role_arn, context=_context(wanted))
    return policy_of({"Statement": statements}).verdict(action) is Verdict.ALLOWED


def _context(wanted: Assumption) -> dict[str, str]:
    context = {
        "aws:principalarn": _role_behind(wanted.caller_arn) or wanted.caller_arn,
        "aws:principalaccount": wanted.caller_account,
        "sts:rolesessionname": wanted.session_name,
    }
    return context | ({"sts:externalid": wanted.external_id} if wanted.external_id is not None else {})


def _names(principal: Any, wanted: Assumption) -> bool:
    """Tell whether a statement's Principal is the caller: its account, its role, itself, or everybody."""
    if principal == "*":
        return True
    named = _as_list(principal.get("AWS", [])) if isinstance(principal, Mapping) else []
    account = wanted.caller_account
    fitting = {"*", account, f"arn:aws:iam::{account}:root", wanted.caller_arn, _role_behind(wanted.caller_arn)}
    return any(name in fitting for name in named)


def _role_behind(caller_arn: str) -> str | None:
    """Return the role's ARN for a session's (arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION)."""
    head, kind, rest = caller_arn.partition(":assumed-role/")
    return f"{head.replace(':sts:', ':iam:')}:role/{rest.partition('/')[0]}" if kind else None


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
