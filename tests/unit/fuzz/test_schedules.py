"""Schedule expressions: understood, or refused as NotUnderstood with a sentence; nothing else, and not for ever."""

import contextlib
import string
from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from endpoint_operator.api.autoscaling import Schedule
from endpoint_operator.planning.scaling.cron import NotUnderstood
from endpoint_operator.planning.scaling.schedule import is_over, last_run
from tests.unit.fuzz.budget import cheaply_fuzzed
from tests.unit.fuzz.written_by_users import texts

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_WORDS = (
    "*",
    "?",
    "L",
    "W",
    "LW",
    "15W",
    "6#3",
    "6L",
    "MON-FRI",
    "FRI-MON",
    "1/5",
    "*/7",
    "0",
    "59",
    "2026",
    "JAN",
    "-",
    ",",
    "/",
)
fields = st.one_of(st.sampled_from(_WORDS), st.text(string.digits + "*?LW#-,/", min_size=1, max_size=6), texts)
crons = st.lists(fields, min_size=5, max_size=7).map(lambda words: f"cron({' '.join(words)})")
moments = st.datetimes().map(lambda moment: f"at({moment.isoformat(timespec='seconds')})")
rates = st.tuples(st.integers(-1, 10**10), st.sampled_from(["minute", "minutes", "hours", "days", "weeks"])).map(
    lambda pair: f"rate({pair[0]} {pair[1]})"
)
zones = st.one_of(st.none(), st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "Pacific/Kiritimati", "UTC"]), texts)


@given(expression=st.one_of(crons, moments, rates, texts), zone=zones)
@example(expression=f"cron(0 {'9' * 5000} * * ? *)", zone=None)
@example(expression="cron(0/W 8 * * ? *)", zone=None)
@example(expression=f"cron(0/{'9' * 5000} 8 * * ? *)", zone=None)
@example(expression="at(0001-01-01T00:00:00)", zone="Asia/Tokyo")
@example(expression="at(9999-12-31T23:59:59)", zone="America/New_York")
@cheaply_fuzzed
def test_every_expression_is_understood_or_refused(expression: str, zone: str | None) -> None:
    try:
        schedule = Schedule(name="s", schedule=expression, timezone=zone, min_count=1, max_count=2)
    except ValidationError:
        return  # the CRD refuses it too
    since = NOW - timedelta(days=400)
    with contextlib.suppress(NotUnderstood):
        ran = last_run(schedule, since=since, now=NOW)
        assert ran is None or since < ran <= NOW
    with contextlib.suppress(NotUnderstood):
        assert is_over(schedule, now=NOW) in (True, False)
