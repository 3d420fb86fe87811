"""Cron expressions of six fields: minutes, hours, day of month, month, day of week, year.

Days of the week are 1 (Sunday) to 7 or names. `?` and `*` mean any; `L` is the last day of the month, `6L` the last
Friday, `6#2` the second Friday. `W` is refused. A local time that a change to summer time leaves out is left out;
one that comes twice counts the first time.
"""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS: Final = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_SEARCHED_DAYS: Final = 366 * 8 + 2  # the 29th of February comes at least every eight years
_NONE: Final[dict[str, int]] = {}


class CronError(ValueError):
    """An expression that cannot be read; the message says why."""


class Cron:
    """A parsed expression in a time zone."""

    def __init__(self, text: str, zone: ZoneInfo) -> None:
        fields = text.split()
        if len(fields) != 6:
            raise CronError(
                f"it has {len(fields)} fields and needs 6 (minutes hours day-of-month month day-of-week year)"
            )
        minutes, hours, days, months, weekdays, years = (field.upper() for field in fields)
        if "W" in days:
            raise CronError("W (the nearest weekday) is not modelled")
        if not {"?", "*"} & {days, weekdays}:
            raise CronError("one of day-of-month and day-of-week must be ?")
        self._zone = zone
        self._weekdays = weekdays.split(",")
        self._minutes = _field(minutes, 0, 59, _NONE)
        self._hours = _field(hours, 0, 23, _NONE)
        self._months = _field(months, 1, 12, _MONTHS)
        self._years = _field(years, 1970, 2199, _NONE)
        self._of_month = None if days == "L" else _field(days, 1, 31, _NONE)
        for part in self._weekdays:
            _is_weekday(part, date(2000, 1, 1), 7, 31)  # a part that cannot be read is refused now

    def after(self, moment: datetime, *, begun: datetime) -> datetime | None:
        del begun
        first = moment.astimezone(self._zone).date()
        for offset in range(_SEARCHED_DAYS):
            day = first + timedelta(days=offset)
            if day.year in self._years and day.month in self._months and self._matches_day(day):
                found = next((at for at in self._times(day) if at > moment), None)
                if found is not None:
                    return found
        return None

    def _times(self, day: date) -> Iterator[datetime]:
        for hour in sorted(self._hours):
            for minute in sorted(self._minutes):
                local = datetime.combine(day, time(hour, minute), tzinfo=self._zone)
                at = local.astimezone(UTC)
                if at.astimezone(self._zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                    yield at

    def _matches_day(self, day: date) -> bool:
        last = calendar.monthrange(day.year, day.month)[1]
        weekday = day.isoweekday() % 7 + 1
        of_month = day.day == last if self._of_month is None else day.day in self._of_month
        return of_month and any(_is_weekday(part, day, weekday, last) for part in self._weekdays)


def _is_weekday(part: str, day: date, weekday: int, last: int) -> bool:
    if "#" in part:
        name, _, nth = part.partition("#")
        return weekday == _number(name, 1, 7, _DAYS) and (day.day - 1) // 7 + 1 == _number(nth, 1, 5, _NONE)
    if part.endswith("L") and part != "L":
        return weekday == _number(part[:-1], 1, 7, _DAYS) and day.day > last - 7
    if part == "L":
        return weekday == 7
    return weekday in _field(part, 1, 7, _DAYS)


def _field(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    return frozenset(number for part in text.split(",") for number in _part(part, low, high, names))


def _part(text: str, low: int, high: int, names: dict[str, int]) -> range:
    span, slash, step = text.partition("/")
    width = _number(step, 1, high, _NONE) if slash else 1
    if span in ("*", "?"):
        return range(low, high + 1, width)
    first, dash, second = span.partition("-")
    start = _number(first, low, high, names)
    if dash:
        end = _number(second, low, high, names)
        if end < start:
            raise CronError(f"{text} ends before it begins")
        return range(start, end + 1, width)
    return range(start, high + 1, width) if slash else range(start, start + 1)


def _number(text: str, low: int, high: int, names: dict[str, int]) -> int:
    number = names.get(text, int(text) if text.isdecimal() else None)
    if number is None or not low <= number <= high:
        raise CronError(f"{text or 'nothing'} is not between {low} and {high}")
    return number
