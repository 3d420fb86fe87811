"""DeleteEndpoint removes scalable targets in the caller's name, who must be allowed to deregister them.

The sentence is SageMaker's (awslabs/stable-diffusion-aws-extension#161).
"""

from sagemaker_simulator.access.policy import Action, Policy, Verdict
from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Call, Incoming

from .records import NAMESPACE
from .wiring import Autoscaling

_ACTION = "application-autoscaling:DeregisterScalableTarget"


class MayDeregister:
    """A check of every DeleteEndpoint against an IAM policy."""

    def __init__(self, policy: Policy, *, autoscaling: Autoscaling, access_key: str | None = None) -> None:
        """Without an access key the policy is everybody's."""
        self._policy = policy
        self._autoscaling = autoscaling
        self._access_key = access_key

    async def __call__(self, call: Call, _request: Incoming) -> None:
        """Raise ValidationException when targets would have to go and the policy does not let them."""
        if (call.service, call.operation) != ("sagemaker", "DeleteEndpoint"):
            return
        if self._access_key not in (None, call.caller.access_key):
            return
        holding = self._autoscaling.holdings.of(call.caller)
        actions = [
            Action(name=_ACTION, resource=target.arn, context=_context(key.scalable_dimension))
            for key, target in holding.targets.items()
            if key.endpoint == call.resource
        ]
        if any(self._policy.verdict(action) is not Verdict.ALLOWED for action in actions):
            raise AwsError(
                "ValidationException",
                "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM identity "
                f"used to invoke DeleteEndpoint does not have {_ACTION} permission to deregister the scalable target.",
            )


def _context(scalable_dimension: str) -> dict[str, str]:
    return {
        "application-autoscaling:service-namespace": NAMESPACE,
        "application-autoscaling:scalable-dimension": scalable_dimension,
    }
