"""A look at an execution role in IAM."""

import json
from typing import Any
from urllib.parse import unquote

from endpoint_operator.api.names import hex_digest
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.aws.finding import Finding, wrong
from endpoint_operator.aws.identity import Account

SAGEMAKER = "sagemaker.amazonaws.com"
_READ_ALARMS = "cloudwatch:DescribeAlarms"
_ELSEWHERE = "roles of other accounts cannot be looked at"


class RoleLooks:
    """Looks with GetRole and SimulatePrincipalPolicy. Roles of other accounts are not looked at."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def look(self, role_arn: str, account: Account) -> Finding:
        """Whether the role is there and SageMaker may assume it. Raises CallFailed."""
        if role_arn.split(":")[4] != account.account:
            return Finding(trace="other-account", skipped=_ELSEWHERE)
        try:
            answer = await self._calls.call("iam", "get_role", RoleName=role_arn.rsplit("/", 1)[-1])
        except CallFailed as error:
            if is_not_found(error):
                return wrong("ExecutionRoleNotFound", f"there is no role {role_arn}; make it or correct the ARN")
            raise
        return _judge(role_arn, answer["Role"])

    async def may_read_alarms(self, role_arn: str, account: Account) -> Finding:
        """Whether the role may do what SageMaker does with it while alarms watch a rollout. Raises CallFailed.

        Source: SageMaker Developer Guide, "Auto-Rollback Configuration and Monitoring": the execution role needs
        cloudwatch:DescribeAlarms.
        """
        if role_arn.split(":")[4] != account.account:
            return Finding(trace="other-account", skipped=_ELSEWHERE)
        answer = await self._calls.call(
            "iam", "simulate_principal_policy", PolicySourceArn=role_arn, ActionNames=[_READ_ALARMS]
        )
        decisions = [str(result["EvalDecision"]) for result in answer.get("EvaluationResults") or ()]
        if all(decision == "allowed" for decision in decisions):
            return Finding(trace="")
        sentence = (
            f"{role_arn} may not call {_READ_ALARMS}, and SageMaker watches the alarms of spec.rollout with it; "
            f"allow {_READ_ALARMS} in its policy"
        )
        # A caller that may read them can be enough (the same page): nothing is stopped for it.
        return Finding(trace="", doubt=sentence)


def _judge(role_arn: str, role: dict[str, Any]) -> Finding:
    policy = role.get("AssumeRolePolicyDocument") or {}
    document = json.loads(unquote(policy)) if isinstance(policy, str) else policy
    if not trusts_sagemaker(document):
        sentence = (
            f"SageMaker may not assume {role_arn}; let its trust policy allow sts:AssumeRole to the service {SAGEMAKER}"
        )
        return wrong("ExecutionRoleNotTrusted", sentence)
    return Finding(trace=f"{role.get('RoleId')}-{hex_digest(json.dumps(document, sort_keys=True), 8)}")


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
