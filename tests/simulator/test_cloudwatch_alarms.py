"""Alarms: evaluated in simulated time, described, told apart, and what they call."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.monitored_world import MonitoredWorld, monitored
from tests.simulator.world import World, refused


@pytest.fixture
def there(world: World) -> Iterator[MonitoredWorld]:
    with monitored(world) as words:
        yield words


def minute(there: MonitoredWorld, *values: float) -> None:
    """Put the values into this minute and let it pass."""
    if values:
        datum = {"MetricName": "M1", "Values": list(values)}
        there.cloudwatch.put_metric_data(Namespace="Test", MetricData=[datum])
    there.to_next_minute()


def test_an_alarm_begins_without_data_and_is_judged_when_the_minute_is_over(there: MonitoredWorld) -> None:
    there.given_alarm()
    alarm = there.alarm()
    assert (alarm["StateValue"], alarm["StateReason"]) == ("INSUFFICIENT_DATA", "Unchecked: Initial alarm creation")
    there.cloudwatch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": "M1", "Value": 11.0}])
    there.world.advance(40)
    assert there.alarm()["StateValue"] == "INSUFFICIENT_DATA"
    there.to_next_minute()
    alarm = there.alarm()
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [11.0 (")
    assert alarm["StateReason"].endswith(
        "was greater than the threshold (10.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"] == [11.0]


def test_an_alarm_goes_back_to_ok_and_to_no_data(there: MonitoredWorld) -> None:
    there.given_alarm()
    minute(there, 11.0)
    minute(there, 1.0)
    assert there.alarm()["StateValue"] == "OK"
    assert "was not greater than the threshold (10.0)" in there.alarm()["StateReason"]
    for _ in range(3):
        minute(there)
    assert there.alarm()["StateValue"] == "INSUFFICIENT_DATA"
    assert there.alarm()["StateReason"] == "Insufficient Data: 1 datapoint was unknown."


def test_datapoints_to_alarm_of_evaluation_periods_must_breach(there: MonitoredWorld) -> None:
    there.given_alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
    minute(there, 11.0)
    minute(there, 1.0)
    assert there.alarm()["StateValue"] != "ALARM"
    minute(there, 12.0)
    assert there.alarm()["StateValue"] == "ALARM"
    minute(there, 1.0)
    assert there.alarm()["StateValue"] == "OK"


@pytest.mark.parametrize(
    ("operator", "value", "state"),
    [
        ("GreaterThanThreshold", 10.0, "OK"),
        ("GreaterThanOrEqualToThreshold", 10.0, "ALARM"),
        ("LessThanThreshold", 10.0, "OK"),
        ("LessThanThreshold", 9.0, "ALARM"),
        ("LessThanOrEqualToThreshold", 10.0, "ALARM"),
    ],
)
def test_each_comparison(there: MonitoredWorld, operator: str, value: float, state: str) -> None:
    there.given_alarm(ComparisonOperator=operator)
    minute(there, value)
    assert there.alarm()["StateValue"] == state


def test_missing_data_counts_as_asked_for(there: MonitoredWorld) -> None:
    for treatment, state in (("breaching", "ALARM"), ("notBreaching", "OK"), ("ignore", "INSUFFICIENT_DATA")):
        there.given_alarm(treatment, TreatMissingData=treatment)
        there.to_next_minute()
        assert there.alarm(treatment)["StateValue"] == state


def test_a_percentile_can_be_watched(there: MonitoredWorld) -> None:
    there.given_alarm(ExtendedStatistic="p90", Statistic=None)
    minute(there, *range(1, 11))
    assert there.alarm()["StateValue"] == "OK"
    minute(there, *range(1, 22))
    assert there.alarm()["StateValue"] == "ALARM"


def test_metric_math_can_be_watched(there: MonitoredWorld) -> None:
    metric = {"Namespace": "Test", "MetricName": "M1"}
    queries = [
        {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e1", "Expression": "m1 * 2"},
    ]
    there.cloudwatch.put_metric_alarm(
        AlarmName="a1",
        Metrics=queries,
        EvaluationPeriods=1,
        Threshold=10.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    minute(there, 6.0)
    assert there.alarm()["StateValue"] == "ALARM"


def test_a_period_of_ten_seconds_is_judged_every_ten_seconds(there: MonitoredWorld) -> None:
    there.given_alarm(Period=10, Namespace="AWS/SageMaker", MetricName="ConcurrentRequestsPerModel")
    there.world.do(
        "POST",
        "/metrics",
        {"namespace": "AWS/SageMaker", "metricName": "ConcurrentRequestsPerModel", "values": [50]},
    )
    there.world.advance(12)
    assert there.alarm()["StateValue"] == "ALARM"


def test_an_edit_keeps_the_state_and_overwrites_everything_else(there: MonitoredWorld) -> None:
    there.given_alarm(AlarmDescription="first")
    minute(there, 11.0)
    there.given_alarm(Threshold=100.0)
    alarm = there.alarm()
    assert (alarm["StateValue"], alarm["Threshold"], "AlarmDescription" in alarm) == ("ALARM", 100.0, False)


def test_a_state_set_by_hand_lasts_until_the_next_look(there: MonitoredWorld) -> None:
    there.given_alarm(TreatMissingData="notBreaching")
    there.cloudwatch.set_alarm_state(AlarmName="a1", StateValue="ALARM", StateReason="a try")
    assert (there.alarm()["StateValue"], there.alarm()["StateReason"]) == ("ALARM", "a try")
    there.to_next_minute()
    assert there.alarm()["StateValue"] == "OK"


def test_alarms_are_found_by_name_prefix_state_and_action(there: MonitoredWorld) -> None:
    topic = there.world.client("sns").create_topic(Name="t1")["TopicArn"]
    there.given_alarm("one", TreatMissingData="breaching")
    there.given_alarm("two", AlarmActions=[topic])
    there.to_next_minute()

    def names(**members: Any) -> list[str]:
        return [alarm["AlarmName"] for alarm in there.cloudwatch.describe_alarms(**members)["MetricAlarms"]]

    assert names() == ["one", "two"]
    assert names(AlarmNames=["two", "nine"]) == ["two"]
    assert names(AlarmNamePrefix="o") == ["one"]
    assert names(StateValue="ALARM") == ["one"]
    assert names(ActionPrefix="arn:aws:sns") == ["two"]
    assert names(AlarmTypes=["CompositeAlarm"]) == []


def test_alarms_come_in_pages(there: MonitoredWorld) -> None:
    for number in range(5):
        there.given_alarm(f"a{number}")
    pages = there.cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2})
    assert [[alarm["AlarmName"] for alarm in page["MetricAlarms"]] for page in pages] == [
        ["a0", "a1"],
        ["a2", "a3"],
        ["a4"],
    ]


def test_alarms_of_a_metric_are_found(there: MonitoredWorld) -> None:
    there.given_alarm("one")
    there.given_alarm("two", MetricName="M2")
    found = there.cloudwatch.describe_alarms_for_metric(Namespace="Test", MetricName="M2")["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in found] == ["two"]


def test_all_alarms_are_deleted_or_none(there: MonitoredWorld) -> None:
    there.given_alarm()
    with refused("ResourceNotFound", "nine", status=404):
        there.cloudwatch.delete_alarms(AlarmNames=["a1", "nine"])
    there.cloudwatch.delete_alarms(AlarmNames=["a1"])
    assert there.cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_tags_of_alarms_are_kept_and_found_by_the_tagging_api(there: MonitoredWorld) -> None:
    there.given_alarm(Tags=[{"Key": "a", "Value": "1"}])
    arn = there.alarm()["AlarmArn"]
    there.cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    there.cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert there.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    there.given_alarm(Threshold=11.0, Tags=[{"Key": "c", "Value": "3"}])
    found = there.world.tagging.get_resources(ResourceTypeFilters=["cloudwatch:alarm"])["ResourceTagMappingList"]
    assert found == [{"ResourceARN": arn, "Tags": [{"Key": "b", "Value": "2"}]}]
    assert there.world.tagging.get_resources(ResourceTypeFilters=["sagemaker"])["ResourceTagMappingList"] == []
    there.cloudwatch.delete_alarms(AlarmNames=["a1"])
    assert there.world.tagging.get_resources()["ResourceTagMappingList"] == []
    with refused("ResourceNotFoundException"):
        there.cloudwatch.list_tags_for_resource(ResourceARN=arn)


def test_a_change_of_state_is_published_once_to_its_topic(there: MonitoredWorld) -> None:
    sqs, sns = there.world.client("sqs"), there.world.client("sns")
    queue = sqs.create_queue(QueueName="q1")["QueueUrl"]
    topic = sns.create_topic(Name="t1")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q1")
    there.given_alarm(AlarmActions=[topic])
    minute(there, 11.0)
    minute(there, 12.0)
    received = there.world.until(
        lambda: sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"), "a notification"
    )
    [message] = received
    notification = json.loads(json.loads(message["Body"])["Message"])
    assert (notification["AlarmName"], notification["OldStateValue"], notification["NewStateValue"]) == (
        "a1",
        "INSUFFICIENT_DATA",
        "ALARM",
    )
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)


def test_disabled_actions_are_not_called(there: MonitoredWorld) -> None:
    sqs, sns = there.world.client("sqs"), there.world.client("sns")
    queue = sqs.create_queue(QueueName="q1")["QueueUrl"]
    topic = sns.create_topic(Name="t1")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q1")
    there.given_alarm("quiet", AlarmActions=[topic])
    there.given_alarm("loud", AlarmActions=[topic])
    there.cloudwatch.disable_alarm_actions(AlarmNames=["quiet"])
    minute(there, 11.0)
    received = there.world.until(
        lambda: sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"), "a notification"
    )
    assert {json.loads(json.loads(each["Body"])["Message"])["AlarmName"] for each in received} == {"loud"}
    assert there.alarm("quiet")["StateValue"] == "ALARM"


@pytest.mark.parametrize(
    ("members", "code", "sentence"),
    [
        ({"Period": 45}, "InvalidParameterValue", "45"),
        ({"EvaluationPeriods": 1441}, "ValidationError", "86400 seconds"),
        ({"DatapointsToAlarm": 2}, "ValidationError", "DatapointsToAlarm"),
        ({"TreatMissingData": "zero"}, "InvalidParameterValue", "zero"),
        ({"ExtendedStatistic": "p90"}, "InvalidParameterCombination", "Exactly one of Statistic"),
        ({"AlarmActions": ["arn:aws:lambda:us-east-1:123456789012:function:f"]}, "NotImplemented", "lambda"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "NotImplemented", "anomaly detection"),
    ],
)
def test_an_alarm_that_cannot_be_is_refused(
    there: MonitoredWorld, members: dict[str, Any], code: str, sentence: str
) -> None:
    with refused(code, sentence):
        there.given_alarm(**members)


def test_the_control_api_shows_alarms_as_describe_does(there: MonitoredWorld) -> None:
    there.given_alarm()
    shown = there.world.do("GET", "/state")["cloudwatch"]["alarms"]["123456789012/us-east-1"]["a1"]
    assert (shown["StateValue"], shown["Threshold"]) == ("INSUFFICIENT_DATA", 10.0)
