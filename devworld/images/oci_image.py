"""An image as it lies in an OCI archive: its digest, its settings, its files and their sizes.

The format is the OCI image layout (image-spec, image-layout.md) in a tar, with one image in it.
"""

import dataclasses
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@dataclasses.dataclass(frozen=True)
class LayerFile:
    """`path` without the first slash; `content` of regular files that were asked for, else None."""

    path: str
    mode: int
    size: int
    owner: tuple[int, int]
    modified: int
    kind: str
    """file, folder, link, or other."""
    target: str
    """Of a link, as it says; else empty."""
    content: bytes | None


@dataclasses.dataclass(frozen=True)
class OciImage:
    """One platform of one image."""

    archive: Path
    name: str
    """Registry, repository and tag, as the archive has it."""
    digest: str
    """Of its manifest: what `image@sha256:...` says."""
    manifest: dict[str, Any]
    config: dict[str, Any]

    @classmethod
    def read(cls, archive: Path) -> "OciImage":
        """Raises KeyError or tarfile.TarError where it is no OCI archive of one image."""
        with tarfile.open(archive) as tar:
            [entry] = _json(tar, "index.json")["manifests"]
            manifest = _json(tar, _blob(entry["digest"]))
            config = _json(tar, _blob(manifest["config"]["digest"]))
        name = entry["annotations"]["org.opencontainers.image.ref.name"]
        return cls(archive, name, entry["digest"], manifest, config)

    @property
    def compressed_bytes(self) -> int:
        """What a node pulls."""
        return sum(layer["size"] for layer in self.manifest["layers"])

    def unpacked_bytes(self) -> int:
        """What its files come to."""
        return sum(file.size for file in self.files())

    def files(self, *, contents_of: tuple[str, ...] = ()) -> Iterator[LayerFile]:
        """Of all layers in order, with the content of files whose path ends so; () reads none, ("",) all."""
        with tarfile.open(self.archive) as tar:
            for layer in self.manifest["layers"]:
                blob = tar.extractfile(_blob(layer["digest"]))
                with tarfile.open(fileobj=blob, mode="r|*") as files:
                    yield from (_file(files, member, contents_of) for member in files)


def _file(files: tarfile.TarFile, member: tarfile.TarInfo, contents_of: tuple[str, ...]) -> LayerFile:
    wanted = member.isfile() and bool(contents_of) and member.name.endswith(contents_of)
    content = files.extractfile(member) if wanted else None
    return LayerFile(
        path=member.name.strip("/"),
        mode=member.mode,
        size=member.size,
        owner=(member.uid, member.gid),
        modified=int(member.mtime),
        kind=_kind(member),
        target=member.linkname,
        content=content.read() if content else None,
    )


def _kind(member: tarfile.TarInfo) -> str:
    if member.isfile():
        return "file"
    if member.isdir():
        return "folder"
    return "link" if member.issym() or member.islnk() else "other"


def _blob(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _json(tar: tarfile.TarFile, name: str) -> Any:
    file = tar.extractfile(name)
    return json.load(io.TextIOWrapper(file, encoding="utf-8")) if file else None
