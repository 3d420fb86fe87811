"""Where each file of the directory stands in the archive, and what is added to it.

It sees the listing, never the files.
"""

from dataclasses import dataclass

from endpoint_operator.packing.archive import Entry
from endpoint_operator.packing.order import TRITON, S3Place
from endpoint_operator.planning.models.directory_listing import ListedFile
from endpoint_operator.planning.models.triton_archive import CONFIG


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """`entries` by name; each is a file of the directory or, in `added`, bytes of our own."""

    entries: tuple[Entry, ...]
    files: dict[str, ListedFile]
    added: dict[str, bytes]


def arrange(
    files: tuple[ListedFile, ...], *, source: S3Place, layout: str, config_template: bytes | None
) -> Arrangement:
    """AsIs: as they stand below the directory.

    Triton: below one directory a model, for that is what it loads (Triton's "Model Repository"). A directory that is a
    model itself, with config.pbtxt or a version at its top, becomes one under its own name; each model without
    config.pbtxt gets the template.
    """
    top = f"{_own_name(source)}/" if layout == TRITON and _is_a_model(files) else ""
    placed = {top + file.path: file for file in files}
    added = _configs(placed, config_template) if config_template is not None else {}
    entries = [Entry(name=name, size_bytes=file.size_bytes) for name, file in placed.items()]
    entries += [Entry(name=name, size_bytes=len(content)) for name, content in added.items()]
    return Arrangement(entries=tuple(sorted(entries, key=lambda entry: entry.name)), files=placed, added=added)


def _is_a_model(files: tuple[ListedFile, ...]) -> bool:
    return any(file.path == CONFIG or _first(file.path).isdecimal() for file in files)


def _configs(placed: dict[str, ListedFile], template: bytes) -> dict[str, bytes]:
    models = {_first(name) for name in placed if "/" in name}
    return {f"{model}/{CONFIG}": template for model in models if f"{model}/{CONFIG}" not in placed}


def _own_name(source: S3Place) -> str:
    return source.key.rstrip("/").rpartition("/")[2] or source.bucket


def _first(path: str) -> str:
    return path.partition("/")[0]
