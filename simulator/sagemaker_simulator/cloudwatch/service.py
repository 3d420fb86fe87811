"""The CloudWatch operations that are modelled: one table from names to functions."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sagemaker_simulator.wire.request import Caller

from .alarm_tags import AlarmTags
from .alarms import Alarms
from .books import Books
from .get_metrics import GetMetrics
from .list_metrics import ListMetrics
from .put_metrics import PutMetrics

Operation = Callable[[Caller, Mapping[str, Any]], Awaitable[dict[str, Any]]]


def operations(books: Books, *, alarms: Alarms) -> Mapping[str, Operation]:
    """Return the operations by name."""
    reads, tags = GetMetrics(books), AlarmTags(books)
    return {
        "PutMetricData": PutMetrics(books).put_metric_data,
        "GetMetricData": reads.get_metric_data,
        "GetMetricStatistics": reads.get_metric_statistics,
        "ListMetrics": ListMetrics(books).list_metrics,
        "PutMetricAlarm": alarms.put_metric_alarm,
        "DescribeAlarms": alarms.describe_alarms,
        "DescribeAlarmsForMetric": alarms.describe_alarms_for_metric,
        "DeleteAlarms": alarms.delete_alarms,
        "SetAlarmState": alarms.set_alarm_state,
        "EnableAlarmActions": alarms.enable_alarm_actions,
        "DisableAlarmActions": alarms.disable_alarm_actions,
        "TagResource": tags.tag_resource,
        "UntagResource": tags.untag_resource,
        "ListTagsForResource": tags.list_tags_for_resource,
    }
