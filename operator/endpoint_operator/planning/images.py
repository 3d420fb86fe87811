"""Which AWS image a `containers[].framework` means."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from endpoint_operator.api.containers import Accelerator, Framework
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.image_catalogue import CataloguedImage, ImageCatalogue, ScopedImages
from endpoint_operator.planning.processors import Machine
from endpoint_operator.planning.version_order import nearest, numbers, python_number, without_patch

_ALIASES = {"triton": "sagemaker-tritonserver"}
_SCOPE = "inference"
_GRAVITON_SCOPE = "inference_graviton"
_MOST_NAMED = 6


@dataclass(frozen=True, kw_only=True)
class ImageChoice:
    """An image, and what was chosen where the spec says nothing."""

    uri: str
    framework: str
    """Its name in the SageMaker SDK."""
    version: str
    """The full version."""
    base_framework: str | None
    python: str | None
    processor: str
    """As the catalogue names it; `any` where AWS builds one image for all."""
    scope: str


def resolve(
    framework: Framework, *, region: str, instance_type: str | None, catalogue: ImageCatalogue, field: str
) -> ImageChoice | Fault:
    """The image for a framework in a region.

    `instance_type` is None for serverless. `field` is where the framework stands, as in
    spec.containers[0].framework. A framework, version, base, Python, processor or region that AWS has no image for is
    the user's Fault FrameworkNotFound.
    """
    search = _Search(framework=framework, machine=Machine.of(instance_type), instance_type=instance_type, field=field)
    try:
        return search.choose(catalogue, region)
    except _NotFound as refusal:
        return Fault(blame=Blame.USER, reason="FrameworkNotFound", message=str(refusal))


class _NotFound(Exception):
    """The sentence for the user."""


@dataclass(frozen=True, kw_only=True)
class _Search:
    """One question; each step narrows the catalogue down, or raises _NotFound."""

    framework: Framework
    machine: Machine
    instance_type: str | None
    field: str

    def choose(self, catalogue: ImageCatalogue, region: str) -> ImageChoice:
        accelerator = self._accelerator()
        name = self._name(catalogue, accelerator)
        scope, images = self._scope(name, catalogue.scopes(name))
        version, written = self._version(name, images)
        image = self._python(name, self._on_base(name, images.versions[version]))
        processor, tag = self._tag(name, version, image, accelerator)
        host = self._host(name, version, image, region)
        return ImageChoice(
            uri=f"{host}/{image.repository}:{_filled(tag, version=written, base=self._written_base(image))}",
            framework=name,
            version=version,
            base_framework=image.base,
            python=image.python,
            processor=processor,
            scope=scope,
        )

    def _accelerator(self) -> Accelerator:
        """A CPU image runs anywhere; the others only where their processor is."""
        wanted = self.framework.accelerator
        has = self.machine.accelerator
        if wanted not in (None, Accelerator.CPU, has):
            raise _NotFound(
                f"{self.field}.accelerator: {wanted}, but {self._here()} has {has}; "
                "correct it or choose another instance type"
            )
        return wanted or has

    def _name(self, catalogue: ImageCatalogue, accelerator: Accelerator) -> str:
        name = _ALIASES.get(self.framework.name, self.framework.name)
        if name == "huggingface" and accelerator is Accelerator.INFERENTIA:
            return "huggingface-neuron" if self.machine.family == "inf1" else "huggingface-neuronx"
        names = catalogue.names()
        if name not in names:
            close = difflib.get_close_matches(name, [*names, *_ALIASES], n=_MOST_NAMED, cutoff=0.5)
            there_are = f"did you mean {_listed(close)}?" if close else "give a name of the SageMaker SDK, or an image"
            raise _NotFound(f"{self.field}.name: AWS has no framework images of the name {name}; {there_are}")
        return name

    def _scope(self, name: str, scopes: Mapping[str, ScopedImages]) -> tuple[str, ScopedImages]:
        wanted = self.framework.scope or _SCOPE
        for_graviton = name.endswith("-arm64") or wanted == _GRAVITON_SCOPE
        if for_graviton and not self.machine.is_graviton:
            raise _NotFound(
                f"{self.field}: {name} images of the scope {wanted} are for Graviton, which {self._here()} is not; "
                "choose another instance type"
            )
        if self.machine.is_graviton and wanted == _SCOPE and not for_graviton:
            if _GRAVITON_SCOPE not in scopes:
                raise _NotFound(
                    f"{self.field}: AWS has no {name} image for Graviton, which {self._here()} is; "
                    "choose another instance type"
                )
            wanted = _GRAVITON_SCOPE
        if wanted not in scopes:
            raise _NotFound(
                f"{self.field}.scope: AWS has no {name} image for {wanted}; there are images for {_listed(scopes)}"
            )
        return wanted, scopes[wanted]

    def _version(self, name: str, images: ScopedImages) -> tuple[str, str]:
        """The full version, and the version as it is to stand in a tag."""
        wanted = self.framework.version
        if wanted in images.versions:
            return wanted, wanted
        if wanted in images.aliases:
            return images.aliases[wanted], wanted
        longer = sorted((full for full in images.versions if full.startswith(f"{wanted}.")), key=numbers)
        if longer:
            return longer[-1], longer[-1]
        there_are = _listed(nearest(wanted, images.versions)[:_MOST_NAMED])
        raise _NotFound(
            f"{self.field}.version: AWS has no {name} {wanted} image{self._on_graviton()}; there are {there_are}"
        )

    def _on_base(self, name: str, images: Sequence[CataloguedImage]) -> list[CataloguedImage]:
        wanted = self.framework.base_framework
        bases = sorted({image.base for image in images if image.base is not None}, key=numbers)
        if not bases:
            if wanted is not None:
                raise _NotFound(f"{self.field}.baseFramework: {name} images are built on no other framework; remove it")
            return list(images)
        if wanted is None:
            fits = [base for base in bases if base.startswith("pytorch")] or bases
        else:
            fits = [base for base in bases if wanted in (base, without_patch(base))]
        if not fits:
            raise _NotFound(
                f"{self.field}.baseFramework: AWS has no {name} {self.framework.version} image on {wanted}; "
                f"there are {_listed(bases)}"
            )
        return [image for image in images if image.base == fits[-1]]

    def _written_base(self, image: CataloguedImage) -> str:
        return (self.framework.base_framework or image.base or "").lstrip("abcdefghijklmnopqrstuvwxyz")

    def _python(self, name: str, images: Sequence[CataloguedImage]) -> CataloguedImage:
        wanted = self.framework.python
        pythons = {image.python: image for image in images}
        if wanted is None or None in pythons:
            return max(images, key=lambda image: python_number(image.python))
        if wanted not in pythons:
            raise _NotFound(
                f"{self.field}.python: AWS has no {name} {self.framework.version} image with {wanted}; "
                f"there are {_listed(str(python) for python in pythons)}"
            )
        return pythons[wanted]

    def _tag(self, name: str, version: str, image: CataloguedImage, accelerator: Accelerator) -> tuple[str, str]:
        for processor in self.machine.processors(accelerator):
            if processor in image.tags:
                tag = image.tags[processor]
                if tag is None:
                    break
                return processor, tag
        there_are = _listed(processor for processor, tag in image.tags.items() if tag is not None)
        or_cpu = ", or set accelerator: cpu" if "cpu" in image.tags else ""
        raise _NotFound(
            f"{self.field}: AWS has no {name} {version} image for {self._here()} ({accelerator}); "
            f"there are images for {there_are}: choose another instance type{or_cpu}"
        )

    def _host(self, name: str, version: str, image: CataloguedImage, region: str) -> str:
        host = image.registries.get(region)
        if host is None:
            raise _NotFound(
                f"{self.field}: AWS has no {name} {version} image in {region}; "
                "copy one to ECR there and give it as image, or choose another region"
            )
        return host

    def _here(self) -> str:
        return self.instance_type or "serverless"

    def _on_graviton(self) -> str:
        return f" for Graviton ({self._here()})" if self.machine.is_graviton else ""


def _filled(tag: str, *, version: str, base: str) -> str:
    return tag.replace("{version}", version).replace("{base}", base)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
