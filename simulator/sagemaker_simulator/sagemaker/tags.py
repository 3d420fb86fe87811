"""AddTags, ListTags, DeleteTags, and the rules of tags (Tag in the SageMaker API reference: at most 50 a resource)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker_simulator.wire.errors import AwsError, validation_exception
from sagemaker_simulator.wire.request import Caller

from .estate import Estate, Estates, Tags
from .refusals import ENDPOINT, ENDPOINT_CONFIG, MODEL, MODEL_PACKAGE, MODEL_PACKAGE_GROUP, not_found

MAX_TAGS = 50
_KINDS = {
    "endpoint": ENDPOINT,
    "endpoint-config": ENDPOINT_CONFIG,
    "model": MODEL,
    "model-package": MODEL_PACKAGE,
    "model-package-group": MODEL_PACKAGE_GROUP,
}


class TagOperations:
    """Operations on tags of models, model packages and their groups, endpoint configs and endpoints."""

    def __init__(self, *, estates: Estates) -> None:
        self._estates = estates

    async def add_tags(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        estate, arn = self._owner(caller, parameters)
        merged = {**self._truth(estate, arn), **tags_from(parameters["Tags"])}
        if len(merged) > MAX_TAGS:
            raise _too_many(len(merged))
        self._estates.put(estate.tags, arn, merged)
        return {"Tags": tag_list(merged)}

    async def list_tags(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Answer all tags at once: the smallest page, 50, holds as many as a resource may have."""
        estate, arn = self._owner_for_reads(caller, parameters)
        tags = estate.tags.seen(arn, as_of=self._estates.as_of())
        if tags is None:
            raise not_found(_kind(arn), arn)
        return {"Tags": tag_list(tags)}

    async def delete_tags(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        estate, arn = self._owner(caller, parameters)
        gone = set(parameters["TagKeys"])
        left = {key: value for key, value in self._truth(estate, arn).items() if key not in gone}
        self._estates.put(estate.tags, arn, left)
        return {}

    def _owner_for_reads(self, caller: Caller, parameters: Mapping[str, Any]) -> tuple[Estate, str]:
        arn = parameters["ResourceArn"].lower()
        _kind(arn)
        _, _, _, region, account, _ = arn.split(":", 5)
        if (account, region) != (caller.account, caller.region):
            raise AwsError(
                "AccessDeniedException", f"{arn} belongs to account {account} in {region}, not to the caller's."
            )
        return self._estates.of(caller), arn

    def _owner(self, caller: Caller, parameters: Mapping[str, Any]) -> tuple[Estate, str]:
        estate, arn = self._owner_for_reads(caller, parameters)
        if estate.tags.get(arn) is None:
            raise not_found(_kind(arn), arn)
        return estate, arn

    @staticmethod
    def _truth(estate: Estate, arn: str) -> Tags:
        return estate.tags.get(arn) or {}


def tags_from(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the tags of a Create request as a map. Raises AwsError on what SageMaker refuses."""
    keys = [tag["Key"] for tag in tags]
    if len(set(keys)) != len(keys):
        raise validation_exception("Duplicate tag keys found in the request.")
    for key in keys:
        if key.lower().startswith("aws:"):
            raise validation_exception(f"Tag key {key} is invalid: tag keys that start with aws: are reserved for AWS.")
    if len(keys) > MAX_TAGS:
        raise _too_many(len(keys))
    return {tag["Key"]: tag["Value"] for tag in tags}


def tag_list(tags: Tags) -> list[dict[str, str]]:
    """Return the tags as the API writes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _kind(arn: str) -> str:
    resource_type = arn.split(":", 5)[5].partition("/")[0]
    if resource_type not in _KINDS:
        raise AwsError("NotImplemented", f"simulator: tags of {resource_type} are not modelled", status=501)
    return _KINDS[resource_type]


def _too_many(count: int) -> AwsError:
    return validation_exception(f"The maximum number of tags per resource is {MAX_TAGS}, and this would make {count}.")
