"""The tagging API's GetResources for SageMaker's resources; those of other services are refused by name.

Only resources that have tags are found (GetResources in the Resource Groups Tagging API reference).
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from .sagemaker.estate import Estates, Tags
from .sagemaker.tags import tag_list
from .wire.errors import AwsError, NotModelled
from .wire.request import Caller

DEFAULT_PAGE = 100  # "By default ... AWS uses 100", ResourcesPerPage 1..100
Parameters = Mapping[str, Any]


class TaggingApi:
    """GetResources."""

    def __init__(self, *, estates: Estates) -> None:
        self._estates = estates

    async def get_resources(self, caller: Caller, parameters: Parameters) -> dict[str, Any]:
        if parameters.get("IncludeComplianceDetails") or parameters.get("ExcludeCompliantResources"):
            raise NotModelled("tag policies (compliance details of GetResources) are not modelled")
        if "TagsPerPage" in parameters:
            raise NotModelled("TagsPerPage of GetResources is not modelled; use ResourcesPerPage")
        size = _page_size(parameters)
        types = _types(parameters.get("ResourceTypeFilters", []))
        arns = parameters.get("ResourceARNList")
        after = _place(parameters.get("PaginationToken", ""))
        seen = self._estates.of(caller).tags.all_seen(as_of=self._estates.as_of())
        found = sorted(
            (arn, tags)
            for arn, tags in seen
            if tags
            and arn > after
            and (arns is None or arn in arns)
            and (not types or arn.split(":", 5)[5].partition("/")[0] in types)
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


def _types(filters: Sequence[str]) -> set[str]:
    """Return the types asked for, empty for all of SageMaker's."""
    types = set()
    for entry in filters:
        service, _, resource_type = entry.partition(":")
        if service != "sagemaker":
            raise NotModelled(f"GetResources finds SageMaker's resources only, not those of {service!r}")
        if not resource_type:
            return set()
        types.add(resource_type)
    return types


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
