"""The loop: what the API server says of the Pods, against the processes that run."""

import asyncio
import logging
from typing import Any

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from devworld.podrunner import statuses
from devworld.podrunner.container import Container, Machine, files_of
from devworld.podrunner.statuses import End
from endpoint_operator.kube.api import KubeApi

log = logging.getLogger(__name__)

Body = dict[str, Any]
SELECTOR = "app.kubernetes.io/name=endpoint-operator-packer"
# As long as the process lives the Pod does: a kubelet deletes a Pod only when its containers have ended, and the API
# server, which waits for a kubelet only where a Pod has a node, would let this one go at once.
HOLD = "endpoint-operator.dev/process"
LOOK_SECONDS = 0.25
STOP_SECONDS = 5.0
_ENDED = ("Succeeded", "Failed")


class PodRunner:
    """Of Pods that no scheduler gave to a node."""

    def __init__(self, api: KubeApi, machine: Machine) -> None:
        self._api = api
        self._machine = machine
        self._containers: dict[str, Container] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until asked to stop; then the processes are, too."""
        while not stop.is_set():
            try:
                await self.look()
            except (ApiException, aiohttp.ClientError, OSError, TimeoutError) as error:
                log.warning("the API server: %s; looked at again", error)
            try:
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue
        await self._stop_all()

    async def look(self) -> None:
        """One look at all Pods, and what follows from it."""
        answer = await self._api.get("/api/v1/pods", query={"labelSelector": SELECTOR})
        pods = {pod["metadata"]["uid"]: pod for pod in answer["items"] if not pod["spec"].get("nodeName")}
        for pod in pods.values():
            try:
                await self._attend(pod)
            except ApiException as error:
                if error.status not in (404, 409):  # gone, or changed since it was read: the next look knows
                    raise
        for uid in [uid for uid in self._containers if uid not in pods]:
            self._containers[uid].stop()
            if not self._containers[uid].alive:
                del self._containers[uid]

    async def _attend(self, pod: Body) -> None:
        uid, phase = pod["metadata"]["uid"], pod["status"].get("phase")
        container = self._containers.get(uid)
        leaving = "deletionTimestamp" in pod["metadata"]
        if container is not None and container.alive:
            if leaving:
                container.stop()
            return
        if phase not in _ENDED:
            if container is not None:
                await self._write(pod, statuses.ended(pod, container.end()))
            elif phase == "Running":
                await self._write(pod, statuses.ended(pod, _lost(pod)))
            elif not leaving:
                await self._begin(pod)
                return
        await self._let_go(pod)
        self._containers.pop(uid, None)

    async def _begin(self, pod: Body) -> None:
        if pod["spec"]["containers"][0]["image"] != self._machine.image:
            await self._wait(pod, "ErrImagePull", f"there is no program for any image but {self._machine.image}")
            return
        volumes = await self._volumes(pod)
        if volumes is None:
            await self._wait(pod, "ContainerCreating", "")
            return
        await self._hold(pod)
        container = self._containers[pod["metadata"]["uid"]] = Container(self._machine, pod, volumes)
        log.info("%s/%s runs as %d", pod["metadata"]["namespace"], pod["metadata"]["name"], container.pid)
        await self._write(pod, statuses.running(pod, started_at=container.started_at))

    async def _volumes(self, pod: Body) -> dict[str, dict[str, bytes]] | None:
        """None while a ConfigMap, or its key, is missing: a kubelet waits for it."""
        volumes = {}
        for volume in pod["spec"].get("volumes", []):
            if "configMap" not in volume:
                continue
            path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/configmaps/{volume['configMap']['name']}"
            try:
                volumes[volume["name"]] = files_of(volume, await self._api.get(path))
            except KeyError:
                return None
            except ApiException as error:
                if error.status != 404:
                    raise
                return None
        return volumes

    async def _wait(self, pod: Body, reason: str, message: str) -> None:
        status = statuses.waiting(pod, reason, message)
        told = pod["status"].get("containerStatuses") or [{}]
        if told[0].get("state") != status["containerStatuses"][0]["state"]:
            await self._write(pod, status)

    async def _hold(self, pod: Body) -> None:
        finalizers = pod["metadata"].get("finalizers") or []
        if HOLD not in finalizers:
            await self._set_finalizers(pod, [*finalizers, HOLD])

    async def _let_go(self, pod: Body) -> None:
        finalizers = pod["metadata"].get("finalizers") or []
        if HOLD in finalizers:
            fresh = await self._api.get(_path(pod))
            kept = [name for name in fresh["metadata"].get("finalizers") or [] if name != HOLD]
            await self._set_finalizers(fresh, kept)

    async def _set_finalizers(self, pod: Body, finalizers: list[str]) -> None:
        version = pod["metadata"]["resourceVersion"]
        await self._api.merge(_path(pod), {"metadata": {"resourceVersion": version, "finalizers": finalizers}})

    async def _write(self, pod: Body, status: Body) -> None:
        await self._api.merge(f"{_path(pod)}/status", {"metadata": {"uid": pod["metadata"]["uid"]}, "status": status})

    async def _stop_all(self) -> None:
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        for container in self._containers.values():
            container.stop()
        while any(container.alive for container in self._containers.values()):
            if asyncio.get_running_loop().time() >= deadline:
                return  # what is left gets its signal when this process ends
            await asyncio.sleep(0.05)


def _lost(pod: Body) -> End:
    """Of a process that an earlier runner started: what became of it nobody saw (as a kubelet says it)."""
    state = pod["status"]["containerStatuses"][0]["state"]
    return End(
        exit_code=statuses.KILLED,
        message="the container could not be located when the Pod was looked at again",
        started_at=state.get("running", {}).get("startedAt", statuses.now()),
        reason="ContainerStatusUnknown",
    )


def _path(pod: Body) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
