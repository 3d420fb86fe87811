"""When a scheduled action last ran: cron(), at() and rate() of Application Auto Scaling, on given clocks.

Application Auto Scaling does not say which action ran last; after a deregistration nobody but us knows.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from endpoint_operator.api.autoscaling import Schedule
from endpoint_operator.planning.scaling.cron import Cron, NotUnderstood

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}

# (since, now), both with a time zone -> the last run after `since` and not after `now`, in UTC.
LastRun = Callable[[datetime, datetime], datetime | None]


def last_run(schedule: Schedule, *, since: datetime, now: datetime) -> datetime | None:
    """When the action last ran after `since` and up to `now`; None when it did not.

    Raises NotUnderstood.
    """
    return reading_of(schedule)(since, now)


def is_over(schedule: Schedule, *, now: datetime) -> bool:
    """Whether it never runs again: a single time, at(), that has passed.

    Raises NotUnderstood.
    """
    kind, body = _parts(schedule)
    return kind == "at" and _at(body, zone_of(schedule)) <= now


def reading_of(schedule: Schedule) -> LastRun:
    """The schedule, understood.

    Raises NotUnderstood.
    """
    kind, body = _parts(schedule)
    zone = zone_of(schedule)
    if kind == "cron":
        cron = Cron.parse(body)
        return lambda since, now: _last_of_cron(cron, zone, since=since, now=now)
    if kind == "at":
        moment = _at(body, zone)
        return lambda since, now: moment if since < moment <= now else None
    period = _period(body)
    return lambda since, now: _last_of_rate(period, since=since, now=now)


def zone_of(schedule: Schedule) -> tzinfo:
    """The time zone of cron() and at(), UTC by default.

    Raises NotUnderstood.
    """
    name = schedule.timezone
    if name is None:
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:  # ZoneInfoNotFoundError is a LookupError
        raise NotUnderstood(f"there is no time zone {name}; use an IANA name such as Europe/Berlin") from error


def _parts(schedule: Schedule) -> tuple[str, str]:
    match = re.fullmatch(r"(cron|at|rate)\((.+)\)", schedule.schedule.strip())
    if match is None:
        raise NotUnderstood(f"{schedule.schedule} is none of cron(...), at(...) and rate(...)")
    return match[1], match[2].strip()


def _at(body: str, zone: tzinfo) -> datetime:
    try:
        return datetime.strptime(body, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:  # OverflowError: in UTC it is before the year 1, or after 9999
        raise NotUnderstood(f"at({body}): write the time as yyyy-mm-ddThh:mm:ss, without a zone") from error


def _period(body: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,9})\s+(minute|hour|day)s?", body)
    if match is None or int(match[1]) == 0:
        raise NotUnderstood(f"rate({body}): give a number above 0 and minutes, hours or days")
    return int(match[1]) * _UNITS[match[2]]


def _last_of_rate(period: timedelta, *, since: datetime, now: datetime) -> datetime | None:
    """Counted from when the action was made, for which `since` stands."""
    runs = max(0, (now - since) // period)
    return (since + runs * period).astimezone(UTC) if runs else None


def _last_of_cron(cron: Cron, zone: tzinfo, *, since: datetime, now: datetime) -> datetime | None:
    for day in _days_backwards(now.astimezone(zone).date(), since.astimezone(zone).date()):
        if not cron.falls_on(day):
            continue
        for hour, minute in reversed(cron.times):
            moment = _moment(day, time(hour, minute), zone)
            if moment is not None and since < moment <= now:
                return moment
    return None


def _days_backwards(last: date, first: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield last - timedelta(days=offset)


def _moment(day: date, at: time, zone: tzinfo) -> datetime | None:
    """The moment when clocks show this time: the first of two in autumn, none in the hour that spring leaves out.

    AWS writes of a schedule with a zone only that it follows daylight saving time.
    """
    moment = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
    shown = moment.astimezone(zone)
    return moment if (shown.date(), shown.time()) == (day, at) else None
