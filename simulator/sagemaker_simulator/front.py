"""The way of every AWS request: understood, counted, delayed or refused by order, answered, perhaps kept back.

Knows no service: `Services` holds who answers.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .calls import CallLog, Row
from .faults import Fault, Faults
from .rate_limits import RateLimits
from .settings import Settings
from .wire.errors import AwsError, SimulatorDefect, throttled
from .wire.replies import refusal
from .wire.request import Call, Caller, Incoming, Reply, gathered
from .wire.scope import Scope, scope_of
from .wire.understanding import understand

Answerer = Callable[[Call, Incoming], Awaitable[Reply]]
Check = Callable[[Call, Incoming], Awaitable[None]]
CUT_OFF = "AnswerDropped"  # the log's word for an answer that the client never got
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The answer, and whether the connection is to be cut instead of giving it."""

    reply: Reply
    cut: bool = False


class Front:
    """Takes requests for all AWS services."""

    def __init__(
        self,
        *,
        calls: CallLog,
        faults: Faults,
        rate_limits: RateLimits,
        settings: Callable[[], Settings],
        account_of: Callable[[str | None], str],
        checks: tuple[Check, ...],
        answer: Answerer,
    ) -> None:
        self._calls = calls
        self._faults = faults
        self._rate_limits = rate_limits
        self._settings = settings
        self._account_of = account_of
        self._checks = checks
        self._answer = answer
        self._random = random.Random(20170724)  # noqa: S311 - jitter that repeats from run to run, not a secret

    async def take(self, request: Incoming) -> Outcome:
        """Return what the client gets; the call is in the log from its arrival on."""
        scope = scope_of(request)
        if scope is None:
            return Outcome(reply=self._unsigned(request))
        caller = Caller(account=self._account_of(scope.access_key), region=scope.region, access_key=scope.access_key)
        try:
            call = understand(request, scope=scope, caller=caller)
        except AwsError as error:
            row = self._arrived(request, scope, operation="?", resource=None)
            return Outcome(reply=_closed(row, refusal("json", scope.service, error)))
        row = self._arrived(request, scope, operation=call.operation, resource=call.resource)
        return await self._carry_out(call, request, row)

    async def _carry_out(self, call: Call, request: Incoming, row: Row) -> Outcome:
        await self._latency()
        fault: Fault | None = None
        try:
            if not self._rate_limits.allows(call):
                raise throttled()
            fault = self._faults.meet(call)
            if fault is not None:
                await _before_the_work(fault)
            for check in self._checks:
                await check(call, request)
            reply = await self._answer(call, request)
        except AwsError as error:
            reply = refusal(call.protocol, call.service, error)
        except Exception:
            log.exception("%s %s ended in a defect of the simulator", call.service, call.operation)
            defect = SimulatorDefect(f"{call.service} {call.operation} failed; its log has the traceback")
            reply = refusal(call.protocol, call.service, defect)
        return await self._hand_over(fault, reply, row)

    async def _hand_over(self, fault: Fault | None, reply: Reply, row: Row) -> Outcome:
        """Give the answer, keep it back, or cut it off. The row tells of the work as soon as it is done."""
        _closed(row, reply)
        if fault is None:
            return Outcome(reply=reply)
        effect = fault.rule.effect
        if effect.drop_answer or effect.hold:
            reply = await gathered(reply)  # the work of a streamed answer is done when its last part is there
        if effect.drop_answer:
            row.error = CUT_OFF
        if effect.hold:
            await fault.wait_until_released()
        return Outcome(reply=reply, cut=effect.drop_answer)

    async def _latency(self) -> None:
        latency = self._settings().latency
        if latency.mean or latency.spread:
            milliseconds = self._random.uniform(latency.mean - latency.spread, latency.mean + latency.spread)
            await asyncio.sleep(max(0.0, milliseconds) / 1000)

    def _arrived(self, request: Incoming, scope: Scope, *, operation: str, resource: str | None) -> Row:
        return self._calls.arrived(
            service=scope.service,
            operation=operation,
            resource=resource,
            user_agent=request.headers.get("User-Agent"),
            access_key=scope.access_key,
            region=scope.region,
        )

    def _unsigned(self, request: Incoming) -> Reply:
        """Refuse a request without a signature, as AWS does where one is needed."""
        error = AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", status=403)
        row = self._calls.arrived(
            service="?",
            operation=request.headers.get("X-Amz-Target", f"{request.method} {request.raw_path}"),
            resource=None,
            user_agent=request.headers.get("User-Agent"),
            access_key=None,
            region=None,
        )
        return _closed(row, refusal("json", "?", error))


async def _before_the_work(fault: Fault) -> None:
    effect = fault.rule.effect
    if effect.delay_ms:
        await asyncio.sleep(effect.delay_ms / 1000)
    if effect.error is not None:
        raise effect.error.exception()


def _closed(row: Row, reply: Reply) -> Reply:
    row.status, row.error = reply.status, reply.error
    return reply
