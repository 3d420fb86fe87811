"""What a container's environment means to tritonserver: the image's own names, defaults and traps."""

import pytest

from sagemaker_simulator.servers.triton.arguments import settings_of

MANY = {"SAGEMAKER_MULTI_MODEL": "true"}


def setting(name: str, value: str) -> dict[str, str]:
    return {f"SAGEMAKER_TRITON_{name}": value}


def test_the_defaults_are_the_images() -> None:
    assert {
        "--model-namespacing=true",
        "--allow-grpc=false",
        "--allow-metrics=false",
        "--log-verbose=true",
        "--backend-config=python,shm-default-byte-size=16777216",
        "--backend-config=python,shm-growth-byte-size=1048576",
    } <= set(settings_of({}))


@pytest.mark.parametrize(
    ("name", "value", "argument"),
    [
        ("DISABLE_MODEL_NAMESPACING", "false", "--model-namespacing=false"),
        ("DISABLE_MODEL_NAMESPACING", "true", "--model-namespacing=true"),  # as in the image: it is passed on
        ("ALLOW_GRPC", "true", "--allow-grpc=true"),
        ("GRPC_PORT", "9001", "--grpc-port=9001"),
        ("ALLOW_METRICS", "true", "--allow-metrics=true"),
        ("METRICS_PORT", "9002", "--metrics-port=9002"),
        ("BUFFER_MANAGER_THREAD_COUNT", "3", "--buffer-manager-thread-count=3"),
        ("THREAD_COUNT", "5", "--sagemaker-thread-count=5"),
        ("LOG_VERBOSE", "false", "--log-verbose=false"),
        ("LOG_INFO", "false", "--log-info=false"),
        ("LOG_WARNING", "false", "--log-warning=false"),
        ("LOG_ERROR", "false", "--log-error=false"),
        ("SHM_DEFAULT_BYTE_SIZE", "1", "--backend-config=python,shm-default-byte-size=1"),
        ("SHM_GROWTH_BYTE_SIZE", "2", "--backend-config=python,shm-growth-byte-size=2"),
    ],
)
def test_each_variable_is_the_argument_that_the_image_makes_of_it(name: str, value: str, argument: str) -> None:
    arguments = settings_of(setting(name, value))
    assert argument in arguments
    flag = argument.rpartition("=")[0]
    assert [each for each in arguments if each.rpartition("=")[0] == flag] == [argument]


@pytest.mark.parametrize(
    ("environment", "strict"),
    [
        ({}, "true"),
        (MANY, "false"),
        (MANY | setting("OVERRIDE_PING_MODE", "ready"), "true"),
        (setting("OVERRIDE_PING_MODE", "live"), "false"),
        ({"SAGEMAKER_MULTI_MODEL": "false"}, "true"),
    ],
)
def test_a_ping_asks_whether_one_model_is_ready_or_whether_the_server_of_many_is_alive(
    environment: dict[str, str], strict: str
) -> None:
    assert f"--strict-readiness={strict}" in settings_of(environment)


def test_the_platforms_ports_come_last_so_that_no_additional_argument_wins_over_them() -> None:
    ports = {"SAGEMAKER_BIND_TO_PORT": "12340", "SAGEMAKER_SAFE_PORT_RANGE": "12341-12349"}
    arguments = settings_of(ports | setting("ADDITIONAL_ARGS", "--exit-timeout-secs=5 --sagemaker-port=8080"))
    assert "--exit-timeout-secs=5" in arguments
    assert arguments[-2:] == ("--sagemaker-port=12340", "--sagemaker-safe-port-range=12341-12349")
