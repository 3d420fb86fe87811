"""Metrics: put, added up by periods, computed with, listed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.monitored_world import MonitoredWorld, monitored
from tests.simulator.world import World, refused


@pytest.fixture
def there(world: World) -> Iterator[MonitoredWorld]:
    with monitored(world) as words:
        yield words


def put(there: MonitoredWorld, *values: float, name: str = "M1", namespace: str = "Test", **members: Any) -> None:
    datum = {"MetricName": name, "Values": list(values), **members}
    there.cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])


def query(stat: str = "Sum", *, name: str = "M1", namespace: str = "Test", **members: Any) -> dict[str, Any]:
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": members.pop("Dimensions", [])}
    return {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}, **members}


@pytest.mark.parametrize(
    ("stat", "value"),
    [
        ("Sum", 10.0),
        ("Average", 2.5),
        ("Minimum", 1.0),
        ("Maximum", 4.0),
        ("SampleCount", 4.0),
        ("p50", 2.5),
        ("p0", 1.0),
        ("p100", 4.0),
        ("p90", 3.7),
    ],
)
def test_each_statistic_is_worked_out_of_the_values(there: MonitoredWorld, stat: str, value: float) -> None:
    put(there, 4.0, 1.0, 3.0, 2.0)
    assert there.data(query(stat))["m1"] == pytest.approx([value])


@pytest.mark.parametrize("stat", ["tm99", "IQM", "PR(1:2)"])
def test_a_statistic_that_is_not_worked_out_is_a_501(there: MonitoredWorld, stat: str) -> None:
    with refused("NotImplemented", f"statistic {stat} is not modelled", status=501):
        there.data(query(stat))


def test_a_word_that_is_no_statistic_is_refused(there: MonitoredWorld) -> None:
    with refused("InvalidParameterValue", "Mean"):
        there.data(query("Mean"))


def test_dimensions_are_the_same_in_any_order_and_each_set_is_a_metric_of_its_own(there: MonitoredWorld) -> None:
    a, b = {"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}
    put(there, 1.0, Dimensions=[a, b])
    put(there, 2.0, Dimensions=[b, a])
    put(there, 5.0, Dimensions=[a])
    put(there, 7.0)
    assert there.data(query(Dimensions=[a, b])) == {"m1": [3.0]}
    assert there.data(query(Dimensions=[b, a])) == {"m1": [3.0]}
    assert there.data(query(Dimensions=[a])) == {"m1": [5.0]}
    assert there.data(query()) == {"m1": [7.0]}


def test_namespaces_are_kept_apart(there: MonitoredWorld) -> None:
    put(there, 1.0)
    put(there, 1000.0, namespace="Other")
    assert there.data(query()) == {"m1": [1.0]}


def test_accounts_and_regions_are_kept_apart(there: MonitoredWorld) -> None:
    put(there, 1.0)
    elsewhere = there.world.client("cloudwatch", region_name="eu-west-1")
    assert elsewhere.list_metrics()["Metrics"] == []
    elsewhere.close()


def test_a_unit_asks_for_its_own_datapoints_only(there: MonitoredWorld) -> None:
    put(there, 1.0, Unit="Seconds")
    put(there, 2.0, Unit="Count")
    count = query()
    count["MetricStat"]["Unit"] = "Count"
    assert there.data(count) == {"m1": [2.0]}
    assert there.data(query()) == {"m1": [3.0]}


def test_periods_begin_at_the_whole_minute_and_empty_ones_are_left_out(there: MonitoredWorld) -> None:
    put(there, 1.0)
    first = there.now().replace(second=0, microsecond=0)
    there.world.advance(120)
    put(there, 2.0)
    answer = there.cloudwatch.get_metric_data(
        StartTime=first + timedelta(seconds=7),
        EndTime=there.now() + timedelta(seconds=1),
        MetricDataQueries=[query()],
        ScanBy="TimestampAscending",
    )
    [result] = answer["MetricDataResults"]
    assert result["Timestamps"] == [first, first + timedelta(minutes=2)]
    assert (result["Values"], result["Label"], result["StatusCode"]) == ([1.0, 2.0], "M1", "Complete")


def test_the_newest_datapoint_comes_first_unless_asked_otherwise(there: MonitoredWorld) -> None:
    for value in (1.0, 2.0, 3.0):
        put(there, value)
        there.to_next_minute()
    assert there.data(query(), ScanBy="TimestampDescending") == {"m1": [3.0, 2.0, 1.0]}


def test_datapoints_come_in_pages_of_the_size_asked_for(there: MonitoredWorld) -> None:
    for value in (1.0, 2.0, 3.0):
        put(there, value)
        put(there, value * 10, name="M2")
        there.to_next_minute()
    queries = [query(), query(name="M2", Id="m2")]
    members: dict[str, Any] = {
        "StartTime": there.now() - timedelta(hours=1),
        "EndTime": there.now(),
        "MetricDataQueries": queries,
        "ScanBy": "TimestampAscending",
        "MaxDatapoints": 4,
    }
    first = there.cloudwatch.get_metric_data(**members)
    assert [(each["Id"], each["Values"], each["StatusCode"]) for each in first["MetricDataResults"]] == [
        ("m1", [1.0, 2.0, 3.0], "Complete"),
        ("m2", [10.0], "PartialData"),
    ]
    second = there.cloudwatch.get_metric_data(**members, NextToken=first["NextToken"])
    assert [(each["Id"], each["Values"]) for each in second["MetricDataResults"]] == [("m2", [20.0, 30.0])]
    assert "NextToken" not in second
    with refused("InvalidNextToken"):
        there.cloudwatch.get_metric_data(**members, NextToken="nonsense")


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("m1 / m2", [0.5]),
        ("m1 + m2", [12.0]),
        ("m1 * 100", [400.0]),
        ("100 * (m2 - m1) / m2", [50.0]),
        ("-m1 ^ 2", [-16.0]),
        ("m1 / 0", []),
    ],
)
def test_arithmetic_on_metrics(there: MonitoredWorld, expression: str, values: list[float]) -> None:
    put(there, 4.0)
    put(there, 8.0, name="M2")
    hidden = [query(ReturnData=False), query(name="M2", Id="m2", ReturnData=False)]
    assert there.data(*hidden, {"Id": "e1", "Expression": expression}) == {"e1": values}


def test_a_minute_without_one_of_the_metrics_has_no_result(there: MonitoredWorld) -> None:
    put(there, 4.0)
    there.to_next_minute()
    put(there, 6.0)
    put(there, 3.0, name="M2")
    queries = [query(), query(name="M2", Id="m2"), {"Id": "e1", "Expression": "m1/m2"}]
    assert there.data(*queries)["e1"] == [2.0]


@pytest.mark.parametrize("expression", ["FILL(m1, 0)", "SEARCH('{Test} M1', 'Sum', 60)", "m1 > 3", "SUM(METRICS())"])
def test_more_than_arithmetic_is_a_501_that_says_so(there: MonitoredWorld, expression: str) -> None:
    with refused("NotImplemented", "more than arithmetic", status=501):
        there.data(query(), {"Id": "e1", "Expression": expression})


@pytest.mark.parametrize(
    ("queries", "sentence"),
    [
        ([{"Id": "e1", "Expression": "m9 + 1"}], "no query has the Id m9"),
        ([{"Id": "e1", "Expression": "e2 + 1"}, {"Id": "e2", "Expression": "e1 + 1"}], "it depends on itself"),
        ([{"Id": "e1", "Expression": "1 +"}], "cannot be read"),
        ([{"Id": "e1", "Expression": "1 + 2"}], "at least one metric"),
        ([query(), query()], "not unique: m1"),
        ([query(Id="M1")], "lower-case"),
        ([{"Id": "m1"}], "either MetricStat or Expression"),
        ([query(ReturnData=False)], "must return data"),
    ],
)
def test_queries_that_make_no_sense_are_refused(
    there: MonitoredWorld, queries: list[dict[str, Any]], sentence: str
) -> None:
    with refused("ValidationError", sentence):
        there.data(*queries)


def test_a_request_that_the_model_forbids_is_a_validation_error(there: MonitoredWorld) -> None:
    with refused("ValidationError", "'m1' at 'metricDataQueries.1.member.metricStat.unit'"):
        bad = query()
        bad["MetricStat"]["Unit"] = "m1"
        there.data(bad)


def test_get_metric_statistics_gives_several_statistics_at_once(there: MonitoredWorld) -> None:
    put(there, 1.0, 3.0, Unit="Count")
    answer = there.cloudwatch.get_metric_statistics(
        Namespace="Test",
        MetricName="M1",
        StartTime=there.now() - timedelta(minutes=5),
        EndTime=there.now() + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum", "Average"],
        ExtendedStatistics=["p50"],
    )
    [point] = answer["Datapoints"]
    assert (point["Sum"], point["Average"], point["ExtendedStatistics"], point["Unit"]) == (
        4.0,
        2.0,
        {"p50": 2.0},
        "Count",
    )


def test_get_metric_statistics_refuses_more_than_1440_datapoints(there: MonitoredWorld) -> None:
    with refused("InvalidParameterCombination", "exceeds the limit of 1440"):
        there.cloudwatch.get_metric_statistics(
            Namespace="Test",
            MetricName="M1",
            StartTime=there.now() - timedelta(days=2),
            EndTime=there.now(),
            Period=60,
            Statistics=["Sum"],
        )


def test_values_with_counts_and_statistic_sets_are_added_up(there: MonitoredWorld) -> None:
    put(there, 1.0, 5.0, Counts=[3.0, 1.0])
    assert there.data(query("SampleCount")) == {"m1": [4.0]}
    sums = {"SampleCount": 6.0, "Sum": 12.0, "Minimum": 0.0, "Maximum": 9.0}
    there.cloudwatch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": "M1", "StatisticValues": sums}])
    assert there.data(query("Average")) == {"m1": [2.0]}
    assert there.data(query("Maximum")) == {"m1": [9.0]}
    assert there.data(query("p90")) == {"m1": []}


@pytest.mark.parametrize(
    ("namespace", "datum", "code", "sentence"),
    [
        ("AWS/SageMaker", {"Value": 1.0}, "InvalidParameterValue", "AWS/SageMaker for parameter Namespace"),
        ("Test", {}, "MissingParameter", "MetricData.member.1.Value"),
        ("Test", {"Value": 1.0, "Values": [1.0]}, "InvalidParameterCombination", "mutually exclusive"),
        ("Test", {"Values": [1.0], "Counts": [1.0, 2.0]}, "InvalidParameterValue", "Counts"),
        ("Test", {"Value": 1.0, "StorageResolution": 7}, "InvalidParameterValue", "StorageResolution"),
    ],
)
def test_what_cloudwatch_does_not_take_is_refused(
    there: MonitoredWorld, namespace: str, datum: dict[str, Any], code: str, sentence: str
) -> None:
    with refused(code, sentence):
        there.cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{"MetricName": "M1", **datum}])


def test_a_datapoint_too_old_or_too_far_ahead_is_refused(there: MonitoredWorld) -> None:
    for distance in (timedelta(days=-15), timedelta(hours=3)):
        with refused("InvalidParameterValue", "Timestamp"):
            put(there, 1.0, Timestamp=there.now() + distance)
    put(there, 1.0, Timestamp=there.now() - timedelta(minutes=30))
    assert there.data(query()) == {"m1": [1.0]}


def test_metrics_are_listed_by_namespace_name_and_dimensions_until_two_weeks_after_their_last_datapoint(
    there: MonitoredWorld,
) -> None:
    put(there, 1.0, Dimensions=[{"Name": "A", "Value": "1"}])
    put(there, 1.0, name="M2")
    named = there.cloudwatch.list_metrics(Namespace="Test", Dimensions=[{"Name": "A"}])["Metrics"]
    assert named == [{"Namespace": "Test", "MetricName": "M1", "Dimensions": [{"Name": "A", "Value": "1"}]}]
    assert len(there.cloudwatch.list_metrics(MetricName="M2")["Metrics"]) == 1
    assert there.cloudwatch.list_metrics(Namespace="Nothing")["Metrics"] == []
    there.world.advance(4 * 3600)
    assert there.cloudwatch.list_metrics(RecentlyActive="PT3H")["Metrics"] == []
    assert len(there.cloudwatch.list_metrics()["Metrics"]) == 2
    there.world.advance(14 * 86400)
    assert there.cloudwatch.list_metrics()["Metrics"] == []


def test_the_list_of_metrics_comes_in_pages_of_500(there: MonitoredWorld) -> None:
    datums = [{"MetricName": f"M{number:03}", "Value": 1.0} for number in range(501)]
    there.cloudwatch.put_metric_data(Namespace="Test", MetricData=datums)
    pages = [page["Metrics"] for page in there.cloudwatch.get_paginator("list_metrics").paginate()]
    assert [len(page) for page in pages] == [500, 1]
    assert {metric["MetricName"] for page in pages for metric in page} == {datum["MetricName"] for datum in datums}


def test_datapoints_are_forgotten_after_15_days(there: MonitoredWorld) -> None:
    put(there, 1.0)
    first = there.now()
    there.world.advance(16 * 86400)
    put(there, 2.0)
    span = {"StartTime": first - timedelta(minutes=5), "EndTime": there.now() + timedelta(minutes=1)}
    assert there.data(query(), **span) == {"m1": [2.0]}


def test_what_cloudwatch_has_and_is_not_modelled_is_a_501(there: MonitoredWorld) -> None:
    with refused("NotImplemented", "PutDashboard", status=501):
        there.cloudwatch.put_dashboard(DashboardName="d", DashboardBody="{}")
