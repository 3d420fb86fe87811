"""CloudWatch Logs: what real server processes print, where SageMaker would write it."""

import sys
from typing import Any

import pytest

from sagemaker_simulator.hosting.container_order import orders_of
from sagemaker_simulator.hosting.contract import ContainerToRun, FleetToRun, VariantToRun
from sagemaker_simulator.logs.container_logs import stream_of
from sagemaker_simulator.logs.filter_pattern import filter_of
from sagemaker_simulator.logs.log_store import EVENTS_KEPT, STREAMS_KEPT, LogStore, StreamKey
from tests.simulator.test_invocation import SERVER
from tests.simulator.world import ACCOUNT, ECR, REGION, World, refused

GROUP = "/aws/sagemaker/Endpoints/E1"
IMAGE = f"{ECR}/chatty:1"
CHATTY = (
    "import sys\n"
    "for n in range(5): print(f'loading layer {n}')\n"
    "print('WARNING no GPU', file=sys.stderr)\n"
    "print('cannot open model', end='')\n"
    "sys.exit(3)\n"
)


@pytest.fixture
def logs(world: World) -> Any:
    client = world.client("logs")
    yield client
    client.close()


def given_a_failed_server(world: World, program: str = CHATTY) -> None:
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, "-u", "-c", program]}})
    world.given_model(image=IMAGE)
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="E1", EndpointConfigName="c1")
    world.finish("E1", "Failed")


def last_stream(logs: Any) -> str:
    answer = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime", descending=True)
    name: str = answer["logStreams"][0]["logStreamName"]
    return name


def messages(answer: Any) -> list[str]:
    return [event["message"] for event in answer["events"]]


def test_the_last_lines_of_a_server_that_failed_can_be_read(world: World, logs: Any) -> None:
    given_a_failed_server(world)
    stream = last_stream(logs)
    variant, _, instance = stream.partition("/")
    assert (variant, instance[:2], len(instance)) == ("AllTraffic", "i-", 19)
    tail = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, limit=3)
    assert messages(tail) == ["loading layer 4", "WARNING no GPU", "cannot open model"]
    before = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, limit=2, nextToken=tail["nextBackwardToken"])
    assert messages(before) == ["loading layer 2", "loading layer 3"]
    again = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, nextToken=tail["nextForwardToken"])
    assert (messages(again), again["nextForwardToken"]) == ([], tail["nextForwardToken"])


def test_lines_are_dated_in_simulated_time_and_found_by_it(world: World, logs: Any) -> None:
    world.advance(86_400)
    given_a_failed_server(world)
    events = logs.get_log_events(logGroupName=GROUP, logStreamName=last_stream(logs), startFromHead=True)["events"]
    dates = [event["timestamp"] for event in events]
    group = logs.describe_log_groups(logGroupNamePrefix="/aws/sagemaker/")["logGroups"][0]
    created = world.describe("E1")["CreationTime"].timestamp() * 1000
    assert created - 1 <= dates[0] <= dates[-1]
    assert group["creationTime"] == dates[0]
    assert group["arn"] == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}:*"
    early = logs.filter_log_events(logGroupName=GROUP, endTime=dates[0])
    late = logs.filter_log_events(logGroupName=GROUP, startTime=dates[0])
    assert (messages(early), len(messages(late))) == ([], 7)


def test_lines_are_filtered_by_terms_and_pages_follow_each_other(world: World, logs: Any) -> None:
    given_a_failed_server(world)
    assert messages(logs.filter_log_events(logGroupName=GROUP, filterPattern="WARNING")) == ["WARNING no GPU"]
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, filterPattern="loading", PaginationConfig={"PageSize": 2}
    )
    assert [messages(page) for page in pages] == [
        ["loading layer 0", "loading layer 1"],
        ["loading layer 2", "loading layer 3"],
        ["loading layer 4"],
    ]
    stream = last_stream(logs)
    assert len(messages(logs.filter_log_events(logGroupName=GROUP, logStreamNames=[stream]))) == 7
    assert messages(logs.filter_log_events(logGroupName=GROUP, logStreamNamePrefix="other/")) == []


def test_what_a_server_prints_while_it_runs_is_there_at_the_next_look(world: World, logs: Any) -> None:
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, "-u", str(SERVER)]}})
    world.given_model(image=IMAGE)
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="E1", EndpointConfigName="c1")
    world.finish("E1", "InService")
    world.runtime.invoke_endpoint(EndpointName="E1", Body=b"x")
    world.sagemaker.delete_endpoint(EndpointName="E1")
    world.finish_deletion("E1")

    def farewell() -> bool:
        return "SIGTERM received" in messages(logs.filter_log_events(logGroupName=GROUP))

    world.until(lambda: GROUP in [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]], "a group")
    world.until(farewell, "the server's last words")


def test_every_start_of_a_fleet_has_a_stream_of_its_own(world: World, logs: Any) -> None:
    given_a_failed_server(world)
    first = last_stream(logs)
    world.sagemaker.delete_endpoint(EndpointName="E1")
    world.finish_deletion("E1")
    world.sagemaker.create_endpoint(EndpointName="E1", EndpointConfigName="c1")
    world.finish("E1", "Failed")
    second = last_stream(logs)
    assert second != first
    assert len(messages(logs.get_log_events(logGroupName=GROUP, logStreamName=second))) == 7


