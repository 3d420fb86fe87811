"""A model of any size passes through a packer of one size."""

import hashlib
import random
import tarfile
import time
from pathlib import Path
from typing import IO, cast

from endpoint_operator.planning.models.packer_exits import PackerExit
from tests.packing.packer import NAME, TARGET_KEY, Bucket

FILES, FILE_BYTES = 200, 1_500_000
# Python with boto3 takes some 70 MiB; four parts of 8 MiB and what copies them take the rest.
MOST_MIB = 160


def test_300_mb_in_200_files_are_packed_in_bounded_memory_and_without_a_file(bucket: Bucket) -> None:
    noise = random.Random(1)  # noqa: S311 - data that do not compress, no secret
    block = noise.randbytes(FILE_BYTES)
    digests = {}
    for number in range(FILES):
        content = number.to_bytes(4) + block[number:]
        path = f"shard-{number:03}/weights.bin"
        digests[path] = hashlib.sha256(content).hexdigest()
        bucket.holds({path: content})
    packer = bucket.packer()
    peak_mib, written = 0.0, 0
    while packer.running:
        try:
            peak_mib = max(peak_mib, _peak_mib(packer.pid))
            written = max(written, _written_to_disk(packer.pid))
        except (FileNotFoundError, ProcessLookupError, KeyError):
            break  # it ended between two looks
        time.sleep(0.02)  # between two looks at its memory, not until a fact
    ending = packer.ends(within_seconds=240)
    assert ending.code == PackerExit.PACKED, ending
    assert 0 < peak_mib < MOST_MIB
    assert written < 1_000_000
    assert _digests(bucket) == digests


def _peak_mib(pid: int) -> float:
    """VmHWM: the most that was ever resident (proc_pid_status(5))."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def _written_to_disk(pid: int) -> int:
    """Bytes (proc_pid_io(5), write_bytes)."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/io").read_text("utf-8").splitlines())
    return int(lines["write_bytes"])


def _digests(bucket: Bucket) -> dict[str, str]:
    body = bucket.s3.get_object(Bucket=NAME, Key=TARGET_KEY)["Body"]
    with tarfile.open(fileobj=cast("IO[bytes]", body), mode="r|gz") as archive:
        read = {}
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            read[member.name] = hashlib.sha256(content.read()).hexdigest()
    return read
