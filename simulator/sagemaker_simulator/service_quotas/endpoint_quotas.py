"""The quotas that there are: one for each instance type that endpoints can have, "ml.X for endpoint usage", and two of
serverless endpoints.

Types are those of botocore's model of ProductionVariant. Quota codes are ours, made from the name (`L-` and eight
hexadecimal digits, as AWS writes them): AWS publishes no list of its own.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from botocore.model import StringShape

from sagemaker_simulator.serverless.allocation import QUOTA_NAMES
from sagemaker_simulator.wire.catalog import service_model

SERVICE_CODE = "sagemaker"
SERVICE_NAME = "Amazon SageMaker"
UNIT = "None"


@dataclass(frozen=True)
class EndpointQuota:
    """The quota of one resource, an instance type or a key of `QUOTA_NAMES`; values are kept elsewhere."""

    resource: str

    @property
    def name(self) -> str:
        return QUOTA_NAMES.get(self.resource, f"{self.resource} for endpoint usage")

    @property
    def setting(self) -> str:
        """Its key in the setting `quotas`."""
        return self.resource if self.resource in QUOTA_NAMES else f"{self.resource}/endpoint"

    @property
    def code(self) -> str:
        return "L-" + hashlib.sha256(self.name.encode()).hexdigest()[:8].upper()

    def arn(self, *, account: str, region: str) -> str:
        """Return the ARN; that of the default value has no account."""
        return f"arn:aws:servicequotas:{region}:{account}:{SERVICE_CODE}/{self.code}"


@lru_cache(maxsize=1)
def endpoint_quotas() -> Mapping[str, EndpointQuota]:
    """Return every quota by its code, in the order of their names."""
    quotas = sorted(map(EndpointQuota, (*_instance_types(), *QUOTA_NAMES)), key=lambda quota: quota.name)
    return {quota.code: quota for quota in quotas}


def shown(quota: EndpointQuota, value: float, *, account: str, region: str) -> dict[str, Any]:
    """Return the quota as Service Quotas answers it."""
    return {
        "ServiceCode": SERVICE_CODE,
        "ServiceName": SERVICE_NAME,
        "QuotaArn": quota.arn(account=account, region=region),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": float(value),
        "Unit": UNIT,
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }


def _instance_types() -> list[str]:
    model = service_model("sagemaker")
    shape = model.shape_for("ProductionVariantInstanceType") if model is not None else None
    if not isinstance(shape, StringShape):
        raise LookupError("botocore's model of SageMaker has no list of instance types for endpoints")
    return list(shape.enum)
