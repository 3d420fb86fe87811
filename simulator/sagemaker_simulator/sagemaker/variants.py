"""The variants of an endpoint: made from a config, kept across updates, shown by DescribeEndpoint."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sagemaker_simulator.hosting.contract import ContainerToRun, ModelDataForm, VariantToRun
from sagemaker_simulator.serverless import serverless_config
from sagemaker_simulator.serverless.health_limit import PING_SECONDS
from sagemaker_simulator.wire.errors import validation_exception

from .deployed_images import deployed_image
from .model_data import model_data_of
from .multi_model import caches_models, has_many_models
from .records import EndpointConfig, Model, Variant
from .several_containers import invoked_directly
from .single_precision import single


def variant_of(asked: Mapping[str, Any], model: Model, *, digest_of: Callable[[str], str], now: datetime) -> Variant:
    """Return the variant that a config asks for, with its initial count and weight; its instance type is decided."""
    count, weight = asked.get("InitialInstanceCount", 0), single(asked["InitialVariantWeight"])
    serverless = serverless_config.serverless_of(asked)
    return Variant(
        name=asked["VariantName"],
        instance_type=asked.get("InstanceType", ""),
        images=tuple(deployed_image(each["Image"], digest_of=digest_of, now=now) for each in model.containers),
        current_weight=weight,
        desired_weight=weight,
        current_count=count,
        desired_count=count,
        routing=asked.get("RoutingConfig"),
        pools=tuple(pool["InstanceType"] for pool in asked.get("InstancePools", ())),
        current_serverless=serverless,
        desired_serverless=serverless,
    )


def retained(asked: Sequence[Variant], current: Sequence[Variant], *, exclude: Collection[str]) -> tuple[Variant, ...]:
    """Return the asked variants with the counts and weights of the current ones of the same name.

    `exclude` holds the VariantPropertyTypes that are taken from the config all the same (UpdateEndpoint,
    RetainAllVariantProperties and ExcludeRetainedVariantProperties in the SageMaker API reference).

    The concurrency of a serverless variant is the config's, also where it was scaled: VariantProperty in the API
    reference knows counts and weights only, and a new config with UpdateEndpoint is how provisioned concurrency is
    adjusted and removed ("Update a serverless endpoint", SageMaker Developer Guide). AWS documents nothing more of
    updates of a variant whose provisioned concurrency is scaled.
    """
    by_name = {variant.name: variant for variant in current}
    return tuple(_retain(variant, by_name.get(variant.name), exclude) for variant in asked)


def changed(current: Sequence[Variant], wishes: Sequence[Mapping[str, Any]], *, least: int = 1) -> tuple[Variant, ...]:
    """Return the variants with the desired weights and counts of UpdateEndpointWeightsAndCapacities.

    `least` is the smallest count that an instance variant may have.

    Raises AwsError for names that are not there, are there twice, or for what an instance variant cannot take.
    """
    names = [wish["VariantName"] for wish in wishes]
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise validation_exception(f'The variant name(s) "{", ".join(twice)}" is/are non-unique within the request.')
    unknown = [name for name in names if name not in {variant.name for variant in current}]
    if unknown:
        raise validation_exception(
            f'The variant name(s) "{", ".join(unknown)}" is/are not present within endpoint configuration.'
        )
    by_name = {wish["VariantName"]: wish for wish in wishes}
    wanted = tuple(_wished(variant, by_name.get(variant.name, {}), least=least) for variant in current)
    _check_one_capacity(current, wanted)
    return wanted


def settled(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """Return the variants as they are once everything desired is reached."""
    return tuple(
        replace(
            variant,
            current_weight=variant.desired_weight,
            current_count=variant.desired_count,
            current_serverless=variant.desired_serverless,
            status=None,
        )
        for variant in variants
    )


def reverted(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """Return the variants as they are once what was desired is given up."""
    return tuple(
        replace(
            variant,
            desired_weight=variant.current_weight,
            desired_count=variant.current_count,
            desired_serverless=variant.current_serverless,
            status=None,
        )
        for variant in variants
    )


def to_run(asked: Mapping[str, Any], model: Model, config: EndpointConfig) -> VariantToRun:
    """Return what hosting must start for a variant of the config. Raises AwsError without an execution role."""
    serverless = serverless_config.serverless_of(asked)
    role = model.definition.get("ExecutionRoleArn") or config.definition.get("ExecutionRoleArn")
    if role is None:
        raise validation_exception(f'Model "{model.arn}" has no execution role; set ExecutionRoleArn at CreateModel.')
    return VariantToRun(
        name=asked["VariantName"],
        model_name=model.name,
        execution_role_arn=role,
        containers=tuple(_container(container) for container in model.containers),
        direct=invoked_directly(model),
        serverless=serverless,
        startup_timeout_seconds=PING_SECONDS
        if serverless is not None
        else asked.get("ContainerStartupHealthCheckTimeoutInSeconds"),
        download_timeout_seconds=asked.get("ModelDataDownloadTimeoutInSeconds"),
        instance_type=asked.get("InstanceType", ""),
        volume_gb=asked.get("VolumeSizeInGB"),
    )


def _retain(asked: Variant, current: Variant | None, exclude: Collection[str]) -> Variant:
    if current is None:
        return asked
    if "DesiredWeight" not in exclude:
        asked = replace(asked, current_weight=current.desired_weight, desired_weight=current.desired_weight)
    on_instances = asked.desired_serverless is None and current.desired_serverless is None
    if "DesiredInstanceCount" not in exclude and on_instances:
        asked = replace(asked, current_count=current.desired_count, desired_count=current.desired_count)
    return asked


def _check_one_capacity(current: Sequence[Variant], wanted: Sequence[Variant]) -> None:
    """Refuse counts of several variants in one call.

    UpdateEndpointWeightsAndCapacities in the API reference: "variant weight of one or more variants ... or capacity of
    one variant"; the words of the refusal are not published.
    """
    both = zip(current, wanted, strict=True)
    resized = [before.name for before, after in both if before.desired_count != after.desired_count]
    if len(resized) > 1:
        raise validation_exception(
            f"The capacity of only one variant can be updated in a request, got {', '.join(resized)}."
        )


def _wished(variant: Variant, wish: Mapping[str, Any], *, least: int) -> Variant:
    if variant.desired_serverless is not None:
        return _wished_serverless(variant, variant.desired_serverless, wish)
    if "ServerlessUpdateConfig" in wish:
        raise validation_exception(f"ServerlessUpdateConfig cannot be set for variant {variant.name} on instances.")
    count = wish.get("DesiredInstanceCount", variant.desired_count)
    if count < least:
        raise validation_exception(f"DesiredInstanceCount of variant {variant.name} must be at least {least}.")
    return replace(
        variant, desired_weight=single(wish.get("DesiredWeight", variant.desired_weight)), desired_count=count
    )


def _wished_serverless(
    variant: Variant, config: serverless_config.ServerlessConfig, wish: Mapping[str, Any]
) -> Variant:
    if "DesiredInstanceCount" in wish:
        raise validation_exception(f"DesiredInstanceCount cannot be set for serverless variant {variant.name}.")
    update = wish.get("ServerlessUpdateConfig", {})
    return replace(
        variant,
        desired_weight=single(wish.get("DesiredWeight", variant.desired_weight)),
        desired_serverless=serverless_config.changed(config, update, variant=variant.name),
    )


def _container(container: Mapping[str, Any]) -> ContainerToRun:
    if has_many_models(container):
        return ContainerToRun(
            image=container["Image"],
            environment=container["Environment"],
            hostname=container.get("ContainerHostname"),
            models_prefix=container["ModelDataUrl"],
            caches_models=caches_models(container),
        )
    data = model_data_of(container)
    return ContainerToRun(
        image=container["Image"],
        environment=container["Environment"],
        model_data_url=data.url if data is not None else None,
        model_data_form=data.form if data is not None else ModelDataForm.ARCHIVE,
        hostname=container.get("ContainerHostname"),
    )
