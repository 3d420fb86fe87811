"""Calls to S3 and SNS that SageMaker makes itself: they meet the faults that are set for these services, as anybody's.

They are tried three times, as AWS's SDKs do by default ("Retry behavior" in the AWS SDKs and Tools Reference Guide),
without a wait; what the service refuses for good (a 4xx that is no throttling) is not tried again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import IO, Final, TypeVar

from sagemaker_simulator.faults import Effect, Faults
from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Call, Caller

from .async_queues import Publish
from .working import Store

_TRIES: Final = 3
_THROTTLINGS: Final = ("Throttl", "SlowDown", "TooManyRequests", "RequestLimitExceeded")
T = TypeVar("T")


class OwnCalls:
    """A store and a way to publish, with the faults in front of them."""

    def __init__(self, store: Store, *, publish: Publish, faults: Faults) -> None:
        self._store = store
        self._publish = publish
        self._faults = faults

    async def fetch(self, url: str, *, account: str, region: str, into: IO[bytes]) -> tuple[int, str | None]:
        """See `Store.fetch`; raises OSError with a sentence for a fault."""

        def work() -> Awaitable[tuple[int, str | None]]:
            into.seek(0)
            into.truncate()
            return self._store.fetch(url, account=account, region=region, into=into)

        return await self._tried(_call("s3", "GetObject", _object(url), account, region), work)

    async def put(
        self, url: str, content: IO[bytes], *, account: str, region: str, content_type: str, kms_key: str | None
    ) -> None:
        """See `Store.put`."""

        def work() -> Awaitable[None]:
            return self._store.put(
                url, content, account=account, region=region, content_type=content_type, kms_key=kms_key
            )

        await self._tried(_call("s3", "PutObject", _object(url), account, region), work)

    async def publish(self, *, topic_arn: str, subject: str | None, message: str) -> None:
        """See `Publish`."""

        def work() -> Awaitable[None]:
            return self._publish(topic_arn=topic_arn, subject=subject, message=message)

        _, _, _, region, account, name = topic_arn.split(":", 5)
        await self._tried(_call("sns", "Publish", name, account, region), work)

    async def _tried(self, call: Call, work: Callable[[], Awaitable[T]]) -> T:
        for _ in range(_TRIES - 1):
            try:
                return await self._once(call, work)
            except Again:
                continue
        return await self._once(call, work)

    async def _once(self, call: Call, work: Callable[[], Awaitable[T]]) -> T:
        """Raises OSError for a fault: Again for one that another try may not meet."""
        fault = self._faults.meet(call)
        if fault is None:
            return await work()
        effect = fault.rule.effect
        await _before(call, effect)
        done = await work()
        if effect.hold:
            await fault.wait_until_released()
        if effect.drop_answer or effect.hold:
            raise Again(f"{call.service} gave no answer to {call.operation} {call.resource}")
        return done


class Again(OSError):
    """A call that failed and may go well the next time."""


async def _before(call: Call, effect: Effect) -> None:
    if effect.delay_ms:
        await asyncio.sleep(effect.delay_ms / 1000)
    if effect.error is None:
        return
    error = effect.error.exception()
    sentence = f"{call.service} answered {error.status} {error.code} to {call.operation} {call.resource}"
    raise Again(sentence) if _is_passing(error) else OSError(sentence)


def _is_passing(error: AwsError) -> bool:
    return error.status >= 500 or error.code.startswith(_THROTTLINGS)


def _call(service: str, operation: str, resource: str, account: str, region: str) -> Call:
    caller = Caller(account=account, region=region, access_key=None)
    return Call(
        service=service, operation=operation, resource=resource, caller=caller, protocol="internal", parameters={}
    )


def _object(url: str) -> str:
    return url.removeprefix("s3://")
