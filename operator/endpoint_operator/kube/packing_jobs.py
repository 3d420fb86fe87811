"""Jobs that pack directories: made once, looked at while they run, removed with their Pods."""

import json
from collections.abc import Callable

from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.api.identity import MANAGED_BY, TAG_MANAGED_BY
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.kube.api import Body, KubeApi
from endpoint_operator.kube.input_objects import answered
from endpoint_operator.kube.packing_job import (
    CONTENT,
    JOB_NAME,
    PackerSettings,
    content_of,
    is_ours,
    job_body,
    job_name,
)
from endpoint_operator.kube.packing_pods import ending, hindrance, still_there
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.facts import PackingSeen, PackingState
from endpoint_operator.planning.models.steps import RunPacker

# The words of the API server's NamespaceLifecycle admission.
_TERMINATING = "being terminated"
_INVALID = (400, 422)


class PackingJobs:
    """Everything raises ClusterUnavailable; what the API server says of the Job is a Fault."""

    def __init__(self, api: KubeApi, settings: PackerSettings, *, may_write: Callable[[], None]) -> None:
        """`may_write` raises NotLeading; it is asked before each write."""
        self._api = api
        self._settings = settings
        self._may_write = may_write

    async def look(self, model: InferenceModel, s3_uri: str) -> PackingSeen | Fault:
        """The Job that makes the object. One request, two where a Job is or was there.

        Where nothing is packed, the right to look is not given either, and is not what is missing.
        """
        name = job_name(model, s3_uri)
        try:
            async with answered():
                job = await self._find(model, name)
                pods = await self._pods(model, name)
        except ApiException as error:
            unpacked = self._settings.image is None and error.status == 403
            return _NOT_CONFIGURED if unpacked else _refused(model, "look at", error)
        if job is None or not is_ours(model, job):
            return PackingSeen(state=PackingState.STOPPING if still_there(pods) else PackingState.ABSENT)
        return _seen(job, pods)

    async def run(self, model: InferenceModel, step: RunPacker) -> Fault | None:
        """Make the Job, or find it there; None where it is at work, or has ended already."""
        if self._settings.image is None:
            return _NOT_CONFIGURED
        try:
            async with answered():
                job = await self._find(model, job_name(model, step.s3_uri))
                if job is not None:
                    return await self._already(model, step, job)
                return await self._make(model, step)
        except ApiException as error:
            # Made by a request of ours whose answer was lost, or by the replica before: the next look tells.
            return None if error.status == 409 else _refused(model, "make", error)

    async def remove(self, model: InferenceModel, s3_uri: str) -> Fault | None:
        """Ask for its end; None where that was taken, or it was gone. `look` says Stopping until its Pod has ended."""
        try:
            async with answered():
                job = await self._find(model, job_name(model, s3_uri))
                if job is not None and is_ours(model, job):
                    await self._delete(model, job)
        except ApiException as error:
            return None if error.status in (404, 409) else _refused(model, "remove", error)
        return None

    async def _make(self, model: InferenceModel, step: RunPacker) -> Fault | None:
        self._may_write()
        try:
            await self._api.create(_path(model), job_body(model, step, self._settings))
        except ApiException as error:
            if error.status not in _INVALID:
                raise
            sentence = (
                f"the API server does not take the packing Job ({_said(error)}); see the operator's --packer flags"
            )
            return Fault(blame=Blame.OPERATOR_SETUP, reason="PackerNotConfigured", message=sentence)
        return None

    async def _already(self, model: InferenceModel, step: RunPacker, job: Body) -> Fault | None:
        name = job["metadata"]["name"]
        if not is_ours(model, job):
            if (job["metadata"].get("labels") or {}).get(TAG_MANAGED_BY) == MANAGED_BY:
                return _waits(f"the Job {name} of an InferenceModel that had this name is still being removed")
            sentence = f"the Job {name} in {model.namespace} is somebody else's; delete or rename it"
            return Fault(blame=Blame.USER, reason="JobNameTaken", message=sentence)
        if job["metadata"].get("deletionTimestamp"):
            return _waits(f"the Job {name} is still being removed")
        if (job["metadata"].get("annotations") or {}).get(CONTENT) == content_of(step):
            return None
        await self._delete(model, job)
        return _waits(f"the Job {name} packs other content and is removed first")

    async def _delete(self, model: InferenceModel, job: Body) -> None:
        metadata = job["metadata"]
        self._may_write()
        await self._api.delete_with_dependents(_path(model, metadata["name"]), uid=metadata["uid"])

    async def _find(self, model: InferenceModel, name: str) -> Body | None:
        try:
            return await self._api.get(_path(model, name))
        except ApiException as error:
            if error.status == 404:
                return None
            raise

    async def _pods(self, model: InferenceModel, name: str) -> list[Body]:
        selector = f"{JOB_NAME}={name},{TAG_MANAGED_BY}={MANAGED_BY}"
        answer = await self._api.get(f"/api/v1/namespaces/{model.namespace}/pods", query={"labelSelector": selector})
        pods: list[Body] = answer["items"]
        return pods


def _seen(job: Body, pods: list[Body]) -> PackingSeen:
    if job["metadata"].get("deletionTimestamp"):
        return PackingSeen(state=PackingState.STOPPING)
    conditions = {row["type"]: row for row in job["status"].get("conditions") or () if row["status"] == "True"}
    words, code = ending(pods)
    if "Complete" in conditions:
        return PackingSeen(state=PackingState.SUCCEEDED, message=words, exit_code=code)
    if "Failed" in conditions:
        failed = conditions["Failed"]
        said = words or f"the Job {job['metadata']['name']} failed: {failed.get('reason')}: {failed.get('message')}"
        return PackingSeen(state=PackingState.FAILED, message=said, exit_code=code)
    return PackingSeen(state=PackingState.RUNNING, message=_on_the_way(job, pods, words))


def _on_the_way(job: Body, pods: list[Body], words: str) -> str:
    """What keeps a Job that has not ended; empty where all is well."""
    if "startTime" in job["status"] and not pods:
        return f"no Pod could be made yet; kubectl describe job {job['metadata']['name']} says why"
    return hindrance(pods) or (f"it is tried again after: {words}" if words else "")


def _refused(model: InferenceModel, what: str, error: ApiException) -> Fault:
    said = _said(error)
    if error.status == 403 and _TERMINATING not in said:
        message = (
            f"the operator may not {what} the packing Job in {model.namespace} ({said}); grant get, create and delete "
            "on jobs and list on pods there (config/rbac), or see the namespace's quota"
        )
        return Fault(blame=Blame.OPERATOR_SETUP, reason="PackingForbidden", message=message)
    return Fault(blame=Blame.WORLD, reason="PackingFailed", message=f"the packing Job: {said}")


def _said(error: ApiException) -> str:
    """The sentence of the API server's Status."""
    try:
        return str(json.loads(str(error.body))["message"])[:500]
    except (ValueError, KeyError, TypeError):
        return str(error.reason)


def _waits(message: str) -> Fault:
    return Fault(blame=Blame.WORLD, reason="PackingStops", message=message)


def _path(model: InferenceModel, name: str | None = None) -> str:
    collection = f"/apis/batch/v1/namespaces/{model.namespace}/jobs"
    return f"{collection}/{name}" if name is not None else collection


_NOT_CONFIGURED = Fault(
    blame=Blame.OPERATOR_SETUP,
    reason="PackerNotConfigured",
    message="spec.source.s3Uri is a directory and the operator has no image to pack it with; "
    "start it with --packer-image, or publish a .tar.gz",
)
