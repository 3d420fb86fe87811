"""What a pass may know of the Secrets and ConfigMaps behind its object, and when it asks for it.

Versions are looked at on a spec change, on a new reconcile-at, and at each resync; values are read when a revision is
made, and forgotten at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import ResolvedInput
from endpoint_operator.engine.ports import InputRefused
from endpoint_operator.kube.input_objects import InputObjects, NotAllowed
from endpoint_operator.kube.input_values import ValueReader
from endpoint_operator.planning.desired import recorded_revision
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.inputs.faults import not_allowed
from endpoint_operator.planning.inputs.values import (
    MOST_INPUTS,
    NOTHING_SEEN,
    ObjectVersion,
    Reference,
    SeenInputs,
    references_of,
    wants_values,
)

# Secret/name by namespace, as one round of looks found them.
_Round = dict[tuple[str, str], ObjectVersion | None]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What was last seen for one object. `asked` is the generation and reconcile-at that it was seen for."""

    asked: tuple[int, str]
    seen: SeenInputs


class KubeInputReader:
    """Remembers versions and digests between passes, and never a value; a restart looks anew."""

    def __init__(self, objects: InputObjects, values: ValueReader) -> None:
        self._objects = objects
        self._values = values
        self._known: dict[str, _Known] = {}

    async def look(self, endpoint: InferenceEndpoint) -> SeenInputs:
        """Raises ClusterUnavailable."""
        references = references_of(endpoint.spec)
        if endpoint.being_deleted or not references or len(references) > MOST_INPUTS:
            self._forget(endpoint.uid)
            return NOTHING_SEEN
        seen = await self._versions(endpoint, references)
        row = recorded_revision(endpoint)
        recorded = row.resolved.inputs if row is not None else None
        anew = self._values.was_refused(endpoint)
        if anew:
            seen = replace(seen, read=None)
        if not anew and not wants_values(endpoint.spec, recorded, seen):
            return seen if seen.read is None else replace(seen, read=None)
        try:
            return await self._read(endpoint, references, seen, recorded=recorded)
        except InputRefused as refused:
            self._forget(endpoint.uid)  # somebody mends it outside the object: the next pass looks again
            if recorded is None or anew:
                return replace(seen, fault=refused.fault)
            return replace(seen, warning=refused.fault)

    async def changed(self, endpoints: Iterable[InferenceEndpoint]) -> list[InferenceEndpoint]:
        """Of these, the ones whose Secrets or ConfigMaps have other versions than when they were last looked at.

        One request for each Secret or ConfigMap, however many refer to it. Raises ClusterUnavailable.
        """
        found: _Round = {}
        changed = []
        for endpoint in endpoints:
            known = self._known.get(endpoint.uid)
            if known is None or endpoint.being_deleted:
                continue
            seen = await self._ask(endpoint, references_of(endpoint.spec), found)
            if (seen.objects, seen.warning) != (known.seen.objects, known.seen.warning):
                self._known[endpoint.uid] = replace(known, seen=seen)
                changed.append(endpoint)
        return changed

    def gone(self, uid: str) -> None:
        """The object is gone."""
        self._forget(uid)
        self._values.forgive(uid)

    def _forget(self, uid: str) -> None:
        """The next pass looks anew."""
        self._known.pop(uid, None)

    async def _versions(self, endpoint: InferenceEndpoint, references: Sequence[Reference]) -> SeenInputs:
        known, asked = self._known.get(endpoint.uid), (endpoint.generation, endpoint.reconcile_at)
        if known is None or known.asked != asked:
            known = _Known(asked=asked, seen=await self._ask(endpoint, references, {}))
            self._known[endpoint.uid] = known
        return known.seen

    async def _ask(self, endpoint: InferenceEndpoint, references: Sequence[Reference], found: _Round) -> SeenInputs:
        objects: dict[str, ObjectVersion | None] = {}
        warning: Fault | None = None
        for reference in references:
            place = (endpoint.namespace, reference.object)
            try:
                if place not in found:
                    found[place] = await self._objects.version(
                        namespace=endpoint.namespace, kind=reference.kind, name=reference.name
                    )
                objects[reference.object] = found[place]
            except NotAllowed:
                warning = not_allowed(reference, namespace=endpoint.namespace)
        return SeenInputs(objects=objects, warning=warning)

    async def _read(
        self,
        endpoint: InferenceEndpoint,
        references: Sequence[Reference],
        seen: SeenInputs,
        *,
        recorded: Sequence[ResolvedInput] | None,
    ) -> SeenInputs:
        if seen.read is not None:
            return seen
        read = await self._values.digests(endpoint, references)
        versions: dict[str, ObjectVersion | None] = {
            item.source.rpartition("/")[0]: ObjectVersion(uid=item.uid, resource_version=item.resource_version)
            for item in read
        }
        now = SeenInputs(objects=versions, read=read)
        self._known[endpoint.uid] = _Known(asked=(endpoint.generation, endpoint.reconcile_at), seen=now)
        if recorded is not None and _digests(recorded) == _digests(read):
            self._values.forgive(endpoint.uid)
        return now


def _digests(inputs: Sequence[ResolvedInput]) -> dict[str, str]:
    return {item.source: item.digest for item in inputs}
