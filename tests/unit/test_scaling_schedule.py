"""When scheduled actions last ran: cron(), at() and rate() as Application Auto Scaling reads them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_operator.api.autoscaling import Schedule
from endpoint_operator.planning.scaling.cron import NotUnderstood
from endpoint_operator.planning.scaling.schedule import is_over, last_run, reading_of

# A Sunday.
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def schedule(expression: str, timezone: str | None = None) -> Schedule:
    return Schedule(name="s", schedule=expression, timezone=timezone, min_count=1, max_count=2)


def ran(expression: str, timezone: str | None = None, *, since: datetime = LONG_AGO, now: datetime = NOW) -> str | None:
    found = last_run(schedule(expression, timezone), since=since, now=now)
    return found.strftime("%Y-%m-%d %H:%M") if found is not None else None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # AWS's own examples ("Cron expressions reference", EventBridge User Guide).
        ("cron(0 10 * * ? *)", "2026-11-22 10:00"),
        ("cron(15 12 * * ? *)", "2026-11-21 12:15"),
        ("cron(0 18 ? * MON-FRI *)", "2026-11-20 18:00"),
        ("cron(0 8 1 * ? *)", "2026-11-01 08:00"),
        ("cron(0/15 * * * ? *)", "2026-11-22 12:00"),
        ("cron(0/10 * ? * MON-FRI *)", "2026-11-20 23:50"),
        ("cron(0/5 8-17 ? * MON-FRI *)", "2026-11-20 17:55"),
        # Months, years, lists, steps, ranges.
        ("cron(30 6 ? * 1 *)", "2026-11-22 06:30"),
        ("cron(30 6 ? * 2 *)", "2026-11-16 06:30"),
        ("cron(30 6 * * 2 *)", "2026-11-16 06:30"),
        ("cron(0 0 1 JAN,JUL ? *)", "2026-07-01 00:00"),
        ("cron(0 0 1 1-6/2 ? *)", "2026-05-01 00:00"),
        ("cron(0 0 1 1 ? 2021-2023)", "2023-01-01 00:00"),
        ("cron(0 0 1 1 ? 2030)", None),
        ("cron(0 20/2 * * ? *)", "2026-11-21 22:00"),
        ("cron(0 22-2 * * ? *)", "2026-11-22 02:00"),
        ("cron(0 12 ? * FRI-SUN *)", "2026-11-22 12:00"),
        ("cron(1 12 ? * FRI-SUN *)", "2026-11-21 12:01"),
        ("cron(0 0 29 2 ? *)", "2024-02-29 00:00"),
        ("cron(0 0 31 * ? *)", "2026-10-31 00:00"),
        # L, W and #.
        ("cron(0 0 L * ? *)", "2026-10-31 00:00"),
        ("cron(0 0 L 2 ? *)", "2026-02-28 00:00"),
        ("cron(0 0 LW * ? *)", "2026-10-30 00:00"),
        ("cron(0 0 1W * ? *)", "2026-11-02 00:00"),  # the 1st is a Sunday: never a day of October
        ("cron(0 0 1W 8 ? *)", "2026-08-03 00:00"),  # the 1st is a Saturday: never a day of July
        ("cron(0 0 31W 5 ? *)", "2026-05-29 00:00"),  # the 31st is a Sunday: never a day of June
        ("cron(0 0 15W 11 ? *)", "2026-11-16 00:00"),
        ("cron(0 0 14W 11 ? *)", "2026-11-13 00:00"),
        ("cron(0 0 31W 11 ? *)", None),
        ("cron(0 0 ? * L *)", "2026-11-21 00:00"),
        ("cron(0 0 ? * 6L *)", "2026-10-30 00:00"),
        ("cron(0 0 ? * FRIL *)", "2026-10-30 00:00"),
        ("cron(0 0 ? * 6#3 *)", "2026-11-20 00:00"),
        ("cron(0 0 ? * MON#1,MON#3 *)", "2026-11-16 00:00"),
        ("cron(0 0 ? * 2#5 *)", "2026-08-31 00:00"),
        ("cron(0 0 1,L * ? *)", "2026-11-01 00:00"),
        # at and rate.
        ("at(2026-11-22T11:59:59)", "2026-11-22 11:59"),
        ("at(2026-11-22T12:00:01)", None),
        ("at(2019-12-31T00:00:00)", None),  # before the bounds were put
    ],
)
def test_the_last_run_is_the_one_that_aws_would_have_made(expression: str, expected: str | None) -> None:
    assert ran(expression) == expected


@pytest.mark.parametrize(
    ("expression", "timezone", "now", "expected"),
    [
        ("cron(0 8 ? * MON-FRI *)", "Asia/Seoul", "2026-11-19T23:00", "2026-11-19 23:00"),
        ("cron(0 8 ? * MON-FRI *)", "Asia/Seoul", "2026-11-19T22:59", "2026-11-18 23:00"),
        # Friday's 8 o'clock is the last before the weekend on both sides of the date line.
        ("cron(0 8 ? * MON-FRI *)", "Asia/Seoul", "2026-11-22T12:00", "2026-11-19 23:00"),
        ("cron(0 8 ? * MON-FRI *)", "America/Los_Angeles", "2026-11-22T12:00", "2026-11-20 16:00"),
        # Berlin is UTC+1 in winter and UTC+2 in summer.
        ("cron(0 8 * * ? *)", "Europe/Berlin", "2026-11-22T12:00", "2026-11-22 07:00"),
        ("cron(0 8 * * ? *)", "Europe/Berlin", "2026-07-22T12:00", "2026-07-22 06:00"),
        # On 2026-03-29 the clocks go from 2:00 to 3:00, on 2026-10-25 from 3:00 back to 2:00.
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-29T12:00", "2026-03-28 01:30"),
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25T12:00", "2026-10-25 00:30"),
        ("at(2026-11-22T12:00:00)", "Europe/Berlin", "2026-11-22T11:00", "2026-11-22 11:00"),
        ("at(2026-11-22T12:00:00)", "Europe/Berlin", "2026-11-22T10:59", None),
    ],
)
def test_a_schedule_runs_by_the_clocks_of_its_zone(
    expression: str, timezone: str, now: str, expected: str | None
) -> None:
    assert ran(expression, timezone, now=datetime.fromisoformat(f"{now}:00+00:00")) == expected


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("rate(1 minute)", timedelta(seconds=59), None),
        ("rate(1 minute)", timedelta(seconds=61), timedelta(minutes=1)),
        ("rate(6 hours)", timedelta(hours=13), timedelta(hours=12)),
        ("rate(2 days)", timedelta(days=5), timedelta(days=4)),
    ],
)
def test_a_rate_counts_from_when_it_was_put(expression: str, after: timedelta, expected: timedelta | None) -> None:
    found = last_run(schedule(expression), since=NOW, now=NOW + after)
    assert found == (NOW + expected if expected is not None else None)


def test_what_ran_before_the_bounds_were_put_does_not_count() -> None:
    ten = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    assert ran("cron(0 10 * * ? *)", since=ten - timedelta(minutes=1)) == "2026-11-22 10:00"
    assert ran("cron(0 10 * * ? *)", since=ten) is None


@given(
    minute=st.integers(min_value=0, max_value=59),
    hour=st.integers(min_value=0, max_value=23),
    weekday=st.sampled_from(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    zone=st.sampled_from(["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati"]),
    offset=st.integers(min_value=0, max_value=400 * 24 * 60),
)
def test_a_weekly_run_is_never_missed_nor_made_up(minute: int, hour: int, weekday: str, zone: str, offset: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    found = last_run(schedule(f"cron({minute} {hour} ? * {weekday} *)", zone), since=LONG_AGO, now=now)
    assert found is not None
    shown = found.astimezone(ZoneInfo(zone))
    # America/St_Johns has daylight saving time: the hour that spring leaves out may skip one week.
    assert timedelta(0) <= now - found < timedelta(days=15, hours=1)
    assert (shown.strftime("%a").upper(), shown.hour, shown.minute) == (weekday, hour, minute)


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("cron(0 8 * * *)", "has 5 fields instead of six"),
        ("cron(0 8 1 * MON *)", "are both given"),
        ("cron(0 8 ? * ? *)", "are both ?"),
        ("cron(60 8 * * ? *)", "minutes 60: 60 is not one of 0-59"),
        ("cron(0 24 * * ? *)", "hours 24: 24 is not one of 0-23"),
        ("cron(0 8 0 * ? *)", "day-of-month 0: 0 is not one of 1-31"),
        ("cron(0 8 32W * ? *)", "day-of-month 32: 32 is not one of 1-31"),
        ("cron(0 8 * 13 ? *)", "month 13: 13 is not one of 1-12 or JAN-DEC"),
        ("cron(0 8 ? * 0 *)", "day-of-week 0: 0 is not one of 1-7 or SUN-SAT"),
        ("cron(0 8 ? * MONDAY *)", "day-of-week MONDAY: MONDAY is not one of"),
        ("cron(0 8 ? * 2#6 *)", "day-of-week 2#6"),
        ("cron(0 8 ? * MON-FRIL *)", "day-of-week MON-FRIL"),
        ("cron(0 8 * * ? 1969)", "year 1969: 1969 is not one of 1970-2199"),
        ("cron(0/0 8 * * ? *)", "minutes 0/0: the step"),
        ("cron(0,, 8 * * ? *)", "minutes 0,,: nothing is not one of"),
        ("cron(? 8 * * ? *)", "minutes ?: ? is not one of"),
        ("at(2026-11-22)", "at(2026-11-22): write the time as"),
        ("at(2026-11-22T12:00:00Z)", "without a zone"),
        ("rate(0 minutes)", "rate(0 minutes): give a number above 0"),
        ("rate(5 weeks)", "rate(5 weeks): give a number"),
    ],
)
def test_what_aws_would_refuse_is_refused_with_the_field_that_is_wrong(expression: str, complaint: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        reading_of(schedule(expression))
    assert complaint in str(refused.value)


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../etc/passwd", "Europe"])
def test_a_time_zone_that_is_none_is_refused_by_name(name: str) -> None:
    with pytest.raises(NotUnderstood, match="there is no time zone"):
        reading_of(schedule("cron(0 8 * * ? *)", name))


@pytest.mark.parametrize(
    ("expression", "over"),
    [
        ("at(2026-11-22T12:00:00)", True),
        ("at(2026-11-22T12:00:01)", False),
        ("cron(0 0 1 1 ? 2020)", False),
        ("rate(1 day)", False),
    ],
)
def test_only_a_single_time_is_ever_over(expression: str, over: bool) -> None:  # noqa: FBT001
    assert is_over(schedule(expression), now=NOW) is over
