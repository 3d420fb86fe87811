"""Botocore's service models: the contract that requests and answers are held to."""

from functools import lru_cache

import botocore.loaders
from botocore.model import OperationModel, ServiceModel

# Signing names that differ from botocore's name of the service.
SERVICE_BY_SIGNING_NAME = {
    "tagging": "resourcegroupstaggingapi",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "elasticloadbalancing": "elbv2",
    "states": "stepfunctions",
    "email": "ses",
}

_loader = botocore.loaders.Loader()


@lru_cache(maxsize=64)
def service_model(service: str) -> ServiceModel | None:
    """Return the service's model, or None when botocore has no service of that name."""
    try:
        description = _loader.load_service_model(service, "service-2")
    except botocore.loaders.UnknownServiceError:
        return None
    return ServiceModel(description, service_name=service)


@lru_cache(maxsize=1024)
def operation_model(service: str, operation: str) -> OperationModel | None:
    """Return the operation's model, or None when the service has no such operation."""
    model = service_model(service)
    if model is None or operation not in model.operation_names:
        return None
    return model.operation_model(operation)


def is_sagemaker_runtime(path: str) -> bool:
    """Tell SageMaker Runtime from SageMaker: both sign as `sagemaker`, only Runtime has paths (botocore's models)."""
    return path.startswith("/endpoints/")
