"""What the packer is asked to do: its command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

AS_IS, TRITON = "AsIs", "Triton"
# Where the kubelet reads a container's last words, if the Pod does not say otherwise.
TERMINATION_LOG = Path("/dev/termination-log")


@dataclass(frozen=True, kw_only=True)
class S3Place:
    """s3://BUCKET/KEY; the key of a directory ends in a slash."""

    bucket: str
    key: str

    @property
    def s3_uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, kw_only=True)
class PackOrder:
    """`metadata` goes with the archive as it is; the digests are of what the operator saw.

    `config_template_digest` is the SHA-256 of its bytes, in hex; empty where any will do.
    """

    source: S3Place
    source_digest: str
    target: S3Place
    layout: str
    metadata: dict[str, str]
    config_template: Path | None
    config_template_digest: str
    termination_log: Path


def parse(arguments: Sequence[str]) -> PackOrder:
    """Exits with 2 and a usage message where the arguments are none."""
    parser = argparse.ArgumentParser(prog="python -m endpoint_operator.packing", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    pack = commands.add_parser("pack", help="pack a directory in S3 into one archive in S3")
    pack.add_argument("--source", type=_directory, required=True, help="s3://BUCKET/DIRECTORY/")
    pack.add_argument("--source-digest", required=True, help="digest of the listing; another listing is refused")
    pack.add_argument("--target", type=_object, required=True, help="s3://BUCKET/KEY.tar.gz; never overwritten")
    pack.add_argument("--layout", choices=(AS_IS, TRITON), default=AS_IS)
    pack.add_argument("--metadata", type=_pair, action="append", default=[], metavar="NAME=VALUE")
    pack.add_argument("--config-template", type=Path, help="config.pbtxt for model directories without one (Triton)")
    pack.add_argument("--config-template-digest", default="", help="SHA-256 of the template; another text is refused")
    pack.add_argument("--termination-log", type=Path, default=TERMINATION_LOG, help="file for the last words")
    given = parser.parse_args(arguments)
    if given.config_template is not None and given.layout != TRITON:
        parser.error("--config-template goes with --layout Triton only")
    return PackOrder(
        source=given.source,
        source_digest=given.source_digest,
        target=given.target,
        layout=given.layout,
        metadata=dict(given.metadata),
        config_template=given.config_template,
        config_template_digest=given.config_template_digest,
        termination_log=given.termination_log,
    )


def _object(text: str) -> S3Place:
    scheme, _, rest = text.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key or key.endswith("/"):
        raise argparse.ArgumentTypeError(f"{text}: give s3://BUCKET/KEY")
    return S3Place(bucket=bucket, key=key)


def _directory(text: str) -> S3Place:
    if not text.endswith("/"):
        raise argparse.ArgumentTypeError(f"{text}: a directory ends in a slash")
    scheme, _, rest = text.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise argparse.ArgumentTypeError(f"{text}: give s3://BUCKET/DIRECTORY/")
    return S3Place(bucket=bucket, key=key)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text}: give NAME=VALUE")
    return name, value
