"""A simulated day of an asynchronous endpoint under the operator: bursts wake it from nothing, and money is told right.

The clock runs slower than in other tests and the operator lists more often, so that its lists are close together in
simulated time; and the clock jumps over the hours in which there is nothing to see: all is at rest with no instance.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import yaml

from devworld.environment import REGION
from devworld.settings import PROJECT
from tests.integration.vocabulary.async_day import ROUNDS, Day, falls_asleep, put_inputs
from tests.integration.vocabulary.async_truth import AsyncTruth
from tests.integration.vocabulary.instance_hours import Count, counts, instance_hours, unseen_instance_hours
from tests.integration.vocabulary.predictions import model_of
from tests.integration.vocabulary.recorded_calls import RecordedCalls
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import TIME_SCALE
from tests.integration.vocabulary.specs import INSTANCE_TYPE, Spec, field, together, xgboost
from tests.integration.vocabulary.status_history import StatusHistory, told_by

BUCKET = "ml-async-day"
# Lists are 80 simulated seconds apart at rest, 40 while something changes.
SLOWER = 200.0  # simulated seconds in one second
PERIODS = {"--fleet-sweep-seconds": "0.4", "--transition-seconds": "0.2"}
BURSTS = {1: 300, 6: 200, 12: 350, 18: 150}  # requests by the hour of the day
MOST = 5


@pytest.fixture
def day(world: Scene) -> Iterator[Day]:
    truth = AsyncTruth(world, bucket=BUCKET, done="day-done", failed="day-failed")
    put_inputs(truth)
    artifact = world.shared.put_artifact("day/model.tar.gz", model_of(ROUNDS).as_artifact())
    world.simulator.scale(SLOWER)
    with world.operator.started_with(PERIODS):
        endpoint = world.given_spec(example(truth, artifact)).settles()
        endpoint.comes_to("AutoscalingReady")
        falls_asleep(world, endpoint)  # when it does is the machine's pace: at the beginning of the day, it sleeps
        yield Day(world, endpoint, truth)
    world.simulator.scale(TIME_SCALE)


def example(truth: AsyncTruth, artifact: str) -> Spec:
    """That which users copy, with topics and two more instances."""
    document = yaml.safe_load((PROJECT / "examples" / "async" / "endpoint.yaml").read_text(encoding="utf-8"))
    paths = {"outputS3Uri": f"s3://{BUCKET}/answers", "failureS3Uri": f"s3://{BUCKET}/failures"}
    told = {"successTopicArn": truth.done, "errorTopicArn": truth.failed}
    changes = field(autoscaling={"maxCount": MOST}, **{"async": {**paths, **told}})
    return together((xgboost(artifact), changes), base=document["spec"])


@pytest.mark.timeout(900)  # a thousand requests one after another: at a fifth of a second each that is most of 300
def test_a_day_of_bursts_loses_nothing_flips_nothing_changes_nothing_and_tells_what_it_costs(day: Day) -> None:
    world, endpoint = day.world, day.endpoint
    with world.records_calls() as calls, told_by(world, endpoint) as history:
        for hour, size in BURSTS.items():
            day.passes_until(hour)
            day.burst(size)
            day.is_worked_off()
            day.is_asleep()
        day.passes_until(24)
        day.is_asleep()
        over = world.simulator.now()
    assert len(day.requests) == 1000
    day.every_request_ended_once()
    _, since = history.versions[0].ready
    assert {told.ready for told in history.versions} == {("True", since)}
    assert calls.that_change_anything() == []
    had = counts(world, endpoint, before=Count(since=day.began, instances=0))
    woke_and_slept(had)
    the_cost_is_told(history, had, lists=times_of_lists(calls), over=over, price=price_of_an_hour(world))


def woke_and_slept(had: list[Count]) -> None:
    """Each burst woke it from nothing, brought several instances and left none."""
    line = [count.instances for count in had]
    asleep = [index for index, instances in enumerate(line) if instances == 0]
    peaks = [max(line[begin:end]) for begin, end in pairwise(asleep)]
    assert line[-1] == 0
    assert len(peaks) == len(BURSTS), line
    assert all(2 <= peak <= MOST for peak in peaks), line


def the_cost_is_told(
    history: StatusHistory, had: list[Count], *, lists: list[datetime], over: datetime, price: Decimal
) -> None:
    """Every status tells the price of the instances that it tells, and over the day that is the price of what ran.

    It may differ by what ran between a change and the second list of the operator's after it, for the operator hears
    of a change by a list, and only then looks at the endpoint and writes.
    """
    assert [told for told in history.versions if told.hourly_usd != price * told.instances] == []
    spent, unseen = price * instance_hours(had, until=over), price * unseen_instance_hours(had, lists)
    told = history.usd(until=over)
    figures = f"ran for {spent:.3f} USD, told {told:.3f} USD, {unseen:.3f} USD between lists"
    assert unseen < spent / 3, f"lists so far apart prove nothing: {figures}"
    assert abs(told - spent) <= unseen, figures


def times_of_lists(calls: RecordedCalls) -> list[datetime]:
    """Of the operator's lists of endpoints."""
    rows = [row for row in calls.of_operator() if row["operation"] == "ListEndpoints" and row["region"] == REGION]
    return [datetime.fromisoformat(row["time"]) for row in rows]


def price_of_an_hour(world: Scene) -> Decimal:
    """As the Price List has it."""
    wanted = {"regionCode": REGION, "instanceName": INSTANCE_TYPE, "platoinstancetype": "Hosting"}
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()]
    [text] = world.boto3("pricing").get_products(ServiceCode="AmazonSageMaker", Filters=filters)["PriceList"]
    product: dict[str, Any] = json.loads(text)
    [term] = product["terms"]["OnDemand"].values()
    [dimension] = term["priceDimensions"].values()
    return Decimal(dimension["pricePerUnit"]["USD"])
