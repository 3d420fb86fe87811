"""Which days and times a cron() of Application Auto Scaling means.

Its syntax is EventBridge's, which no maintained Python library reads whole: six fields with a year and no seconds,
Sunday is 1, and L, W and # ("Cron expressions reference", Amazon EventBridge User Guide).
"""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

FIRST_YEAR, LAST_YEAR = 1970, 2199

_MONTHS = {name: number for number, name in enumerate(("JAN", "FEB", "MAR", "APR", "MAY", "JUN"), start=1)} | {
    name: number for number, name in enumerate(("JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=7)
}
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_FIELDS = "minutes hours day-of-month month day-of-week year"

DayRule = Callable[[date], bool]


class NotUnderstood(ValueError):
    """An expression that Application Auto Scaling would not take; the text says what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Cron:
    """When something recurs, in wall-clock time. `times` are (hour, minute), ascending."""

    times: tuple[tuple[int, int], ...]
    months: frozenset[int]
    years: frozenset[int]
    days: DayRule

    def falls_on(self, day: date) -> bool:
        return day.year in self.years and day.month in self.months and self.days(day)

    @classmethod
    def parse(cls, text: str) -> "Cron":
        """Read what stands inside cron(...).

        Raises NotUnderstood.
        """
        fields = text.upper().split()
        if len(fields) != 6:
            raise NotUnderstood(f"cron({text}) has {len(fields)} fields instead of six: {_FIELDS}")
        minutes = _numbers(fields[0], "minutes", low=0, high=59)
        hours = _numbers(fields[1], "hours", low=0, high=23)
        return cls(
            times=tuple((hour, minute) for hour in sorted(hours) for minute in sorted(minutes)),
            months=_numbers(fields[3], "month", low=1, high=12, names=_MONTHS),
            years=_numbers(fields[5], "year", low=FIRST_YEAR, high=LAST_YEAR),
            days=_days(fields[2], fields[4]),
        )


def _days(of_month: str, of_week: str) -> DayRule:
    """One of the two fields decides; the other is ? (or *, which older pages of AWS show)."""
    if of_month not in ("?", "*") and of_week not in ("?", "*"):
        raise NotUnderstood(f"day-of-month {of_month} and day-of-week {of_week} are both given; make one of them ?")
    if of_month == "?" and of_week == "?":
        raise NotUnderstood("day-of-month and day-of-week are both ?; give one of them")
    if of_week in ("?", "*"):
        return _any_of([_day_of_month(item) for item in of_month.split(",")])
    return _any_of([_day_of_week(item) for item in of_week.split(",")])


def _any_of(day_rules: list[DayRule]) -> DayRule:
    return lambda day: any(holds(day) for holds in day_rules)


def _day_of_month(item: str) -> DayRule:
    if item in ("?", "*"):
        return lambda _: True
    if item == "L":
        return lambda day: day.day == _length(day)
    if item == "LW":
        return lambda day: day.day == _nearest_weekday(day, _length(day))
    near = re.fullmatch(r"(\d{1,2})W", item)
    if near:
        (wanted,) = _numbers(near[1], "day-of-month", low=1, high=31)
        return lambda day: wanted <= _length(day) and day.day == _nearest_weekday(day, wanted)
    days = _numbers(item, "day-of-month", low=1, high=31)
    return lambda day: day.day in days


def _day_of_week(item: str) -> DayRule:
    if item == "L":  # the last day of the week
        return lambda day: _weekday(day) == 7
    last = re.fullmatch(r"(\w+)L", item)
    if last:
        (wanted,) = _weekdays(last[1])
        return lambda day: _weekday(day) == wanted and day.day > _length(day) - 7
    numbered = re.fullmatch(r"(\w+)#([1-5])", item)
    if numbered:
        (wanted,), nth = _weekdays(numbered[1]), int(numbered[2])
        return lambda day: _weekday(day) == wanted and (day.day + 6) // 7 == nth
    days = _weekdays(item)
    return lambda day: _weekday(day) in days


def _weekdays(item: str) -> frozenset[int]:
    return _numbers(item, "day-of-week", low=1, high=7, names=_WEEKDAYS)


def _weekday(day: date) -> int:
    """1 for Sunday to 7 for Saturday."""
    return day.isoweekday() % 7 + 1


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_weekday(day: date, wanted: int) -> int:
    """The day of the same month, Monday to Friday, that is nearest to `wanted`."""
    weekday = _weekday(day.replace(day=wanted))
    if weekday == 7:  # Saturday: the Friday before, or the Monday after at the beginning of the month
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == 1:  # Sunday: the Monday after, or the Friday before at the end of the month
        return wanted + 1 if wanted < _length(day) else wanted - 2
    return wanted


def _numbers(field: str, name: str, *, low: int, high: int, names: Mapping[str, int] | None = None) -> frozenset[int]:
    """The numbers that a field means: lists of single ones, ranges a-b, and steps */n, a/n and a-b/n."""
    found: set[int] = set()
    for item in field.split(","):
        base, slash, step = item.partition("/")
        start, dash, end = base.partition("-")
        if slash and not (step.isdecimal() and int(step) > 0):
            raise NotUnderstood(f"{name} {field}: the step after / is a number above 0")
        first = low if start == "*" and not dash else _number(start, field, name, low=low, high=high, names=names)
        if dash:
            last = _number(end, field, name, low=low, high=high, names=names)
        else:
            last = high if start == "*" or slash else first
        # FRI-MON goes over the end of the week.
        reach = last - first if last >= first else last - first + (high - low + 1)
        found |= {low + (first + offset - low) % (high - low + 1) for offset in range(0, reach + 1, int(step or 1))}
    return frozenset(found)


def _number(text: str, field: str, name: str, *, low: int, high: int, names: Mapping[str, int] | None) -> int:
    number = (names or {}).get(text, int(text) if text.isdecimal() else -1)
    if not low <= number <= high:
        allowed = f"{low}-{high}" + (f" or {next(iter(names))}-{list(names)[-1]}" if names else "")
        raise NotUnderstood(f"{name} {field}: {text or 'nothing'} is not one of {allowed}")
    return number
