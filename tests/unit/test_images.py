"""Which AWS image a framework means: the SageMaker SDK's own answers, and sentences where there is none."""

import json
from pathlib import Path
from typing import Any

import pytest

from endpoint_operator.api.containers import Framework
from endpoint_operator.catalogue.images import BundledImages
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.images import ImageChoice, resolve

CATALOGUE = BundledImages()
SAMPLE = Path(__file__).parent / "data/framework_images.jsonl"
FIELD = "spec.containers[0].framework"


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SAMPLE.read_text().splitlines()]


def choose(
    name: str, version: str, *, on: str | None = "ml.c5.xlarge", region: str = "us-east-1", **fields: Any
) -> ImageChoice | Fault:
    framework = Framework(name=name, version=version, **fields)
    return resolve(framework, region=region, instance_type=on, catalogue=CATALOGUE, field=FIELD)


def answer(row: dict[str, Any]) -> str | None:
    """The URI for a row of the sample; None where it is refused."""
    fields = {member: row[member] for member in ("python", "scope", "accelerator") if member in row}
    choice = choose(
        row["framework"],
        row["version"],
        on=row.get("instanceType"),
        region=row["region"],
        base_framework=row.get("base"),
        **fields,
    )
    return choice.uri if isinstance(choice, ImageChoice) else None


def uri(name: str, version: str, **question: Any) -> str:
    choice = choose(name, version, **question)
    assert isinstance(choice, ImageChoice), choice
    return choice.uri.partition("/")[2]


def test_every_image_of_the_sample_is_the_one_that_the_sdk_names() -> None:
    answered = [row for row in rows() if row["uri"] is not None]
    assert len({row["framework"] for row in answered}) > 50
    assert len({row["region"] for row in answered}) > 40
    assert [(row, got) for row in answered if (got := answer(row)) != row["uri"]] == []


def test_what_the_sdk_refuses_is_refused() -> None:
    refused = [row for row in rows() if row["uri"] is None]
    assert len(refused) > 100
    assert [(row, got) for row in refused if (got := answer(row)) is not None] == []


@pytest.mark.parametrize(
    ("question", "image"),
    [
        ({"name": "pytorch", "version": "2.1.0", "accelerator": "gpu", "on": "ml.g4dn.xlarge"},
         "pytorch-inference:2.1.0-gpu-py310"),
        ({"name": "pytorch", "version": "1.7.1", "accelerator": "cpu"}, "pytorch-inference:1.7.1-cpu-py36"),
        ({"name": "pytorch", "version": "1.8.1", "accelerator": "cpu"}, "pytorch-inference:1.8.1-cpu-py36"),
        ({"name": "sklearn", "version": "1.2-1", "on": "ml.m5.large"}, "sagemaker-scikit-learn:1.2-1-cpu-py3"),
        ({"name": "triton", "version": "24.09", "on": "ml.g4dn.xlarge"}, "sagemaker-tritonserver:24.09-py3"),
        ({"name": "triton", "version": "24.09"}, "sagemaker-tritonserver:24.09-py3-cpu"),
        ({"name": "huggingface", "version": "4.26.0", "accelerator": "cpu", "on": None},
         "huggingface-pytorch-inference:1.13.1-transformers4.26.0-cpu-py39-ubuntu20.04"),
    ],
)  # fmt: skip
def test_what_the_spec_leaves_open_is_the_newest_on_what_the_instance_has(question: dict[str, Any], image: str) -> None:
    assert uri(**question) == image


@pytest.mark.parametrize(
    ("question", "image"),
    [
        # The SDK's own short names keep their own, moving tags.
        ({"name": "pytorch", "version": "2.1"}, "pytorch-inference:2.1-cpu-py310"),
        ({"name": "huggingface", "version": "4.26", "base_framework": "pytorch1.13"},
         "huggingface-pytorch-inference:1.13-transformers4.26.0-cpu-py39-ubuntu20.04"),
        # Others mean the newest version that begins so.
        ({"name": "djl-lmi", "version": "0.31", "on": "ml.g5.2xlarge"}, "djl-inference:0.31.0-lmi13.0.0-cu124"),
        ({"name": "tensorflow", "version": "1"}, "tensorflow-inference:1.15.5-cpu"),
    ],
)  # fmt: skip
def test_a_short_version_is_the_newest_that_begins_with_it(question: dict[str, Any], image: str) -> None:
    assert uri(**question) == image


@pytest.mark.parametrize(
    ("name", "version", "on", "image"),
    [
        ("huggingface", "4.12.3", "ml.inf1.xlarge", "huggingface-pytorch-inference-neuron:"),
        ("huggingface", "4.28.1", "ml.inf2.xlarge", "huggingface-pytorch-inference-neuronx:"),
        ("huggingface", "4.28.1", "ml.g5.xlarge", "huggingface-pytorch-inference:"),
        ("huggingface-vllm-neuronx", "0.4.4", "ml.inf2.xlarge", "huggingface-vllm-inference-neuronx:"),
        ("huggingface-vllm-neuronx", "0.4.4", "ml.trn1.2xlarge", "huggingface-vllm-inference-neuronx:"),
        ("pytorch", "2.1.0", "ml.c6g.xlarge", "pytorch-inference-graviton:"),
        ("pytorch", "2.1.0", "ml.c8g.xlarge", "pytorch-inference-graviton:"),
        ("pytorch", "2.1.0", "ml.g5.xlarge", "pytorch-inference:2.1.0-gpu"),
    ],
)
def test_the_instance_type_chooses_among_the_builds_of_a_framework(
    *, name: str, version: str, on: str, image: str
) -> None:
    assert uri(name, version, on=on).startswith(image)


