"""DeleteEndpoint removes scalable targets in the caller's name, who must be allowed to deregister them.

The sentence is SageMaker's (awslabs/stable-diffusion-aws-extension#161).
"""

from sagemaker_simulator.access.policy import Action, Policy, Verdict
from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Call, Incoming

from .wiring import Autoscaling

_ACTION = "application-autoscaling:DeregisterScalableTarget"


class MayDeregister:
    """A check of every DeleteEndpoint against an IAM policy."""

    def __init__(self, policy: Policy, *, autoscaling: Autoscaling) -> None:
        self._policy = policy
        self._autoscaling = autoscaling

    async def __call__(self, call: Call, _request: Incoming) -> None:
        """Raise ValidationException when targets would have to go and the policy does not let them."""
        if (call.service, call.operation) != ("sagemaker", "DeleteEndpoint"):
            return
        holding = self._autoscaling.holdings.of(call.caller)
        arns = [target.arn for key, target in holding.targets.items() if key.endpoint == call.resource]
        actions = [Action(name=_ACTION, resource=arn, context={}) for arn in arns]
        if any(self._policy.verdict(action) is not Verdict.ALLOWED for action in actions):
            raise AwsError(
                "ValidationException",
                "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM identity "
                f"used to invoke DeleteEndpoint does not have {_ACTION} permission to deregister the scalable target.",
            )
