"""The tagging API's GetResources for SageMaker, CloudWatch's alarms and scalable targets; others are refused by name.

Only resources that have tags are found (GetResources in the Resource Groups Tagging API reference).
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .sagemaker.estate import Estates, Tags
from .sagemaker.tags import tag_list
from .wire.errors import AwsError, NotModelled
from .wire.request import Caller

SERVICES = frozenset({"sagemaker", "cloudwatch", "application-autoscaling"})
DEFAULT_PAGE = 100  # "By default ... AWS uses 100", ResourcesPerPage 1..100
Parameters = Mapping[str, Any]
Tagged = Callable[[Caller], Iterable[tuple[str, Tags]]]  # a service's resources by ARN, with their tags


class TaggingApi:
    """GetResources."""

    def __init__(self, *, estates: Estates, others: Sequence[Tagged]) -> None:
        self._estates = estates
        self._others = others

    async def get_resources(self, caller: Caller, parameters: Parameters) -> dict[str, Any]:
        if parameters.get("IncludeComplianceDetails") or parameters.get("ExcludeCompliantResources"):
            raise NotModelled("tag policies (compliance details of GetResources) are not modelled")
        if "TagsPerPage" in parameters:
            raise NotModelled("TagsPerPage of GetResources is not modelled; use ResourcesPerPage")
        size = _page_size(parameters)
        types = _types(parameters.get("ResourceTypeFilters", []))
        arns = parameters.get("ResourceARNList")
        after = _place(parameters.get("PaginationToken", ""))
        seen = [
            *self._estates.of(caller).tags.all_seen(as_of=self._estates.as_of()),
            *(pair for tagged in self._others for pair in tagged(caller)),
        ]
        found = sorted(
            (arn, tags)
            for arn, tags in seen
            if tags
            and arn > after
            and (arns is None or arn in arns)
            and (not types or _is_of(arn, types))
            and _fits(tags, parameters.get("TagFilters", []))
        )
        shown = found[:size]
        return {
            "PaginationToken": _token(shown[-1][0]) if len(found) > size else "",
            "ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tag_list(tags)} for arn, tags in shown],
        }


def _page_size(parameters: Parameters) -> int:
    size = int(parameters.get("ResourcesPerPage", DEFAULT_PAGE))
    if not 1 <= size <= 100:
        raise AwsError("InvalidParameterException", f"ResourcesPerPage must be from 1 to 100, got {size}")
    return size


def _types(filters: Sequence[str]) -> set[tuple[str, str]]:
    """Return services and types asked for (the type empty for all of the service's), none for everything."""
    types = set()
    for entry in filters:
        service, _, resource_type = entry.partition(":")
        if service not in SERVICES:
            raise NotModelled(
                f"GetResources finds resources of {', '.join(sorted(SERVICES))}, not those of {service!r}"
            )
        types.add((service, resource_type))
    return types


def _is_of(arn: str, types: set[tuple[str, str]]) -> bool:
    """Tell whether the ARN is of one of the types: what stands before the first `/` or `:` of its last part."""
    _, _, service, _, _, resource = arn.split(":", 5)
    return bool({(service, ""), (service, re.split("[:/]", resource)[0])} & types)


def _fits(tags: Tags, filters: Sequence[Parameters]) -> bool:
    """Tell whether the tags fit every filter: the key is there, with one of the values where values are given."""
    return all(
        entry["Key"] in tags and (not entry.get("Values") or tags[entry["Key"]] in entry["Values"])
        for entry in filters
        if "Key" in entry
    )


def _token(arn: str) -> str:
    return base64.urlsafe_b64encode(arn.encode()).decode()


def _place(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError):
        raise AwsError("PaginationTokenExpiredException", "The PaginationToken is not valid.") from None