@pytest.mark.parametrize(
    ("question", "field", "says"),
    [
        ({"name": "pytorhc", "version": "2.1"}, "name", "did you mean pytorch"),
        ({"name": "zzz", "version": "2.1"}, "name", "give a name of the SageMaker SDK, or an image"),
        ({"name": "pytorch", "version": "2.1.7"}, "version", "there are 2.1.0"),
        ({"name": "xgboost", "version": "1.7"}, "version", "there are 1.7-1"),
        ({"name": "xgboost", "version": "9"}, "version", "there are 3.2-0, 3.0-5"),
        ({"name": "sklearn", "version": "1.2-1", "on": "ml.m6g.large"}, "version", "for Graviton (ml.m6g.large)"),
        ({"name": "huggingface", "version": "4.26.0", "base_framework": "pytorch2.9"}, "baseFramework", "1.13.1"),
        ({"name": "pytorch", "version": "2.1.0", "base_framework": "pytorch2.1"}, "baseFramework", "remove it"),
        ({"name": "pytorch", "version": "2.1.0", "python": "py39"}, "python", "there are py310"),
        ({"name": "pytorch", "version": "2.1.0", "scope": "training-ish"}, "scope", "inference, inference_graviton"),
        ({"name": "pytorch", "version": "2.1.0", "accelerator": "gpu"}, "accelerator", "ml.c5.xlarge has cpu"),
        ({"name": "pytorch", "version": "2.1.0", "accelerator": "gpu", "on": None}, "accelerator", "serverless has"),
        ({"name": "huggingface-vllm-neuronx", "version": "0.4.4", "on": "ml.inf1.xlarge"}, "", "images for neuronx"),
        ({"name": "huggingface-llm", "version": "2.2.0"}, "", "there are images for gpu: choose another instance type"),
        ({"name": "huggingface-llm", "version": "2.2.0", "on": None}, "", "image for serverless (cpu)"),
        ({"name": "sklearn", "version": "1.2-1", "on": "ml.g5.xlarge"}, "", "or set accelerator: cpu"),
        ({"name": "pytorch", "version": "2.1.0", "on": "ml.p2.xlarge"}, "", "ml.p2.xlarge (gpu)"),
        ({"name": "triton", "version": "24.09", "on": "ml.c7g.large"}, "", "for Graviton, which ml.c7g.large is"),
        ({"name": "llama-cpp-arm64", "version": "1"}, "", "for Graviton, which ml.c5.xlarge is not"),
        ({"name": "pytorch", "version": "2.1.0", "scope": "inference_graviton"}, "", "which ml.c5.xlarge is not"),
        ({"name": "pytorch", "version": "2.1.0", "region": "mars-north-1"}, "", "image in mars-north-1"),
    ],
)  # fmt: skip
def test_a_missing_image_is_the_users_to_mend_in_one_sentence_that_names_the_field_and_what_there_is(
    question: dict[str, Any], field: str, says: str
) -> None:
    fault = choose(**question)
    assert isinstance(fault, Fault), fault
    assert (fault.blame, fault.reason) == (Blame.USER, "FrameworkNotFound")
    assert fault.message.startswith(f"{FIELD}.{field}: " if field else f"{FIELD}: ")
    assert says in fault.message
    assert "None" not in fault.message


def test_a_cpu_image_runs_on_an_instance_with_more() -> None:
    assert uri("pytorch", "2.1.0", on="ml.g5.xlarge", accelerator="cpu").endswith("-cpu-py310")


def test_triton_is_found_by_its_short_name_in_the_account_of_each_region() -> None:
    """AWS's accounts for deep learning containers, as the SageMaker SDK has them for Triton from 23.12 on."""
    (image,) = CATALOGUE.scopes("sagemaker-tritonserver")["inference"].versions["24.09"]
    accounts = {"us-east-1": "763104351884", "eu-south-1": "692866216735", "cn-north-1": "727897471807"}
    assert accounts.keys() < image.registries.keys()
    assert len(image.registries) > 20
    for region, host in image.registries.items():
        choice = choose("triton", "24.09", on="ml.g4dn.xlarge", region=region)
        assert isinstance(choice, ImageChoice), choice
        assert choice.uri == f"{host}/sagemaker-tritonserver:24.09-py3"
        assert host.startswith(accounts.get(region, ""))
    assert uri("triton", "24.09", on="ml.c5.xlarge") == "sagemaker-tritonserver:24.09-py3-cpu"


def test_the_choice_says_what_was_chosen() -> None:
    choice = choose("huggingface", "4.26", on="ml.g5.xlarge", region="cn-north-1")
    assert choice == ImageChoice(
        uri="727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/huggingface-pytorch-inference:"
        "1.13.1-transformers4.26.0-gpu-py39-cu117-ubuntu20.04",
        framework="huggingface",
        version="4.26.0",
        base_framework="pytorch1.13.1",
        python="py39",
        processor="gpu",
        scope="inference",
    )


def test_the_catalogue_says_which_sdk_it_is_from() -> None:
    assert CATALOGUE.source.sdk_version.startswith("3.")
    assert CATALOGUE.source.date.startswith("20")


def test_every_framework_of_the_catalogue_can_be_read() -> None:
    assert all(scope.versions for name in CATALOGUE.names() for scope in CATALOGUE.scopes(name).values())