def test_a_server_that_ends_and_the_one_that_takes_its_place_do_not_share_a_stream(world: World, logs: Any) -> None:
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, "-u", str(SERVER)]}})
    world.given_model(image=IMAGE, PrimaryContainer={"Image": IMAGE, "Environment": {"IGNORE_SIGTERM": "1"}})
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="E1", EndpointConfigName="c1")
    world.finish("E1", "InService")
    world.sagemaker.delete_endpoint(EndpointName="E1")
    world.finish_deletion("E1")  # the server has its grace, and is still there
    world.sagemaker.create_endpoint(EndpointName="E1", EndpointConfigName="c1")
    world.finish("E1", "InService")

    def said() -> list[list[str]]:
        """What each stream holds but its requests, in the order of their first lines."""
        streams = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
        names = [each["logStreamName"] for each in sorted(streams, key=lambda each: each["firstEventTimestamp"])]
        lines = [messages(logs.get_log_events(logGroupName=GROUP, logStreamName=name)) for name in names]
        return [[line for line in each if "GET /ping" not in line] for each in lines]

    world.until(lambda: len(said()) == 2 and "SIGTERM received" in said()[0], "the words of both servers")
    assert said() == [["started", "SIGTERM received"], ["started"]]


def test_a_line_that_is_too_long_becomes_several_events_and_bad_bytes_are_replaced(world: World, logs: Any) -> None:
    program = "import sys; sys.stdout.buffer.write(b'y' * 300000 + b'\\n\\n' + b'caf\\xe9\\n')"
    given_a_failed_server(world, program)
    events = messages(logs.get_log_events(logGroupName=GROUP, logStreamName=last_stream(logs), startFromHead=True))
    assert [len(message) for message in events] == [262_118, 37_882, 4]
    assert events[-1] == "caf\N{REPLACEMENT CHARACTER}"


def test_what_is_not_there_is_refused_in_cloudwatchs_words(world: World, logs: Any) -> None:
    with refused("ResourceNotFoundException", "The specified log group does not exist.", status=400):
        logs.describe_log_streams(logGroupName=GROUP)
    given_a_failed_server(world)
    with refused("ResourceNotFoundException", "The specified log stream does not exist."):
        logs.get_log_events(logGroupName=GROUP, logStreamName="nope")
    for bad in ({"nextToken": "nonsense"}, {"logStreamNames": ["a"], "logStreamNamePrefix": "a"}):
        with refused("InvalidParameterException"):
            logs.filter_log_events(logGroupName=GROUP, **bad)
    with refused("InvalidParameterException", "LastEventTime"):
        logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix="a", orderBy="LastEventTime")
    with refused("NotImplemented", "filter patterns that begin with '{'", status=501):
        logs.filter_log_events(logGroupName=GROUP, filterPattern="{ $.a = 1 }")
    with refused("NotImplemented", "PutLogEvents is not modelled", status=501):
        logs.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=[{"timestamp": 1, "message": "a"}])
    elsewhere = world.client("logs", region_name="eu-west-1")
    with refused("ResourceNotFoundException"):
        elsewhere.describe_log_streams(logGroupName=GROUP)
    elsewhere.close()
    world.do("POST", "/reset")
    assert logs.describe_log_groups()["logGroups"] == []


@pytest.mark.parametrize(
    ("pattern", "message", "fits"),
    [
        ("", "anything", True),
        ("ERROR", "an ERROR here", True),
        ("error", "an ERROR here", False),
        ("a b", "b and a", True),
        ("a b", "only a", False),
        ('"not found"', "file not found", True),
        ('"not found"', "found not", False),
        ("a -b", "a", True),
        ("a -b", "a b", False),
        ("?x ?y", "y", True),
        ("?x ?y", "z", False),
        (r'"say \"hi\""', 'they say "hi"', True),
    ],
)
def test_terms_of_a_filter_pattern(pattern: str, message: str, fits: bool) -> None:  # noqa: FBT001
    assert filter_of(pattern)(message) is fits


def test_the_store_keeps_what_is_newest() -> None:
    store = LogStore()

    def key(stream: str) -> StreamKey:
        return StreamKey(account="1", region="r", group="g", stream=stream)

    for number in range(EVENTS_KEPT + 5):
        store.append(key("long"), [str(number)], timestamp=number)
    kept = store.groups(account="1", region="r")["g"]["long"].events
    assert (len(kept), kept[0].message, kept[0].index) == (EVENTS_KEPT, "5", 5)
    for number in range(STREAMS_KEPT):
        store.append(key(f"s{number}"), ["x"], timestamp=number)
    streams = store.groups(account="1", region="r")["g"]
    assert (len(streams), "long" in streams, "s0" in streams) == (STREAMS_KEPT, False, True)


def test_containers_of_one_instance_have_streams_of_their_own() -> None:
    containers = [
        ContainerToRun(image="a", environment={}, hostname="first"),
        ContainerToRun(image="b", environment={}),
    ]
    variants = [
        VariantToRun(name=name, model_name="m", execution_role_arn="r", containers=containers[:count])
        for name, count in (("one", 1), ("two", 2))
    ]
    fleet = FleetToRun(account="1", region="r", endpoint_name="E1", config_name="c1", variants=variants)
    alone, first, second = [stream_of(order).stream.split("/") for order in orders_of(fleet)]
    assert (alone[0], len(alone)) == ("one", 2)
    assert (first[0], first[2], second[2]) == ("two", "first", "container-2")
    assert first[1] == second[1] != alone[1]
