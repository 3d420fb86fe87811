"""The folder on disk that stands for one container's file system: its model, and a place of its own to write to."""

import logging
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelFolder:
    """A folder made for one server process and removed with it."""

    root: Path

    @classmethod
    def make(cls, *, under: Path, prefix: str) -> "ModelFolder":
        folder = cls(Path(tempfile.mkdtemp(dir=under, prefix=prefix)))
        folder.root.chmod(0o755)  # a server may run as another user than the simulator
        folder.model.mkdir()
        folder.work.mkdir()
        return folder

    @property
    def model(self) -> Path:
        return self.root / "model"

    @property
    def work(self) -> Path:
        """The server's current directory."""
        return self.root / "work"

    def remove(self) -> None:
        """Safe to call twice. What cannot be removed is named in the log; the end of a server does not fail for it."""
        if self.root.exists():
            shutil.rmtree(self.root, onerror=_say_so)


def _say_so(_function: object, path: str, error: tuple[type[BaseException], BaseException, TracebackType]) -> None:
    if isinstance(error[1], FileNotFoundError):  # somebody else has removed it meanwhile, which is as good
        return
    _LOG.warning("%s is left behind: %s; remove it by hand", path, error[1])
