"""Requests to raise a quota: recorded, and PENDING for ever, for nobody here decides on them.

A test that wants one granted changes the setting `quotas`.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sagemaker_simulator.clock import Clock
from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Caller

from .endpoint_quotas import SERVICE_CODE, SERVICE_NAME, UNIT, EndpointQuota

PENDING = "PENDING"


@dataclass(frozen=True, kw_only=True)
class IncreaseRequest:
    """What somebody asked for, and when (simulated)."""

    id: str
    caller: Caller
    quota: EndpointQuota
    desired: float
    created: datetime

    def shown(self) -> dict[str, Any]:
        account, region = self.caller.account, self.caller.region
        return {
            "Id": self.id,
            "ServiceCode": SERVICE_CODE,
            "ServiceName": SERVICE_NAME,
            "QuotaCode": self.quota.code,
            "QuotaName": self.quota.name,
            "DesiredValue": self.desired,
            "Status": PENDING,
            "Created": self.created,
            "LastUpdated": self.created,
            "QuotaArn": self.quota.arn(account=account, region=region),
            "GlobalQuota": False,
            "Unit": UNIT,
            "QuotaRequestedAtLevel": "ACCOUNT",
        }


class IncreaseRequests:
    """The requests of every account and region."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._requests: dict[str, IncreaseRequest] = {}

    def add(self, caller: Caller, quota: EndpointQuota, *, desired: float, current: float) -> IncreaseRequest:
        """Record a request. Raises AwsError when the quota is that high, or is asked for already."""
        if desired <= current:
            raise AwsError(
                "IllegalArgumentException",
                f"The desired value {desired:g} must be greater than the current value {current:g} of {quota.name}.",
            )
        if any(request.quota == quota for request in self.of(caller)):
            raise AwsError("ResourceAlreadyExistsException", f"There is an open request to raise {quota.name} already.")
        request = IncreaseRequest(
            id=uuid.uuid4().hex, caller=caller, quota=quota, desired=desired, created=self._clock.now()
        )
        self._requests[request.id] = request
        return request

    def get(self, caller: Caller, request_id: str) -> IncreaseRequest | None:
        return next((request for request in self.of(caller) if request.id == request_id), None)

    def of(self, caller: Caller) -> list[IncreaseRequest]:
        """Return the requests of the caller's account and region, the oldest first."""
        place = (caller.account, caller.region)
        return [each for each in self._requests.values() if (each.caller.account, each.caller.region) == place]

    def clear(self) -> None:
        self._requests.clear()


def kept(request: IncreaseRequest, parameters: Mapping[str, Any]) -> bool:
    """Tell whether a request is one that ListRequestedServiceQuotaChangeHistory... asks for."""
    return (
        parameters.get("QuotaCode", request.quota.code) == request.quota.code
        and parameters.get("Status", PENDING) == PENDING
        and parameters.get("QuotaRequestedAtLevel", "ACCOUNT") in ("ACCOUNT", "ALL")
    )
