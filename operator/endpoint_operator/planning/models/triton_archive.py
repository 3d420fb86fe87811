"""Whether Triton on a SageMaker multi-model endpoint would find a model in an archive, before it is published.

Pure: an archive is given header by header, with the text of each config.pbtxt, and is never held. The same check reads
archives that are copied and names that are about to be packed. What Triton wants is in its User Guide, "Model
Repository", and in the source of its SageMaker server (`src/sagemaker_server.cc`): one archive is one repository, whose
only directory is the model, or whose only ensemble is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from endpoint_operator.planning.models.directory_listing import LONGEST_NAME_BYTES, MOST_BYTES
from endpoint_operator.planning.models.pbtxt import NotTextFormat, top_fields

CONFIG: Final = "config.pbtxt"
# A config of thousands of inputs has tens of kilobytes.
LONGEST_CONFIG_BYTES: Final = 1024 * 1024
# What is kept of an archive is bounded with this.
MOST_DIRECTORIES: Final = 100
# A model of more files is a data set, or something was packed that is no model.
MOST_MEMBERS: Final = 100_000

# Triton ignores directories that begin with a zero, and those that are no number.
_VERSION = re.compile(r"[1-9][0-9]*")
_PACK_AGAIN = "pack it with `tar -C REPOSITORY -czf model.tar.gz MODEL`"


class MemberKind(StrEnum):
    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"
    """Symbolic or hard."""
    OTHER = "other"
    """A device, a pipe, or what no one knows."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A header: the name as it stands in the archive, the size that it declares in bytes."""

    name: str
    kind: MemberKind
    size: int


class ArchiveRefused(Exception):
    """The archive is none that Triton would load; the text is one sentence: what is wrong and what to do."""


@dataclass
class _Model:
    versions: set[str] = field(default_factory=set)
    odd_versions: set[str] = field(default_factory=set)
    config: str | None = None


