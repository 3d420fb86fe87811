"""What the packer makes of a directory, and what it leaves as it is."""

import tarfile
from io import BytesIO

from endpoint_operator.planning.models.packer_exits import PackerExit
from tests.packing.packer import METADATA, NAME, TARGET_KEY, Bucket

MODEL = {"model.bin": b"weights" * 1000, "code/inference.py": b"print()", "code/empty.txt": b""}


def test_a_directory_becomes_one_archive_under_the_very_key_with_the_metadata(bucket: Bucket) -> None:
    ending = bucket.holds(MODEL).packed()
    assert (ending.code, bucket.archive()) == (PackerExit.PACKED, MODEL), ending
    assert bucket.published()["metadata"] == METADATA
    assert "3 files" in ending.words
    assert bucket.unfinished_uploads() == 0


def test_the_same_directory_is_the_same_archive_byte_for_byte(bucket: Bucket) -> None:
    bucket.holds(MODEL).packed()
    first = bucket.published()["body"]
    bucket.s3.delete_object(Bucket=NAME, Key=TARGET_KEY)
    bucket.holds(dict(reversed(MODEL.items()))).packed()  # other times of the same objects
    assert bucket.published()["body"] == first
    with tarfile.open(fileobj=BytesIO(first)) as archive:
        assert [(member.name, member.mtime, member.uid, member.uname) for member in archive] == [
            (name, 0, 0, "") for name in sorted(MODEL)
        ]


def test_folders_of_the_console_are_no_files(bucket: Bucket) -> None:
    ending = bucket.holds({"": b"", "code/": b"", **MODEL}).packed()
    assert ending.code == PackerExit.PACKED
    assert bucket.archive() == MODEL


def test_what_is_there_with_the_same_content_is_done_without_an_upload(bucket: Bucket) -> None:
    bucket.holds(MODEL).s3.put_object(
        Bucket=NAME, Key=TARGET_KEY, Body=b"made before", Metadata=METADATA | {"endpoint-operator-uid": "of before"}
    )
    ending = bucket.packed()
    assert ending.code == PackerExit.PACKED
    assert "was there already" in ending.words
    assert bucket.published()["body"] == b"made before"
    assert "CreateMultipartUpload" not in bucket.operations()


def test_what_somebody_else_put_under_the_key_is_never_overwritten(bucket: Bucket) -> None:
    bucket.holds(MODEL).s3.put_object(Bucket=NAME, Key=TARGET_KEY, Body=b"foreign")
    ending = bucket.packed()
    assert ending.code == PackerExit.TARGET_TAKEN
    assert "spec.targetModel" in ending.words
    assert bucket.published()["body"] == b"foreign"


def test_what_appears_under_the_key_while_it_packs_is_never_overwritten(bucket: Bucket) -> None:
    bucket.holds(MODEL)
    with bucket.held("UploadPart") as fault:
        packer = bucket.packer()
        bucket.world.until(lambda: bucket.is_holding(fault), "a part under way")
        bucket.s3.put_object(Bucket=NAME, Key=TARGET_KEY, Body=b"faster")
    ending = packer.ends()
    assert ending.code == PackerExit.TARGET_TAKEN, ending
    assert bucket.published()["body"] == b"faster"
    assert bucket.unfinished_uploads() == 0


def test_an_empty_directory_is_refused_with_its_uri(bucket: Bucket) -> None:
    ending = bucket.packed(digest="any")
    assert ending.code == PackerExit.REFUSED
    assert "no object below s3://models/training/churn/" in ending.words


def test_a_key_that_is_no_path_is_refused_before_anything_is_uploaded(bucket: Bucket) -> None:
    ending = bucket.holds({"a/../../etc/passwd": b"x"}).packed(digest="any")
    assert ending.code == PackerExit.REFUSED
    assert "a/../../etc/passwd" in ending.words
    assert "CreateMultipartUpload" not in bucket.operations()


def test_a_missing_right_is_told_with_the_rights_it_needs(bucket: Bucket) -> None:
    digest = bucket.holds(MODEL).digest()
    denied = {"code": "AccessDenied", "message": "Access Denied", "status": 403}
    bucket.world.fault(match={"service": "s3", "operation": "GetObject"}, error=denied)
    ending = bucket.packed(digest=digest)
    assert ending.code == PackerExit.FORBIDDEN, ending
    assert "spec.source.serviceAccountName" in ending.words
    bucket.world.do("DELETE", "/faults")
    assert bucket.nothing_is_published()
    assert bucket.unfinished_uploads() == 0
