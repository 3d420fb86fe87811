"""CloudWatch speaks JSON, CBOR and the older query protocol, with the same answers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import botocore.session
import pytest
from botocore.config import Config

from sagemaker_simulator.wire.cbor import decode_map, encode
from tests.simulator.monitored_world import MonitoredWorld, monitored
from tests.simulator.world import REGION, World, refused

SIGNED = f"AWS4-HMAC-SHA256 Credential=key/20260101/{REGION}/monitoring/aws4_request"


@pytest.fixture
def there(world: World) -> Iterator[MonitoredWorld]:
    with monitored(world) as words:
        yield words


def client_of(world: World, protocol: str) -> Any:
    """Return botocore's client, made to speak the protocol."""
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    model = loader.load_service_model("cloudwatch", "service-2")
    only = {**model, "metadata": {**model["metadata"], "protocol": protocol, "protocols": [protocol]}}
    session.register_component("data_loader", OneProtocol(loader, only))
    return session.create_client(
        "cloudwatch",
        endpoint_url=world.url,
        region_name=REGION,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )


class OneProtocol:
    """A loader of service models that knows CloudWatch by one protocol only."""

    def __init__(self, loader: Any, cloudwatch: Any) -> None:
        self._loader = loader
        self._cloudwatch = cloudwatch

    def load_service_model(self, service: str, kind: str, api_version: str | None = None) -> Any:
        if (service, kind) == ("cloudwatch", "service-2"):
            return self._cloudwatch
        return self._loader.load_service_model(service, kind, api_version)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor", "query"])
def test_a_client_of_each_protocol_gets_the_same(there: MonitoredWorld, protocol: str) -> None:
    client = client_of(there.world, protocol)
    dimensions = [{"Name": "A", "Value": "<1> & 2"}, {"Name": "B", "Value": "2"}]
    datum = {"MetricName": "M1", "Values": [1.5, 2.0], "Timestamp": there.now(), "Dimensions": dimensions}
    client.put_metric_data(Namespace="Test", MetricData=[datum, {"MetricName": "M2", "Value": 7}])
    metric = {"Namespace": "Test", "MetricName": "M1", "Dimensions": dimensions}
    minute = there.now().replace(second=0, microsecond=0)
    answer = client.get_metric_data(
        MetricDataQueries=[{"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}],
        StartTime=minute,
        EndTime=minute + timedelta(minutes=1),
    )
    [result] = answer["MetricDataResults"]
    assert (result["Values"], result["Timestamps"]) == ([3.5], [minute])
    client.put_metric_alarm(
        AlarmName="a1",
        **metric,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        ActionsEnabled=False,
    )
    there.to_next_minute()
    [alarm] = client.describe_alarms()["MetricAlarms"]
    assert (alarm["StateValue"], alarm["ActionsEnabled"], alarm["Dimensions"]) == ("ALARM", False, dimensions)
    statistics = client.get_metric_statistics(
        **metric,
        StartTime=minute,
        EndTime=minute + timedelta(minutes=1),
        Period=60,
        Statistics=["Maximum"],
        ExtendedStatistics=["p50"],
    )
    [point] = statistics["Datapoints"]
    assert (point["Maximum"], point["ExtendedStatistics"]) == (2.0, {"p50": 1.75})
    with refused("ResourceNotFound", "nine", status=404):
        client.delete_alarms(AlarmNames=["nine"])
    with refused("ValidationError", "'alarmName'"):
        client.put_metric_alarm(AlarmName="a" * 256)
    with refused("NotImplemented", "PutDashboard", status=501):
        client.put_dashboard(DashboardName="d", DashboardBody="{}")
    client.close()


def test_cbor_as_it_stands_on_the_wire(there: MonitoredWorld) -> None:
    body = {"Namespace": "Test", "MetricData": [{"MetricName": "M1", "Value": 1, "Timestamp": there.now()}]}
    assert _post(there.world, "PutMetricData", body) == {}
    assert _post(there.world, "ListMetrics", {})["Metrics"] == [
        {"Namespace": "Test", "MetricName": "M1", "Dimensions": []}
    ]
    with pytest.raises(HTTPError) as caught:
        _post(there.world, "DescribeAlarms", {"MaxRecords": 0})
    assert decode_map(caught.value.read())["__type"] == "ValidationError"


def _post(world: World, operation: str, document: dict[str, Any]) -> dict[str, Any]:
    request = Request(  # noqa: S310
        f"{world.url}/service/GraniteServiceVersion20100801/operation/{operation}",
        data=encode(document),
        headers={"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor", "Authorization": SIGNED},
    )
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        return decode_map(answer.read())
