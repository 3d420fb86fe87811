"""From spec to the SageMaker objects that it asks for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from endpoint_operator.api.containers import Container
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import MANAGED_BY, TAG_CLUSTER, TAG_MANAGED_BY, TAG_OBJECT, TAG_UID
from endpoint_operator.api.names import (
    REVISION_LENGTH,
    counts_suffix,
    default_endpoint_name,
    hex_digest,
    revision_object_name,
)
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.planning.facts import OperatorInputs
from endpoint_operator.planning.requests import container_definition, production_variant, tag_list
from endpoint_operator.planning.steps import CreateEndpointConfig, CreateModel

DEFAULT_VARIANT = "AllTraffic"

# Part of every digest: a new way to build requests gets a new number, and old revisions keep their names.
_DIGEST_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Desired:
    """What the spec asks for, with names. `counts` is by variant."""

    endpoint_name: str
    revision: str
    spec_digest: str
    execution_role_arn: str
    containers: tuple[Container, ...]
    counts: dict[str, int]
    tags: dict[str, str]
    instance_type: str

    @property
    def model_name(self) -> str:
        return revision_object_name(endpoint_name=self.endpoint_name, revision=self.revision)

    def config_name(self, *, first_counts: Mapping[str, int] | None, made_before: bool) -> str:
        """The endpoint config to create the endpoint from.

        Initial counts are part of an endpoint config, and an endpoint is created with them: a revision that was made
        with other counts gets a second config, which is the same revision (api.md, behaviour 13).
        """
        differs = made_before and first_counts != self.counts
        suffix = counts_suffix(self.counts) if differs else None
        return revision_object_name(endpoint_name=self.endpoint_name, revision=self.revision, suffix=suffix)

    def create_model(self) -> CreateModel:
        request: dict[str, Any] = {
            "ModelName": self.model_name,
            "PrimaryContainer": container_definition(self.containers[0]),
            "ExecutionRoleArn": self.execution_role_arn,
            "Tags": tag_list(self.tags),
        }
        return CreateModel(name=self.model_name, request=request)

    def create_config(
        self, spec: InferenceEndpointSpec, *, config_name: str, first_counts: Mapping[str, int] | None
    ) -> CreateEndpointConfig:
        assert spec.instance is not None  # noqa: S101 - the CRD's rules hold it
        variant = {
            **production_variant(spec.instance),
            "VariantName": DEFAULT_VARIANT,
            "ModelName": self.model_name,
            "InitialInstanceCount": (first_counts or self.counts)[DEFAULT_VARIANT],
            "InitialVariantWeight": 1.0,
        }
        request = {
            "EndpointConfigName": config_name,
            "ProductionVariants": [variant],
            "Tags": tag_list(self.tags),
        }
        return CreateEndpointConfig(name=config_name, request=request)


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
    """What the spec asks for; None when no execution role is given anywhere.

    Only for specs without fields that are not supported yet (`planning.supported`).
    """
    spec = endpoint.spec
    name = endpoint_name_of(endpoint)
    spec_digest = _digest(name, spec, role=spec.execution_role_arn)
    role = _resolved_role(endpoint, spec_digest) or spec.execution_role_arn or inputs.default_execution_role_arn
    if role is None or spec.containers is None or spec.instance is None:
        return None
    return Desired(
        endpoint_name=name,
        revision=_digest(name, spec, role=role)[:REVISION_LENGTH],
        spec_digest=spec_digest,
        execution_role_arn=role,
        containers=tuple(spec.containers),
        counts={DEFAULT_VARIANT: spec.instance.count},
        tags={**(spec.tags or {}), **ownership_tags(endpoint, inputs)},
        instance_type=spec.instance.type,
    )


def tags_digest(tags: Mapping[str, str]) -> str:
    """Digest of the tags on the endpoint. The uid is left out: an object restored from a backup has another."""
    return hex_digest(json.dumps({key: tags[key] for key in sorted(tags) if key != TAG_UID}), 12)


def _resolved_role(endpoint: InferenceEndpoint, spec_digest: str) -> str | None:
    """The role that a revision of this very spec was made with: upgrading the operator never rolls a fleet."""
    rows = [row for row in endpoint.status.revisions if row.spec_digest == spec_digest]
    return rows[-1].resolved.execution_role_arn if rows else None


def _digest(endpoint_name: str, spec: InferenceEndpointSpec, *, role: str | None) -> str:
    """Digest of all that SageMaker cannot change in place. Members that are not set do not enter it."""
    content = {
        "version": _DIGEST_VERSION,
        "endpoint": endpoint_name,
        "role": role,
        "containers": [container_definition(container) for container in spec.containers or ()],
        "variant": production_variant(spec.instance) if spec.instance else None,
        "redeploy": spec.redeploy,
    }
    canonical = json.dumps(
        {key: value for key, value in content.items() if value is not None}, sort_keys=True, separators=(",", ":")
    )
    return hex_digest(canonical, 32)
