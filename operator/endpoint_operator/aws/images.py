"""A look at a container's image in ECR."""

import re
from dataclasses import dataclass
from typing import Any

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.aws.finding import Finding, wrong
from endpoint_operator.aws.identity import Account

_ECR = re.compile(
    r"(?P<registry>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.[a-z0-9.-]+/"
    r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>.+))?"
)


@dataclass(frozen=True, kw_only=True)
class EcrImage:
    """An image's name, taken apart."""

    registry: str
    region: str
    repository: str
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, image: str) -> "EcrImage | None":
        """None for an image outside ECR. Without tag and digest it is `latest`, as for Docker."""
        match = _ECR.fullmatch(image)
        if match is None:
            return None
        tag = match["tag"] or (None if match["digest"] else "latest")
        return cls(
            registry=match["registry"],
            region=match["region"],
            repository=match["repository"],
            tag=tag,
            digest=match["digest"],
        )

    @property
    def image_id(self) -> dict[str, str]:
        """ImageIdentifier of the ECR API. A digest says all: a tag beside it may have moved since."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.tag or ""}


class ImageLooks:
    """Looks with DescribeImages in the own account; elsewhere with BatchGetImage, which sharing to pull allows."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def look(self, image: str, account: Account) -> Finding:
        """Whether it is there, and its digest. Raises CallFailed."""
        named = EcrImage.parse(image)
        if named is None:
            return Finding(trace="not-ecr", skipped=f"{image} is not in ECR")
        if named.region != account.region:
            # "must be in the same region as the model or endpoint" (SageMaker API reference, ContainerDefinition).
            sentence = (
                f"the image {image} is in {named.region} and the endpoint in {account.region}; "
                "push it to a repository there"
            )
            return wrong("ImageInOtherRegion", sentence)
        try:
            digest = await (self._own(named) if named.registry == account.account else self._shared(named))
        except CallFailed as error:
            if not is_not_found(error):
                raise
            digest = None
        if digest is None:
            return wrong("ImageNotFound", f"no image {image} in ECR; push it or correct the tag")
        return Finding(trace=digest, identity=digest)

    async def _own(self, image: EcrImage) -> str | None:
        details = (await self._ask("describe_images", image)).get("imageDetails") or ()
        return next((str(detail["imageDigest"]) for detail in details), None)

    async def _shared(self, image: EcrImage) -> str | None:
        found = (await self._ask("batch_get_image", image)).get("images") or ()
        return next((str(each["imageId"]["imageDigest"]) for each in found), None)

    async def _ask(self, operation: str, image: EcrImage) -> dict[str, Any]:
        return await self._calls.call(
            "ecr",
            operation,
            registryId=image.registry,
            repositoryName=image.repository,
            imageIds=[image.image_id],
        )
