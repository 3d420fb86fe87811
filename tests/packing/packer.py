"""The words of these tests: a bucket with directories in it, and the packer at work on them."""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from endpoint_operator.planning.models.directory_listing import DirectoryListing, listing_digest
from tests.simulator.world import REGION, World

NAME = "models"
SOURCE = f"s3://{NAME}/training/churn/"
TARGET_KEY = "serving/churn/0123456789.tar.gz"
TARGET = f"s3://{NAME}/{TARGET_KEY}"
METADATA = {
    "endpoint-operator-cluster": "here",
    "endpoint-operator-object": "ml/churn",
    "endpoint-operator-uid": "u-1",
    "endpoint-operator-content": "c0ffee",
}
PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ending:
    """What is left of a packer: its exit code, its last words, and what it logged."""

    code: int
    words: str
    log: str


class Packer:
    """One process of it."""

    def __init__(self, process: "subprocess.Popen[str]", last_words: Path) -> None:
        self._process = process
        self._last_words = last_words

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def send(self, number: int) -> None:
        self._process.send_signal(number)

    def ends(self, *, within_seconds: float = 60) -> Ending:
        try:
            log = self._process.communicate(timeout=within_seconds)[0]
        except subprocess.TimeoutExpired:
            self._process.kill()
            said = self._process.communicate()[0]
            raise AssertionError(f"the packer did not end within {within_seconds:g} s; it said:\n{said}") from None
        words = self._last_words.read_text("utf-8") if self._last_words.exists() else ""
        return Ending(code=self._process.returncode, words=words, log=log)


class Bucket:
    """The bucket `models`: a directory as source, and the key that it is packed under."""

    def __init__(self, world: World, *, logs: Path) -> None:
        self.world = world
        self.s3: Any = world.s3
        self._logs = logs
        self._runs = 0
        self.s3.create_bucket(Bucket=NAME)

    def holds(self, files: dict[str, bytes]) -> "Bucket":
        """These, below the source."""
        for path, content in files.items():
            self.s3.put_object(Bucket=NAME, Key=f"training/churn/{path}", Body=content)
        return self

    def digest(self) -> str:
        """Of the source, as it is now."""
        listing = DirectoryListing(SOURCE)
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=NAME, Prefix="training/churn/"):
            for row in page.get("Contents", []):
                listing.add(key=row["Key"], size_bytes=row["Size"], etag=row["ETag"])
        return listing_digest(listing.files())

    def packer(self, *, digest: str | None = None, through: str = "", **options: str) -> Packer:
        """Begins to pack, `through` another way to S3. `options` are further arguments: layout="Triton"."""
        self._runs += 1
        last_words = self._logs / f"termination-{self._runs}"
        given = {"source": SOURCE, "source-digest": digest or self.digest(), "target": TARGET} | {
            name.replace("_", "-"): value for name, value in options.items()
        }
        words = [f"--{name}={value}" for name, value in given.items()]
        words += [f"--metadata={name}={value}" for name, value in METADATA.items()]
        command = [sys.executable, "-m", "endpoint_operator.packing", "pack", *words]
        process = subprocess.Popen(
            [*command, f"--termination-log={last_words}"],
            env=self._environment(through or self.world.url),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return Packer(process, last_words)

    def packed(self, **options: Any) -> Ending:
        return self.packer(**options).ends()

    def archive(self) -> dict[str, bytes]:
        """The files of what was published, by name."""
        with tarfile.open(fileobj=io.BytesIO(self.published()["body"])) as archive:
            read = {member.name: archive.extractfile(member) for member in archive}
            return {name: content.read() for name, content in read.items() if content is not None}

    def published(self) -> dict[str, Any]:
        """Its body and metadata."""
        answer = self.s3.get_object(Bucket=NAME, Key=TARGET_KEY)
        return {"body": answer["Body"].read(), "metadata": answer["Metadata"]}

    def nothing_is_published(self) -> bool:
        return not self.s3.list_objects_v2(Bucket=NAME, Prefix="serving/").get("Contents")

    def unfinished_uploads(self) -> int:
        return len(self.s3.list_multipart_uploads(Bucket=NAME).get("Uploads", []))

    def operations(self) -> list[str]:
        """Of everybody, in order."""
        return [row["operation"] for row in self.world.calls() if row["service"] == "s3"]

    @contextmanager
    def held(self, operation: str) -> Iterator[str]:
        """S3 does the operation and keeps its answer back, until the end of the block cuts it off."""
        fault = self.world.fault(match={"service": "s3", "operation": operation}, times=1, hold=True)
        try:
            yield fault
        finally:
            self.world.do("DELETE", f"/faults/{fault}")

    def is_holding(self, fault: str) -> bool:
        faults = self.world.do("GET", "/faults")
        rows = faults["faults"] if isinstance(faults, dict) else faults
        return any(row["id"] == fault and row["held"] for row in rows)

    def _environment(self, url: str) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "PYTHONPATH": str(PROJECT / "operator"),
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "packer",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
