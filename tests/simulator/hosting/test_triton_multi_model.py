"""The real Triton as the container of a multi-model endpoint: SageMaker's contract, driven over HTTP."""

import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from devworld.triton_archives import autocomplete_files, embedding_files
from devworld.triton_autocomplete import Completer
from devworld.triton_embedding import Embedder
from sagemaker_simulator.servers.triton.environment import installed
from tests.simulator.hosting.triton_server import ANSWERS_WITHIN_SECONDS, Triton, answer_of, ensemble, model, running

CORPORA = {
    "bakery": "fresh bread every morning\nfresh bread rolls",
    "garage": "fresh oil for your engine\nfresh oil change",
}


@pytest.fixture(scope="module")
def triton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Triton]:
    """One server for all tests of the file; each loads models of its own names."""
    installed(say=print)
    with running(tmp_path_factory.mktemp("triton")) as server:
        yield server


def eventually(fact: Callable[[], bool]) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def given_loaded(triton: Triton, name: str, files: dict[str, bytes], *, target: str | None = None) -> None:
    triton.put(name, files)
    reply = triton.load(name, target=target)
    assert reply.status == 200, reply


def test_a_model_is_loaded_answers_and_is_gone_after_its_unload(triton: Triton) -> None:
    target = "tenants/a.tar.gz"
    given_loaded(triton, "hash1", model(expression="text.upper()"), target=target)
    assert triton.load("hash1", target=target).status == 409
    assert triton.ask("GET", "/models/hash1").json["modelName"] == "hash1"
    assert answer_of(triton.invoke("hash1", "hello", target=target)) == "HELLO"

    assert triton.unload("hash1", target=target).status == 200
    assert triton.ask("GET", "/models/hash1").status == 404
    assert triton.invoke("hash1", "hello", target=target).status == 404
    assert triton.unload("hash1", target=target).status == 404


def test_tenants_whose_archives_name_their_model_alike_answer_each_with_its_own(triton: Triton) -> None:
    for tenant, corpus in CORPORA.items():
        given_loaded(triton, tenant, autocomplete_files(corpus), target=f"{tenant}/1.tar.gz")
    answers = {tenant: answer_of(triton.invoke(tenant, "fre", target=f"{tenant}/1.tar.gz")) for tenant in CORPORA}
    assert answers == {tenant: Completer(corpus).complete("fre") for tenant, corpus in CORPORA.items()}
    assert answers == {"bakery": "fresh bread every morning", "garage": "fresh oil change"}


def test_an_embedding_is_the_vector_that_the_model_computes(triton: Triton) -> None:
    given_loaded(triton, "embedding", embedding_files())
    reply = triton.invoke("embedding", "the quick brown fox")
    [output] = reply.json["outputs"]
    assert output["shape"] == [1, 64]
    assert output["data"] == pytest.approx(Embedder().embed(["the quick brown fox"])[0].tolist(), abs=1e-6)
    assert np.linalg.norm(output["data"]) == pytest.approx(1, abs=1e-5)


def test_an_ensemble_is_found_among_the_models_of_an_archive_and_hands_on_from_one_to_the_next(triton: Triton) -> None:
    given_loaded(triton, "ensemble", ensemble(first="text + 'b'", second="text.upper()"))
    given_loaded(triton, "ensemble2", ensemble(first="text + 'c'", second="text * 2"))
    assert answer_of(triton.invoke("ensemble", "a")) == "AB"
    assert answer_of(triton.invoke("ensemble2", "a")) == "acac"
    assert triton.unload("ensemble").status == 200
    assert triton.invoke("ensemble", "a").status == 404
    assert answer_of(triton.invoke("ensemble2", "a")) == "acac"


def test_a_binary_body_is_taken_and_answered_in_its_kind(triton: Triton) -> None:
    given_loaded(triton, "binary", model(expression="text.upper()"))
    word = struct.pack("<I", 5) + b"hello"
    asked = {"name": "TEXT", "shape": [1], "datatype": "BYTES", "parameters": {"binary_data_size": len(word)}}
    wanted = {"name": "COMPLETION", "parameters": {"binary_data": True}}
    header = json.dumps({"inputs": [asked], "outputs": [wanted]}).encode()
    kind = f"application/vnd.sagemaker-triton.binary+json;json-header-size={len(header)}"
    reply = triton.ask("POST", "/models/binary/invoke", header + word, content_type=kind)
    assert (reply.status, reply.body[-9:]) == (200, struct.pack("<I", 5) + b"HELLO"), reply


@pytest.mark.parametrize(
    ("initialize", "status", "reason"),
    [
        ("raise MemoryError('no room')", 507, "MemoryError: no room"),
        ("self.weights = bytearray(1 << 50)", 507, "MemoryError"),
        ("raise RuntimeError('CUDA out of memory')", 507, "CUDA out of memory"),
        ("raise ValueError('no weights')", 400, "ValueError: no weights"),
        ("os._exit(3)", 400, "is not healthy"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_refused_and_only_for_want_of_memory_with_507(
    triton: Triton, request: pytest.FixtureRequest, initialize: str, status: int, reason: str
) -> None:
    name = f"refused{request.node.callspec.indices['initialize']}"
    triton.put(name, model(initialize=initialize))
    reply = triton.load(name)
    assert (reply.status, reason in reply.json["error"]) == (status, True), reply
    assert triton.ask("GET", f"/models/{name}").status == 404


def test_memory_that_runs_out_during_an_invocation_is_507_too(triton: Triton) -> None:
    given_loaded(triton, "hungry", model(expression="bytearray(1 << 50)"))
    assert triton.invoke("hungry", "x").status == 507


def test_a_backend_that_only_the_real_image_has_is_refused_by_its_name(triton: Triton) -> None:
    triton.put("onnx", model(backend="onnxruntime"))
    reply = triton.load("onnx")
    assert (reply.status, "'onnxruntime'" in reply.json["error"]) == (400, True), reply


def test_pings_are_answered_while_a_model_loads(triton: Triton, tmp_path: Path) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    wait = f"[time.sleep(0.02) for _ in iter(lambda: os.path.exists({str(go)!r}), True)]"
    triton.put("slow", model(initialize=f"open({str(begun)!r}, 'w').close(); {wait}"))
    loads = threading.Thread(target=triton.load, args=("slow",))
    loads.start()
    try:
        eventually(begun.exists)
        assert triton.ping() == 200
    finally:
        go.touch()
        loads.join()
    assert answer_of(triton.invoke("slow", "there")) == "there"
