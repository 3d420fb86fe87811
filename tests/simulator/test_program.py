"""The program itself: its port, its flags, its end."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ConnectionClosedError

from tests.simulator.world import ECR, World

SIMULATOR = Path(__file__).parents[2] / "simulator"
SERVER = Path(__file__).parent / "hosting" / "contract_server.py"
# It gives its servers two, and a busy machine takes its time; a call that kept it from ending would last for ever.
ENDS_WITHIN_SECONDS = 10


@contextmanager
def program(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sagemaker_simulator", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SIMULATOR)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def children_of(pid: int) -> list[int]:
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("stubborn", ["0", "1"])
def test_sigterm_ends_it_in_time_and_no_server_is_left(tmp_path: Path, stubborn: str) -> None:
    image = f"{ECR}/contract:1"
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"images": [image], "servers": {image: {"command": [sys.executable, str(SERVER)]}}}))
    with program("--port", "0", "--time-scale", "5000", "--settings", str(settings)) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        world = World(url)
        world.given_model(
            PrimaryContainer={"Image": image, "Environment": {"IGNORE_SIGTERM": stubborn}},
        )
        world.given_config()
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
        world.until(lambda: world.status("e1") == "InService", "e1 to be InService")
        world.close()
        children = children_of(process.pid)
        assert children
        process.send_signal(signal.SIGTERM)
        process.wait(ENDS_WITHIN_SECONDS)
        assert process.returncode == 0
        world.until(lambda: all(map(gone, children)), "the servers to be gone")


def test_calls_under_way_do_not_keep_it_from_ending() -> None:
    with program("--port", "0") as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        world = World(url)
        world.fault(match={"operation": "ListModels"}, hold=True)
        world.fault(match={"operation": "ListEndpoints"}, delayMs=60_000)
        with ThreadPoolExecutor() as threads:
            held = threads.submit(world.sagemaker.list_models)
            delayed = threads.submit(world.sagemaker.list_endpoints)
            world.until(lambda: [fault["fired"] for fault in world.do("GET", "/faults")["faults"]] == [1, 1], "both")
            process.send_signal(signal.SIGTERM)
            process.wait(ENDS_WITHIN_SECONDS)
            assert held.result()["Models"] == []
            assert isinstance(delayed.exception(), ConnectionClosedError)
        world.close()


def test_it_answers_on_one_port_of_every_host_and_nowhere_else() -> None:
    with program("--port", "0", "--host", "127.0.0.1", "--host", "127.0.0.2") as process:
        assert process.stdout is not None
        urls = process.stdout.readline().split()[-2:]
        port = int(urls[0].rpartition(":")[2])
        assert urls == [f"http://127.0.0.1:{port}", f"http://127.0.0.2:{port}"]
        for url in urls:
            world = World(url)
            assert world.sagemaker.list_models()["Models"] == []
            world.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.3", port), timeout=10)


def test_where_one_host_cannot_be_listened_on_it_does_not_start() -> None:
    with program("--port", "0", "--host", "127.0.0.1", "--host", "203.0.113.1") as process:
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 1
        assert "203.0.113.1" in errors
        assert "Traceback" not in errors


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with program("--port", port) as process:
            _, errors = process.communicate(timeout=30)
            assert process.returncode == 1
            assert f"cannot listen on 127.0.0.1:{port}: " in errors
            assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("flag", "content", "sentence"),
    [
        ("--settings", "{", "--settings"),
        ("--settings", '{"quota": {}}', "unknown member 'quota'"),
        ("--enforce-policy", "{}", "a policy is a JSON object with a Statement"),
    ],
)
def test_a_bad_file_is_refused_at_the_start_with_a_sentence(
    tmp_path: Path, flag: str, content: str, sentence: str
) -> None:
    file = tmp_path / "file.json"
    file.write_text(content)
    with program(flag, str(file)) as process:
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 1
        assert sentence in errors
        assert str(file) in errors
        assert "Traceback" not in errors
