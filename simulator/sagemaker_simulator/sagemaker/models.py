"""CreateModel, DescribeModel, ListModels, DeleteModel."""

import logging
from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.backing.roles import Roles
from sagemaker_simulator.wire.errors import validation_exception
from sagemaker_simulator.wire.request import Caller

from .estate import Estates
from .lists import Listing, page
from .model_data import check_model_data_source
from .multi_model import check_container
from .packaged_containers import running_container
from .records import Model
from .refusals import MODEL, already_exists, not_found, role_not_assumable
from .several_containers import check_containers
from .tags import tags_from

Parameters = Mapping[str, Any]
Output = dict[str, Any]
log = logging.getLogger(__name__)
ENVIRONMENT_LIMIT = 32 * 1024  # keys and values together (ContainerDefinition in the SageMaker API reference)
_LISTING = Listing[Model](result="Models", name=lambda model: model.name, created=lambda model: model.created, keys={})


class Models:
    """Operations on models."""

    def __init__(self, *, estates: Estates, roles: Roles) -> None:
        self._estates = estates
        self._roles = roles

    async def create_model(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        name = parameters["ModelName"]
        arn = estate.arn("model", name)
        if estate.models.get(name) is not None:
            raise already_exists(MODEL, arn)
        definition = _definition(parameters)
        tags = tags_from(parameters.get("Tags", []))
        await self._check_role(caller, parameters.get("ExecutionRoleArn"))
        if estate.models.get(name) is not None:  # made by another request while the role was looked up
            raise already_exists(MODEL, arn)
        model = Model(
            name=name,
            arn=arn,
            created=self._estates.clock.now(),
            definition=definition,
            containers=tuple(running_container(estate, container) for container in _containers(definition)),
        )
        self._estates.put(estate.models, name, model)
        _say_what_is_only_stored(model)
        self._estates.put(estate.tags, arn, tags)
        return {"ModelArn": arn}

    async def describe_model(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        name = parameters["ModelName"]
        model = estate.models.seen(name, as_of=self._estates.as_of())
        if model is None:
            raise not_found(MODEL, estate.arn("model", name))
        return describe(model)

    async def list_models(self, caller: Caller, parameters: Parameters) -> Output:
        seen = (model for _, model in self._estates.of(caller).models.all_seen(as_of=self._estates.as_of()))
        return page(_LISTING, seen, parameters, summary=_summary)

    async def delete_model(self, caller: Caller, parameters: Parameters) -> Output:
        """Delete, whoever still uses it: SageMaker does not look (DeleteModel in the SageMaker API reference)."""
        estate = self._estates.of(caller)
        name = parameters["ModelName"]
        model = estate.models.get(name)
        if model is None:
            raise not_found(MODEL, estate.arn("model", name))
        self._estates.remove(estate.models, name)
        self._estates.remove(estate.tags, model.arn)
        return {}

    async def _check_role(self, caller: Caller, role_arn: str | None) -> None:
        if role_arn is None:
            return
        if role_arn.split(":")[4] != caller.account:
            raise validation_exception("Cross-account pass role is not allowed.")
        if not await self._roles.may_be_assumed_by_sagemaker(role_arn):
            raise role_not_assumable(role_arn)


def describe(model: Model) -> Output:
    """Return the model as DescribeModel answers it."""
    return {
        "ModelName": model.name,
        "ModelArn": model.arn,
        "CreationTime": model.created,
        **model.definition,
    }


def _containers(definition: Parameters) -> list[Parameters]:
    """Return the containers of a definition in order."""
    if "PrimaryContainer" in definition:
        return [definition["PrimaryContainer"]]
    return list(definition.get("Containers", []))


def _definition(parameters: Parameters) -> Output:
    kept = {name: value for name, value in parameters.items() if name not in ("ModelName", "Tags")}
    if ("PrimaryContainer" in kept) == ("Containers" in kept):
        raise validation_exception("Exactly one of PrimaryContainer and Containers must be specified.")
    if "PrimaryContainer" in kept:
        kept["PrimaryContainer"] = _container(kept["PrimaryContainer"])
    else:
        kept["Containers"] = [_container(container) for container in kept["Containers"]]
        kept.setdefault("InferenceExecutionConfig", {"Mode": "Serial"})
    check_containers(kept)
    for container in _containers(kept):
        check_container(container)
    kept.setdefault("EnableNetworkIsolation", False)
    return kept


def _container(container: Parameters) -> Output:
    """Return the container with the defaults that DescribeModel shows."""
    if "Image" not in container and "ModelPackageName" not in container:
        raise validation_exception("A container must have an Image or a ModelPackageName.")
    if "ModelDataUrl" in container and "ModelDataSource" in container:
        raise validation_exception("Only one of ModelDataUrl and ModelDataSource can be specified for a container.")
    check_model_data_source(container)
    environment = container.get("Environment", {})
    if sum(len(key) + len(value) for key, value in environment.items()) > ENVIRONMENT_LIMIT:
        raise validation_exception(f"The Environment of a container must not be larger than {ENVIRONMENT_LIMIT} bytes.")
    return {"Mode": "SingleModel", "Environment": {}, **container}


def _say_what_is_only_stored(model: Model) -> None:
    """A process on this machine has the machine's network, and nothing here can take it away."""
    asked = [member for member in ("VpcConfig", "EnableNetworkIsolation") if model.definition.get(member)]
    if asked:
        log.warning("model %s: %s is stored, but its servers are not cut off here", model.name, " and ".join(asked))


def _summary(model: Model) -> Output:
    return {"ModelName": model.name, "ModelArn": model.arn, "CreationTime": model.created}
