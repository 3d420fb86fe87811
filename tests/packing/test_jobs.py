"""The Job on a real API server, made and looked at as the operator does, its Pods run by the pod runner."""

import os
import random
import re
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from devworld import recipes
from endpoint_operator.kube.api import KubeApi
from endpoint_operator.kube.connection import connect
from endpoint_operator.kube.packing_job import job_name
from endpoint_operator.kube.packing_jobs import PackingJobs
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.facts import PackingState
from endpoint_operator.planning.models.packer_exits import PackerExit
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.part import Part
from tests.packing.jobs import PackedModel, settings
from tests.packing.packer import TARGET, Bucket
from tests.simulator.world import World

FILES = {"model.bin": b"weights" * 1000, "code/inference.py": b"print()"}


@pytest.fixture(scope="module")
def pod_runner(
    control_plane: ControlPlane, simulated: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Part]:
    recipe = recipes.pod_runner(
        tmp_path_factory.mktemp("pods"),
        kubeconfig=control_plane.kubeconfig,
        simulator_url=lambda: simulated.url,
        death_signal=signal.SIGTERM,
    )
    part = Part(recipe)
    part.start()
    yield part
    part.stop()


@pytest.fixture
async def api(control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[KubeApi]:
    monkeypatch.setenv("KUBECONFIG", str(control_plane.kubeconfig))
    client = await connect()
    yield KubeApi(client)
    await client.close()


@pytest.fixture
def packed(
    control_plane: ControlPlane, bucket: Bucket, api: KubeApi, pod_runner: Part, request: pytest.FixtureRequest
) -> Iterator[PackedModel]:
    name = re.sub(r"[^a-z0-9]", "", request.node.name.removeprefix("test_"))[:30]
    namespace = f"{name}{random.randrange(16**5):05x}"  # noqa: S311 - no secret
    made = PackedModel(control_plane.kubectl, namespace, bucket.holds(FILES))
    made.jobs = PackingJobs(api, settings(), may_write=lambda: None)
    yield made
    # A packer that outlived its test would be at work on the bucket of the next one.
    made.kubectl("delete", "jobs", "--all", "--cascade=foreground", "--timeout=60s")
    control_plane.kubectl("delete", "namespace", namespace, "--wait=false")


async def test_a_job_packs_the_directory_and_says_so(packed: PackedModel, bucket: Bucket) -> None:
    assert await packed.seen() == await packed.becomes(PackingState.ABSENT)
    assert await packed.jobs.run(packed.model, packed.step()) is None
    seen = await packed.becomes(PackingState.SUCCEEDED)
    assert (seen.exit_code, "packed 2 files" in seen.message) == (PackerExit.PACKED, True), seen
    assert bucket.archive() == FILES
    assert bucket.published()["metadata"]["endpoint-operator-uid"] == packed.model.uid


async def test_the_job_is_made_once(packed: PackedModel) -> None:
    for _ in range(3):
        assert await packed.jobs.run(packed.model, packed.step()) is None
    assert len(packed.all("jobs")) == 1


async def test_what_the_packer_refuses_ends_the_job_at_once_with_its_sentence(packed: PackedModel) -> None:
    await packed.jobs.run(packed.model, packed.step(layout="Triton"))
    seen = await packed.becomes(PackingState.FAILED)
    assert seen.exit_code == PackerExit.REFUSED
    assert "config.pbtxt" in seen.message
    assert len(packed.all("pods")) == 1


async def test_a_template_of_a_config_map_reaches_the_archive(packed: PackedModel, bucket: Bucket) -> None:
    bucket.s3.delete_object(Bucket="models", Key="training/churn/model.bin")
    bucket.s3.delete_object(Bucket="models", Key="training/churn/code/inference.py")
    bucket.holds({"1/model.py": b""})
    config = 'backend: "python"'
    packed.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "triton"}, "data": {"python.pbtxt": config}}
    )
    await packed.jobs.run(packed.model, packed.step(layout="Triton", config_template=("triton", "python.pbtxt")))
    await packed.becomes(PackingState.SUCCEEDED)
    assert bucket.archive() == {"churn/config.pbtxt": config.encode(), "churn/1/model.py": b""}


async def test_a_killed_packer_is_started_again_by_its_job(packed: PackedModel, bucket: Bucket) -> None:
    with bucket.held("UploadPart") as fault:
        await packed.jobs.run(packed.model, packed.step())
        await packed.until(lambda: bucket.is_holding(fault), "a part under way")
        os.kill(_packer_of(packed), signal.SIGKILL)
        await packed.becomes(PackingState.RUNNING, saying="it is tried again after")
    await packed.becomes(PackingState.SUCCEEDED)
    assert [pod["status"]["phase"] for pod in packed.all("pods")].count("Failed") == 1
    assert bucket.archive() == FILES
    assert bucket.unfinished_uploads() == 0


