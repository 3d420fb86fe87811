"""From a Dockerfile to an OCI archive and the list of what is in it; the same sources give the same digest."""

import dataclasses
import functools
import json
from pathlib import Path

from devworld.images.availability import available
from devworld.images.base import EPOCH, NAME, base_image, base_key
from devworld.images.bill_of_materials import bill_of_materials
from devworld.images.oci_image import OciImage
from devworld.images.package_index import mounts
from devworld.images.recipes import ImageRecipe, version
from devworld.images.storage import Storage
from devworld.images.tools import Tools
from tests.controlplane.content_cache import kept, key_of
from tests.controlplane.expected import ExpectedError
from tests.controlplane.progress import Progress

ARCHIVE = "image.tar"
BILL = "sbom.cdx.json"
BUILDS_KEPT = 12  # two of each image, and of the one that an upgrade begins with
# Chroot needs neither runc nor control groups; buildah's own label would tell its version.
OPTIONS = ("--quiet", "--isolation=chroot", "--net=host", "--layers=false", "--identity-label=false")


class ImagesUnavailableError(ExpectedError):
    """No image can be built on this machine; the text says why."""


@dataclasses.dataclass(frozen=True)
class Built:
    """What there is of an image; both files stay until the cache is cleaned of older builds."""

    name: str
    """Under which a node that loads the archive has it."""
    archive: Path
    """For Node.start, `docker load`, `skopeo copy oci-archive:...`."""
    bill: Path
    """CycloneDX JSON."""


def built(recipe: ImageRecipe) -> Built:
    """The image of these very sources, built now if it is not there yet.

    Raises:
        ImagesUnavailableError: there can be none on this machine.
        PackagesError: Debian's packages cannot be had.
        ToolError: the build failed; the text is what it said last.
    """
    reason = available()
    if reason:
        raise ImagesUnavailableError(reason)
    key = key_of(recipe.name, version(), recipe.inputs(), base_key(), *OPTIONS)
    make = functools.partial(build, recipe)
    folder = kept("node/image-builds", key, make, at_most=BUILDS_KEPT)
    return Built(recipe.name, folder / ARCHIVE, folder / BILL)


def build(recipe: ImageRecipe, folder: Path, progress: Progress) -> None:
    """Whatever was built before: into an empty folder, whose parent is to work in. Raises what `built` raises."""
    work = folder.parent
    tools = Tools.ready(work)
    base = base_image(tools)
    progress.say(f"building {recipe.name} from containers/{recipe.folder}: once for these sources")
    storage = Storage.make(work / "storage", settings=work, beneath=base)
    tools.buildah(
        *("build", *OPTIONS, storage.policy_option, f"--timestamp={EPOCH}", *mounts(work)),
        *(f"--build-arg=BASE={NAME}", f"--build-arg=VERSION={version()}"),
        *(f"--file={recipe.dockerfile}", f"--tag={recipe.name}", str(recipe.checkout)),
        environment=storage.environment,
    )
    archive = folder / ARCHIVE
    tools.buildah(
        *("push", "--quiet", storage.policy_option, recipe.name, f"oci-archive:{archive}:{recipe.name}"),
        environment=storage.environment,
    )
    bill = bill_of_materials(OciImage.read(archive))
    (folder / BILL).write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
