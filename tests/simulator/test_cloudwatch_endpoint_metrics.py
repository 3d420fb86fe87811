"""AWS/SageMaker's metrics come from real invocations of a real server process."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.simulator.monitored_world import MonitoredWorld, monitored
from tests.simulator.running import INVOCATION_SECONDS
from tests.simulator.world import ECR, World

SERVER = Path(__file__).parent / "hosting" / "contract_server.py"
IMAGE = f"{ECR}/contract:1"
E1 = {"EndpointName": "e1", "VariantName": "AllTraffic"}


@pytest.fixture
def there(world: World) -> Iterator[MonitoredWorld]:
    """An endpoint e1 of two instances behind a real server, and another config c2 of the same model."""
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, str(SERVER)]}})
    world.given_model(image=IMAGE)
    world.given_config(count=2)
    world.given_config("c2", count=2)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    with monitored(world) as words:
        yield words


def invoke(there: MonitoredWorld, body: bytes = b"x") -> None:
    there.world.runtime.invoke_endpoint(EndpointName="e1", Body=body)


def fail(there: MonitoredWorld, body: bytes) -> None:
    with pytest.raises(ClientError):
        invoke(there, body)


def test_every_invocation_is_counted_whole_and_by_instance(there: MonitoredWorld) -> None:
    for _ in range(6):
        invoke(there)
    assert there.statistics("Invocations", "Sum", **E1) == [6.0]
    assert there.statistics("InvocationsPerInstance", "Sum", **E1) == [3.0]


def test_an_endpoint_name_alone_finds_nothing(there: MonitoredWorld) -> None:
    invoke(there)
    assert there.statistics("Invocations", "Sum", EndpointName="e1") == []


def test_errors_are_told_apart_and_their_average_is_their_rate(there: MonitoredWorld) -> None:
    invoke(there)
    fail(there, b"refuse")
    fail(there, b"hang")
    assert there.statistics("Invocation4XXErrors", "Sum", **E1) == [1.0]
    assert there.statistics("Invocation4XXErrors", "Average", **E1) == [pytest.approx(1 / 3)]
    assert there.statistics("Invocation5XXErrors", "Sum", **E1) == [0.0]
    assert there.statistics("InvocationModelErrors", "Sum", **E1) == [2.0]


def test_latency_is_what_the_container_really_took_in_microseconds(there: MonitoredWorld) -> None:
    fail(there, b"hang")
    [latency] = there.statistics("ModelLatency", "Maximum", **E1)
    [overhead] = there.statistics("OverheadLatency", "Maximum", **E1)
    assert 0.9 * INVOCATION_SECONDS < latency / 1e6 < 5 * INVOCATION_SECONDS
    assert 0 < overhead < latency


def test_requests_under_way_at_once_are_seen_by_instance(there: MonitoredWorld) -> None:
    clients = [there.world.client("sagemaker-runtime") for _ in range(4)]

    def hang(client: object) -> None:
        with pytest.raises(ClientError):
            client.invoke_endpoint(EndpointName="e1", Body=b"hang")  # type: ignore[attr-defined]

    def most() -> float:
        return max(there.statistics("ConcurrentRequestsPerModel", "Maximum", **E1))

    def all_at_once() -> bool:
        """Unless the machine let one of them come when another had timed out already."""
        list(pool.map(hang, clients))
        return most() >= 2.0

    with ThreadPoolExecutor(4) as pool:
        there.world.until(all_at_once, "all four under way at once")
    assert most() == 2.0
    for client in clients:
        client.close()


def test_the_config_is_a_dimension_only_while_a_deployment_runs(there: MonitoredWorld) -> None:
    invoke(there)
    assert there.statistics("Invocations", "Sum", **E1, EndpointConfigName="c1") == []
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    invoke(there)
    assert there.statistics("Invocations", "Sum", **E1, EndpointConfigName="c1") == [1.0]
    assert there.statistics("Invocations", "Sum", **E1) == [2.0]
    there.world.finish("e1", "InService")
    invoke(there)
    assert there.statistics("Invocations", "Sum", **E1, EndpointConfigName="c2") == []


def test_no_traffic_is_no_data_and_not_zero(there: MonitoredWorld) -> None:
    invoke(there)
    there.to_next_minute()
    there.to_next_minute()
    assert there.statistics("Invocations", "Sum", **E1) == [1.0]


def test_an_alarm_on_errors_goes_off_from_real_ones(there: MonitoredWorld) -> None:
    there.given_alarm(
        Namespace="AWS/SageMaker",
        MetricName="InvocationModelErrors",
        Dimensions=[{"Name": name, "Value": value} for name, value in E1.items()],
        Statistic="Average",
        Threshold=0.5,
    )
    invoke(there)
    there.to_next_minute()
    assert there.alarm()["StateValue"] == "OK"
    fail(there, b"refuse")
    there.to_next_minute()
    assert there.alarm()["StateValue"] == "ALARM"


def test_the_server_process_is_measured_every_minute(there: MonitoredWorld) -> None:
    def busy() -> bool:
        for _ in range(50):
            invoke(there)
        return any(_percent(there, "CPUUtilization"))

    there.world.until(busy, "the server to be seen at work")
    assert 0 < max(_percent(there, "CPUUtilization")) <= 100 * (os.cpu_count() or 1) + 10
    assert 0 < max(_percent(there, "MemoryUtilization")) < 100
    assert 0 < max(_percent(there, "DiskUtilization")) <= 100


def test_an_image_without_a_process_has_no_processor(world: World) -> None:
    world.given_endpoint()
    with monitored(world) as there:
        there.world.advance(600)
        assert there.cloudwatch.list_metrics(Namespace="/aws/sagemaker/Endpoints")["Metrics"] == []


def _percent(there: MonitoredWorld, name: str) -> list[float]:
    """Let a minute pass and return the metric's values of the last hour."""
    there.world.advance(60)
    metric = {
        "Namespace": "/aws/sagemaker/Endpoints",
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in E1.items()],
    }
    return there.data({"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}})["m"]
