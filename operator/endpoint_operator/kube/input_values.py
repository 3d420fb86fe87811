"""Values of Secrets and ConfigMaps, held no longer than it takes to digest them or to hand them to AWS."""

from collections.abc import Mapping, Sequence
from typing import Any

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import ResolvedInput, RevisionState
from endpoint_operator.engine.ports import InputRefused
from endpoint_operator.kube.api import Body
from endpoint_operator.kube.input_objects import InputObjects, NotAllowed, has_key, value_of, version_of
from endpoint_operator.kube.revision_key import RevisionKey
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.inputs.faults import (
    changed_since_made,
    changed_since_planned,
    fault_in_value,
    not_allowed,
    not_found,
)
from endpoint_operator.planning.inputs.requests import inputs_in, with_values
from endpoint_operator.planning.inputs.values import Reference, digest_of, references_of


class ValueReader:
    """Reads each object once for all its keys that are asked for."""

    def __init__(self, objects: InputObjects, key: RevisionKey) -> None:
        self._objects = objects
        self._key = key
        self._refused: set[str] = set()

    async def digests(self, endpoint: InferenceEndpoint, references: Sequence[Reference]) -> tuple[ResolvedInput, ...]:
        """What is recorded of the values. Raises InputRefused and ClusterUnavailable."""
        key = await self._key.get()
        digests = []
        for reference, body, value in await self._values(endpoint, references):
            version = version_of(body["metadata"])
            digest = digest_of(value, key=key, namespace=endpoint.namespace, source=reference.source)
            digests.append(
                ResolvedInput(
                    source=reference.source,
                    uid=version.uid,
                    resource_version=version.resource_version,
                    digest=digest,
                )
            )
        return tuple(digests)

    async def fill(self, endpoint: InferenceEndpoint, request: Mapping[str, Any]) -> dict[str, Any]:
        """A CreateModel request with the values in place, each compared with the digest that was planned with.

        Raises InputRefused and ClusterUnavailable.
        """
        planned = inputs_in(request)
        references = [reference for reference in references_of(endpoint.spec) if reference.source in planned]
        key = await self._key.get()
        try:
            read = await self._values(endpoint, references)
        except InputRefused as refused:
            if refused.fault.blame is Blame.OPERATOR_SETUP:
                raise
            # The next pass reads anew and says what is wrong; here it would count as a failure of the revision.
            raise InputRefused(self._refusal(endpoint, request, sorted(planned))) from refused
        values = {reference.source: value for reference, _, value in read}
        other = [
            source
            for source, digest in planned.items()
            if source not in values
            or digest_of(values[source], key=key, namespace=endpoint.namespace, source=source) != digest
        ]
        if other:
            raise InputRefused(self._refusal(endpoint, request, other))
        return with_values(request, values)

    def was_refused(self, endpoint: InferenceEndpoint) -> bool:
        """Whether the values were not those that the revision under way was named after: they are read anew."""
        return endpoint.uid in self._refused

    def forgive(self, uid: str) -> None:
        """The object's revision is named after the values that are there, or the object is gone."""
        self._refused.discard(uid)

    def _refusal(self, endpoint: InferenceEndpoint, request: Mapping[str, Any], sources: Sequence[str]) -> Fault:
        """What serves keeps its values: it is not rolled because a model of it has to be made again."""
        rows = [row for row in endpoint.status.revisions if row.state is RevisionState.ACTIVE]
        if any(request["ModelName"] in row.model_names for row in rows):
            return changed_since_made(sources)
        self._refused.add(endpoint.uid)
        return changed_since_planned(sources)

    async def _values(
        self, endpoint: InferenceEndpoint, references: Sequence[Reference]
    ) -> list[tuple[Reference, Body, str]]:
        bodies: dict[str, Body | None] = {}
        found = []
        for reference in references:
            if reference.object not in bodies:
                bodies[reference.object] = await self._body(endpoint.namespace, reference)
            body = bodies[reference.object]
            if body is None or not has_key(body, reference.key):
                there = body is not None
                raise InputRefused(not_found(reference, namespace=endpoint.namespace, object_is_there=there))
            value = value_of(body, kind=reference.kind, key=reference.key)
            fault = fault_in_value(reference, value)
            if fault is not None or value is None:
                raise InputRefused(fault or not_found(reference, namespace=endpoint.namespace, object_is_there=True))
            found.append((reference, body, value))
        return found

    async def _body(self, namespace: str, reference: Reference) -> Body | None:
        try:
            return await self._objects.read(namespace=namespace, kind=reference.kind, name=reference.name)
        except NotAllowed as error:
            raise InputRefused(not_allowed(reference, namespace=namespace)) from error
