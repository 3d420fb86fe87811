"""PutMetricData: a client's own metrics."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sagemaker_simulator.wire.errors import NotModelled
from sagemaker_simulator.wire.request import Caller

from .books import STANDARD_RESOLUTION, Book, Books
from .buckets import Bucket
from .queries import metric_of
from .refusals import invalid_combination, invalid_value, missing_parameter

# PutMetricData and MetricDatum in the CloudWatch API reference.
_DATUMS: Final = 1000
_VALUES: Final = 150
_INTO_THE_PAST: Final = timedelta(weeks=2)
_INTO_THE_FUTURE: Final = timedelta(hours=2)
Parameters = Mapping[str, Any]


class PutMetrics:
    """PutMetricData."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def put_metric_data(self, caller: Caller, parameters: Parameters) -> dict[str, Any]:
        if "EntityMetricData" in parameters:
            raise NotModelled("EntityMetricData of PutMetricData is not modelled; use MetricData")
        namespace = parameters["Namespace"]
        if namespace.startswith("AWS/"):
            raise invalid_value("Namespace", namespace)
        datums: Sequence[Parameters] = parameters.get("MetricData", [])
        if not datums:
            raise missing_parameter("MetricData")
        if len(datums) > _DATUMS:
            raise invalid_value("MetricData", f"of {len(datums)} entries (at most {_DATUMS})")
        now = self._books.clock.now()
        for index, datum in enumerate(datums, start=1):
            _check(datum, f"MetricData.member.{index}", now)
        book = self._books.of(caller)
        for datum in datums:
            _add(datum, book, namespace=namespace, now=now)
        return {}


def _check(datum: Parameters, path: str, now: datetime) -> None:
    given = [member for member in ("Value", "StatisticValues", "Values") if member in datum]
    if not given:
        raise missing_parameter(f"{path}.Value")
    if len(given) > 1:
        raise invalid_combination(f"The parameters {path}.{given[0]} and {path}.{given[1]} are mutually exclusive.")
    values, counts = datum.get("Values", []), datum.get("Counts")
    if len(values) > _VALUES:
        raise invalid_value(f"{path}.Values", f"of {len(values)} entries (at most {_VALUES})")
    if counts is not None and len(counts) != len(values):
        raise invalid_value(f"{path}.Counts", f"of {len(counts)} entries for {len(values)} values")
    if datum.get("StorageResolution", STANDARD_RESOLUTION) not in (1, STANDARD_RESOLUTION):
        raise invalid_value(f"{path}.StorageResolution", datum["StorageResolution"])
    time = datum.get("Timestamp", now)
    if not now - _INTO_THE_PAST <= time <= now + _INTO_THE_FUTURE:
        raise invalid_value(f"{path}.Timestamp", f"{time.isoformat()}: more than two weeks old or two hours ahead")


def _add(datum: Parameters, book: Book, *, namespace: str, now: datetime) -> None:
    metric = metric_of({**datum, "Namespace": namespace})
    series = book.series_to_fill(metric, datum.get("Unit", "None"))
    time = datum.get("Timestamp", now).timestamp()
    _fill(series.at(time, resolution=datum.get("StorageResolution", STANDARD_RESOLUTION)), datum)


def _fill(bucket: Bucket, datum: Parameters) -> None:
    if "Value" in datum:
        bucket.add(datum["Value"])
    elif "StatisticValues" in datum:
        of = datum["StatisticValues"]
        bucket.add_set(count=of["SampleCount"], total=of["Sum"], low=of["Minimum"], high=of["Maximum"])
    else:
        counts = datum.get("Counts", [1.0] * len(datum["Values"]))
        for value, times in zip(datum["Values"], counts, strict=True):
            bucket.add(value, times)
