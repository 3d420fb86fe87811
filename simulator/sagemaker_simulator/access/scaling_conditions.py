"""What a policy may ask of calls that change scaling: the service that is scaled, and the dimension.

Source: Application Auto Scaling in the Service Authorization Reference; calls that only look have no such keys.
"""

from sagemaker_simulator.wire.request import Call

_KEYS = {
    "ServiceNamespace": "application-autoscaling:service-namespace",
    "ScalableDimension": "application-autoscaling:scalable-dimension",
}


def scaling_conditions(call: Call) -> dict[str, str]:
    """Return the condition keys of a call to Application Auto Scaling, none for other calls."""
    if call.service != "application-autoscaling" or call.operation.startswith("Describe"):
        return {}
    return {
        key: call.parameters[member] for member, key in _KEYS.items() if isinstance(call.parameters.get(member), str)
    }
