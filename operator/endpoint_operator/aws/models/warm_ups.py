"""Warm-ups that users asked for, beside all passes: spread evenly, bounded, and silent until a verdict changes.

Nothing here is remembered across restarts: what a status says of a target is believed until answers say otherwise.
"""

import asyncio
import heapq
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.model_spec import WarmUp
from endpoint_operator.aws.measures import WARM_UPS_UNDER_WAY
from endpoint_operator.aws.models.warm_up_requests import WarmUpAnswer, WarmUpRequests
from endpoint_operator.aws.models.warm_up_rows import NEVER, WarmUpRow, fleet_of, learnt, row_of, told_of
from endpoint_operator.aws.periods import WARM_UP_AGAIN_SECONDS, WARM_UPS_AT_ONCE, WARM_UPS_AT_ONCE_OF_ENDPOINT
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.model_ports import WhyNotAllowed, all_is_allowed
from endpoint_operator.engine.ports import NotLeading
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.models.warmth import Streak, streak_of
from endpoint_operator.planning.place import Place

log = logging.getLogger(__name__)

# How often endpoints are compared with what they were; from memory.
ENDPOINTS_SECONDS: Final = 2.0


@dataclass(frozen=True, kw_only=True)
class Warmth:
    """What is known of a model's targets, as ModelFacts has it."""

    warm: bool | None = None
    fault: Fault | None = None
    new_one_answered: bool = False


@dataclass(frozen=True, kw_only=True)
class _First:
    """What was learnt of a target before callers were told of it."""

    uid: str
    streak: Streak
    fault: Fault | None
    answered: bool


