"""Roles as moto's IAM holds them, and whether SageMaker may assume one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends

from .moto import Moto

SAGEMAKER = "sagemaker.amazonaws.com"
DEFAULT_SESSION_SECONDS = 3600  # MaxSessionDuration of CreateRole in the IAM API reference


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role: its trust policy, and how long (seconds) a session of it may last at most."""

    trust: Mapping[str, Any]
    longest_session_seconds: int


class Roles:
    """Roles of IAM."""

    def __init__(self, moto: Moto) -> None:
        self._moto = moto

    async def find(self, role_arn: str) -> Role | None:
        return await self._moto.run(lambda: _role(role_arn))

    async def may_be_assumed_by_sagemaker(self, role_arn: str) -> bool:
        """Tell whether the role exists and its trust policy lets SageMaker assume it."""
        role = await self.find(role_arn)
        return role is not None and any(map(_allows_sagemaker, _as_list(role.trust.get("Statement", []))))


def _role(role_arn: str) -> Role | None:
    account = role_arn.split(":")[4]
    partition = role_arn.split(":")[1]
    try:
        role = iam_backends[account][partition].get_role_by_arn(role_arn)
    except ServiceException:
        return None
    policy = role.assume_role_policy_document
    trust: Mapping[str, Any] = json.loads(policy) if isinstance(policy, str) else policy
    return Role(trust=trust, longest_session_seconds=int(role.max_session_duration or DEFAULT_SESSION_SECONDS))


def _allows_sagemaker(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    services = _as_list(principal.get("Service", [])) if isinstance(principal, Mapping) else [principal]
    actions = _as_list(statement.get("Action", []))
    return (
        statement.get("Effect") == "Allow"
        and bool({SAGEMAKER, "*"} & set(services))
        and bool({"sts:AssumeRole", "sts:*", "*"} & set(actions))
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
