"""The operator and the simulator each read schedules on their own: what one says ran last, the other runs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from endpoint_operator.api.autoscaling import Schedule
from endpoint_operator.planning.scaling.schedule import last_run
from sagemaker_simulator.autoscaling.schedule_expression import expression_of

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

minutes = st.sampled_from(["0", "30", "*/20", "5,35", "10-50/20"])
hours = st.sampled_from(["0", "2", "8-18", "*/6", "23", "1,3"])
months = st.sampled_from(["*", "JAN-MAR", "10,11", "*/2"])
years = st.sampled_from(["*", "2026", "2026-2027"])
of_month = st.sampled_from(["*", "1", "L", "31", "1-7", "*/10"])
weekday = st.sampled_from([*DAYS, "1", "7"])
of_week = st.one_of(
    weekday,
    st.just("L"),
    weekday.map(lambda day: f"{day}L"),
    st.builds(lambda day, nth: f"{day}#{nth}", weekday, st.integers(min_value=1, max_value=5)),
    st.sampled_from(["MON-FRI", "SUN,WED", "2-4"]),
)
days = st.one_of(of_month.map(lambda day: (day, "?")), of_week.map(lambda day: ("?", day)))
crons = st.builds(
    lambda minute, hour, day, month, year: f"cron({minute} {hour} {day[0]} {month} {day[1]} {year})",
    minutes,
    hours,
    days,
    months,
    years,
)
moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)
rates = st.builds(
    lambda number, unit: f"rate({number} {unit})",
    st.integers(min_value=2, max_value=90),
    st.sampled_from(["minutes", "hours", "days"]),
)
ats = moments.map(lambda moment: f"at({moment:%Y-%m-%dT%H:%M:%S})")
zones = st.sampled_from(["UTC", "Asia/Seoul", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati"])


@settings(max_examples=150, deadline=None)
@given(
    expression=st.one_of(crons, crons, rates, ats),
    zone=zones,
    since=moments,
    window=st.integers(min_value=1, max_value=60 * 24 * 9).map(lambda count: timedelta(minutes=count)),
)
def test_both_know_the_same_last_run(expression: str, zone: str, since: datetime, window: timedelta) -> None:
    now = since + window
    run = expression_of({"Schedule": expression, "Timezone": zone})
    latest: datetime | None = None
    moment = run.after(since, begun=since)
    while moment is not None and moment <= now:
        latest = moment
        moment = run.after(moment, begun=since)
    schedule = Schedule(name="s", schedule=expression, timezone=zone, min_count=1, max_count=1)
    assert last_run(schedule, since=since, now=now) == latest
