"""The folder that becomes the root of an image, and the one way files of the build stage come into it."""

import os
import shutil
from pathlib import Path

SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")


class Image:
    """Paths are those that a file has in the build stage, and so in the image."""

    def __init__(self, root: Path) -> None:
        """Nothing is there yet."""
        self.root = root
        self.copied: set[Path] = set()
        """Files and links that came from the build stage's own system."""

    def make_skeleton(self) -> None:
        """The folders that are links on every Debian, so that a library is found under both of its names."""
        self.root.mkdir()
        for name in SYSTEM_FOLDERS:
            path = Path("/", name)
            if path.is_symlink():
                self.at(path).symlink_to(path.readlink())
                self.at(path.resolve()).mkdir(parents=True, exist_ok=True)

    def at(self, path: Path | str) -> Path:
        """Where a path of the image is during the build."""
        return self.root / Path(path).relative_to("/")

    def write(self, path: str, text: str) -> None:
        place = self.at(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def copy(self, path: Path) -> None:
        """A file; of a link also what it leads to. Asked for again, it is there already."""
        path = Path(os.path.realpath(path.parent), path.name)
        place = self.at(path)
        if place.is_symlink() or place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        self.copied.add(path)
        if path.is_symlink():
            place.symlink_to(path.readlink())
            self.copy(path.parent / path.readlink())
        else:
            shutil.copyfile(path, place)
            place.chmod(path.stat().st_mode & 0o777)
