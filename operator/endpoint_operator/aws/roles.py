"""A look at an execution role in IAM."""

import json
from typing import Any
from urllib.parse import unquote

from endpoint_operator.api.names import hex_digest
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import CallFailed, is_denied, is_not_found
from endpoint_operator.aws.identity import Account
from endpoint_operator.planning.facts import Look
from endpoint_operator.planning.faults import Blame, Fault

SAGEMAKER = "sagemaker.amazonaws.com"
_FIELD = "spec.executionRoleArn"


class RoleLooks:
    """Looks with GetRole."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def look(self, role_arn: str, account: Account) -> Look:
        """Whether the role is there and SageMaker may assume it. Roles of other accounts are not looked at.

        Raises CallFailed when IAM cannot be asked.
        """
        if role_arn.split(":")[4] != account.account:
            return Look(about=role_arn, trace="other-account")
        try:
            answer = await self._calls.call("iam", "get_role", RoleName=role_arn.rsplit("/", 1)[-1])
        except CallFailed as error:
            if is_denied(error):
                return Look(about=role_arn, trace="not-allowed")
            if is_not_found(error):
                sentence = f"{_FIELD}: there is no role {role_arn}; make it or correct the ARN"
                return _wrong(role_arn, "ExecutionRoleNotFound", sentence)
            raise
        return _judge(role_arn, answer["Role"])


def _judge(role_arn: str, role: dict[str, Any]) -> Look:
    policy = role.get("AssumeRolePolicyDocument") or {}
    document = json.loads(unquote(policy)) if isinstance(policy, str) else policy
    if not trusts_sagemaker(document):
        sentence = (
            f"{_FIELD}: SageMaker may not assume {role_arn}; "
            f"let its trust policy allow sts:AssumeRole to the service {SAGEMAKER}"
        )
        return _wrong(role_arn, "ExecutionRoleNotTrusted", sentence)
    return Look(about=role_arn, trace=f"{role.get('RoleId')}-{hex_digest(json.dumps(document, sort_keys=True), 8)}")


def trusts_sagemaker(document: dict[str, Any]) -> bool:
    """Whether some Allow statement of a trust policy names SageMaker; conditions are left to AWS."""
    statements = document.get("Statement") or []
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal")
        services = principal.get("Service", []) if isinstance(principal, dict) else [principal]
        named = [services] if isinstance(services, str) else services
        if statement.get("Effect") == "Allow" and (SAGEMAKER in named or "*" in named):
            return True
    return False


def _wrong(role_arn: str, reason: str, sentence: str) -> Look:
    fault = Fault(blame=Blame.USER, reason=reason, message=sentence, about_inputs=True)
    return Look(about=role_arn, trace=reason, fault=fault)
