"""`python -m endpoint_operator.packing pack` packs one directory; its exit codes are those of PackerExit."""

import logging
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from endpoint_operator.packing import last_words
from endpoint_operator.packing.aws_trouble import about_source
from endpoint_operator.packing.order import PackOrder, parse
from endpoint_operator.packing.pack import pack
from endpoint_operator.packing.refusal import GivenUp, Terminated
from endpoint_operator.planning.models.packer_exits import PackerExit

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

log = logging.getLogger("packer")

TERMINATED = 128 + signal.SIGTERM
# A part of 8 MiB or more takes long on a slow line; S3's own troubles pass within seconds.
_CLIENT = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5})


def main(arguments: Sequence[str]) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    order = parse(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    code, sentence = _ending(order)
    log.log(logging.INFO if code == PackerExit.PACKED else logging.ERROR, "%s", sentence)
    last_words.leave(sentence, at=order.termination_log)
    return code


def _ending(order: PackOrder) -> tuple[int, str]:
    """Exit code and last words. A defect of ours is a traceback and exit code 1; the kubelet takes it from the log."""
    try:
        return PackerExit.PACKED, pack(order, _client(order))
    except GivenUp as given_up:
        return given_up.code, str(given_up)
    except Terminated:
        return TERMINATED, "stopped by SIGTERM; what was uploaded of the archive was taken away again"


def _client(order: PackOrder) -> "S3Client":
    with about_source(order.source.s3_uri):
        client: S3Client = boto3.client("s3", config=_CLIENT)
        return client


def _terminate(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not cut short what the first began
    raise Terminated


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
