"""Directories for Triton: what becomes of each, and which are refused before a byte is uploaded."""

from pathlib import Path

import pytest

from endpoint_operator.planning.models.packer_exits import PackerExit
from tests.packing.packer import Bucket

CONFIG = b'backend: "python"\nmax_batch_size: 0\n'
VERSION = {"1/model.py": b"class TritonPythonModel: ..."}


def below(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": content for path, content in files.items()}


def test_a_repository_is_packed_as_it_stands(bucket: Bucket) -> None:
    repository = below("intent", {"config.pbtxt": CONFIG, **VERSION})
    ending = bucket.holds(repository).packed(layout="Triton")
    assert (ending.code, bucket.archive()) == (PackerExit.PACKED, repository), ending


def test_a_directory_that_is_a_model_itself_is_packed_under_its_own_name(bucket: Bucket) -> None:
    model = {"config.pbtxt": CONFIG, **VERSION}
    ending = bucket.holds(model).packed(layout="Triton")
    assert (ending.code, bucket.archive()) == (PackerExit.PACKED, below("churn", model)), ending


def test_the_template_becomes_the_config_of_a_model_that_has_none(bucket: Bucket, tmp_path: Path) -> None:
    template = tmp_path / "config.pbtxt"
    template.write_bytes(CONFIG)
    ending = bucket.holds(VERSION).packed(layout="Triton", config_template=str(template))
    assert (ending.code, bucket.archive()) == (
        PackerExit.PACKED,
        below("churn", {"config.pbtxt": CONFIG, **VERSION}),
    ), ending


def test_the_template_leaves_a_config_that_is_there_alone(bucket: Bucket, tmp_path: Path) -> None:
    template = tmp_path / "config.pbtxt"
    template.write_bytes(b'backend: "onnxruntime"')
    model = below("intent", {"config.pbtxt": CONFIG, **VERSION})
    bucket.holds(model).packed(layout="Triton", config_template=str(template))
    assert bucket.archive() == model


@pytest.mark.parametrize(
    ("files", "fragment"),
    [
        (VERSION, "has no config.pbtxt"),
        (below("intent", {"config.pbtxt": CONFIG, "latest/model.py": b""}), "no version directory"),
        ({"config.pbtxt": b'name: "other"', **VERSION}, 'says name: "other"'),
        (below("intent", {"config.pbtxt": b"}", **VERSION}), "not in protobuf text format"),
        (below("a/b", {"config.pbtxt": CONFIG, **VERSION}), "lies too deep"),
        (
            below("a", {"config.pbtxt": CONFIG, **VERSION}) | below("b", {"config.pbtxt": CONFIG, **VERSION}),
            "none of them is an ensemble",
        ),
    ],
)
def test_what_triton_would_not_load_is_refused_before_anything_is_uploaded(
    bucket: Bucket, files: dict[str, bytes], fragment: str
) -> None:
    ending = bucket.holds(files).packed(layout="Triton")
    assert ending.code == PackerExit.REFUSED, ending
    assert fragment in ending.words
    assert "CreateMultipartUpload" not in bucket.operations()


def test_a_directory_as_it_is_needs_no_config(bucket: Bucket) -> None:
    assert bucket.holds(VERSION).packed(layout="AsIs").code == PackerExit.PACKED
    assert bucket.archive() == VERSION
