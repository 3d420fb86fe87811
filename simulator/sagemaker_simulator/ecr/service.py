"""BatchGetImage, DescribeImages and DescribeRepositories, for images that are asked for by name.

What settings say by globs cannot be listed, and is refused so. Manifests, sizes and dates are left out of the answers:
there are no layers that they could describe.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.modelled import Operation
from sagemaker_simulator.wire.request import Caller

from .refusals import FAILURES, no_image, no_repository, not_shared
from .registry import Image, Registry, Repository

Parameters = Mapping[str, Any]
Output = dict[str, Any]
_DIGEST = re.compile(r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+")
# What the repositories of AWS's own accounts let everybody do; describing is not among it (version-checker#167).
_SHARED_BY_AWS = frozenset({"BatchGetImage"})
_CANNOT_LIST = "{what} cannot be listed: the setting `images` names them by globs; ask for them by name"


class Ecr:
    """Images of ECR."""

    def __init__(self, *, registry: Registry, arn_of: Callable[[Caller], str]) -> None:
        self._registry = registry
        self._arn_of = arn_of

    def operations(self) -> Mapping[str, Operation]:
        """Return the operations by name."""
        return {
            "BatchGetImage": self._batch_get_image,
            "DescribeImages": self._describe_images,
            "DescribeRepositories": self._describe_repositories,
        }

    async def _batch_get_image(self, caller: Caller, parameters: Parameters) -> Output:
        repository = self._repository(caller, parameters, parameters["repositoryName"], "BatchGetImage")
        images, failures = [], []
        for image_id in parameters["imageIds"]:
            found = self._find(repository, image_id)
            if isinstance(found, str):
                failures.append({"imageId": image_id, "failureCode": found, "failureReason": FAILURES[found]})
            else:
                images.append(_found(repository, found))
        return {"images": images, "failures": failures}

    async def _describe_images(self, caller: Caller, parameters: Parameters) -> Output:
        repository = self._repository(caller, parameters, parameters["repositoryName"], "DescribeImages")
        if not parameters.get("imageIds"):
            raise NotModelled(_CANNOT_LIST.format(what="the images of a repository"))
        details = []
        for image_id in parameters["imageIds"]:
            found = self._find(repository, image_id)
            if found == "ImageNotFound":
                raise no_image(repository, image_id)
            if isinstance(found, str):
                raise AwsError("InvalidParameterException", FAILURES[found])
            details.append(_details(repository, found))
        return {"imageDetails": details}

    async def _describe_repositories(self, caller: Caller, parameters: Parameters) -> Output:
        names = parameters.get("repositoryNames")
        if not names:
            raise NotModelled(_CANNOT_LIST.format(what="repositories"))
        repositories = [self._repository(caller, parameters, name, "DescribeRepositories") for name in names]
        return {
            "repositories": [
                {
                    "repositoryArn": repository.arn,
                    "registryId": repository.registry,
                    "repositoryName": repository.name,
                    "repositoryUri": repository.uri,
                }
                for repository in repositories
            ]
        }

    def _repository(self, caller: Caller, parameters: Parameters, name: str, operation: str) -> Repository:
        repository = Repository(registry=parameters.get("registryId", caller.account), region=caller.region, name=name)
        if not self._registry.has(repository):
            raise no_repository(repository)
        shared = repository.is_of_aws and operation in _SHARED_BY_AWS
        if repository.registry != caller.account and not shared:
            raise not_shared(repository, caller_arn=self._arn_of(caller), operation=operation)
        return repository

    def _find(self, repository: Repository, image_id: Mapping[str, str]) -> Image | str:
        """Return the image, or the code of the failure to find it."""
        digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
        if digest is not None and _DIGEST.fullmatch(digest) is None:
            return "InvalidImageDigest"
        if tag is not None:
            image = self._registry.by_tag(repository, tag)
            if image is not None and digest not in (None, image.digest):
                return "ImageTagDoesNotMatchDigest"
        elif digest is not None:
            image = self._registry.by_digest(repository, digest)
        else:
            return "MissingDigestAndTag"
        return image or "ImageNotFound"


def _found(repository: Repository, image: Image) -> Output:
    image_id = {"imageDigest": image.digest} | ({"imageTag": image.tag} if image.tag is not None else {})
    return {"registryId": repository.registry, "repositoryName": repository.name, "imageId": image_id}


def _details(repository: Repository, image: Image) -> Output:
    details = {"registryId": repository.registry, "repositoryName": repository.name, "imageDigest": image.digest}
    return details | ({"imageTags": [image.tag]} if image.tag is not None else {})
