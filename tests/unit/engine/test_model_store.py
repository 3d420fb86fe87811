"""Ten thousand models in the store: small between passes, whole in a pass."""

import gc
import tracemalloc
from typing import Any

import pytest

from endpoint_operator.api.kinds import MODELS
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.model_directory import ModelDirectory
from endpoint_operator.engine.store import ObjectStore
from tests.unit.engine.given_models import OLD, PREFIX, a_model, body, key_of, published

RECONCILE_AT = "inference.endpoint-operator.dev/reconcile-at"
MODELS_TOGETHER = 2000
# 10,000 of them beside 1,000 endpoints, in 300 MiB of which the process itself takes about 130.
MOST_BYTES_EACH = 4000

WHOLE: dict[str, Any] = {
    "spec": {
        "modelId": "tenant",
        "source": {"s3Uri": "s3://b/d/", "layout": "Triton", "version": "2", "serviceAccountName": "packer"},
        "warmUp": {"body": '{"inputs":[]}', "intervalSeconds": 60},
        "traffic": {"percent": 0, "mirrorPercent": 100},
        "paused": True,
        "deletionPolicy": "Retain",
    },
    "status": published()
    | {
        "observedReconcileAt": "now",
        "region": "us-east-1",
        "published": {"s3Uri": "s3://b/d/", "etag": "e", "content": "c"},
        "publishing": {"artifactS3Uri": f"{PREFIX}n.tar.gz", "content": "0123", "since": OLD},
        "obsolete": [f"{PREFIX}o.tar.gz"],
        "migration": {"name": "move", "phase": "Shifting", "percent": 50},
    },
}


@pytest.mark.parametrize("parts", [{}, WHOLE], ids=["least", "most"])
def test_a_model_comes_out_of_the_store_as_it_went_in(parts: dict[str, Any]) -> None:
    store = ObjectStore(MODELS)
    model = a_model(**parts, annotations={RECONCILE_AT: "now"}, finalizers=["ours"], deletionTimestamp=OLD)
    store.put(model)
    assert store.get(key_of(model)) == model
    assert store.entries() == [(key_of(model), model)]


def test_a_model_whose_spec_cannot_be_read_is_kept_as_it_is() -> None:
    store = ObjectStore(MODELS)
    model = a_model(spec={"source": {"s3Uri": "s3://b/m.tar.gz", "ofNextYear": True}})
    assert model.spec_error is not None
    store.put(model)
    assert store.get(key_of(model)) == model


def test_whoever_asks_is_told_of_what_is_remembered_and_of_nothing_else() -> None:
    told: list[object] = []
    store = ObjectStore(MODELS, then=lambda _, model: told.append(model and model.resource_version))
    for version in ("5", "4", "6"):
        store.put(a_model(resourceVersion=version))
    store.remove(ObjectKey("ml", "tenant-1"))
    store.put(a_model(resourceVersion="7"))
    assert told == ["5", "6", None], "an older one is passed over, and so is one that is buried"


def test_a_model_at_rest_takes_little() -> None:
    directory = ModelDirectory(wake=lambda _: None, moved=lambda _: None)

    def keep(key: ObjectKey, model: InferenceModel | None) -> None:
        assert model is not None
        directory.put_model(key, model)

    store = ObjectStore(MODELS, then=keep)
    store.put(a_model("first"))
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(MODELS_TOGETHER):
            name = f"tenant-{number:05}"
            uid = f"8c1e7a7e-0000-4000-8000-{number:012}"
            store.put(InferenceModel.parse(body(name, uid=uid, spec=WHOLE["spec"], status=WHOLE["status"])))
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / MODELS_TOGETHER < MOST_BYTES_EACH
