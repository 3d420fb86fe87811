"""Everything in AWS that an InferenceModel refers to, itself and through its endpoint."""

from collections.abc import Iterator

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.tenancy.things import Reference, Thing

# By it the endpoint's own settings are used, before and whether or not the endpoint itself is made.
_ENDPOINT = "spec.endpointRef.name"


def references_of(model: InferenceModel, target: Target | None) -> Iterator[Reference]:
    """`target` is the endpoint that it names; None where there is none."""
    yield from read_by(model)
    if target is None or not target.multi_model:
        return
    yield from of_target(target)
    if model.spec.target_model is not None:
        key = f"{target.s3_prefix}{model.spec.target_model}"
        yield Reference(thing=Thing.S3, field="spec.targetModel", value=key)


def of_target(target: Target) -> Iterator[Reference]:
    """What is used of a multi-model endpoint's own settings to work for its models."""
    role = target.place.assume_role_arn
    if role is not None:
        yield Reference(thing=Thing.ASSUMED_ROLE, field=f"{_ENDPOINT} (its assumeRoleArn)", value=role)
    prefix = target.s3_prefix
    yield Reference(thing=Thing.S3, field=f"{_ENDPOINT} (its multiModel.s3Prefix)", value=prefix, reads_below=True)


def read_by(model: InferenceModel) -> Iterator[Reference]:
    """What of S3 the operator reads for it."""
    source, warm_up = model.spec.source.s3_uri, model.spec.warm_up
    yield Reference(thing=Thing.S3, field="spec.source.s3Uri", value=source, reads_below=source.endswith("/"))
    if warm_up is not None and warm_up.body_s3_uri is not None:
        yield Reference(thing=Thing.S3, field="spec.warmUp.bodyS3Uri", value=warm_up.body_s3_uri)
