"""`python -m devworld.images [FOLDER...]`, behind make images: builds, and prints what came of it."""

import json
import sys

from devworld.images.building import Built, built
from devworld.images.oci_image import OciImage
from devworld.images.recipes import IMAGES, ImageRecipe
from tests.controlplane.expected import ExpectedError
from tests.controlplane.interrupts import interrupt_on_signals

MEGABYTE = 1_000_000  # as registries count
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
HEADER = ("IMAGE", "DIGEST", "PULLED", "UNPACKED", "PARTS", "ARCHIVE")


def main(folders: list[str]) -> int:
    """The exit code: 0, 1 for what a user can mend, 130 after Ctrl-C."""
    interrupt_on_signals()
    known = {recipe.folder: recipe for recipe in IMAGES}
    unknown = [folder for folder in folders if folder not in known]
    if unknown:
        sys.stderr.write(f"images: no image {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 1
    try:
        _print([built(recipe) for recipe in _asked(folders, known)])
    except ExpectedError as error:
        sys.stderr.write(f"images: {error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _asked(folders: list[str], known: dict[str, ImageRecipe]) -> list[ImageRecipe]:
    return [known[folder] for folder in folders] or list(known.values())


def _print(images: list[Built]) -> None:
    rows = [HEADER, *(_row(image) for image in images)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    for row in rows:
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")


def _row(image: Built) -> tuple[str, ...]:
    read = OciImage.read(image.archive)
    parts = len(json.loads(image.bill.read_text(encoding="utf-8"))["components"])
    sizes = (f"{size / MEGABYTE:.1f} MB" for size in (read.compressed_bytes, read.unpacked_bytes()))
    return (image.name, read.digest, *sizes, str(parts), str(image.archive))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
