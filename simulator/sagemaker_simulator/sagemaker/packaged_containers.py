"""A container that names a model package: what runs is what the package says, with the container's own additions."""

from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import NotModelled, validation_exception

from .estate import Estate
from .model_packages import package_of

Container = Mapping[str, Any]
# What a package says of its container and hosting acts on.
_FROM_THE_PACKAGE = ("Image", "ModelDataUrl", "ModelDataSource", "AdditionalModelDataSources", "ContainerHostname")


def running_container(estate: Estate, container: Container) -> Container:
    """Return the container that runs. Raises AwsError for a package that is not there or not approved."""
    name = container.get("ModelPackageName")
    if name is None:
        return container
    package = package_of(estate, name)
    if not package.may_be_deployed:
        raise validation_exception(
            f"Model package {package.arn} cannot be deployed: its approval status is {package.approval}, and only "
            "Approved model packages can be."
        )
    if "InferenceSpecificationName" in container:
        raise NotModelled("InferenceSpecificationName of a container is not modelled")
    if len(package.containers) > 1:
        raise NotModelled("model packages of several containers are not modelled yet")
    [packaged] = package.containers
    taken = {member: packaged[member] for member in _FROM_THE_PACKAGE if member in packaged}
    environment = {**packaged.get("Environment", {}), **container.get("Environment", {})}
    own = {member: value for member, value in container.items() if member != "ModelPackageName"}
    return {**taken, **own, "Environment": environment}
