"""Repositories and images as the settings say: a glob of `images` makes a repository, and the tags that it matches."""

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass

from sagemaker_simulator.image_accounts import is_aws_image
from sagemaker_simulator.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository by its place; `uri` is what an image's name begins with."""

    registry: str
    region: str
    name: str

    @property
    def uri(self) -> str:
        suffix = ".cn" if self.region.startswith("cn-") else ""
        return f"{self.registry}.dkr.ecr.{self.region}.amazonaws.com{suffix}/{self.name}"

    @property
    def arn(self) -> str:
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        return f"arn:{partition}:ecr:{self.region}:{self.registry}:repository/{self.name}"

    @property
    def is_of_aws(self) -> bool:
        """Tell whether it lies in one of AWS's own image accounts, where everybody may pull."""
        return is_aws_image(self.uri)


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that is there; without a tag when it was asked for by a digest that no known tag has."""

    digest: str
    tag: str | None


class Registry:
    """What ECR has."""

    def __init__(self, *, settings: Callable[[], Settings]) -> None:
        self._settings = settings

    def has(self, repository: Repository) -> bool:
        """Tell whether the repository is there: AWS's own, or one that a glob of `images` can name."""
        globs = map(_repository_part, self._settings().image_globs)
        return repository.is_of_aws or any(fnmatch.fnmatchcase(repository.uri, glob) for glob in globs)

    def by_tag(self, repository: Repository, tag: str) -> Image | None:
        image = f"{repository.uri}:{tag}"
        settings = self._settings()
        return Image(digest=settings.image_digest(image), tag=tag) if settings.image_present(image) else None

    def by_digest(self, repository: Repository, digest: str) -> Image | None:
        """Return the image; only digests of tags that settings name without wildcards can be told from others."""
        image = f"{repository.uri}@{digest}"
        settings = self._settings()
        known = settings.tag_of(image)
        if known is None and (repository.is_of_aws or not settings.image_present(image)):
            return None
        return Image(digest=digest, tag=known)


def _repository_part(glob: str) -> str:
    """Return the glob without its tag or digest."""
    before_digest = glob.partition("@")[0]
    head, slash, last = before_digest.rpartition("/")
    return head + slash + last.partition(":")[0]
