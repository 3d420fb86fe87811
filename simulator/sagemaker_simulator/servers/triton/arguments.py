"""From the environment of a SageMaker container to tritonserver's command line.

Names, defaults and their meaning follow `serve` of AWS's image (triton-inference-server/server,
docker/sagemaker/serve). What this tritonserver (2.51) does not have is refused, not ignored. Pure.
"""

from collections.abc import Mapping, Sequence

from sagemaker_simulator.servers.triton.cannot_serve import CannotServeError

PREFIX = "SAGEMAKER_TRITON_"
DEFAULT_MODEL_NAME = f"{PREFIX}DEFAULT_MODEL_NAME"  # tritonserver reads it too
MULTI_MODEL = "SAGEMAKER_MULTI_MODEL"

# The value goes into the argument as it stands. DISABLE_MODEL_NAMESPACING is the image's own trap: its value is that of
# --model-namespacing, so that `true` leaves it on and `false` disables it.
_PASSED_ON: Mapping[str, tuple[str, str | None]] = {
    "DISABLE_MODEL_NAMESPACING": ("--model-namespacing={}", "true"),
    "ALLOW_GRPC": ("--allow-grpc={}", "false"),
    "GRPC_PORT": ("--grpc-port={}", None),
    "ALLOW_METRICS": ("--allow-metrics={}", "false"),
    "METRICS_PORT": ("--metrics-port={}", None),
    "BUFFER_MANAGER_THREAD_COUNT": ("--buffer-manager-thread-count={}", None),
    "THREAD_COUNT": ("--sagemaker-thread-count={}", None),
    "LOG_VERBOSE": ("--log-verbose={}", "true"),
    "LOG_INFO": ("--log-info={}", None),
    "LOG_WARNING": ("--log-warning={}", None),
    "LOG_ERROR": ("--log-error={}", None),
    "SHM_DEFAULT_BYTE_SIZE": ("--backend-config=python,shm-default-byte-size={}", "16777216"),
    "SHM_GROWTH_BYTE_SIZE": ("--backend-config=python,shm-growth-byte-size={}", "1048576"),
}
_READ_ELSEWHERE = ("DEFAULT_MODEL_NAME", "OVERRIDE_PING_MODE", "INFERENCE_TYPE", "ADDITIONAL_ARGS")
_WITHOUT_EFFECT = {"MODEL_LOAD_GPU_LIMIT": "there is no GPU here to limit, as on a CPU instance"}
_REFUSED = {"TENSORFLOW_VERSION": "this Triton has no TensorFlow backend"}


def is_multi_model(environment: Mapping[str, str]) -> bool:
    """Whether models come one by one with POST /models."""
    return environment.get(MULTI_MODEL) == "true"


def settings_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The arguments that the SAGEMAKER_TRITON_* variables and the platform's ports stand for, the ports last.

    Raises:
        CannotServeError: a variable asks for what this tritonserver does not have.
    """
    _refuse_what_is_missing(environment)
    passed_on = []
    for name, (argument, default) in _PASSED_ON.items():
        value = environment.get(PREFIX + name) or default
        if value is not None:
            passed_on.append(argument.format(value))
    return (
        *passed_on,
        f"--strict-readiness={str(_ping_mode(environment) == 'ready').lower()}",
        *environment.get(f"{PREFIX}ADDITIONAL_ARGS", "").split(),
        *_ports(environment),
    )


def remarks_on(environment: Mapping[str, str]) -> Sequence[str]:
    """What somebody should know of his SAGEMAKER_TRITON_* variables that change nothing."""
    given = [name.removeprefix(PREFIX) for name in sorted(environment) if name.startswith(PREFIX)]
    known = {*_PASSED_ON, *_READ_ELSEWHERE, *_REFUSED}
    remarks = [f"{PREFIX}{name}: {_WITHOUT_EFFECT[name]}" for name in given if name in _WITHOUT_EFFECT]
    strange = [name for name in given if name not in known and name not in _WITHOUT_EFFECT]
    return (*remarks, *(f"{PREFIX}{name}: the image knows no such variable; it changes nothing" for name in strange))


def _refuse_what_is_missing(environment: Mapping[str, str]) -> None:
    for name, why in _REFUSED.items():
        if environment.get(PREFIX + name):
            raise CannotServeError(f"{PREFIX}{name}={environment[PREFIX + name]}: {why}; remove the variable")
    inference_type = environment.get(f"{PREFIX}INFERENCE_TYPE") or "infer"
    if inference_type not in ("infer", "generate", "generate_stream"):
        raise CannotServeError(
            f"{PREFIX}INFERENCE_TYPE={inference_type}: must be infer, generate or generate_stream, in AWS too"
        )
    if inference_type != "infer":
        raise CannotServeError(
            f"{PREFIX}INFERENCE_TYPE={inference_type}: the SageMaker front end of Triton 2.51 only infers; images from "
            "25.x on generate"
        )


def _ping_mode(environment: Mapping[str, str]) -> str:
    """`live` answers while models load or have failed, `ready` does not.

    This tritonserver's /ping always asks whether it is ready; without strict readiness that is whether it is alive.
    """
    mode = environment.get(f"{PREFIX}OVERRIDE_PING_MODE") or ("live" if is_multi_model(environment) else "ready")
    if mode not in ("live", "ready"):
        raise CannotServeError(f"{PREFIX}OVERRIDE_PING_MODE={mode}: must be live or ready")
    return mode


def _ports(environment: Mapping[str, str]) -> tuple[str, ...]:
    # The front end for SageMaker binds to every address, and no argument changes that; the others have one.
    addresses = ("--http-address=127.0.0.1", "--grpc-address=127.0.0.1")
    given = (
        ("SAGEMAKER_BIND_TO_PORT", "--sagemaker-port"),
        ("SAGEMAKER_SAFE_PORT_RANGE", "--sagemaker-safe-port-range"),
    )
    return (*addresses, *(f"{argument}={environment[name]}" for name, argument in given if environment.get(name)))
