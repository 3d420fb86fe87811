"""What an endpoint is after a transition: pure functions from the record before to the record after."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from . import variants
from .endings import Ending, Kind, Result
from .records import Endpoint, Status, Variant

_STATUS = {
    Result.IN_SERVICE: Status.IN_SERVICE,
    Result.FAILED: Status.FAILED,
    Result.ROLLED_BACK: Status.IN_SERVICE,
    Result.UPDATE_ROLLBACK_FAILED: Status.UPDATE_ROLLBACK_FAILED,
    Result.OUT_OF_SERVICE: Status.OUT_OF_SERVICE,
}
_REASON_LIMIT = 1024  # FailureReason in the SageMaker API reference
_USUAL_REASON = "Request to service failed. If failure persists after retry, contact customer support."


def result(kind: Kind, *, ending: Ending | None, hosted: bool, failure: str | None) -> Result | None:
    """Return how the transition ends, None while only hosting can say."""
    wanted = ending.result if ending is not None else Result.IN_SERVICE
    if not takes_over(kind, wanted):
        return wanted
    if not hosted:
        return None
    if failure is None:
        return wanted
    return Result.FAILED if kind is Kind.CREATE else Result.ROLLED_BACK


def takes_over(kind: Kind, result: Result) -> bool:
    """Tell whether the fleet that the transition started is the endpoint's from then on."""
    return result is Result.IN_SERVICE or (kind is Kind.CREATE and result is Result.OUT_OF_SERVICE)


def reason(result: Result, *, ending: Ending | None, failure: str | None, endpoint: Endpoint) -> str | None:
    """Return the FailureReason: the one decided, else hosting's, else the usual one; at most 1024 characters."""
    if result is Result.IN_SERVICE:
        return None
    decided = ending.failure_reason if ending is not None and ending.result is result else None
    return (decided or failure or _usual_reason(endpoint))[:_REASON_LIMIT]


def _usual_reason(endpoint: Endpoint) -> str:
    pending = endpoint.pending.variants if endpoint.pending is not None else ()
    if not pending:
        return _USUAL_REASON
    return (
        f"The primary container for production variant {pending[0].name} did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )


def apply(kind: Kind, result: Result, endpoint: Endpoint, reason: str | None) -> Endpoint:
    """Return the endpoint after the transition. A rollback is silent: InService, on the old config, with a reason."""
    after = replace(endpoint, status=_STATUS[result], failure_reason=reason, pending=None)
    if kind is Kind.WEIGHTS and result is not Result.IN_SERVICE:
        return _with(after, variants.reverted)
    if takes_over(kind, result) and endpoint.pending is not None:
        pending = endpoint.pending
        after = replace(
            after,
            variants=pending.variants,
            shadows=pending.shadows,
            config_name=pending.config_name,
            data_capture=pending.data_capture,
            async_inference=pending.async_inference,
        )
    return _with(after, variants.settled)


def _with(endpoint: Endpoint, change: Callable[[Sequence[Variant]], tuple[Variant, ...]]) -> Endpoint:
    return replace(endpoint, variants=change(endpoint.variants), shadows=change(endpoint.shadows))


def rolling_back(endpoint: Endpoint) -> bool:
    return endpoint.status is Status.ROLLING_BACK


def start_rolling_back(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint while a change of weights or counts is being undone."""
    return replace(endpoint, status=Status.ROLLING_BACK)
