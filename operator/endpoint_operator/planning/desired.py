"""From spec to the SageMaker objects that it asks for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from endpoint_operator.api.containers import ContainerInvocation
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import MANAGED_BY, TAG_CLUSTER, TAG_MANAGED_BY, TAG_OBJECT, TAG_UID
from endpoint_operator.api.names import (
    REVISION_LENGTH,
    capacities_suffix,
    default_endpoint_name,
    hex_digest,
    revision_object_name,
)
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.api.status import RevisionStatus
from endpoint_operator.planning.concurrency import Concurrency
from endpoint_operator.planning.desired_variants import DEFAULT_VARIANT, DesiredVariant, desired_variants
from endpoint_operator.planning.facts import OperatorInputs
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.fleet_words import fleet_in_words, what_it_runs_on
from endpoint_operator.planning.requests import concurrency_members, config_request, model_request, tag_list
from endpoint_operator.planning.resolving import ResolvedInputs, last_made, resolved_before
from endpoint_operator.planning.steps import CreateEndpointConfig, CreateModel

__all__ = ["DEFAULT_VARIANT", "Desired", "desired_state", "endpoint_name_of", "ownership_tags", "tags_digest"]

# Part of every digest: a new way to build requests gets a new number, and old revisions keep their names.
_DIGEST_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Capacities:
    """What a fleet begins with and changes in place: counts by variant on instances, the shadow among them, weights by
    production variant, concurrency by serverless variant."""

    counts: Mapping[str, int]
    weights: Mapping[str, float]
    concurrencies: Mapping[str, Concurrency] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Desired:
    """What the spec asks for, with names. `variants` are in the order of their names, the shadow last."""

    endpoint_name: str
    region: str
    revision: str
    spec_digest: str
    resolved: ResolvedInputs
    variants: tuple[DesiredVariant, ...]
    tags: dict[str, str]
    spec: InferenceEndpointSpec

    @property
    def execution_role_arn(self) -> str:
        assert self.resolved.execution_role_arn is not None  # noqa: S101 - desired_state answers None without one
        return self.resolved.execution_role_arn

    @property
    def production(self) -> tuple[DesiredVariant, ...]:
        return tuple(variant for variant in self.variants if not variant.is_shadow)

    @property
    def counts(self) -> dict[str, int]:
        """Of the variants that run on instances."""
        return {variant.name: variant.count for variant in self.variants if variant.instance is not None}

    @property
    def instance_types(self) -> dict[str, str]:
        return {variant.name: variant.instance.type for variant in self.variants if variant.instance is not None}

    @property
    def weights(self) -> dict[str, float]:
        return {variant.name: variant.weight for variant in self.production}

    @property
    def concurrencies(self) -> dict[str, Concurrency]:
        """Of the serverless variants."""
        return {each.name: each.concurrency for each in self.variants if each.concurrency is not None}

    @property
    def capacities(self) -> Capacities:
        return Capacities(counts=self.counts, weights=self.weights, concurrencies=self.concurrencies)

    @property
    def endpoint_overrides(self) -> dict[str, Any]:
        """Members of CreateEndpoint and UpdateEndpoint that the user asks for beside."""
        return dict(self.spec.overrides.endpoint or {}) if self.spec.overrides else {}

    @property
    def fleet(self) -> str:
        """What there is to begin with, as people say it: 2 × ml.m5.large."""
        return fleet_in_words([what_it_runs_on(variant) for variant in self.variants])

    def variant(self, name: str) -> DesiredVariant | None:
        return next((variant for variant in self.variants if variant.name == name), None)

    def model_name(self, variant: DesiredVariant) -> str:
        suffix = None if len(self.variants) == 1 else f"v{self.variants.index(variant)}"
        return revision_object_name(endpoint_name=self.endpoint_name, revision=self.revision, suffix=suffix)

    @property
    def model_names(self) -> list[str]:
        return [self.model_name(variant) for variant in self.variants]

    def config_name(self, *, made_with: Capacities | None, made_before: bool) -> str:
        """The endpoint config to create the endpoint from.

        Initial counts and weights are part of an endpoint config, and an endpoint is created with them: a revision
        that was made with others gets a second config, which is the same revision (api.md, behaviour 13).
        """
        suffix = _suffix(self.capacities) if made_before and made_with != self.capacities else None
        return revision_object_name(endpoint_name=self.endpoint_name, revision=self.revision, suffix=suffix)

    def config_name_beside(self, serving: str) -> str:
        """Another endpoint config of this revision than the one that serves, which may have begun with the same."""
        suffix = hex_digest(f"{_suffix(self.capacities)} instead of {serving}", 4)
        return revision_object_name(endpoint_name=self.endpoint_name, revision=self.revision, suffix=suffix)

    def create_models(self) -> tuple[CreateModel, ...]:
        return tuple(self._create_model(variant) for variant in self.variants)

    def _create_model(self, variant: DesiredVariant) -> CreateModel:
        name = self.model_name(variant)
        body = model_request(self.spec, variant, role=self.execution_role_arn)
        return CreateModel(name=name, request={"ModelName": name, **body, "Tags": tag_list(self.tags)})

    def create_config(self, *, config_name: str, made_with: Capacities | None) -> CreateEndpointConfig:
        """`made_with`: what a config that was made before begins with; None: what is wanted now."""
        capacities = made_with or self.capacities
        body = config_request(self.spec, self.variants)
        for member in ("ProductionVariants", "ShadowProductionVariants"):
            for item in body.get(member, ()):
                variant = self.variant(item["VariantName"])
                assert variant is not None  # noqa: S101 - the request was made from the variants
                item["ModelName"] = self.model_name(variant)
                if variant.serverless is None:
                    item["InitialInstanceCount"] = capacities.counts[variant.name]
                else:
                    item["ServerlessConfig"] |= concurrency_members(capacities.concurrencies[variant.name])
                item["InitialVariantWeight"] = capacities.weights.get(variant.name, variant.weight)
        request = {"EndpointConfigName": config_name, **body, "Tags": tag_list(self.tags)}
        return CreateEndpointConfig(name=config_name, request=request)


def _suffix(capacities: Capacities) -> str:
    """Of an endpoint config that is the same revision as another, and begins with something else."""
    concurrencies = {name: str(each) for name, each in capacities.concurrencies.items()}
    return capacities_suffix(capacities.counts, capacities.weights, concurrencies)


def endpoint_name_of(endpoint: InferenceEndpoint) -> str:
    return endpoint.spec.endpoint_name or default_endpoint_name(namespace=endpoint.namespace, name=endpoint.name)


def ownership_tags(endpoint: InferenceEndpoint, inputs: OperatorInputs) -> dict[str, str]:
    return {
        TAG_MANAGED_BY: MANAGED_BY,
        TAG_CLUSTER: inputs.cluster_id,
        TAG_OBJECT: endpoint.object_name,
        TAG_UID: endpoint.uid,
    }


def desired_state(endpoint: InferenceEndpoint, inputs: OperatorInputs) -> Desired | None:
    """What the spec asks for; None when no execution role is given anywhere, or `fault_in_resolving` says why.

    Only for specs without fields that are not supported yet (`planning.supported`).
    """
    spec, name = endpoint.spec, endpoint_name_of(endpoint)
    variants = desired_variants(spec)
    if not variants:
        return None
    spec_digest = _spec_digest(endpoint, variants)
    resolved = _resolved(endpoint, variants, spec_digest, inputs)
    if resolved.execution_role_arn is None or resolved.fault is not None:
        return None
    with_images = tuple(
        replace(variant, containers=tuple(resolved.fill(container) for container in variant.containers))
        for variant in variants
    )
    return Desired(
        endpoint_name=name,
        region=inputs.region,
        revision=_digest(name, spec, with_images, role=resolved.execution_role_arn)[:REVISION_LENGTH],
        spec_digest=spec_digest,
        resolved=resolved,
        variants=with_images,
        tags={**(spec.tags or {}), **ownership_tags(endpoint, inputs)},
        spec=spec,
    )


def fault_in_resolving(endpoint: InferenceEndpoint, inputs: OperatorInputs) -> Fault | None:
    """Why `desired_state` finds no image, or has not the values that the containers take from elsewhere."""
    variants = desired_variants(endpoint.spec)
    return _resolved(endpoint, variants, _spec_digest(endpoint, variants), inputs).fault if variants else None


def recorded_revision(endpoint: InferenceEndpoint) -> RevisionStatus | None:
    """The revision of this very spec that is under way or was made last; None where none was made yet."""
    return last_made(endpoint.status, _spec_digest(endpoint, desired_variants(endpoint.spec)))


def _resolved(
    endpoint: InferenceEndpoint, variants: tuple[DesiredVariant, ...], spec_digest: str, inputs: OperatorInputs
) -> ResolvedInputs:
    before = resolved_before(endpoint, spec_digest)
    return (before or ResolvedInputs.of(endpoint, variants, inputs)).with_inputs(endpoint.spec, inputs.seen)


def _spec_digest(endpoint: InferenceEndpoint, variants: tuple[DesiredVariant, ...]) -> str:
    spec = endpoint.spec
    return _digest(endpoint_name_of(endpoint), spec, variants, role=spec.execution_role_arn)


def tags_digest(tags: Mapping[str, str]) -> str:
    """Digest of the tags on the endpoint. The uid is left out: an object restored from a backup has another."""
    return hex_digest(json.dumps({key: tags[key] for key in sorted(tags) if key != TAG_UID}), 12)


def _digest(
    endpoint_name: str, spec: InferenceEndpointSpec, variants: tuple[DesiredVariant, ...], *, role: str | None
) -> str:
    """Digest of all that SageMaker cannot change in place. Members that are not set do not enter it."""
    serial = spec.container_invocation in (None, ContainerInvocation.SERIAL)
    content: dict[str, Any] = {
        "version": _DIGEST_VERSION,
        "endpoint": endpoint_name,
        "models": {variant.name: model_request(spec, variant, role=role) for variant in variants},
        "config": config_request(spec, variants),
        "invocation": None if serial else spec.container_invocation,
        "update": (spec.overrides.endpoint if spec.overrides else None) or None,
        "redeploy": spec.redeploy,
    }
    canonical = json.dumps(
        {key: value for key, value in content.items() if value is not None}, sort_keys=True, separators=(",", ":")
    )
    return hex_digest(canonical, 32)
