"""CreateModelPackageGroup, DescribeModelPackageGroup, ListModelPackageGroups, DeleteModelPackageGroup."""

from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import NotModelled, validation_exception
from sagemaker_simulator.wire.request import Caller

from .estate import Estate, Estates
from .lists import Listing, page
from .model_package_records import ModelPackageGroup
from .refusals import does_not_exist
from .tags import tags_from

Parameters = Mapping[str, Any]
Output = dict[str, Any]
_LISTING = Listing[ModelPackageGroup](
    result="ModelPackageGroupSummaryList", name=lambda group: group.name, created=lambda group: group.created, keys={}
)


class ModelPackageGroups:
    """Operations on groups of model packages."""

    def __init__(self, *, estates: Estates) -> None:
        self._estates = estates

    async def create_model_package_group(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        name = parameters["ModelPackageGroupName"]
        arn = estate.arn("model-package-group", name)
        if "ManagedConfiguration" in parameters:
            raise NotModelled("ManagedConfiguration of a model package group is not modelled")
        if estate.package_groups.get(name) is not None:
            raise validation_exception(f"Model Package Group already exists: {arn}")
        tags = tags_from(parameters.get("Tags", []))
        group = ModelPackageGroup(
            name=name,
            arn=arn,
            created=self._estates.clock.now(),
            definition={key: value for key, value in parameters.items() if key != "Tags"},
        )
        self._estates.put(estate.package_groups, name, group)
        self._estates.put(estate.tags, arn, tags)
        return {"ModelPackageGroupArn": arn}

    async def describe_model_package_group(self, caller: Caller, parameters: Parameters) -> Output:
        group = group_of(self._estates.of(caller), parameters["ModelPackageGroupName"])
        return {**_summary(group), "CreatedBy": {}}

    async def list_model_package_groups(self, caller: Caller, parameters: Parameters) -> Output:
        groups = self._estates.of(caller).package_groups.all_seen(as_of=self._estates.as_of())
        return page(_LISTING, (group for _, group in groups), parameters, summary=_summary)

    async def delete_model_package_group(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        group = group_of(estate, parameters["ModelPackageGroupName"])
        if any(name.startswith(f"{group.name.lower()}/") for name in estate.packages.all()):
            raise validation_exception(
                f"Model Package Group {group.arn} cannot be deleted because it still contains model packages."
            )
        self._estates.remove(estate.package_groups, group.name)
        self._estates.remove(estate.tags, group.arn)
        return {}


def group_of(estate: Estate, arn_or_name: str) -> ModelPackageGroup:
    """Return the group. Raises AwsError when there is none."""
    name = arn_or_name.rpartition("/")[2]
    group = estate.package_groups.get(name)
    if group is None:
        raise does_not_exist("ModelPackageGroup", estate.arn("model-package-group", name))
    return group


def _summary(group: ModelPackageGroup) -> Output:
    return {
        **group.definition,
        "ModelPackageGroupArn": group.arn,
        "CreationTime": group.created,
        "ModelPackageGroupStatus": "Completed",
    }
