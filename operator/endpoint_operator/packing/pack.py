"""The whole way from a directory to an archive: list, check, stream, compare, make visible."""

import hashlib
import io
import logging
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from endpoint_operator.packing.archive import Entry, Reader, write_archive
from endpoint_operator.packing.arrangement import Arrangement, arrange
from endpoint_operator.packing.aws_trouble import about_target, code_of, source_changed
from endpoint_operator.packing.layout_check import check_triton
from endpoint_operator.packing.order import TRITON, PackOrder
from endpoint_operator.packing.refusal import GivenUp, Terminated
from endpoint_operator.packing.source import SourceDirectory
from endpoint_operator.packing.upload import MIB, ArchiveUpload, NotMade, abort_unfinished, part_size_for
from endpoint_operator.planning.models.directory_listing import ListedFile, listing_digest
from endpoint_operator.planning.models.packer_exits import PackerExit

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

log = logging.getLogger(__name__)

# The object may have been made anew from a backup; what is its own it finds again by everything else.
_MAY_DIFFER = "endpoint-operator-uid"


def pack(order: PackOrder, s3: "S3Client") -> str:
    """What was done, as a sentence. Nothing is uploaded before all that can be known beforehand is right.

    Raises GivenUp.
    """
    source = SourceDirectory(s3, order.source)
    files = _as_planned(order, source)
    arrangement = arrange(files, source=order.source, layout=order.layout, config_template=_template(order))
    if order.layout == TRITON:
        check_triton(arrangement, source)
    if _already_there(order, s3):
        return f"{order.target.s3_uri} was there already, with this very content"
    abort_unfinished(s3, order.target)
    try:
        return _stream(order, s3, source, arrangement)
    except Terminated:
        # The signal may have come while S3 answered with the name of the upload, which nobody knows then.
        abort_unfinished(s3, order.target)
        raise


def _stream(order: PackOrder, s3: "S3Client", source: SourceDirectory, arrangement: Arrangement) -> str:
    size = sum(entry.size_bytes for entry in arrangement.entries)
    packed = f"{len(arrangement.entries)} files of {order.source.s3_uri}, {_mib(size)},"
    log.info("packing %s into %s", packed, order.target.s3_uri)

    def content_of(entry: Entry) -> Reader:
        added = arrangement.added.get(entry.name)
        return io.BytesIO(added) if added is not None else source.open(arrangement.files[entry.name])

    with ArchiveUpload(s3, order.target, metadata=order.metadata, part_size=part_size_for(size)) as upload:
        write_archive(arrangement.entries, content_of=content_of, to=upload)
        _as_planned(order, source)
        try:
            upload.complete()
        except NotMade:
            if not _already_there(order, s3):
                sentence = f"{order.target.s3_uri}: somebody aborted the upload, or deleted what was there; tried again"
                raise GivenUp(PackerExit.WORLD, sentence) from None
        return f"packed {packed} into {order.target.s3_uri}, {_mib(upload.size_bytes)}"


def _as_planned(order: PackOrder, source: SourceDirectory) -> tuple[ListedFile, ...]:
    files = source.list()
    if listing_digest(files) != order.source_digest:
        raise source_changed(f"{order.source.s3_uri} does not hold what it held when this was planned")
    return files


def _template(order: PackOrder) -> bytes | None:
    if order.config_template is None:
        return None
    try:
        text = order.config_template.read_bytes()
    except OSError as error:
        sentence = f"the template {order.config_template} cannot be read ({error.strerror}); see configTemplate"
        raise GivenUp(PackerExit.REFUSED, sentence) from error
    if order.config_template_digest not in ("", hashlib.sha256(text).hexdigest()):
        raise source_changed("the text of spec.source.configTemplate is not what it was when this was planned")
    return text


def _already_there(order: PackOrder, s3: "S3Client") -> bool:
    """Whether the key holds what we would make. Raises GivenUp where it holds anything else."""
    with about_target(order.target.s3_uri):
        try:
            found = s3.head_object(Bucket=order.target.bucket, Key=order.target.key)["Metadata"]
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchKey"):
                return False
            raise
    if _without_uid(found) != _without_uid(order.metadata):
        raise _taken(order)
    return True


def _without_uid(metadata: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in metadata.items() if name != _MAY_DIFFER}


def _taken(order: PackOrder) -> GivenUp:
    sentence = f"{order.target.s3_uri} holds something else, which is left as it is; choose another spec.targetModel"
    return GivenUp(PackerExit.TARGET_TAKEN, sentence)


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / MIB:,.1f} MiB"
