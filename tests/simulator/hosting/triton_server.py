"""Triton's container driven over HTTP, as SageMaker does it; and the models that the tests load into it."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from devworld.settings import PROJECT
from sagemaker_simulator.hosting.port_block import take_port_block

STARTS_WITHIN_SECONDS = 60.0
ANSWERS_WITHIN_SECONDS = 60.0  # a load takes two seconds on an idle machine
TARGET = "X-Amzn-SageMaker-Target-Model"


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Triton:
    """A server in multi-model mode; models lie under `models/HASH/model`."""

    port: int
    process: "subprocess.Popen[bytes]"
    folder: Path

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        target: str | None = None,
        content_type: str = "application/json",
        within: float | None = None,
    ) -> Reply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=within or ANSWERS_WITHIN_SECONDS)
        headers = {"Content-Type": content_type, **({TARGET: target} if target else {})}
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Reply(answer.status, answer.read())

    def put(self, name: str, files: Mapping[str, bytes]) -> Path:
        """Where SageMaker would have unpacked an archive with these files."""
        folder = self.folder / "models" / name / "model"
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder

    def load(self, name: str, *, target: str | None = None, within: float | None = None) -> Reply:
        body = {"model_name": name, "url": str(self.folder / "models" / name / "model")}
        return self.ask("POST", "/models", json.dumps(body).encode(), target=target, within=within)

    def invoke(self, name: str, text: str, *, target: str | None = None) -> Reply:
        return self.ask("POST", f"/models/{name}/invoke", question(text), target=target)

    def unload(self, name: str, *, target: str | None = None) -> Reply:
        return self.ask("DELETE", f"/models/{name}", target=target)

    def ping(self) -> int:
        return self.ask("GET", "/ping", within=2).status

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


@contextlib.contextmanager
def running(folder: Path, *, environment: Path | None = None, **variables: str) -> Iterator[Triton]:
    """A healthy server of multi-model mode, ended afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = take_port_block()
    process = launched(
        folder,
        environment=environment,
        SAGEMAKER_MULTI_MODEL="true",
        SAGEMAKER_BIND_TO_PORT=str(ports.server_port),
        SAGEMAKER_SAFE_PORT_RANGE=ports.safe_range,
        **variables,
    )
    triton = Triton(port=ports.server_port, process=process, folder=folder)
    try:
        await_health(triton)
        yield triton
    finally:
        process.terminate()
        process.wait(timeout=60)
        ports.release()


def launched(folder: Path, *, environment: Path | None = None, **variables: str) -> "subprocess.Popen[bytes]":
    """The container's command with a container's environment; what it prints goes to the file `log`."""
    arguments = () if environment is None else ("--environment", str(environment))
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            (sys.executable, "-m", "sagemaker_simulator.servers.triton", *arguments),
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": os.environ["HOME"],
                "PYTHONPATH": str(PROJECT / "simulator"),
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # as the simulator does, so that server and stubs can be killed together
        )


def await_health(triton: Triton) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while not is_healthy(triton):
        assert triton.process.poll() is None, triton.log
        assert time.monotonic() < deadline, triton.log
        time.sleep(0.02)


def is_healthy(triton: Triton) -> bool:
    try:
        return triton.ping() == 200
    except OSError:
        return False


def question(text: str) -> bytes:
    tensor = {"name": "TEXT", "shape": [1], "datatype": "BYTES", "data": [text]}
    return json.dumps({"inputs": [tensor]}).encode()


def config(name: str, *, backend: str = "python", output: str = "COMPLETION") -> bytes:
    return (
        f'name: "{name}"\nbackend: "{backend}"\nmax_batch_size: 0\n'
        'input [ { name: "TEXT" data_type: TYPE_STRING dims: [ -1 ] } ]\n'
        f'output [ {{ name: "{output}" data_type: TYPE_STRING dims: [ -1 ] }} ]\n'
        "instance_group [ { kind: KIND_CPU count: 1 } ]\n"
    ).encode()


def model(
    name: str = "m", *, initialize: str = "pass", expression: str = "text", backend: str = "python"
) -> dict[str, bytes]:
    """A model that answers an expression over `text`, the string that it is asked, and `self`."""
    source = f"""
import os, threading, time
import numpy as np
import triton_python_backend_utils as backend

class TritonPythonModel:
    def initialize(self, arguments):
        {initialize}

    def execute(self, requests):
        responses = []
        for request in requests:
            texts = backend.get_input_tensor_by_name(request, "TEXT").as_numpy()
            answers = [str({expression}) for text in (each.decode() for each in texts)]
            responses.append(backend.InferenceResponse([backend.Tensor("COMPLETION", np.array(answers, dtype=object))]))
        return responses
"""
    return {f"{name}/config.pbtxt": config(name, backend=backend), f"{name}/1/model.py": source.encode()}


def ensemble(first: str, second: str) -> dict[str, bytes]:
    """The model `whole`: what `first` answers is what `second` is asked."""

    def step(name: str, inward: str, outward: str) -> str:
        return (
            f'{{ model_name: "{name}" model_version: -1 input_map {{ key: "TEXT" value: "{inward}" }} '
            f'output_map {{ key: "COMPLETION" value: "{outward}" }} }}'
        )

    steps = ",\n".join((step("first", "TEXT", "between"), step("second", "between", "ANSWER")))
    whole = (
        'name: "whole"\nplatform: "ensemble"\nmax_batch_size: 0\n'
        'input [ { name: "TEXT" data_type: TYPE_STRING dims: [ -1 ] } ]\n'
        'output [ { name: "ANSWER" data_type: TYPE_STRING dims: [ -1 ] } ]\n'
        f"ensemble_scheduling {{ step [ {steps} ] }}\n"
    )
    models = {**model("first", expression=first), **model("second", expression=second)}
    return {**models, "whole/config.pbtxt": whole.encode(), "whole/1/.keep": b""}


def answer_of(reply: Reply) -> str:
    assert reply.status == 200, reply
    [output] = reply.json["outputs"]
    [text] = output["data"]
    return str(text)
