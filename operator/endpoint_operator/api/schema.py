"""The grain of the API's schema: one base model and the bounded strings that it is made of.

Every string has a maxLength and every list a maxItems: the API server refuses a CRD whose CEL rules could become
expensive, and it estimates their cost from these bounds.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel


class ApiModel(BaseModel):
    """An object of the API: camelCase outside, unknown fields refused, never changed after parsing."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )


def list_map(*keys: str, max_items: int, min_items: int | None = None) -> Any:
    """A list whose items are told apart by `keys`, so that server-side apply merges it item by item."""
    return Field(
        max_length=max_items,
        min_length=min_items,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys)},
    )


def atomic_list(*, max_items: int, min_items: int | None = None) -> Any:
    """A list that has one owner: server-side apply replaces it as a whole."""
    return Field(max_length=max_items, min_length=min_items, json_schema_extra={"x-kubernetes-list-type": "atomic"})


def rules(*items: tuple[str, str] | tuple[str, str, str]) -> dict[str, Any]:
    """CEL rules as (rule, message) or (rule, message, fieldPath), for `json_schema_extra` of a model."""
    validations = []
    for rule, message, *path in items:
        validation = {"rule": rule, "message": message}
        if path:
            validation["fieldPath"] = path[0]
        validations.append(validation)
    return {"x-kubernetes-validations": validations}


def text(maximum: int, *, minimum: int | None = 1, pattern: str | None = None) -> Any:
    return StringConstraints(max_length=maximum, min_length=minimum, pattern=pattern)


# Lengths and patterns are those of the SageMaker API (botocore's service model) unless a comment says otherwise.
SageMakerName = Annotated[str, text(63, pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")]
RoleArn = Annotated[str, text(2048, pattern=r"^arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+$")]
TopicArn = Annotated[str, text(2048, pattern=r"^arn:aws[a-z\-]*:sns:[a-z0-9\-]*:[0-9]{12}:[a-zA-Z0-9_.-]+$")]
KmsKeyId = Annotated[str, text(2048, pattern=r"^[a-zA-Z0-9:/_-]*$")]
ModelUri = Annotated[str, text(1024, pattern=r"^s3://[^/]+/.+$")]
PrefixUri = Annotated[str, text(512, pattern=r"^s3://[^/]+(/.*)?$")]
Image = Annotated[str, text(255, pattern=r"^\S+$")]
InstanceType = Annotated[str, text(64, pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$")]
ObjectName = Annotated[str, text(253, pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
Word = Annotated[str, text(128)]

# Members of the SageMaker API that this API does not name; checked against botocore's shapes when planned.
Overrides = Annotated[dict[str, Any], Field(json_schema_extra={"x-kubernetes-preserve-unknown-fields": True})]
