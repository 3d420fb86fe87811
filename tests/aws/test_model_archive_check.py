"""Archives for Triton are read from S3 before they are published: over HTTP with boto3, and bounded."""

import asyncio
import gzip
import io
import os
import tarfile
import tracemalloc
from collections.abc import Iterator

import pytest

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.models.archive_check import ArchiveChecks
from endpoint_operator.aws.models.archive_stream import ArchiveUnreadable, members_of
from endpoint_operator.aws.models.faults import source_spot
from endpoint_operator.aws.steps import StepRefused
from endpoint_operator.planning.faults import Blame, Fault
from tests.aws.model_world import DENIED, SOURCE, put, with_buckets
from tests.simulator.world import World

MIB = 1024**2
CONFIG = b'name: "addone"\nbackend: "python"\nmax_batch_size: 0\n'
GOOD = {"addone/config.pbtxt": CONFIG, "addone/1/model.py": b"class TritonPythonModel: ..."}


@pytest.fixture
def world(empty_world: World) -> World:
    return with_buckets(empty_world)


@pytest.fixture
def checks(calls: Calls) -> Iterator[ArchiveChecks]:
    made = ArchiveChecks(calls)
    yield made
    made.close()


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return made.getvalue()


def with_link(name: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return made.getvalue()


async def fault_of_check(checks: ArchiveChecks, etag: str) -> Fault:
    with pytest.raises(StepRefused) as refused:
        await checks.check(source_spot(SOURCE), etag=etag)
    return refused.value.fault


async def test_an_archive_that_triton_loads_is_let_through(checks: ArchiveChecks, world: World) -> None:
    etag = put(world, SOURCE, packed({**GOOD, "addone/1/weights.bin": os.urandom(3 * MIB)}))
    await checks.check(source_spot(SOURCE), etag=etag)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (packed({"addone/config.pbtxt": CONFIG}), "no version directory"),
        (packed({"addone/1/model.py": b""}), "has no config.pbtxt"),
        (packed({"addone/config.pbtxt": b"name: \xff", "addone/1/model.py": b""}), "not UTF-8"),
        (packed({"../addone/config.pbtxt": CONFIG}), "leaves the directory"),
        (with_link("addone/1/model.py"), "is a link"),
        (b"no archive at all", "no gzip"),
        (gzip.compress(b"no tar" * 1000), "no tar"),
        (packed(GOOD)[:-20], "no gzip, or not a whole one"),
        (packed(GOOD)[:-8] + b"xxxxxxxx", "no gzip, or not a whole one"),
        (b"", "no tar"),
    ],
    ids=[
        "no version directory",
        "no config",
        "config that is no text",
        "leaves the directory",
        "a link",
        "no gzip",
        "no tar",
        "cut short",
        "wrong checksum",
        "empty",
    ],
)
async def test_what_triton_would_not_load_is_refused_with_a_sentence(
    checks: ArchiveChecks, world: World, body: bytes, words: str
) -> None:
    fault = await fault_of_check(checks, put(world, SOURCE, body))
    assert (fault.reason, fault.blame, fault.about_inputs) == ("ArchiveInvalid", Blame.USER, True)
    assert fault.message.startswith("spec.source.s3Uri: ")
    assert words in fault.message


async def test_another_archive_than_the_one_that_was_looked_at_is_not_judged(
    checks: ArchiveChecks, world: World
) -> None:
    etag = put(world, SOURCE, packed(GOOD))
    put(world, SOURCE, b"another")
    fault = await fault_of_check(checks, etag)
    assert (fault.reason, fault.blame) == ("SourceChanged", Blame.WORLD)


async def test_an_archive_that_may_not_be_read_is_said_with_the_right(checks: ArchiveChecks, world: World) -> None:
    etag = put(world, SOURCE, packed(GOOD))
    world.fault(match={"service": "s3", "operation": "GetObject"}, error=DENIED)
    fault = await fault_of_check(checks, etag)
    assert (fault.reason, fault.blame) == ("SourceForbidden", Blame.OPERATOR_SETUP)
    assert "s3:GetObject" in fault.message


async def test_no_more_than_two_archives_are_read_at_once(checks: ArchiveChecks, calls: Calls, world: World) -> None:
    etag = put(world, SOURCE, packed(GOOD))
    held = world.fault(match={"service": "s3", "operation": "GetObject"}, hold=True)
    checking = [asyncio.create_task(checks.check(source_spot(SOURCE), etag=etag)) for _ in range(4)]

    def being_held() -> int:
        return sum(int(fault["held"]) for fault in world.do("GET", "/faults")["faults"])

    await asyncio.to_thread(world.until, lambda: being_held() >= 2, "two downloads")
    for _ in range(2):  # a third download would be before these in the queue
        await calls.call("s3", "head_bucket", Bucket=source_spot(SOURCE).bucket)
    assert being_held() == 2
    assert [row["operation"] for row in world.calls()].count("GetObject") == 2
    world.do("DELETE", f"/faults/{held}")
    await asyncio.gather(*checking)


async def test_an_archive_that_takes_too_long_is_given_up_and_tried_again(calls: Calls, world: World) -> None:
    etag = put(world, SOURCE, packed({"addone/1/weights.bin": os.urandom(8 * MIB)}))
    checks = ArchiveChecks(calls, seconds=0.0)
    fault = await fault_of_check(checks, etag)
    assert (fault.reason, fault.blame) == ("ArchiveCheckTooSlow", Blame.WORLD)
    checks.close()


class Repeated:
    """A stream of a header and then as many zeros as anybody reads, packed: a few kilobytes for a hundred megabytes."""

    def __init__(self, header: bytes, *, zeros: int) -> None:
        made = io.BytesIO()
        with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=1) as packing:
            packing.write(header)
            for _ in range(zeros // MIB):
                packing.write(bytes(MIB))
        self.packed = made.getvalue()


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_an_archive_that_is_made_to_hurt_takes_no_memory(kind: bytes) -> None:
    header = tarfile.TarInfo("addone/1/weights.bin")
    header.size, header.type = 96 * MIB, kind
    bomb = Repeated(header.tobuf(), zeros=96 * MIB).packed
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveUnreadable):
            list(members_of(io.BytesIO(bomb), at_most=64 * MIB))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * MIB


def test_many_members_take_no_more_memory_than_few() -> None:
    body = packed({f"addone/1/{number}": b"" for number in range(5_000)})
    tracemalloc.start()
    try:
        assert sum(1 for _ in members_of(io.BytesIO(body))) == 5_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * MIB