class WarmUps:
    """For all accounts and regions; for one event loop."""

    def __init__(
        self,
        *,
        model_of: Callable[[ObjectKey], InferenceModel | None],
        target_of: Callable[[InferenceModel], Target | None],
        endpoints: Callable[[], Iterable[tuple[ObjectKey, Target]]],
        requests_of: Callable[[Place], WarmUpRequests],
        wake: Callable[[ObjectKey], None],
        now: Callable[[], float] = time.monotonic,
        why_not_allowed: WhyNotAllowed = all_is_allowed,
    ) -> None:
        """`endpoints` are the multi-model ones, from memory; `wake` is called where a pass has something to tell."""
        self._model_of = model_of
        self._target_of = target_of
        self._endpoints = endpoints
        self._requests_of = requests_of
        self._wake = wake
        self._now = now
        self._why_not_allowed = why_not_allowed
        self._rows: dict[ObjectKey, WarmUpRow] = {}
        self._firsts: dict[ObjectKey, _First] = {}
        self._targets: dict[ObjectKey, Target] = {}
        self._due: list[tuple[float, ObjectKey]] = []
        self._waiting: dict[ObjectKey, deque[ObjectKey]] = {}
        self._under_way: dict[ObjectKey, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def remembered(self, key: ObjectKey, model: InferenceModel | None) -> None:
        """The model as it was read or written just now; None: it is gone."""
        row = row_of(model) if model is not None else None
        if model is None or row is None:
            self._rows.pop(key, None)
            if model is None or model.spec.warm_up is None or model.being_deleted:
                self._firsts.pop(key, None)
            return
        before = self._rows.get(key)
        if before is not None and before.is_for(model):
            before.told, before.interval = told_of(model), row.interval
            if before.generation != model.generation:
                before.generation, before.failures = model.generation, 0
                self._schedule(key, before)
            return
        first = self._firsts.pop(key, None)
        if first is not None and (first.uid, first.streak.fleet.target_model) == (row.uid, row.target_model):
            row.streak, row.fault, row.answered = first.streak, first.fault, first.answered
        self._rows[key] = row
        target = self._targets.get(row.endpoint)
        if target is not None:
            self._take(key, row, target)
            if row.due == NEVER:  # nothing is new to it where it was asked before callers were told
                self._schedule(key, row)

    def known(self, model: InferenceModel) -> Warmth:
        """What a pass is to know; from memory."""
        key = ObjectKey(model.namespace, model.name)
        row, first = self._rows.get(key), self._firsts.get(key)
        publishing = model.status.publishing
        coming = publishing.target_model if publishing is not None else None
        if first is not None and first.uid == model.uid and first.streak.fleet.target_model == coming:
            warm = row.streak.verdict if row is not None and row.is_for(model) and row.streak is not None else None
            return Warmth(warm=warm, fault=first.fault, new_one_answered=first.answered)
        if row is None or row.streak is None or not row.is_for(model):
            return Warmth()
        answered = row.answered and coming in (None, row.target_model)
        return Warmth(warm=row.streak.verdict, fault=row.fault, new_one_answered=answered)

    async def ask(self, model: InferenceModel, *, target_model: str) -> Fault | None:
        """Ask a target once, before callers are told of it; why it did not answer. Raises NotLeading."""
        key = ObjectKey(model.namespace, model.name)
        target = self._target_of(model)
        if model.spec.warm_up is None or target is None:
            return _nothing_to_ask(model)
        answer = await self._answer(model, model.spec.warm_up, target, target_model=target_model)
        before = self._firsts.get(key)
        known = before.streak if before is not None and before.uid == model.uid else None
        streak = learnt(streak_of(fleet_of(target_model, target), known), answer)
        self._firsts[key] = _First(uid=model.uid, streak=streak, fault=answer.fault, answered=answer.answered)
        return answer.fault

    async def run(self) -> None:
        """Ask whoever is due, until cancelled."""
        for key, row in self._rows.items():
            self._schedule(key, row)
        try:
            while True:
                self._look_at_endpoints()
                self._start_due()
                self._news.clear()
                await self._until(min(self._next_due(), self._now() + ENDPOINTS_SECONDS))
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _look_at_endpoints(self) -> None:
        before, self._targets = self._targets, dict(self._endpoints())
        for key, row in self._rows.items():
            target = self._targets.get(row.endpoint)
            if target is None:
                continue
            known = before.get(row.endpoint)
            if target.available and (known is None or not known.available):
                self._schedule(key, row)
            self._take(key, row, target)
        for endpoint in list(self._waiting):
            self._release(endpoint, WARM_UPS_AT_ONCE_OF_ENDPOINT - self._under_way.get(endpoint, 0))

    def _take(self, key: ObjectKey, row: WarmUpRow, target: Target) -> None:
        if row.on(target):
            self._schedule(key, row)
            if row.has_news():
                self._wake(key)

    def _start_due(self) -> None:
        """The longest due first. Those of an endpoint that has enough to do wait for their turn there."""
        now = self._now()
        while self._due and self._due[0][0] <= now and len(self._tasks) < WARM_UPS_AT_ONCE:
            due, key = heapq.heappop(self._due)
            row = self._rows.get(key)
            if row is None or row.due != due:
                continue  # it was given another time since
            row.due = NEVER
            if row.under_way:
                self._put(key, row, now + WARM_UP_AGAIN_SECONDS)
            elif not self._can_be_asked(row):
                continue  # until the endpoint answers again
            elif self._under_way.get(row.endpoint, 0) >= WARM_UPS_AT_ONCE_OF_ENDPOINT:
                self._waiting.setdefault(row.endpoint, deque()).append(key)
            else:
                self._start(key, row)

    def _start(self, key: ObjectKey, row: WarmUpRow) -> None:
        row.under_way = True
        self._under_way[row.endpoint] = self._under_way.get(row.endpoint, 0) + 1
        task = asyncio.create_task(self._ask_row(key, row))
        self._tasks.add(task)
        WARM_UPS_UNDER_WAY.set(len(self._tasks))
        task.add_done_callback(lambda done: self._ended(done, row))

    def _ended(self, task: "asyncio.Task[None]", row: WarmUpRow) -> None:
        self._tasks.discard(task)
        WARM_UPS_UNDER_WAY.set(len(self._tasks))
        row.under_way = False
        left = self._under_way.pop(row.endpoint) - 1
        if left:
            self._under_way[row.endpoint] = left
        self._release(row.endpoint, 1)
        self._news.set()

    def _release(self, endpoint: ObjectKey, count: int) -> None:
        """Let so many of those go on that wait for their turn at an endpoint."""
        waiting = self._waiting.get(endpoint, deque())
        while waiting and count > 0:
            key = waiting.popleft()
            row = self._rows.get(key)
            if row is not None and row.due == NEVER and not row.under_way:
                self._put(key, row, self._now())
                count -= 1
        if not waiting:
            self._waiting.pop(endpoint, None)

    def _can_be_asked(self, row: WarmUpRow) -> bool:
        target = self._targets.get(row.endpoint)
        return target is not None and target.available and not target.being_deleted

    async def _ask_row(self, key: ObjectKey, row: WarmUpRow) -> None:
        model, target = self._model_of(key), self._targets.get(row.endpoint)
        wanted = model.spec.warm_up if model is not None else None
        if model is None or wanted is None or target is None or not row.is_for(model):
            return  # word of it comes, and with it another row
        row.on(target)
        try:
            answer = await self._answer(model, wanted, target, target_model=row.target_model)
        except NotLeading:
            self._put(key, row, self._now() + ENDPOINTS_SECONDS)
            return
        except Exception:
            log.exception("a warm-up ended in a defect of the operator", extra={"object": str(key)})
            row.failures += 1
            self._schedule(key, row)
            return
        row.learn(answer)
        if self._rows.get(key) is row:
            self._schedule(key, row)
            if row.has_news():
                self._wake(key)

    async def _answer(
        self, model: InferenceModel, warm_up: WarmUp, target: Target, *, target_model: str
    ) -> WarmUpAnswer:
        """What is not allowed is not asked: a body may lie in S3 where the model's namespace may not read."""
        refused = self._why_not_allowed(model, target)
        if refused is not None:
            return WarmUpAnswer(seconds=0.0, fault=refused)
        return await self._requests_of(target.place).ask(
            warm_up,
            endpoint_name=target.endpoint_name,
            target_model=target_model,
            tells_words=not target.holds_hidden_values,
        )

    def _schedule(self, key: ObjectKey, row: WarmUpRow) -> None:
        row.schedule(self._now())
        self._put(key, row, row.due)

    def _put(self, key: ObjectKey, row: WarmUpRow, due: float) -> None:
        row.due = due
        if due != NEVER:
            heapq.heappush(self._due, (due, key))
            self._news.set()

    def _next_due(self) -> float:
        if not self._due or len(self._tasks) >= WARM_UPS_AT_ONCE:
            return NEVER
        return self._due[0][0]

    async def _until(self, moment: float) -> None:
        """Until then, or until there is something new."""
        try:
            async with asyncio.timeout(max(0.0, moment - self._now())):
                await self._news.wait()
        except TimeoutError:
            return


def _nothing_to_ask(model: InferenceModel) -> Fault:
    message = f"InferenceEndpoint {model.spec.endpoint_ref.name} is no multi-model endpoint that can be asked now"
    return Fault(blame=Blame.WORLD, reason="WaitingForEndpoint", message=message)
