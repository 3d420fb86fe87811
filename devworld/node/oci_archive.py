"""An image of a few files, written by hand as an OCI archive: what a base image would be needed for otherwise.

The format is the OCI image layout (image-spec, image-layout.md) in a tar, as `buildah push oci-archive:` writes it. The
same content gives the same bytes.
"""

import dataclasses
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclasses.dataclass(frozen=True)
class Image:
    """`name` is whole, with registry and tag: a kubelet asks for it so. `machine`: as os.uname() names it."""

    name: str
    programs: Mapping[str, Path]
    """Path in the image (without the first slash) to a file here, which becomes executable for everyone."""
    entrypoint: tuple[str, ...]
    machine: str
    user: str = ""
    """Numeric, "10001:10001"; empty is root."""


def write(image: Image, archive: Path) -> None:
    """Raises KeyError for a machine that is neither x86_64 nor aarch64."""
    layer = _layer(image.programs)
    config = _json(
        {
            "architecture": ARCHITECTURES[image.machine],
            "os": "linux",
            "config": {"Entrypoint": list(image.entrypoint), "User": image.user},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
    )
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _descriptor(config, CONFIG),
            "layers": [_descriptor(layer, LAYER)],
        }
    )
    names = {"io.containerd.image.name": image.name, "org.opencontainers.image.ref.name": image.name}
    index = _json({"schemaVersion": 2, "manifests": [_descriptor(manifest, MANIFEST) | {"annotations": names}]})
    files = {"oci-layout": _json({"imageLayoutVersion": "1.0.0"}), "index.json": index}
    files |= {f"blobs/{_digest(blob).replace(':', '/')}": blob for blob in (layer, config, manifest)}
    archive.write_bytes(_tar({name: (content, 0o644) for name, content in files.items()}))


def _layer(programs: Mapping[str, Path]) -> bytes:
    return _tar({name: (path.read_bytes(), 0o755) for name, path in programs.items()})


def _tar(files: Mapping[str, tuple[bytes, int]]) -> bytes:
    """Owned by root, of no date."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for name in sorted(files):
            content, mode = files[name]
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
    return written.getvalue()


def _json(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True).encode()


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"


def _descriptor(blob: bytes, media_type: str) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": _digest(blob), "size": len(blob)}
