"""The hourly look at what ListEndpoints does not show: tags, models and endpoint configs, through the tagging API."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import MANAGED_BY, TAG_CLUSTER, TAG_MANAGED_BY, TAG_OBJECT
from endpoint_operator.api.status import RevisionState
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.measures import ORPHANS
from endpoint_operator.planning.desired import tags_digest
from endpoint_operator.planning.facts import OwnedObject

log = logging.getLogger(__name__)

_TYPES = ("sagemaker:endpoint", "sagemaker:endpoint-config", "sagemaker:model")
PAGE = 100  # GetResources' maximum (Resource Groups Tagging API reference)


@dataclass(frozen=True, kw_only=True)
class TaggedObject:
    kind: str
    name: str
    tags: dict[str, str]


class Inventory:
    """What carries our tags, by object (namespace/name)."""

    def __init__(self, calls: Calls, *, cluster_id: str) -> None:
        self._calls = calls
        self._cluster_id = cluster_id
        self._by_object: dict[str, list[TaggedObject]] = {}
        self._touched: set[str] = set()

    async def run(self, *, period: float, wake: Callable[[Iterable[str]], None], known: Callable[[], set[str]]) -> None:
        """Take stock every `period` seconds until cancelled; wakes the objects that have something."""
        while True:
            await asyncio.sleep(period)
            try:
                found = await self.take_stock()
            except CallFailed as error:
                log.warning("what carries our tags could not be listed: %s", error)
                continue
            lost = found - known()
            ORPHANS.set(sum(len(self._by_object.get(name, ())) for name in lost))
            for name in sorted(lost):
                log.warning("objects in AWS are left of an InferenceEndpoint that is gone", extra={"object": name})
            wake(found & known())

    async def take_stock(self) -> set[str]:
        """Replace what is known by the list; answers its objects. Raises CallFailed, and then all stays as it was.

        What was made, tagged or removed meanwhile, for the list of a large fleet lasts, is not known from it: a new
        revision would count as deleted by somebody.
        """
        self._touched = set()
        found = await self._tagged({})
        newer = {name: self._by_object[name] for name in self._touched if name in self._by_object}
        self._by_object = {name: rows for name, rows in found.items() if name not in self._touched} | newer
        return set(found)

    async def take_stock_of(self, endpoint: InferenceEndpoint) -> None:
        """Look for one object alone, as its deletion does. Where we may not, its own status must do.

        Raises CallFailed when AWS cannot be asked.
        """
        found = await self._tagged({TAG_OBJECT: endpoint.object_name})
        self._touched.add(endpoint.object_name)
        self._by_object[endpoint.object_name] = found.get(endpoint.object_name, [])

    def orphans(self, endpoint: InferenceEndpoint) -> tuple[OwnedObject, ...]:
        """Models and endpoint configs of the object that its status does not know."""
        rows = endpoint.status.revisions
        known = {row.config_name for row in rows}
        known |= {name for row in rows for name in (*row.model_names, *row.stale_config_names)}
        return tuple(
            OwnedObject(kind=tagged.kind, name=tagged.name)
            for tagged in self._by_object.get(endpoint.object_name, ())
            if tagged.kind != "endpoint" and tagged.name not in known
        )

    def missing_parts(self, endpoint: InferenceEndpoint) -> frozenset[OwnedObject]:
        """What serves and the last look at all tags did not find, though it found the endpoint."""
        tagged = self._by_object.get(endpoint.object_name, ())
        serving = next((row for row in endpoint.status.revisions if row.state == RevisionState.ACTIVE), None)
        if serving is None or not any(item.kind == "endpoint" for item in tagged):
            return frozenset()
        config = OwnedObject(kind="endpoint-config", name=serving.config_name)
        models = (OwnedObject(kind="model", name=name) for name in serving.model_names)
        return frozenset({config, *models} - {OwnedObject(kind=item.kind, name=item.name) for item in tagged})

    def tags_drifted(self, endpoint: InferenceEndpoint, *, wanted: dict[str, str]) -> bool:
        """Whether the endpoint was last found with other tags than wanted."""
        return any(
            tagged.kind == "endpoint" and tags_digest(tagged.tags) != tags_digest(wanted)
            for tagged in self._by_object.get(endpoint.object_name, ())
        )

    def forget(self, endpoint: InferenceEndpoint) -> None:
        """What was found was acted on; the next look that begins from now on finds what is there then."""
        self._touched.add(endpoint.object_name)
        self._by_object.pop(endpoint.object_name, None)

    async def _tagged(self, tags: dict[str, str]) -> dict[str, list[TaggedObject]]:
        wanted = {TAG_MANAGED_BY: MANAGED_BY, TAG_CLUSTER: self._cluster_id, **tags}
        filters = [{"Key": key, "Values": [value]} for key, value in wanted.items()]
        found: dict[str, list[TaggedObject]] = {}
        token = ""
        while True:
            answer = await self._calls.call(
                "resourcegroupstaggingapi",
                "get_resources",
                TagFilters=filters,
                ResourceTypeFilters=list(_TYPES),
                ResourcesPerPage=PAGE,
                PaginationToken=token,
            )
            for item in answer["ResourceTagMappingList"]:
                tagged = _tagged_object(item["ResourceARN"], {tag["Key"]: tag["Value"] for tag in item["Tags"]})
                found.setdefault(tagged.tags.get(TAG_OBJECT, ""), []).append(tagged)
            token = answer.get("PaginationToken") or ""
            if not token:
                return found


def _tagged_object(arn: str, tags: dict[str, str]) -> TaggedObject:
    kind, _, name = arn.split(":", 5)[5].partition("/")
    return TaggedObject(kind=kind, name=name, tags=tags)
