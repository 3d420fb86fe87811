"""When a scheduled action runs: at(…), rate(…) and cron(…) (PutScheduledAction in the API reference)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .cron import Cron, CronError
from .refusals import validation

_FORM: Final = re.compile(r"(at|rate|cron)\((.*)\)")
_RATE: Final = re.compile(r"(\d+) (minute|hour|day)s?")
_UNITS: Final = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


class Expression(Protocol):
    """A parsed schedule."""

    def after(self, moment: datetime, *, begun: datetime) -> datetime | None:
        """Return the first time later than `moment`, None when there is none; rates count from `begun`. All UTC."""
        ...


def expression_of(definition: Mapping[str, Any]) -> Expression:
    """Return the schedule of a scheduled action. Raises AwsError (ValidationException)."""
    text, zone = definition["Schedule"], _zone(definition.get("Timezone", "UTC"))
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise validation(f"Invalid schedule expression: {text}; use at(…), rate(…) or cron(…)")
    kind, inner = form.groups()
    if kind == "rate":
        return _rate(inner)
    if kind == "at":
        return _at(inner, zone)
    try:
        return Cron(inner, zone)
    except CronError as problem:
        raise validation(f"Invalid schedule expression: {text}: {problem}") from None


class _Once:
    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def after(self, moment: datetime, *, begun: datetime) -> datetime | None:
        del begun
        return self._moment if self._moment > moment else None


class _Every:
    def __init__(self, period: timedelta) -> None:
        self._period = period

    def after(self, moment: datetime, *, begun: datetime) -> datetime | None:
        passed = max(0, (moment - begun) // self._period)
        return begun + (passed + 1) * self._period


def _rate(inner: str) -> Expression:
    match = _RATE.fullmatch(inner.strip())
    if match is None or int(match.group(1)) < 1:
        raise validation(f"Invalid schedule expression: rate({inner}); use rate(NUMBER minutes | hours | days)")
    return _Every(int(match.group(1)) * _UNITS[match.group(2)])


def _at(inner: str, zone: ZoneInfo) -> Expression:
    try:
        local = datetime.strptime(inner.strip(), "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        raise validation(f"Invalid schedule expression: at({inner}); use at(yyyy-mm-ddThh:mm:ss)") from None
    return _Once(local.replace(tzinfo=zone).astimezone(UTC))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise validation(f"Invalid time zone: {name}; use a canonical name such as Europe/Berlin") from None
