"""Every call of the simulator's own services held to one IAM policy, whoever makes it."""

from sagemaker_simulator.sagemaker.estate import Estates
from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Call, Incoming

from .actions import actions_of, is_guarded
from .policy import Action, Policy, Verdict
from .principals import caller_arn

_BECAUSE = {
    Verdict.NOT_ALLOWED: "because no identity-based policy allows the {action} action",
    Verdict.DENIED: "with an explicit deny in an identity-based policy",
}


class EnforcePolicy:
    """A check of every call to the services that the simulator answers itself."""

    def __init__(self, policy: Policy, *, estates: Estates) -> None:
        self._policy = policy
        self._estates = estates

    async def __call__(self, call: Call, request: Incoming) -> None:
        """Raise AccessDeniedException in AWS's words for the first action that the policy does not allow."""
        if not is_guarded(call):
            return
        for action in actions_of(call, self._estates.of(call.caller), headers=request.headers):
            verdict = self._policy.verdict(action)
            if verdict is not Verdict.ALLOWED:
                raise _denied(call, action, verdict)


def _denied(call: Call, action: Action, verdict: Verdict) -> AwsError:
    who = caller_arn(call.caller)
    because = _BECAUSE[verdict].format(action=action.name)
    return AwsError(
        "AccessDeniedException",
        f"User: {who} is not authorized to perform: {action.name} on resource: {action.resource} {because}",
    )
