"""Every version of one object that the API server sent to a watch, in chapters, and how a judge's verdict changed."""

from collections.abc import Iterator
from itertools import groupby

from kubernetes import client, watch

from tests.gitops.judges import Judge
from tests.integration.vocabulary.kubernetes_objects import GROUP, VERSION, Object
from tests.integration.vocabulary.scene import Scene

# The API server has the version that is waited for before it is asked; the rest is for a slow machine.
_HEARD_WITHIN_SECONDS = 60


class Life:
    """Begins before the object is made.

    The API server keeps what was for over a minute, so each chapter is read when it is over.
    """

    def __init__(self, scene: Scene, *, plural: str, name: str) -> None:
        self._scene = scene
        self._plural = plural
        self._name = name
        self._api = client.CustomObjectsApi(scene.shared.world.kube_client())
        listed = self._api.list_namespaced_custom_object(GROUP, VERSION, scene.namespace, plural)
        self._heard = int(listed["metadata"]["resourceVersion"])
        self.chapters: dict[str, list[Object]] = {}

    def turns(self, chapter: str) -> None:
        """What was told until now, and not in an earlier chapter, is this one."""
        now = self._api.get_namespaced_custom_object(GROUP, VERSION, self._scene.namespace, self._plural, self._name)
        last = int(now["metadata"]["resourceVersion"])
        self.chapters[chapter] = list(self._told(until=last)) if last > self._heard else []

    def ends(self, chapter: str) -> None:
        """The same, when the object is gone; the last version is that which was deleted."""
        self.chapters[chapter] = list(self._told(until=None))
        self._api.api_client.close()

    def changes(self, judge: Judge) -> list[tuple[str, str]]:
        """The chapter and the status wherever the status is another one than before."""
        told = [(chapter, thing) for chapter, things in self.chapters.items() for thing in things]
        verdicts = judge.of([thing for _, thing in told])
        rows = ((chapter, verdict.status) for (chapter, _), verdict in zip(told, verdicts, strict=True))
        return [next(same) for _, same in groupby(rows, key=lambda row: row[1])]

    def last(self, chapter: str) -> Object:
        """As it was when the chapter ended."""
        return self.chapters[chapter][-1]

    def _told(self, *, until: int | None) -> Iterator[Object]:
        """Up to a version, or up to its deletion. Raises AssertionError when the watch ends before."""
        events = watch.Watch().stream(
            self._api.list_namespaced_custom_object,
            *(GROUP, VERSION, self._scene.namespace, self._plural),
            field_selector=f"metadata.name={self._name}",
            resource_version=str(self._heard),
            timeout_seconds=_HEARD_WITHIN_SECONDS,
        )
        for event in events:
            thing: Object = event["raw_object"]
            self._heard = int(thing["metadata"]["resourceVersion"])
            yield thing
            if event["type"] == "DELETED" or (until is not None and self._heard >= until):
                return
        raise AssertionError(
            f"the watch of {self._name} ended at version {self._heard}, before {until or 'its deletion'}"
        )