async def test_a_removed_job_is_gone_only_when_its_packer_is_and_leaves_nothing(
    packed: PackedModel, bucket: Bucket
) -> None:
    with bucket.held("UploadPart") as fault:
        await packed.jobs.run(packed.model, packed.step())
        await packed.until(lambda: bucket.is_holding(fault), "a part under way")
        packer = _packer_of(packed)
        os.kill(packer, signal.SIGSTOP)  # it cannot end yet
        try:
            assert await packed.jobs.remove(packed.model, TARGET) is None
            await packed.becomes(PackingState.STOPPING)
            assert await packed.jobs.run(packed.model, packed.step()) is not None
            await packed.until(lambda: _has_sigterm_before_it(packer), "SIGTERM on its way")
            assert (await packed.seen()).state == PackingState.STOPPING
        finally:
            os.kill(packer, signal.SIGCONT)
    await packed.becomes(PackingState.ABSENT)
    assert packed.all("pods") == []
    assert bucket.unfinished_uploads() == 0
    assert bucket.nothing_is_published()


async def test_the_job_goes_with_its_model(packed: PackedModel) -> None:
    await packed.jobs.run(packed.model, packed.step())
    await packed.becomes(PackingState.SUCCEEDED)
    packed.kubectl("delete", "inferencemodel", "churn")
    await packed.until(lambda: not packed.all("jobs"), "the Job gone")


async def test_other_content_under_the_same_key_replaces_the_job(packed: PackedModel) -> None:
    await packed.jobs.run(packed.model, packed.step())
    await packed.becomes(PackingState.SUCCEEDED)
    fault = await packed.jobs.run(packed.model, packed.step(source_digest="another"))
    assert fault is not None
    assert fault.blame is Blame.WORLD
    await packed.becomes(PackingState.ABSENT)
    assert await packed.jobs.run(packed.model, packed.step(source_digest="another")) is None
    assert (await packed.becomes(PackingState.FAILED)).exit_code == PackerExit.SOURCE_CHANGED


async def test_somebody_elses_job_of_that_name_is_never_touched(packed: PackedModel) -> None:
    name = job_name(packed.model, TARGET)
    packed.kubectl("create", "job", name, "--image=busybox")
    before = packed.get("job", name)["metadata"]["uid"]
    assert (await packed.seen()).state == PackingState.ABSENT
    fault = await packed.jobs.run(packed.model, packed.step())
    assert fault is not None
    assert (fault.reason, fault.blame) == ("JobNameTaken", Blame.USER)
    assert await packed.jobs.remove(packed.model, TARGET) is None
    assert packed.get("job", name)["metadata"]["uid"] == before


async def test_what_keeps_a_pod_from_starting_is_said(packed: PackedModel, api: KubeApi) -> None:
    packed.jobs = PackingJobs(api, settings(image="no-such-image:1"), may_write=lambda: None)
    await packed.jobs.run(packed.model, packed.step())
    await packed.becomes(PackingState.RUNNING, saying="cannot start: ErrImagePull")


async def test_a_service_account_that_is_missing_is_hinted_at(packed: PackedModel) -> None:
    await packed.jobs.run(packed.model, packed.step(service_account_name="nobody"))
    await packed.becomes(PackingState.RUNNING, saying="no Pod could be made yet")


async def test_without_an_image_nothing_is_made_and_the_flag_is_named(packed: PackedModel, api: KubeApi) -> None:
    packed.jobs = PackingJobs(api, settings(image=None), may_write=lambda: None)
    fault = await packed.jobs.run(packed.model, packed.step())
    assert fault is not None
    assert (fault.blame, "--packer-image" in fault.message) == (Blame.OPERATOR_SETUP, True)
    assert packed.all("jobs") == []


async def test_without_an_image_nobody_is_told_of_rights_that_are_not_given_then(
    packed: PackedModel, api: KubeApi
) -> None:
    del api  # for its kubeconfig alone
    client = await connect()
    client.set_default_header("Impersonate-User", "somebody-without-rights")
    try:
        for image, reason in ((None, "PackerNotConfigured"), ("packer:1", "PackingForbidden")):
            jobs = PackingJobs(KubeApi(client), settings(image=image), may_write=lambda: None)
            fault = await jobs.look(packed.model, TARGET)
            assert isinstance(fault, Fault)
            assert (fault.blame, fault.reason) == (Blame.OPERATOR_SETUP, reason)
    finally:
        await client.close()


def _packer_of(packed: PackedModel) -> int:
    """The process of the one Pod: its termination log lies in the Pod's folder."""
    uids = [pod["metadata"]["uid"] for pod in packed.all("pods")]
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
        except (OSError, NotADirectoryError):
            continue
        if "endpoint_operator.packing" in words and any(uid in words for uid in uids):
            return int(entry.name)
    raise AssertionError(f"no process of {uids}")


def _has_sigterm_before_it(pid: int) -> bool:
    """Sent and not yet taken, for the process is stopped (proc_pid_status(5), ShdPnd)."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("ShdPnd:"):
            return bool(int(line.split()[1], 16) & 1 << signal.SIGTERM - 1)
    return False
