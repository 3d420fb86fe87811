"""Which images there are, and what each is made of: its Dockerfile and the files that it copies."""

import dataclasses
import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from devworld.settings import PROJECT

# Of a COPY from the checkout; COPY --from copies between stages.
COPIED = re.compile(r"^COPY (?!--)(\S+) \S+$", re.MULTILINE)
TAG = "dev"


@dataclasses.dataclass(frozen=True)
class ImageRecipe:
    """One image; `folder` is that of its Dockerfile, below containers/."""

    folder: str
    repository: str
    """Names no registry: what is built here is not to be confused with what is published."""
    checkout: Path = PROJECT

    @property
    def name(self) -> str:
        """Whole, as a kubelet asks for it."""
        return f"{self.repository}:{TAG}"

    @property
    def dockerfile(self) -> Path:
        return self.checkout / "containers" / self.folder / "Dockerfile"

    def inputs(self) -> str:
        """A digest of the Dockerfile and of every file that it copies from the checkout."""
        text = self.dockerfile.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode())
        for path in sorted({file for source in COPIED.findall(text) for file in _files(self.checkout / source)}):
            digest.update(f"{path.relative_to(self.checkout)}\0{path.stat().st_mode & 0o111:o}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


OPERATOR = ImageRecipe("operator", "localhost/endpoint-operator")
PACKER = ImageRecipe("packer", "localhost/endpoint-operator-packer")
SIMULATOR = ImageRecipe("simulator", "localhost/sagemaker-simulator")
ENVOY = ImageRecipe("envoy", "localhost/endpoint-operator-envoy")
IMAGES = (OPERATOR, PACKER, SIMULATOR, ENVOY)


def version() -> str:
    """The project's, which the images' labels name."""
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _files(path: Path) -> Iterator[Path]:
    """Without what Python wrote beside them: images get their own."""
    found = [path] if path.is_file() else path.rglob("*")
    return (file for file in found if file.is_file() and "__pycache__" not in file.parts)
