"""The whole way of a user of AWS with Triton: archives in S3, an endpoint, InvokeEndpoint; through boto3 alone."""

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from devworld import environment, recipes
from devworld.prerequisites import SAGEMAKER_MAY_ASSUME_IT
from devworld.recipes import EXECUTION_ROLE
from devworld.settings import Settings
from devworld.simulator_control import SimulatorControl
from devworld.triton_archives import autocomplete_archive, embedding_archive, packed
from devworld.triton_autocomplete import Completer
from devworld.triton_embedding import Embedder
from sagemaker_simulator.servers.triton.environment import installed
from tests.controlplane.part import Part
from tests.simulator.hosting.triton_server import config, ensemble, model, question

TRITON = "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
CORPORA = {"bakery": "fresh bread every morning\nfresh bread rolls", "garage": "fresh oil for your engine"}


@dataclass(frozen=True)
class Account:
    """Somebody's clients of a simulator."""

    client: Callable[[str], Any]

    def put(self, key: str, archive: bytes) -> None:
        self.client("s3").put_object(Bucket="models", Key=key, Body=archive)

    def endpoint(self, name: str, container: dict[str, Any]) -> None:
        """Made, and InService."""
        sagemaker = self.client("sagemaker")
        sagemaker.create_model(
            ModelName=name, ExecutionRoleArn=EXECUTION_ROLE, PrimaryContainer={"Image": TRITON, **container}
        )
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": name,
            "InstanceType": "ml.g4dn.xlarge",
            "InitialInstanceCount": 1,
        }
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        sagemaker.get_waiter("endpoint_in_service").wait(
            EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
        )

    def ask(self, endpoint: str, text: str, **more: str) -> Any:
        """The data of the only output."""
        answer = self.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint, ContentType="application/json", Body=question(text), **more
        )
        [output] = json.load(answer["Body"])["outputs"]
        return output["data"]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    installed(say=print)
    folder = tmp_path_factory.mktemp("simulator")
    part = Part(recipes.simulator(folder, Settings(time_scale=600.0), death_signal=signal.SIGTERM))
    try:
        part.start()
        yield opened(recipes.url(part.ports[0]))
    finally:
        part.stop()


def opened(url: str) -> Account:
    SimulatorControl(url).configure(quotas={"ml.g4dn.xlarge/endpoint": 5})
    session = boto3.Session(
        aws_access_key_id=environment.USER_KEY,
        aws_secret_access_key=environment.SECRET,
        region_name=environment.REGION,
    )
    patient = Config(read_timeout=90, retries={"mode": "standard", "total_max_attempts": 1})
    account = Account(lambda service: session.client(service, endpoint_url=url, config=patient))  # type: ignore[call-overload]
    account.client("s3").create_bucket(Bucket="models")
    account.client("iam").create_role(
        RoleName=EXECUTION_ROLE.rpartition("/")[2], AssumeRolePolicyDocument=json.dumps(SAGEMAKER_MAY_ASSUME_IT)
    )
    return account


def test_one_model_answers_invoke_endpoint(account: Account) -> None:
    account.put("one/model.tar.gz", packed(ensemble(first="text + 'b'", second="text.upper()")))
    environment = {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "whole"}
    account.endpoint("one", {"ModelDataUrl": "s3://models/one/model.tar.gz", "Environment": environment})
    assert account.ask("one", "a") == ["AB"]


def test_tenants_of_a_multi_model_endpoint_get_their_own_models_answers(account: Account) -> None:
    for tenant, corpus in CORPORA.items():
        account.put(f"tenants/{tenant}/1.tar.gz", autocomplete_archive(corpus))
    account.put("tenants/embedding.tar.gz", embedding_archive())
    at_the_top = {"config.pbtxt": config("any"), "1/model.py": model(expression="text[::-1]")["m/1/model.py"]}
    account.put("tenants/flat.tar.gz", packed(at_the_top))
    account.put("tenants/broken.tar.gz", packed(model(initialize="raise ValueError('no weights')")))
    account.endpoint("many", {"Mode": "MultiModel", "ModelDataUrl": "s3://models/tenants/"})

    for tenant, corpus in CORPORA.items():
        answer = account.ask("many", "fre", TargetModel=f"{tenant}/1.tar.gz")
        assert answer == [Completer(corpus).complete("fre")]
    vector = account.ask("many", "fox", TargetModel="embedding.tar.gz")
    assert vector == pytest.approx(Embedder().embed(["fox"])[0].tolist(), abs=1e-6)
    assert account.ask("many", "abc", TargetModel="flat.tar.gz") == ["cba"]

    errors = account.client("sagemaker-runtime").exceptions
    with pytest.raises(errors.ModelError, match="no weights"):
        account.ask("many", "x", TargetModel="broken.tar.gz")
    assert account.ask("many", "fre", TargetModel="garage/1.tar.gz") == [Completer(CORPORA["garage"]).complete("fre")]


def test_a_model_that_finds_no_memory_is_loaded_once_an_unused_one_has_made_room(
    account: Account, tmp_path: Path
) -> None:
    # Two models that want the same only piece of memory, played by a lock that the kernel frees with its process.
    piece = tmp_path / "piece"
    piece.touch()
    take = f"""\
import fcntl
        self.piece = open({str(piece)!r})
        try:
            fcntl.flock(self.piece, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MemoryError("the piece is taken") from None"""
    for name in ("first", "second"):
        account.put(f"memory/{name}.tar.gz", packed(model(initialize=take, expression=f"{name!r}")))
    account.endpoint("memory", {"Mode": "MultiModel", "ModelDataUrl": "s3://models/memory/"})
    for name in ("first", "second", "first"):
        assert account.ask("memory", "x", TargetModel=f"{name}.tar.gz") == [name]
