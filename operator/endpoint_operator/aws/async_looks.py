"""A look at what an asynchronous endpoint writes to: SageMaker tells a missing right or topic only request by request.

Sources: SageMaker Developer Guide, "Asynchronous inference: prerequisites" (the execution role needs s3:PutObject on
the output and sns:Publish on the topics).
"""

from collections.abc import Sequence

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.aws.finding import Finding, wrong
from endpoint_operator.aws.identity import Account

_ELSEWHERE = "roles of other accounts cannot be looked at"


class AsyncLooks:
    """Looks with GetTopicAttributes and SimulatePrincipalPolicy."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def topic(self, arn: str) -> Finding:
        """Whether the topic is there. Raises CallFailed."""
        region = arn.split(":")[3]
        if region != self._calls.region:
            return Finding(trace="other-region", skipped=f"topics of {region} are not looked at from here")
        try:
            await self._calls.call("sns", "get_topic_attributes", TopicArn=arn)
        except CallFailed as error:
            if is_not_found(error):
                return wrong("TopicNotFound", f"there is no topic {arn} in SNS; make it or correct the ARN")
            raise
        return Finding(trace="there")

    async def may(self, role_arn: str, account: Account, *, action: str, resources: Sequence[str]) -> Finding:
        """Whether the role's own policies allow an action on all of the resources; else a doubt. Raises CallFailed.

        No fault: the policy of a bucket or topic may allow it too, and is not looked at.
        """
        if role_arn.split(":")[4] != account.account:
            return Finding(trace="other-account", skipped=_ELSEWHERE)
        answer = await self._calls.call(
            "iam",
            "simulate_principal_policy",
            PolicySourceArn=role_arn,
            ActionNames=[action],
            ResourceArns=list(resources),
        )
        results = answer.get("EvaluationResults") or ()
        refused = [str(result["EvalResourceName"]) for result in results if result["EvalDecision"] != "allowed"]
        if not refused:
            return Finding(trace="")
        sentence = f"{role_arn} may not call {action} on {', '.join(refused)}; allow it in the role's policy"
        return Finding(trace="", doubt=sentence)
