"""The packer when its world does not hold still: changes, kills, and S3 out of order."""

import hashlib
import random
import signal
from pathlib import Path

import pytest

from endpoint_operator.planning.models.packer_exits import PackerExit
from tests.packing.cutting_proxy import CuttingProxy
from tests.packing.packer import Bucket

MODEL = {f"part-{number}.bin": bytes([number]) * 300_000 for number in range(4)}


def test_a_directory_that_is_not_the_planned_one_is_refused_before_anything_is_uploaded(bucket: Bucket) -> None:
    ending = bucket.holds(MODEL).packed(digest="that of yesterday")
    assert ending.code == PackerExit.SOURCE_CHANGED
    assert "CreateMultipartUpload" not in bucket.operations()


def test_an_object_that_changes_in_the_middle_publishes_nothing(bucket: Bucket) -> None:
    bucket.holds(MODEL)
    with bucket.held("CreateMultipartUpload") as fault:
        packer = bucket.packer()
        bucket.world.until(lambda: bucket.is_holding(fault), "the upload begun")
        bucket.holds({"part-3.bin": b"another" * 50_000})
    ending = packer.ends()
    assert ending.code == PackerExit.SOURCE_CHANGED, ending
    assert "the source changed" in ending.words
    assert bucket.nothing_is_published()


def test_an_object_that_is_added_in_the_middle_publishes_nothing(bucket: Bucket) -> None:
    bucket.holds(MODEL)
    with bucket.held("CreateMultipartUpload") as fault:
        packer = bucket.packer()
        bucket.world.until(lambda: bucket.is_holding(fault), "the upload begun")
        bucket.holds({"part-9.bin": b"new"})
    ending = packer.ends()
    assert ending.code == PackerExit.SOURCE_CHANGED, ending
    assert bucket.nothing_is_published()


def test_a_template_that_is_not_the_planned_one_is_refused(bucket: Bucket, tmp_path: Path) -> None:
    template = tmp_path / "config.pbtxt"
    template.write_bytes(b'backend: "python"')
    bucket.holds({"1/model.py": b""})
    planned = hashlib.sha256(b'backend: "onnxruntime"').hexdigest()
    options = {"layout": "Triton", "config_template": str(template), "config_template_digest": planned}
    ending = bucket.packed(**options)
    assert ending.code == PackerExit.SOURCE_CHANGED, ending
    assert "CreateMultipartUpload" not in bucket.operations()
    matching = options | {"config_template_digest": hashlib.sha256(template.read_bytes()).hexdigest()}
    assert bucket.packed(**matching).code == PackerExit.PACKED


@pytest.mark.parametrize("operation", ["CreateMultipartUpload", "UploadPart"])
def test_sigterm_takes_the_unfinished_upload_away(bucket: Bucket, operation: str) -> None:
    bucket.holds(MODEL)
    with bucket.held(operation) as fault:
        packer = bucket.packer()
        bucket.world.until(lambda: bucket.is_holding(fault), f"the answer to {operation} awaited")
        assert bucket.unfinished_uploads() == 1
        packer.send(signal.SIGTERM)
        bucket.world.until(lambda: bucket.unfinished_uploads() == 0, "the upload gone")
    ending = packer.ends(within_seconds=60)
    assert (ending.code, "SIGTERM" in ending.words) == (128 + signal.SIGTERM, True), ending
    assert bucket.nothing_is_published()


def test_a_killed_packer_is_followed_by_one_that_clears_up_and_packs(bucket: Bucket) -> None:
    bucket.holds(MODEL)
    with bucket.held("UploadPart") as fault:
        packer = bucket.packer()
        bucket.world.until(lambda: bucket.is_holding(fault), "a part under way")
        packer.send(signal.SIGKILL)
        packer.ends()
    assert bucket.unfinished_uploads() == 1
    assert bucket.packed().code == PackerExit.PACKED
    assert bucket.archive() == MODEL
    assert bucket.unfinished_uploads() == 0


def test_a_packer_killed_after_its_last_call_is_followed_by_one_that_finds_its_work(bucket: Bucket) -> None:
    bucket.holds(MODEL)
    with bucket.held("CompleteMultipartUpload") as fault:
        packer = bucket.packer()
        bucket.world.until(lambda: bucket.is_holding(fault), "the object made")
        packer.send(signal.SIGKILL)
        packer.ends()
    ending = bucket.packed()
    assert (ending.code, "was there already" in ending.words) == (PackerExit.PACKED, True), ending
    assert bucket.operations().count("CreateMultipartUpload") == 1


def test_answers_that_never_came_are_asked_for_again(bucket: Bucket) -> None:
    bucket.holds(MODEL)
    bucket.world.fault(match={"service": "s3", "operation": "GetObject"}, times=2, dropAnswer=True)
    bucket.world.fault(match={"service": "s3", "operation": "CompleteMultipartUpload"}, times=1, dropAnswer=True)
    ending = bucket.packed()
    assert ending.code == PackerExit.PACKED, ending
    assert bucket.archive() == MODEL


def test_an_object_whose_answer_breaks_in_the_middle_is_read_on_from_there(bucket: Bucket) -> None:
    files = {"one.bin": random.Random(2).randbytes(2_000_000)}  # noqa: S311 - nothing in it repeats, no secret
    bucket.holds(files)
    with CuttingProxy(bucket.world.url, cuts=3, after_bytes=300_000, path="/models/training/churn/one.bin") as line:
        ending = bucket.packer(through=line.url).ends()
    assert (ending.code, line.cut) == (PackerExit.PACKED, 3), ending
    assert "reading on from byte" in ending.log
    assert bucket.archive() == files


def test_s3_out_of_order_is_worth_another_try(bucket: Bucket) -> None:
    digest = bucket.holds(MODEL).digest()
    busy = {"code": "SlowDown", "message": "Please reduce your request rate.", "status": 503}
    bucket.world.fault(match={"service": "s3", "operation": "UploadPart"}, error=busy)
    ending = bucket.packer(digest=digest).ends(within_seconds=120)
    assert ending.code == PackerExit.WORLD, ending
    assert not PackerExit(ending.code).final
    assert "SlowDown" in ending.words
    assert bucket.unfinished_uploads() == 0
