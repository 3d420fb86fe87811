"""The application's folder without what only its developers, or users of other parts of AWS, need of it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from image import Image

LEFT_OUT = ("__pycache__", "*.pyi", "*.pyx", "*.pxd", "*.h", "*.a", "tests")
COMMANDS = "bin"  # for a shell, which is not there
PACKAGE = "__init__.py"


def bring(image: Image, folder: Path, *, only: Mapping[Path, frozenset[str]]) -> None:
    """With the whole of a folder, or of folders in `only` those entries and what makes them packages.

    Raises SystemExit where such an entry is not there.
    """
    place = image.at(folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, place, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.rmtree(place / COMMANDS, ignore_errors=True)
    for part, names in only.items():
        _keep(place / part, names)


def _keep(folder: Path, names: frozenset[str]) -> None:
    there = {path.name: path for path in folder.iterdir()}
    missing = sorted(names - there.keys())
    if missing:
        raise SystemExit(f"least_root: {folder} has no {', '.join(missing)}; see --only in the Dockerfile")
    for name in there.keys() - names - {PACKAGE}:
        path = there[name]
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
