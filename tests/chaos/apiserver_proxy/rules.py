"""Which requests the proxy treats otherwise, how, and how often. Knows no sockets."""

import asyncio
import enum
import fnmatch
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True, kw_only=True)
class Match:
    """Globs that a request must fit. `watch`: only streams, only other requests, or (None) both."""

    method: str = "*"
    path: str = "*"
    agent: str = "*"
    watch: bool | None = None

    def fits(self, request: web.Request) -> bool:
        return (
            fnmatch.fnmatchcase(request.method, self.method)
            and fnmatch.fnmatchcase(request.path, self.path)
            and fnmatch.fnmatchcase(request.headers.get("User-Agent", ""), self.agent)
            and self.watch in (None, is_watch(request))
        )


class Cut(enum.Enum):
    """When the connection of a request is cut."""

    BEFORE = "the API server never hears of it"
    IN_THE_ANSWER = "the API server does it, and half of its answer arrives"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Given instead of passing the request on; the body is a Status as the API server words it."""

    status: int
    reason: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        message = f"{self.reason}, by order of a test"
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "reason": self.reason,
            "message": message,
            "code": self.status,
        }


CONFLICT = Answer(status=409, reason="Conflict")
GONE = Answer(status=410, reason="Expired")
INTERNAL_ERROR = Answer(status=500, reason="InternalError")


def too_many_requests(*, retry_after: int) -> Answer:
    """As API priority and fairness answers; `retry_after` in seconds."""
    return Answer(status=429, reason="TooManyRequests", headers={"Retry-After": str(retry_after)})


@dataclass(frozen=True, kw_only=True)
class Effect:
    """`delay` (seconds) and `hold` (until the rule ends) come before the request is passed on, answered or cut.

    `late` is a delay of the answer alone: the API server has done the work by then.
    """

    delay: float = 0.0
    late: float = 0.0
    hold: bool = False
    answer: Answer | None = None
    cut: Cut | None = None


@dataclass(eq=False)
class Rule:
    """In force for `times` requests, or (None) until it is ended."""

    number: int
    match: Match
    effect: Effect
    times: int | None
    met: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Rules:
    """In the order in which they were given; for the proxy's loop only."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._rules: dict[int, Rule] = {}

    def add(self, match: Match, effect: Effect, times: int | None) -> int:
        rule = Rule(number=next(self._numbers), match=match, effect=effect, times=times)
        self._rules[rule.number] = rule
        return rule.number

    def end(self, number: int) -> None:
        """What it holds goes on."""
        self._rules.pop(number).ended.set()

    def end_all(self) -> None:
        for number in list(self._rules):
            self.end(number)

    def met(self, number: int) -> int:
        return self._rules[number].met

    def meet(self, request: web.Request) -> Rule | None:
        """The first rule for the request, counted."""
        for rule in self._rules.values():
            if rule.match.fits(request) and (rule.times is None or rule.met < rule.times):
                rule.met += 1
                return rule
        return None


def is_watch(request: web.Request) -> bool:
    return request.query.get("watch") in ("true", "1", "True")
