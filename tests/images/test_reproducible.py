"""Who builds the same sources again gets the same image, and nothing of the machine that built it is in there."""

from pathlib import Path

import pytest

from devworld.images.building import ARCHIVE, Built, build
from devworld.images.oci_image import OciImage
from devworld.images.package_index import AUTHORITIES_INSIDE, AUTHORITIES_VARIABLES, SETTINGS_INSIDE
from devworld.images.recipes import OPERATOR
from devworld.settings import PROJECT
from tests.controlplane.progress import Progress

pytestmark = pytest.mark.timeout(1800)
SENTINEL = "of-this-machine-only.invalid"


@pytest.fixture(scope="module")
def again(images: dict[str, Built], tmp_path_factory: pytest.TempPathFactory) -> OciImage:
    """The operator's image built once more, on a machine with a proxy rule, an index and an authority of its own."""
    work = tmp_path_factory.mktemp("again")
    folder = work / "made"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as machine:
        machine.setenv("no_proxy", SENTINEL)
        machine.setenv("PIP_TRUSTED_HOST", SENTINEL)
        machine.setenv("PIP_CERT", str(_authorities(work)))
        build(OPERATOR, folder, Progress("images"))
    return OciImage.read(folder / ARCHIVE)


def _authorities(folder: Path) -> Path:
    """Those of this machine, and a line by which they are known."""
    from devworld.images import package_index

    own = package_index.authorities()
    if own is None:
        pytest.skip(f"this machine names no file with certificate authorities in {', '.join(AUTHORITIES_VARIABLES)}")
    marked = folder / "authorities.crt"
    marked.write_text(f"{own.read_text(encoding='utf-8')}\n# {SENTINEL}\n", encoding="utf-8")
    return marked


def test_two_builds_have_the_same_digest(again: OciImage, images: dict[str, Built]) -> None:
    first = OciImage.read(images["operator"].archive)
    assert again.config == first.config
    assert _differences(first, again) == []
    assert again.digest == first.digest


def test_nothing_of_the_machine_is_in_it(again: OciImage) -> None:
    words = [SENTINEL, AUTHORITIES_INSIDE, SETTINGS_INSIDE, str(PROJECT), str(Path.home() / ".cache")]
    settings = f"{again.manifest}{again.config}"
    assert [word for word in words if word in settings] == []
    sought = [word.encode() for word in words if word != SETTINGS_INSIDE]
    for file in again.files(contents_of=("",)):
        assert [word for word in sought if word in (file.content or b"")] == [], file.path
        assert f"/{file.path}" not in (AUTHORITIES_INSIDE, SETTINGS_INSIDE)


def _differences(one: OciImage, other: OciImage) -> list[str]:
    """The paths that are not the same, so that whoever broke it sees where."""
    mine, theirs = ({file.path: file for file in image.files(contents_of=("",))} for image in (one, other))
    return sorted(path for path in mine.keys() | theirs.keys() if mine.get(path) != theirs.get(path))
