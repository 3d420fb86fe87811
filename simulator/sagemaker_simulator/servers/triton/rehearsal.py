"""Starts tritonserver once with a small Python model and asks it, before an environment counts as made.

This finds what no look at files can: a stub that dies while it starts, a numpy whose tensors the backend misreads.
"""

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from sagemaker_simulator.servers.triton import preflight
from sagemaker_simulator.servers.triton.cannot_serve import CannotServeError
from sagemaker_simulator.servers.triton.installation import Installation

_READY_WITHIN_SECONDS = 90.0  # two seconds on a machine that has nothing else to do
_ANSWER_WITHIN_SECONDS = 20.0
_PAUSE_SECONDS = 0.1
_ASKED, _EXPECTED = [1.5, -2.0, 4.25], [3.0, -4.0, 8.5]

_CONFIG = """\
backend: "python"
input [ { name: "X" data_type: TYPE_FP32 dims: [ -1 ] } ]
output [ { name: "Y" data_type: TYPE_FP32 dims: [ -1 ] } ]
instance_group [ { kind: KIND_CPU } ]
"""
_MODEL = """\
import threading
import triton_python_backend_utils as backend

class TritonPythonModel:
    def execute(self, requests):
        doubled = [2 * backend.get_input_tensor_by_name(each, "X").as_numpy() for each in requests]
        with threading.RLock():
            return [backend.InferenceResponse([backend.Tensor("Y", each)]) for each in doubled]
"""


def rehearse(installation: Installation) -> None:
    """Raises CannotServeError, with the end of the server's log, when the model is not loaded or answers wrongly."""
    environment = installation.environment(os.environ)
    environment.pop("PYTHONPATH", None)
    preflight.look(installation, environment)
    with tempfile.TemporaryDirectory(prefix="triton-rehearsal-") as scratch:
        _write_model(Path(scratch))
        port = _free_port()
        log_path = Path(scratch, "log")
        with log_path.open("wb") as log:
            server = subprocess.Popen(
                _command(installation, repository=Path(scratch), port=port),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=scratch,
            )
        try:
            complaint = _complaint(server, f"http://127.0.0.1:{port}/v2")
        finally:
            _end(server)
        if complaint:
            raise CannotServeError(f"Triton was installed but does not work here: {complaint}:\n{_tail(log_path)}")


def _command(installation: Installation, *, repository: Path, port: int) -> tuple[str, ...]:
    return (
        str(installation.server),
        f"--backend-directory={installation.backends}",
        f"--model-repository={repository / 'models'}",
        *("--allow-grpc=false", "--allow-metrics=false", "--http-address=127.0.0.1", f"--http-port={port}"),
    )


def _write_model(scratch: Path) -> None:
    model = scratch / "models" / "rehearsal"
    (model / "1").mkdir(parents=True)
    (model / "config.pbtxt").write_text(_CONFIG)
    (model / "1" / "model.py").write_text(_MODEL)


def _complaint(server: subprocess.Popen[bytes], url: str) -> str | None:
    if not _becomes_ready(server, f"{url}/health/ready"):
        return "it did not load a Python model"
    body = {"inputs": [{"name": "X", "shape": [len(_ASKED)], "datatype": "FP32", "data": _ASKED}]}
    request = urllib.request.Request(  # noqa: S310 - http on the loopback
        f"{url}/models/rehearsal/infer", data=json.dumps(body).encode(), method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_WITHIN_SECONDS) as answer:  # noqa: S310
            data = json.load(answer)["outputs"][0]["data"]
    except (OSError, ValueError, LookupError) as error:
        return f"a Python model did not answer ({error})"
    return None if data == _EXPECTED else f"a Python model answered {data} instead of {_EXPECTED}"


def _becomes_ready(server: subprocess.Popen[bytes], url: str) -> bool:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=_ANSWER_WITHIN_SECONDS):  # noqa: S310 - http on the loopback
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(_PAUSE_SECONDS)
    return False


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=_ANSWER_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
