"""The simulator in this process, in a thread with a loop of its own, so that real boto3 can call it over HTTP."""

import asyncio
import threading
from functools import partial
from pathlib import Path

from sagemaker_simulator.access.policy import Policy
from sagemaker_simulator.backing.moto import Moto
from sagemaker_simulator.backing.object_lists import ObjectLists
from sagemaker_simulator.hosting.container_output import FollowOutput
from sagemaker_simulator.hosting.contract import Hosting
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.process_hosting import ProcessHosting
from sagemaker_simulator.http_server import application, listen
from sagemaker_simulator.multi_model.model_event import TellModelEvent
from sagemaker_simulator.settings import Settings
from sagemaker_simulator.settings_documents import SettingsInForce, merged
from sagemaker_simulator.simulator import build

START_SECONDS = 60
STOP_SECONDS = 30
# Real, instead of SageMaker's 60 and 480; yet enough for what has to happen within them on a slow machine.
INVOCATION_SECONDS, STREAM_SECONDS = 2.0, 6.0
MODEL_LOADING_SECONDS = 8.0  # instead of 360
# How long a request waits for a cold start, instead of a minute: as long as it may take to start a Python process.
PATIENCE_SECONDS = 8.0


class RunningSimulator:
    """A simulator that listens on a free port until it is stopped."""

    def __init__(
        self,
        *,
        settings: object,
        verify_signatures: bool = False,
        policy: Policy | None = None,
        policy_key: str | None = None,
        record_actions: Path | None = None,
        invocation_seconds: float = INVOCATION_SECONDS,
    ) -> None:
        self._settings = merged(Settings(), settings)
        self._verify_signatures = verify_signatures
        self._policy = policy
        self._policy_key = policy_key
        self._record_actions = record_actions
        self._invocation_seconds = invocation_seconds
        self._ready = threading.Event()
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="simulator", daemon=True)
        self.url = ""

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise TimeoutError(f"the simulator did not listen within {START_SECONDS} s")
        if self._problem is not None:
            raise self._problem

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            raise TimeoutError(f"the simulator did not end within {STOP_SECONDS} s")

    def _main(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as problem:  # noqa: BLE001 - handed to the thread that waits
            self._problem = problem
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        simulator = await build(
            scale=1.0,
            settings=SettingsInForce(self._settings),
            build_hosting=partial(_hosting, invocation_seconds=self._invocation_seconds),
            verify_signatures=self._verify_signatures,
            policy=self._policy,
            policy_key=self._policy_key,
            record_actions=self._record_actions,
            patience_seconds=PATIENCE_SECONDS,
        )
        runner, port = await listen(application(simulator), hosts=["127.0.0.1"], port=0)
        self.url = f"http://127.0.0.1:{port}"
        self._ready.set()
        try:
            await self._stop.wait()
        finally:
            await runner.cleanup()
            await simulator.close()


def _hosting(
    *,
    moto: Moto,
    settings: SettingsInForce,
    work_directory: Path,
    follow_output: FollowOutput,
    tell_model_event: TellModelEvent,
    invocation_seconds: float,
) -> Hosting:
    """The real hosting room, with less patience than SageMaker's so that its time-outs can be seen."""
    return ProcessHosting(
        fetch_object=moto.fetch,
        list_objects=ObjectLists(moto).under,
        servers=lambda: settings.now.servers,
        image_present=lambda image: settings.now.image_present(image),
        work_directory=work_directory,
        follow_output=follow_output,
        instance_limits=lambda instance_type, volume_gb: settings.now.instance_limits(instance_type, volume_gb),
        tell_model_event=tell_model_event,
        limits=Limits(
            invocation_seconds=invocation_seconds,
            stream_seconds=STREAM_SECONDS,
            startup_seconds=15.0,
            stop_grace_seconds=2.0,
            model_loading_seconds=MODEL_LOADING_SECONDS,
        ),
    )
