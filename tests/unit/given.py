"""Worlds as plain data: objects, endpoints and facts that the tests of decisions start from.

Everything is built by the constructors that the operator uses, so that a world which could not be is refused.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import FINALIZER, RECONCILE_AT
from endpoint_operator.api.status import (
    EndpointStatus,
    InferenceEndpointStatus,
    InitialConcurrency,
    Resolved,
    ResolvedImage,
    ResolvedInput,
    RevisionFailure,
    RevisionState,
    RevisionStatus,
    RolloutStatus,
)
from endpoint_operator.catalogue.images import BundledImages
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.concurrency import ServerlessCapacity
from endpoint_operator.planning.desired import Desired, desired_state, tags_digest
from endpoint_operator.planning.desired_variants import DesiredVariant
from endpoint_operator.planning.facts import (
    Artifact,
    Facts,
    Foreign,
    Holder,
    LiveEndpoint,
    LiveStatus,
    LiveVariant,
    Look,
    Looks,
    OperatorInputs,
)
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.inputs.values import ObjectVersion, SeenInputs, references_of
from endpoint_operator.planning.single_precision import single_precision

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/operators-default"
CREATED = "2026-11-22T11:00:00+00:00"
MODIFIED = "2026-11-22T11:05:00+00:00"
LATER = "2026-11-22T11:30:00+00:00"

INPUTS = OperatorInputs(
    region=REGION,
    cluster_id="cluster-1",
    runtime_url=f"https://runtime.sagemaker.{REGION}.amazonaws.com",
    default_execution_role_arn=ROLE,
    images=BundledImages(),
)


def spec(*, image: str = "repo/churn:1", count: int = 1, **fields: Any) -> dict[str, Any]:
    """A RealTime spec as a user writes it; `fields` are members of spec in camelCase."""
    container = {"image": image, "modelData": {"s3Uri": "s3://models/churn/model.tar.gz"}}
    return {
        "mode": "RealTime",
        "containers": [container],
        "instance": {"type": "ml.m5.large", "count": count},
        **fields,
    }


def multi_model(*, image: str = "repo/churn:1", count: int = 1, **fields: Any) -> dict[str, Any]:
    """A MultiModel spec as a user writes it; `fields` are members of spec in camelCase."""
    models = {"mode": "MultiModel", "multiModel": {"s3Prefix": "s3://models/all/"}, "containers": [{"image": image}]}
    return {**spec(count=count), **models, **fields}


def of_a_later_release(**fields: Any) -> dict[str, Any]:
    """A spec that the API server takes and this release does not act on."""
    package = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn/1"
    return multi_model(containers=[{"modelPackageArn": package}], **fields)


def an_object(
    wanted: dict[str, Any] | None = None,
    *,
    status: InferenceEndpointStatus | None = None,
    generation: int = 1,
    retry: str = "",
    finalizer: bool = True,
    deleted: bool = False,
    name: str = "churn",
    namespace: str = "ml",
    uid: str = "uid-1",
) -> InferenceEndpoint:
    body = {
        "metadata": {
            "namespace": namespace,
            "name": name,
            "uid": uid,
            "generation": generation,
            "resourceVersion": "7",
            "annotations": {RECONCILE_AT: retry} if retry else {},
            "finalizers": [FINALIZER] if finalizer else [],
            **({"deletionTimestamp": "2026-11-22T12:00:00Z"} if deleted else {}),
        },
        "spec": wanted if wanted is not None else spec(),
    }
    return replace(InferenceEndpoint.parse(body), status=status or InferenceEndpointStatus())


def inputs_for(wanted: dict[str, Any] | None = None) -> OperatorInputs:
    """What the operator gives an object, every value that the spec takes from a Secret or ConfigMap read."""
    references = references_of(an_object(wanted).spec)
    if not references:
        return INPUTS
    read = tuple(
        ResolvedInput(source=each.source, uid="uid-of-it", resource_version="1", digest=f"digest of {each.source}")
        for each in references
    )
    objects = {each.object: ObjectVersion(uid="uid-of-it", resource_version="1") for each in references}
    return replace(INPUTS, seen=SeenInputs(objects=objects, read=read))


def desired(wanted: dict[str, Any] | None = None, *, inputs: OperatorInputs | None = None) -> Desired:
    found = desired_state(an_object(wanted), inputs or inputs_for(wanted))
    assert found is not None
    return found


def revision(wanted: dict[str, Any] | None = None) -> str:
    return desired(wanted).revision


def config_name_of(wanted: dict[str, Any] | None = None) -> str:
    """The first endpoint config of the revision that a spec asks for."""
    return desired(wanted).config_name(made_with=None, made_before=False)


def row(
    wanted: dict[str, Any] | None = None,
    *,
    state: RevisionState = RevisionState.ACTIVE,
    failure: RevisionFailure | None = None,
    reason: str | None = None,
    config_name: str | None = None,
    stale: tuple[str, ...] = (),
) -> RevisionStatus:
    """The row of the revision that a spec asks for."""
    made = desired(wanted)
    return RevisionStatus(
        name=made.revision,
        config_name=config_name or config_name_of(wanted),
        model_names=made.model_names,
        state=state,
        reason=reason,
        created_at="2026-11-22T10:00:00Z",
        initial_instance_counts=made.counts,
        initial_weights=made.weights,
        initial_concurrency={
            name: InitialConcurrency(max_concurrency=each.maximum, provisioned_concurrency=each.provisioned)
            for name, each in made.concurrencies.items()
        }
        or None,
        stale_config_names=list(stale),
        spec_digest=made.spec_digest,
        resolved=Resolved(
            execution_role_arn=made.execution_role_arn,
            images=[ResolvedImage(container=at, image=image) for at, image in made.resolved.images.items()],
            inputs=list(made.resolved.inputs),
        ),
        failure=failure,
    )


def numbered_row(number: int, *, state: RevisionState = RevisionState.SUPERSEDED) -> RevisionStatus:
    """The row of some other revision, told apart by its number."""
    return row(spec(redeploy=f"word-{number}"), state=state)


def failed_row(
    wanted: dict[str, Any] | None = None,
    *,
    generation: int = 1,
    retry: str = "",
    look: str | None = None,
    state: RevisionState = RevisionState.FAILED,
) -> RevisionStatus:
    failure = RevisionFailure(generation=generation, reconcile_at=retry, look=look)
    return row(
        wanted, state=state, failure=failure, reason="ContainerUnhealthy: spec.containers[0]: it does not answer"
    )


def live(
    wanted: dict[str, Any] | None = None,
    *,
    status: LiveStatus = LiveStatus.IN_SERVICE,
    count: int | None = None,
    failure: str | None = None,
    modified: str = MODIFIED,
    config_name: str | None = None,
) -> LiveEndpoint:
    """The endpoint on the revision that a spec asks for."""
    made = desired(wanted)
    return LiveEndpoint(
        name=made.endpoint_name,
        arn=f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{made.endpoint_name}",
        status=status,
        config_name=config_name or config_name_of(wanted),
        created=CREATED,
        modified=modified,
        failure_reason=failure,
        variants=tuple(_running(variant, count=count) for variant in made.production),
        shadow=next((_running(variant, count=count) for variant in made.variants if variant.is_shadow), None),
        asynchronous=made.spec.async_ is not None,
    )


def _running(variant: DesiredVariant, *, count: int | None) -> LiveVariant:
    """A variant as an endpoint shows it that was made with it: a weight comes back in single precision."""
    weight = single_precision(variant.weight)
    if variant.serverless is not None and variant.concurrency is not None:
        capacity = ServerlessCapacity(memory_mb=variant.serverless.memory_mb, concurrency=variant.concurrency)
        return LiveVariant(
            name=variant.name,
            current_weight=weight,
            desired_weight=weight,
            current_serverless=capacity,
            desired_serverless=capacity,
        )
    held = count if count is not None else variant.count
    return LiveVariant(
        name=variant.name, current_count=held, desired_count=held, current_weight=weight, desired_weight=weight
    )


def known(endpoint: LiveEndpoint, *, tags: dict[str, Any] | None = None) -> EndpointStatus:
    """The endpoint as the status remembers it, its tags in step with the spec `tags`."""
    return EndpointStatus(
        name=endpoint.name,
        arn=endpoint.arn,
        status=endpoint.status,
        config_name=endpoint.config_name,
        creation_time=endpoint.created,
        last_modified_time=endpoint.modified,
        tags_digest=tags_digest(desired(tags).tags),
    )


def sent(wanted: dict[str, Any] | None = None) -> EndpointStatus:
    """CreateEndpoint was accepted, and nothing of it was seen so far."""
    seen = live(wanted)
    return EndpointStatus(name=seen.name, arn=seen.arn, status=LiveStatus.CREATING, config_name=seen.config_name)


def rollout(to: str, *, stage: str = "Updating", modified_before: str | None = MODIFIED) -> RolloutStatus:
    return RolloutStatus(
        stage=stage, to_revision=to, since="2026-11-22T11:59:45Z", endpoint_modified_before=modified_before
    )


def status(
    *rows: RevisionStatus, endpoint: EndpointStatus | None = None, rollout: RolloutStatus | None = None
) -> InferenceEndpointStatus:
    return InferenceEndpointStatus(revisions=list(rows), endpoint=endpoint, rollout=rollout)


def facts(endpoint: LiveEndpoint | None = None, **more: Any) -> Facts:
    return Facts(live=endpoint, now=NOW, **{"account": ACCOUNT, **more})


def looks(*, trace: str = "etag-1", fault: Fault | None = None) -> Looks:
    uri = "s3://models/churn/model.tar.gz"
    return Looks(looks=(Look(about=uri, trace=trace, fault=fault),), artifacts=(Artifact(s3_uri=uri, etag=trace),))


def case(endpoint: InferenceEndpoint, seen: Facts) -> Case:
    wanted = desired_state(endpoint, INPUTS)
    assert wanted is not None
    return Case(endpoint=endpoint, desired=wanted, facts=seen)


def foreign(holder: Holder = Holder.NOBODY) -> Foreign:
    return Foreign(holder=holder, message="the endpoint ml-churn has no tags of ours")


NO_ARTIFACT = Fault(
    blame=Blame.USER,
    reason="ArtifactNotFound",
    message="spec.containers[0].modelData.s3Uri: no object",
    about_inputs=True,
)
UNREACHABLE = Fault(blame=Blame.WORLD, reason="AWSUnreachable", message="sagemaker did not answer")