class TritonArchive:
    """An archive as it is read: `take` every member, give the text of each config that it asks for, then `finish`.

    `template` is the config.pbtxt of model directories that have none. Each method raises ArchiveRefused.
    """

    def __init__(
        self, *, template: str | None = None, most_bytes: int = MOST_BYTES, most_members: int = MOST_MEMBERS
    ) -> None:
        self._template = template
        self._most_bytes = most_bytes
        self._most_members = most_members
        self._models: dict[str, _Model] = {}
        self._bytes = 0
        self._members = 0
        self._deep_config: str | None = None

    def take(self, member: Member) -> bool:
        """Whether the text of this member is wanted: give it to `read_config`."""
        parts = _parts(member)
        _refuse_kind(member)
        self._count(member)
        if not parts:
            return False
        if len(parts) == 1 and member.kind is MemberKind.FILE:
            return self._take_at_the_top(member, parts[0])
        model = self._model(parts[0])
        if len(parts) == 2 and parts[1] == CONFIG and member.kind is MemberKind.FILE:
            if member.size > LONGEST_CONFIG_BYTES:
                raise ArchiveRefused(f"{member.name} has {member.size:,} bytes, which no config has; correct the file")
            return True
        if parts[-1] == CONFIG and len(parts) > 2:
            self._deep_config = self._deep_config or "/".join(parts)
        if len(parts) > 2 or (len(parts) == 2 and member.kind is MemberKind.DIRECTORY):
            (model.versions if _VERSION.fullmatch(parts[1]) else model.odd_versions).add(parts[1])
        return False

    def read_config(self, name: str, text: str | bytes) -> None:
        """The text of a member that `take` asked for."""
        if isinstance(text, bytes):
            try:
                text = text.decode()
            except UnicodeDecodeError as error:
                raise ArchiveRefused(f"{name} is not UTF-8 text; write it anew") from error
        self._model(_split(name)[0]).config = text

    def finish(self) -> None:
        """The archive ended."""
        if not self._models:
            raise ArchiveRefused(f"the archive holds no directory of a model; {_PACK_AGAIN}")
        fields = {name: self._fields(name, model) for name, model in sorted(self._models.items())}
        for name, model in sorted(self._models.items()):
            self._refuse_model(name, model, fields[name])
        ensembles = [name for name, found in fields.items() if found.get("platform") == "ensemble"]
        if len(fields) > 1 and len(ensembles) != 1:
            found = "none of them is" if not ensembles else f"{_names(ensembles)} are"
            raise ArchiveRefused(
                f"the archive holds the models {_names(fields)}, and {found} an ensemble; an archive is one model, or "
                'several with exactly one of `platform: "ensemble"`, so pack each in an archive of its own'
            )

    def _take_at_the_top(self, member: Member, name: str) -> bool:
        """Files beside the model's directory are passed over, as Triton does."""
        if name == CONFIG:
            raise ArchiveRefused(
                f"{member.name} lies at the top of the archive; it must lie in a directory that is named as the model; "
                f"{_PACK_AGAIN}"
            )
        return False

    def _model(self, name: str) -> _Model:
        if name not in self._models and len(self._models) == MOST_DIRECTORIES:
            raise ArchiveRefused(
                f"the archive has more than {MOST_DIRECTORIES} directories at its top; pack each model by itself"
            )
        return self._models.setdefault(name, _Model())

    def _count(self, member: Member) -> None:
        self._members += 1
        self._bytes += max(0, member.size)
        if self._members > self._most_members:
            raise ArchiveRefused(
                f"the archive has more than {self._most_members:,} members; leave out what is no model"
            )
        if self._bytes > self._most_bytes:
            raise ArchiveRefused(
                f"the archive unpacks to more than {self._most_bytes // 1024**3} GiB by its own headers, "
                "which every instance would have to hold; make the model smaller"
            )

    def _fields(self, name: str, model: _Model) -> dict[str, str]:
        text = model.config if model.config is not None else self._template
        if text is None:
            self._refuse_without_config(name)
            return {}
        try:
            return top_fields(text)
        except NotTextFormat as error:
            where = f"{name}/{CONFIG}" if model.config is not None else "spec.source.configTemplate"
            raise ArchiveRefused(f"{where} is not in protobuf text format: {error}; correct it") from error

    def _refuse_without_config(self, name: str) -> None:
        if self._deep_config is not None and self._deep_config.startswith(f"{name}/"):
            raise ArchiveRefused(
                f"{self._deep_config} lies too deep: the directory with {CONFIG} must be at the top of the archive, "
                f"and {name} has none; {_PACK_AGAIN}"
            )
        raise ArchiveRefused(
            f"the directory {name} has no {CONFIG}; add it, or for a directory that is packed give "
            "spec.source.configTemplate"
        )

    def _refuse_model(self, name: str, model: _Model, fields: Mapping[str, str]) -> None:
        said = fields.get("name")
        if said is not None and said != name:
            raise ArchiveRefused(
                f'{CONFIG} of the directory {name} says name: "{said}"; name the directory so, or leave the name out'
            )
        if not model.versions:
            odd = f" ({_names(sorted(model.odd_versions))} is none)" if model.odd_versions else ""
            raise ArchiveRefused(
                f"the directory {name} has no version directory{odd}: one that is named by a number from 1 on; "
                f"put the model's files in {name}/1"
            )


def check_archive(members: Iterable[Member], configs: Mapping[str, str], *, template: str | None = None) -> None:
    """The whole check at once, where every name is known; `configs` by the members' names. Raises ArchiveRefused."""
    archive = TritonArchive(template=template)
    for member in members:
        if archive.take(member):
            archive.read_config(member.name, configs[member.name])
    archive.finish()


def _parts(member: Member) -> list[str]:
    name = member.name
    if name.startswith("/") or "\0" in name or re.match(r"[A-Za-z]:[\\/]", name):
        raise ArchiveRefused(f"{name!r} is an absolute path; pack the archive with relative names")
    parts = _split(name)
    if ".." in parts:
        raise ArchiveRefused(f"{name!r} leaves the directory that it is unpacked to (`..`); pack it without")
    if any(len(part.encode(errors="surrogateescape")) > LONGEST_NAME_BYTES for part in parts):
        raise ArchiveRefused(
            f"{name[:80]!r}… has a part of more than {LONGEST_NAME_BYTES} bytes; give it a shorter name"
        )
    return parts


def _split(name: str) -> list[str]:
    return [part for part in name.split("/") if part not in ("", ".")]


def _refuse_kind(member: Member) -> None:
    if member.kind is MemberKind.LINK:
        raise ArchiveRefused(
            f"{member.name!r} is a link, which could lead out of the archive; pack the file itself (`tar -h`)"
        )
    if member.kind is MemberKind.OTHER:
        raise ArchiveRefused(f"{member.name!r} is neither a file nor a directory; leave it out")


def _names(names: Iterable[str]) -> str:
    found = list(names)
    shown = ", ".join(found[:5])
    return f"{shown} and {len(found) - 5} more" if len(found) > 5 else shown
