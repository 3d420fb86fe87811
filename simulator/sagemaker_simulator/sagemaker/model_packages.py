"""CreateModelPackage, DescribeModelPackage, ListModelPackages, UpdateModelPackage, DeleteModelPackage.

As far as hosting needs them: a package says which containers there are, and its approval whether they may be deployed
(SageMaker Developer Guide, "Model registration deployment with Model Registry"). Validation and algorithms are not
modelled; a package is complete at once.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagemaker_simulator.wire.errors import NotModelled, validation_exception
from sagemaker_simulator.wire.request import Caller

from .estate import Estate, Estates
from .lists import Listing, page
from .model_package_groups import group_of
from .model_package_records import ModelPackage
from .refusals import does_not_exist
from .tags import tags_from

Parameters = Mapping[str, Any]
Output = dict[str, Any]
_PENDING_APPROVAL = "PendingManualApproval"
_NOT_STORED = ("Tags", "ClientToken", "ModelApprovalStatus", "ModelPackageName", "ModelPackageGroupName")
_NOT_YET = (
    "ValidationSpecification",
    "SourceAlgorithmSpecification",
    "AdditionalInferenceSpecifications",
    "CertifyForMarketplace",
    "ModelPackageRegistrationType",
    "ManagedStorageType",
)
_CAN_BE_UPDATED = frozenset({"ModelPackageArn", "ModelApprovalStatus", "ApprovalDescription", "ClientToken"})
_LISTING = Listing[ModelPackage](
    result="ModelPackageSummaryList",
    name=lambda package: package.name,
    created=lambda package: package.created,
    keys={},
)


class ModelPackages:
    """Operations on model packages."""

    def __init__(self, *, estates: Estates) -> None:
        self._estates = estates

    async def create_model_package(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        _check(parameters)
        tags = tags_from(parameters.get("Tags", []))
        package = self._new(estate, parameters)
        self._estates.put(estate.packages, _key(package), package)
        self._estates.put(estate.tags, package.arn, tags)
        return {"ModelPackageArn": package.arn}

    async def describe_model_package(self, caller: Caller, parameters: Parameters) -> Output:
        package = package_of(self._estates.of(caller), parameters["ModelPackageName"])
        return {
            **_summary(package),
            **package.definition,
            **_modified(package),
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
        }

    async def list_model_packages(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        seen = estate.packages.all_seen(as_of=self._estates.as_of())
        return page(
            _LISTING, (each for _, each in seen if _listed(estate, each, parameters)), parameters, summary=_summary
        )

    async def update_model_package(self, caller: Caller, parameters: Parameters) -> Output:
        """Change the approval, which is all that hosting looks at."""
        for member in sorted(set(parameters) - _CAN_BE_UPDATED):
            raise NotModelled(f"UpdateModelPackage with {member} is not modelled")
        estate = self._estates.of(caller)
        package = package_of(estate, parameters["ModelPackageArn"])
        described = {key: parameters[key] for key in ("ApprovalDescription",) if key in parameters}
        changed = replace(
            package,
            approval=parameters.get("ModelApprovalStatus", package.approval),
            definition={**package.definition, **described},
            modified=self._estates.clock.now(),
        )
        self._estates.put(estate.packages, _key(package), changed)
        return {"ModelPackageArn": package.arn}

    async def delete_model_package(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        package = package_of(estate, parameters["ModelPackageName"])
        self._estates.remove(estate.packages, _key(package))
        self._estates.remove(estate.tags, package.arn)
        return {}

    def _new(self, estate: Estate, parameters: Parameters) -> ModelPackage:
        kept = {key: value for key, value in parameters.items() if key not in _NOT_STORED}
        now = self._estates.clock.now()
        if "ModelPackageGroupName" in parameters:
            group = group_of(estate, parameters["ModelPackageGroupName"])
            version = 1 + estate.versions_made.get(group.arn, 0)
            estate.versions_made[group.arn] = version
            return ModelPackage(
                name=group.name,
                arn=estate.arn("model-package", f"{group.name}/{version}"),
                created=now,
                definition=kept,
                version=version,
                approval=parameters.get("ModelApprovalStatus", _PENDING_APPROVAL),
            )
        name = parameters["ModelPackageName"]
        arn = estate.arn("model-package", name)
        if estate.packages.get(name) is not None:
            raise validation_exception(f"Model Package already exists: {arn}")
        return ModelPackage(name=name, arn=arn, created=now, definition=kept)


def package_of(estate: Estate, arn_or_name: str) -> ModelPackage:
    """Return the package. Raises AwsError when there is none."""
    name = arn_or_name.partition(":model-package/")[2] or arn_or_name
    package = estate.packages.get(name)
    if package is None:
        raise does_not_exist("ModelPackage", estate.arn("model-package", name))
    return package


def _check(parameters: Parameters) -> None:
    for member in _NOT_YET:
        if parameters.get(member):  # the SageMaker SDK says CertifyForMarketplace: false of every package
            raise NotModelled(f"{member} of a model package is not modelled")
    if ("ModelPackageName" in parameters) == ("ModelPackageGroupName" in parameters):
        raise validation_exception("Exactly one of ModelPackageName and ModelPackageGroupName must be specified.")
    if "InferenceSpecification" not in parameters:
        raise validation_exception("InferenceSpecification must be specified for a model package.")
    if any("Image" not in container for container in parameters["InferenceSpecification"]["Containers"]):
        raise NotModelled("a container of a model package without Image is not modelled")


def _key(package: ModelPackage) -> str:
    return package.arn.partition(":model-package/")[2]


def _listed(estate: Estate, package: ModelPackage, parameters: Parameters) -> bool:
    group, approval = parameters.get("ModelPackageGroupName"), parameters.get("ModelApprovalStatus")
    if group is not None:
        in_group = package.version is not None and package.name == group_of(estate, group).name
    else:
        kind = parameters.get("ModelPackageType", "Unversioned")
        in_group = kind == "Both" or (kind == "Versioned") == (package.version is not None)
    return in_group and approval in (None, package.approval)


def _summary(package: ModelPackage) -> Output:
    shown: Output = {
        "ModelPackageName": package.name,
        "ModelPackageArn": package.arn,
        "CreationTime": package.created,
        "ModelPackageStatus": "Completed",
    }
    if package.version is not None:
        shown |= {
            "ModelPackageGroupName": package.name,
            "ModelPackageVersion": package.version,
            "ModelApprovalStatus": package.approval,
        }
    return shown


def _modified(package: ModelPackage) -> Output:
    return {"LastModifiedTime": package.modified} if package.modified is not None else {}
