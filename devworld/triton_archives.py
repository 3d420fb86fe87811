"""Model archives for Triton's Python backend, small and real: a tenant's autocompletion, and an embedding of texts."""

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

from devworld import triton_autocomplete, triton_embedding

_CONFIG = """\
name: "{name}"
backend: "python"
max_batch_size: 0
input [ {{ name: "TEXT" data_type: TYPE_STRING dims: [ -1 ] }} ]
output [ {{ name: "{output}" data_type: {type} dims: {dims} }} ]
instance_group [ {{ kind: KIND_CPU count: 1 }} ]
"""


def autocomplete_archive(corpus: str) -> bytes:
    """model.tar.gz with one model, `autocomplete`, that has learnt from the corpus: a sentence a line."""
    return packed(autocomplete_files(corpus))


def embedding_archive() -> bytes:
    """model.tar.gz with one model, `embedding`."""
    return packed(embedding_files())


def autocomplete_files(corpus: str) -> dict[str, bytes]:
    """What is in its archive, by path."""
    config = _CONFIG.format(name="autocomplete", output="COMPLETION", type="TYPE_STRING", dims="[ -1 ]")
    return {
        "autocomplete/config.pbtxt": config.encode(),
        "autocomplete/1/model.py": _source(triton_autocomplete.__file__),
        "autocomplete/1/corpus.txt": corpus.encode(),
    }


def embedding_files() -> dict[str, bytes]:
    """What is in its archive, by path."""
    dims = f"[ -1, {triton_embedding.DIMENSIONS} ]"
    config = _CONFIG.format(name="embedding", output="EMBEDDING", type="TYPE_FP32", dims=dims)
    return {"embedding/config.pbtxt": config.encode(), "embedding/1/model.py": _source(triton_embedding.__file__)}


def packed(files: Mapping[str, bytes]) -> bytes:
    """A .tar.gz that is the same for the same files at any time, so that its ETag says what is in it."""
    archive = io.BytesIO()
    with gzip.GzipFile(fileobj=archive, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def _source(module: str | None) -> bytes:
    assert module is not None  # noqa: S101 - they are modules of files
    return Path(module).read_bytes()
