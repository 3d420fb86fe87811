"""The operations of Service Quotas. Quotas of other services than SageMaker are refused by name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sagemaker_simulator.offset_tokens import offset_of, token_at
from sagemaker_simulator.quota_defaults import DEFAULT_QUOTAS
from sagemaker_simulator.settings import Settings
from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.modelled import Operation
from sagemaker_simulator.wire.request import Caller

from .endpoint_quotas import SERVICE_CODE, EndpointQuota, endpoint_quotas, shown
from .requests import IncreaseRequests, kept

Parameters = Mapping[str, Any]
Output = dict[str, Any]
DEFAULT_PAGE = 100  # MaxResults of Service Quotas: 1 to 100


class ServiceQuotas:
    """Quotas of endpoints, and requests to raise them."""

    def __init__(self, *, settings: Callable[[], Settings], requests: IncreaseRequests) -> None:
        self._settings = settings
        self._requests = requests

    def operations(self) -> Mapping[str, Operation]:
        """Return the operations by name."""
        return {
            "ListServiceQuotas": self._list_applied,
            "GetServiceQuota": self._get_applied,
            "ListAWSDefaultServiceQuotas": self._list_defaults,
            "GetAWSDefaultServiceQuota": self._get_default,
            "RequestServiceQuotaIncrease": self._request_increase,
            "GetRequestedServiceQuotaChange": self._get_requested,
            "ListRequestedServiceQuotaChangeHistory": self._list_requested,
            "ListRequestedServiceQuotaChangeHistoryByQuota": self._list_requested,
        }

    async def _list_applied(self, caller: Caller, parameters: Parameters) -> Output:
        _check_service(parameters)
        level = parameters.get("QuotaAppliedAtLevel", "ACCOUNT")
        wanted = parameters.get("QuotaCode")
        quotas = [
            self._applied(caller, quota)
            for quota in endpoint_quotas().values()
            if self._is_applied(quota) and wanted in (None, quota.code) and level in ("ACCOUNT", "ALL")
        ]
        return _page("Quotas", quotas, parameters)

    async def _get_applied(self, caller: Caller, parameters: Parameters) -> Output:
        if "ContextId" in parameters:
            raise NotModelled("quotas of single resources (ContextId) are not modelled")
        quota = _quota(parameters)
        if not self._is_applied(quota):
            raise _no_such("The request failed because the specified quota has no applied value.")
        return {"Quota": self._applied(caller, quota)}

    async def _list_defaults(self, caller: Caller, parameters: Parameters) -> Output:
        _check_service(parameters)
        return _page("Quotas", [_default(caller, quota) for quota in endpoint_quotas().values()], parameters)

    async def _get_default(self, caller: Caller, parameters: Parameters) -> Output:
        return {"Quota": _default(caller, _quota(parameters))}

    async def _request_increase(self, caller: Caller, parameters: Parameters) -> Output:
        if "ContextId" in parameters:
            raise NotModelled("quotas of single resources (ContextId) are not modelled")
        quota = _quota(parameters)
        current = self._settings().quota(quota.resource)
        return {
            "RequestedQuota": self._requests.add(
                caller, quota, desired=parameters["DesiredValue"], current=current
            ).shown()
        }

    async def _get_requested(self, caller: Caller, parameters: Parameters) -> Output:
        request = self._requests.get(caller, parameters["RequestId"])
        if request is None:
            raise _no_such(f"There is no request {parameters['RequestId']}.")
        return {"RequestedQuota": request.shown()}

    async def _list_requested(self, caller: Caller, parameters: Parameters) -> Output:
        if "ServiceCode" in parameters:
            _check_service(parameters)
        requests = [request.shown() for request in self._requests.of(caller) if kept(request, parameters)]
        return _page("RequestedQuotas", requests, parameters)

    def _is_applied(self, quota: EndpointQuota) -> bool:
        """Tell whether the account has a value of its own.

        What never had one is in no answer but the defaults' (ListServiceQuotas in the Service Quotas API reference).
        """
        return quota.setting in self._settings().quotas

    def _applied(self, caller: Caller, quota: EndpointQuota) -> Output:
        value = self._settings().quota(quota.resource)
        return shown(quota, value, account=caller.account, region=caller.region)


def _default(caller: Caller, quota: EndpointQuota) -> Output:
    return shown(quota, DEFAULT_QUOTAS.get(quota.setting, 0), account="", region=caller.region)


def _quota(parameters: Parameters) -> EndpointQuota:
    _check_service(parameters)
    quota = endpoint_quotas().get(parameters["QuotaCode"])
    if quota is None:
        raise _no_such("The request failed because the specified quota does not exist.")
    return quota


def _check_service(parameters: Parameters) -> None:
    if parameters["ServiceCode"] != SERVICE_CODE:
        raise NotModelled(f"quotas of {parameters['ServiceCode']} are not modelled; those of {SERVICE_CODE} are")


def _no_such(message: str) -> AwsError:
    return AwsError("NoSuchResourceException", message)


def _page(member: str, items: Sequence[Output], parameters: Parameters) -> Output:
    try:
        start = offset_of(parameters.get("NextToken"))
    except ValueError:
        raise AwsError("InvalidPaginationTokenException", "Invalid token was used.") from None
    end = start + parameters.get("MaxResults", DEFAULT_PAGE)
    return {member: list(items[start:end])} | ({"NextToken": token_at(end)} if end < len(items) else {})
