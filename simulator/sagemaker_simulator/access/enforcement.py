"""Calls held to one IAM policy: of everybody to the simulator's own services, or of one access key to all of them."""

from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Call, Incoming

from .actions import TagsOf, actions_of, is_answered_here
from .policy import Action, Policy, Verdict
from .principals import caller_arn

_BECAUSE = {
    Verdict.NOT_ALLOWED: "because no identity-based policy allows the {action} action",
    Verdict.DENIED: "with an explicit deny in an identity-based policy",
}
# Common errors in the API references of these services; most others say AccessDenied.
_CODES = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError"}


class EnforcePolicy:
    """A check of every call that the policy is about."""

    def __init__(self, policy: Policy, *, tags_of: TagsOf, access_key: str | None = None) -> None:
        """Without an access key the policy is everybody's, and moto's services are left out: tests prepare there."""
        self._policy = policy
        self._tags_of = tags_of
        self._access_key = access_key

    async def __call__(self, call: Call, request: Incoming) -> None:
        """Raise AccessDenied in AWS's words for the first action that the policy does not allow."""
        if not self._is_guarded(call):
            return
        for action in actions_of(call, tags_of=self._tags_of, headers=request.headers):
            verdict = self._policy.verdict(action)
            if verdict is not Verdict.ALLOWED:
                raise _denied(call, action, verdict)

    def _is_guarded(self, call: Call) -> bool:
        if self._access_key is None:
            return is_answered_here(call)
        return call.caller.access_key == self._access_key


def _denied(call: Call, action: Action, verdict: Verdict) -> AwsError:
    because = _BECAUSE[verdict].format(action=action.name)
    message = (
        f"User: {caller_arn(call.caller)} is not authorized to perform: {action.name} on resource: {action.resource}"
    )
    if is_answered_here(call):
        return AwsError("AccessDeniedException", f"{message} {because}")
    return AwsError(_CODES.get(call.service, "AccessDenied"), f"{message} {because}", status=403)
