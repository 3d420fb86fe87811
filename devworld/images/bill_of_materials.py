"""What an image is made of, as CycloneDX 1.6 JSON: its Debian packages and its Python distributions.

Read from the image's own files, where scanners look too, so that nothing is listed that is not in it: Debian's in
var/lib/dpkg/status.d, Python's in *.dist-info/METADATA. What a wheel carries within itself, such as a library in C, is
the wheel's. It holds no date, and its serial number is made of the image's digest: the same image has the same list.
"""

import email.parser
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from devworld.images.oci_image import LayerFile, OciImage

SPECIFICATION = "1.6"
DEBIAN = "var/lib/dpkg/status.d/"
DISTRIBUTION = ".dist-info/METADATA"
OS_RELEASE = "usr/lib/os-release"  # what etc/os-release leads to (os-release(5))
# Longer ones are the licence's text, which some distributions put into the field.
LICENCE_NAME_LENGTH = 64
Component = dict[str, Any]


def bill_of_materials(image: OciImage) -> dict[str, Any]:
    """Raises ValueError where the image does not tell of its Debian packages: a list without them would be no list."""
    told = [file for file in image.files(contents_of=("",)) if _tells(file.path)]
    release = dict(_release(told))
    components = [*_debian(told, release), *_python(told)]
    if not any(component["purl"].startswith("pkg:deb/") for component in components):
        raise ValueError(f"{image.name} has no {DEBIAN}: was it built on Debian with least_root?")
    repository, _, tag = image.name.rpartition(":")
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPECIFICATION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, image.digest)}",
        "version": 1,
        "metadata": {"component": _whole(image, repository=repository, tag=tag)},
        "components": sorted(components, key=lambda component: str(component["purl"])),
    }


def _tells(path: str) -> bool:
    return path.startswith(DEBIAN) or path.endswith(DISTRIBUTION) or path == OS_RELEASE


def _whole(image: OciImage, *, repository: str, tag: str) -> Component:
    name = repository.rpartition("/")[2]
    purl = f"pkg:oci/{name}@{quote(image.digest, safe='')}?tag={tag}"
    version = image.config["config"]["Labels"]["org.opencontainers.image.version"]
    return {"type": "container", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _debian(told: list[LayerFile], release: dict[str, str]) -> Iterator[Component]:
    distribution = f"{release['ID']}-{release['VERSION_ID']}"
    for file in told:
        if file.path.startswith(DEBIAN) and file.content is not None:
            fields = _fields(file.content)
            name, version = fields["Package"], fields["Version"]
            purl = f"pkg:deb/debian/{quote(name, safe='')}@{quote(version, safe='~.')}"
            yield _library(name, version, f"{purl}?arch={fields['Architecture']}&distro={distribution}")


def _python(told: list[LayerFile]) -> Iterator[Component]:
    for file in told:
        if file.path.endswith(DISTRIBUTION) and file.content is not None:
            fields = _fields(file.content)
            name, version = fields["Name"], fields["Version"]
            purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{quote(version, safe='.')}"
            yield _library(name, version, purl) | _licence(fields)


def _library(name: str, version: str, purl: str) -> Component:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _licence(fields: dict[str, str]) -> Component:
    """As its author put it: an SPDX expression (Python's core metadata 2.4), or a name."""
    if "License-Expression" in fields:
        return {"licenses": [{"expression": fields["License-Expression"]}]}
    named = fields.get("License", "")
    if named and len(named) <= LICENCE_NAME_LENGTH and "\n" not in named:
        return {"licenses": [{"license": {"name": named}}]}
    return {}


def _fields(content: bytes) -> dict[str, str]:
    """Of a Debian stanza or of core metadata: both look like the head of a mail."""
    return {str(name): str(value) for name, value in email.parser.BytesHeaderParser().parsebytes(content).items()}


def _release(told: list[LayerFile]) -> Iterator[tuple[str, str]]:
    for file in told:
        if file.path == OS_RELEASE and file.content is not None:
            for line in file.content.decode().splitlines():
                name, _, value = line.partition("=")
                yield name, value.strip('"')
