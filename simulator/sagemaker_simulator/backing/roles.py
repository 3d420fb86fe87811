"""Whether SageMaker may assume a role: the role as moto's IAM holds it."""

import json
from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends

from .moto import Moto

SAGEMAKER = "sagemaker.amazonaws.com"


class Roles:
    """Roles of IAM."""

    def __init__(self, moto: Moto) -> None:
        self._moto = moto

    async def may_be_assumed_by_sagemaker(self, role_arn: str) -> bool:
        """Tell whether the role exists and its trust policy lets SageMaker assume it."""
        trust = await self._moto.run(lambda: _trust_policy(role_arn))
        return trust is not None and any(map(_allows_sagemaker, _as_list(trust.get("Statement", []))))


def _trust_policy(role_arn: str) -> Mapping[str, Any] | None:
    account = role_arn.split(":")[4]
    partition = role_arn.split(":")[1]
    try:
        role = iam_backends[account][partition].get_role_by_arn(role_arn)
    except ServiceException:
        return None
    policy = role.assume_role_policy_document
    document: Mapping[str, Any] = json.loads(policy) if isinstance(policy, str) else policy
    return document


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
