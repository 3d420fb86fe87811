"""The layout Triton, checked on names and small files before a byte is uploaded."""

from endpoint_operator.packing.arrangement import Arrangement
from endpoint_operator.packing.refusal import GivenUp
from endpoint_operator.packing.source import SourceDirectory
from endpoint_operator.planning.models.packer_exits import PackerExit
from endpoint_operator.planning.models.triton_archive import ArchiveRefused, Member, MemberKind, TritonArchive


def check_triton(arrangement: Arrangement, source: SourceDirectory) -> None:
    """Reads each config.pbtxt that the check asks for, which bounds their size first. Raises GivenUp."""
    archive = TritonArchive()
    try:
        for entry in arrangement.entries:
            if archive.take(Member(name=entry.name, kind=MemberKind.FILE, size=entry.size_bytes)):
                added = arrangement.added.get(entry.name)
                text = added if added is not None else source.open(arrangement.files[entry.name]).read()
                archive.read_config(entry.name, text)
        archive.finish()
    except ArchiveRefused as refused:
        raise GivenUp(PackerExit.REFUSED, str(refused)) from refused
