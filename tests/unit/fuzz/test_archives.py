"""Archives and configs of users: read, or refused with the exceptions that become a sentence in status."""

import contextlib
import gzip
import io
import tarfile

from hypothesis import example, given
from hypothesis import strategies as st

from endpoint_operator.aws.models.archive_stream import ArchiveUnreadable, members_of
from endpoint_operator.planning.models.directory_listing import DirectoryListing, DirectoryRefused
from endpoint_operator.planning.models.pbtxt import NotTextFormat, top_fields
from endpoint_operator.planning.models.triton_archive import ArchiveRefused, Member, MemberKind, check_archive
from tests.unit.fuzz.budget import cheaply_fuzzed, fuzzed
from tests.unit.fuzz.written_by_users import texts

SMALL = 1024 * 1024
NO_DEFLATE = gzip.compress(b"")[:10] + b"\xff" * 20
_PIECES = (
    "name",
    ":",
    '"a"',
    "'a'",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "# c\n",
    '"',
    "\\",
    "\n",
    "platform",
    "ensemble",
    ",",
)
paths = st.lists(st.sampled_from(["m", "1", "0", "..", ".", "", "config.pbtxt", "model.onnx", "é" * 200]), max_size=4)
names = st.one_of(texts, paths.map("/".join))
kinds = st.sampled_from(list(MemberKind))


def archive_of(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members:
            header = tarfile.TarInfo(name or "x")
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return buffer.getvalue()


def read(packed: bytes) -> list[str]:
    with contextlib.suppress(ArchiveUnreadable):
        return [
            found.member.name for found in members_of(io.BytesIO(packed), at_most=SMALL) if found.content() is not None
        ]
    return []


@given(packed=st.one_of(st.binary(max_size=2000), st.binary(max_size=2000).map(gzip.compress)))
@example(packed=NO_DEFLATE)
@example(packed=gzip.compress(archive_of([])) + NO_DEFLATE)  # behind the end of the tar
@cheaply_fuzzed
def test_bytes_that_are_no_archive_are_unreadable(packed: bytes) -> None:
    read(packed)


@given(
    members=st.lists(st.tuples(st.text(string := "abc/.1", max_size=8), st.binary(max_size=600)), max_size=4),
    place=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
    cut=st.booleans(),
)
@fuzzed
def test_an_archive_that_was_damaged_or_forged_is_unreadable_or_read(
    members: list[tuple[str, bytes]],
    place: float,
    byte: int,
    cut: bool,  # noqa: FBT001
) -> None:
    forged = bytearray(archive_of(members))
    forged[int(place * len(forged))] = byte
    read(gzip.compress(bytes(forged[: int(place * len(forged))] if cut else forged)))
    packed = bytearray(gzip.compress(archive_of(members)))
    packed[int(place * len(packed))] = byte
    read(bytes(packed))


@given(text=st.one_of(texts, st.lists(st.sampled_from(_PIECES), max_size=12).map(" ".join)))
@cheaply_fuzzed
def test_a_config_is_read_or_is_no_text_format(text: str) -> None:
    with contextlib.suppress(NotTextFormat):
        assert all(isinstance(value, str) for value in top_fields(text).values())


@given(
    members=st.lists(st.builds(Member, name=names, kind=kinds, size=st.integers(0, 2**62)), max_size=6),
    config=st.one_of(texts, st.lists(st.sampled_from(_PIECES), max_size=12).map(" ".join)),
    template=st.none() | texts,
)
@example(members=[Member(name="\udcff/1", kind=MemberKind.FILE, size=1)], config="", template=None)
@fuzzed
def test_the_names_of_an_archive_are_taken_or_refused(members: list[Member], config: str, template: str | None) -> None:
    with contextlib.suppress(ArchiveRefused):
        check_archive(members, {member.name: config for member in members}, template=template)


@given(keys=st.lists(names, max_size=6), size=st.integers(0, 2**50))
@fuzzed
def test_the_keys_of_a_directory_are_taken_or_refused(keys: list[str], size: int) -> None:
    listing = DirectoryListing("s3://models/churn/")
    with contextlib.suppress(DirectoryRefused):
        for key in keys:
            listing.add(key=f"churn/{key}", size_bytes=size, etag="e")
        for file in listing.files():
            assert not file.path.startswith("/")
            assert ".." not in file.path.split("/")
