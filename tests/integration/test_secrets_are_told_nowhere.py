"""A Secret's value is in the model in AWS and nowhere else, with the fullest log and whatever containers say."""

import json
import sys
from collections.abc import Iterator

import pytest
import yaml

from devworld.environment import SECRET as SECRET_KEY
from tests.cli.program import Program
from tests.integration.vocabulary.model import Model
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET
from tests.integration.vocabulary.specs import REGISTRY, Spec, field

VALUE = "correct-horse-battery-staple"
WARM_UP = {"contentType": "text/plain", "body": "any"}
# Says what it knows, and ends.
TALKS = "import os, sys; print('error: cannot log in with ' + os.environ['PASSWORD'], flush=True); sys.exit(3)"


@pytest.fixture
def told(world: Scene) -> Iterator[Scene]:
    """A namespace with the Secret, and an operator that logs all it can."""
    world.kubectl("create", "secret", "generic", "db", "-n", world.namespace, f"--from-literal=password={VALUE}")
    with world.operator.started_with({"--log-level": "DEBUG"}):
        yield world


def knowing(image: str, **members: object) -> Spec:
    reference = {"secretKeyRef": {"name": "db", "key": "password"}}
    variables = [{"name": "PASSWORD", "valueFrom": reference}]
    return field(containers=[{"image": image, "environment": variables}], **members)


def everything_told(world: Scene, manifest: Spec | None = None) -> str:
    """By objects, Events, log, metrics and command line; the Secret itself is not asked for."""
    kinds = "inferenceendpoints,inferencemodels,configmaps,events,jobs,leases"
    cluster = world.kubectl("get", kinds, "-A", "-o", "json")
    program = Program.of(world.shared.world)
    here = ("-n", world.namespace)
    commands = [("status", "churn", *here), ("status", "-A", "-o", "json"), ("retry", "churn", *here)]
    said = [program(*words) for words in commands]
    if manifest is not None:
        text = yaml.safe_dump(manifest)
        said += [program("plan", "-f", "-", *here, *output, stdin=text) for output in ((), ("-o", "json"))]
    return "\n".join(
        [cluster, world.operator.metrics(), *world.operator.log_lines(), *(f"{each.out}\n{each.err}" for each in said)]
    )


def test_no_value_is_told_while_an_endpoint_is_made_refused_fails_and_goes(told: Scene) -> None:
    image = f"{REGISTRY}/talks-{told.namespace}:1"
    told.simulator.configure(images=[image], servers={image: {"command": [sys.executable, "-c", TALKS]}})
    words = f"Value '{{PASSWORD={VALUE}}}' at 'primaryContainer.environment' failed to satisfy constraint"
    refusal = told.fault("CreateModel", error={"code": "ValidationException", "message": words, "status": 400})
    endpoint = told.given(knowing(image))
    assert "Value '{PASSWORD=[value]}'" in endpoint.comes_to("Stalled")
    told.simulator.end_faults(refusal)
    endpoint.ask_to_look("again")
    endpoint.stalls("ContainerUnhealthy")
    assert "cannot log in with ***" in endpoint.tells("ContainerLog").message
    seen = endpoint.object
    metadata = {"name": "churn", "namespace": told.namespace}
    again = {**seen, "metadata": metadata, "spec": {**seen["spec"], "redeploy": "anew"}}
    text = everything_told(told, {key: again[key] for key in ("apiVersion", "kind", "metadata", "spec")})
    endpoint.delete().is_gone()
    text += "\n".join(told.operator.log_lines())
    assert '"level": "DEBUG"' in text
    assert "CreateModel" in text
    assert VALUE not in text
    assert SECRET_KEY not in text


def test_no_value_is_told_that_a_model_server_answers_with(told: Scene) -> None:
    prefix = f"s3://{BUCKET}/{told.namespace}/models/"
    image = f"{REGISTRY}/sim-null:1"
    spec = {**knowing(image), "mode": "MultiModel", "multiModel": {"s3Prefix": prefix}}
    told.given(spec, name="churn").settles()
    answer = {"code": "ModelError", "message": f"Received server error (500) with message {VALUE}", "status": 424}
    told.fault("InvokeEndpoint", error=answer)
    source = told.shared.put_artifact(f"{told.namespace}/source.tar.gz", b"a model")
    model = Model(told, "asked").apply(endpoint="churn", source=source, warmUp=WARM_UP)
    told.until(lambda: "its words are not shown" in json.dumps(model.status), "the refused warm-up")
    assert VALUE not in everything_told(told)


def test_the_operators_own_credentials_are_in_no_log(told: Scene) -> None:
    """Its key's name is no secret; what it signs with is."""
    told.given().settles()
    text = "\n".join(told.operator.log_lines())
    assert SECRET_KEY not in text
    assert "AWS4-HMAC-SHA256" not in text
