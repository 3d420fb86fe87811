"""What errors around autoscaling mean: Application Auto Scaling's own, and SageMaker's about scalable targets."""

from collections.abc import Callable

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.planning.faults import Blame, Fault

SERVICE = "application-autoscaling"

_SAME_METRIC = "policy for a given metric"


def is_no_such_scaling(error: CallFailed) -> bool:
    """The target, policy or action is not there: the wanted end of a deletion, a lag of AWS's after a registration."""
    return error.code == "ObjectNotFoundException"


def _not_there_yet(error: CallFailed) -> Fault:
    message = f"Application Auto Scaling does not show yet what was just registered ({error.text}); it is tried again"
    return Fault(blame=Blame.WORLD, reason="NotVisibleYet", message=message)


def _is_concurrent(error: CallFailed) -> bool:
    return error.code == "ConcurrentUpdateException"


def _concurrent(error: CallFailed) -> Fault:
    message = f"Application Auto Scaling is changing this target already ({error.text}); it is tried again"
    return Fault(blame=Blame.WORLD, reason="ScalingChangeUnderWay", message=message)


def _is_over_limit(error: CallFailed) -> bool:
    return error.service == SERVICE and error.code == "LimitExceededException"


def _over_limit(error: CallFailed) -> Fault:
    message = (
        f"a quota of Application Auto Scaling is used up: {error.text}; "
        "ask for more in AWS Service Quotas, or remove policies and schedules that nobody needs"
    )
    return Fault(blame=Blame.WORLD, reason="QuotaExceeded", message=message)


def _is_about_alarms(error: CallFailed) -> bool:
    return error.code == "FailedResourceAccessException"


def _alarms(error: CallFailed) -> Fault:
    message = (
        f"Application Auto Scaling cannot see the alarms of its policies: {error.text}; "
        "see that its service-linked role may call cloudwatch:DescribeAlarms"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason="ScalingRoleUnusable", message=message)


def _is_service_linked_role(error: CallFailed) -> bool:
    """'Unable to assume IAM role': in the first minutes after AWS made its service-linked role."""
    return error.service == SERVICE and "assume iam role" in error.text.lower()


def _service_linked_role(error: CallFailed) -> Fault:
    message = (
        f"Application Auto Scaling cannot use its role yet: {error.text}; it is tried again (if this stays, the role "
        "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint is missing, or was changed)"
    )
    return Fault(blame=Blame.WORLD, reason="ScalingRoleNotReady", message=message)


def _is_same_metric(error: CallFailed) -> bool:
    """'Only one TargetTrackingScaling policy for a given metric specification is allowed.'"""
    return error.service == SERVICE and _SAME_METRIC in error.text.lower()


def _same_metric(error: CallFailed) -> Fault:
    message = (
        f"spec.autoscaling: a policy made by hand follows the same metric ({error.text}); "
        "delete it (status.autoscaling names the policies), and the operator puts its own"
    )
    # Not the spec's fault alone: the other policy may go any moment.
    return Fault(blame=Blame.OPERATOR_SETUP, reason="ForeignScalingPolicy", message=message)


def _is_refusal(error: CallFailed) -> bool:
    return error.service == SERVICE and error.code == "ValidationException"


def _refusal(error: CallFailed) -> Fault:
    message = f"spec.autoscaling: Application Auto Scaling refused it: {error.text}; correct the spec"
    return Fault(blame=Blame.USER, reason="AutoscalingRefused", message=message)


def _may_not_deregister(error: CallFailed) -> bool:
    """SageMaker's answer to DeleteEndpoint where a variant is registered and the caller may not deregister it."""
    return "deregisterscalabletarget permission" in error.text.lower()


def _cannot_deregister(error: CallFailed) -> Fault:
    message = (
        f"SageMaker deletes no endpoint that is registered for autoscaling: {error.text}; "
        "allow application-autoscaling:DeregisterScalableTarget in the operator's IAM policy"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason="OperatorNotAllowed", message=message)


def _is_registered(error: CallFailed) -> bool:
    """UpdateEndpoint's refusal to remove a registered variant or to change its instance type."""
    text = error.text.lower()
    return error.code == "ValidationException" and "deregister" in text and "scalable target" in text


def _registered(error: CallFailed) -> Fault:
    message = (
        f"somebody registered a variant for autoscaling by hand, and SageMaker refuses the update: {error.text}; "
        "deregister it, or give it spec.autoscaling and the operator does so for each update"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason="RegisteredByHand", message=message)


# In this order, after throttling and credentials and before permissions: one of them is about a permission.
SCALING_FAULTS: tuple[tuple[Callable[[CallFailed], bool], Callable[[CallFailed], Fault]], ...] = (
    (is_no_such_scaling, _not_there_yet),
    (_is_concurrent, _concurrent),
    (_is_over_limit, _over_limit),
    (_is_about_alarms, _alarms),
    (_is_service_linked_role, _service_linked_role),
    (_is_same_metric, _same_metric),
    (_may_not_deregister, _cannot_deregister),
    (_is_registered, _registered),
    (_is_refusal, _refusal),
)
