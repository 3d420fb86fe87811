"""What all tests of a worker share: one world, connections to it, and what an AWS account has before any endpoint."""

import json
import threading
from pathlib import Path
from typing import Any

from devworld.environment import REGION
from devworld.prerequisites import SAGEMAKER_MAY_ASSUME_IT, make_execution_role
from devworld.settings import Settings
from devworld.simulator_control import SimulatorControl
from devworld.world import World
from tests.integration.vocabulary.kubernetes_objects import MODEL_KIND, MODELS, KubernetesObjects
from tests.integration.vocabulary.operator_process import OperatorProcess
from tests.integration.vocabulary.recorded_calls import CallLog
from tests.integration.vocabulary.specs import INSTANCE_TYPE

TIME_SCALE = 600.0  # ten minutes of SageMaker in one second
BUCKET = "ml-models"
# Instances for all the endpoints that tests leave behind.
ROOM = 10_000
# The operator's own periods, shortened: it sees within a second what AWS did behind its back, its successor acts
# seconds after it was killed, and it believes what it reads sooner (still after the staleness that tests ask for).
PERIODS = {
    "--fleet-sweep-seconds": "1",
    "--transition-seconds": "0.25",
    "--rollout-look-seconds": "0.5",
    "--lease-seconds": "5",
    "--consistency-window-seconds": "4",
}
SETTINGS = Settings(time_scale=TIME_SCALE, operator_args=tuple(word for pair in PERIODS.items() for word in pair))


class SharedWorld:
    """A running world with a bucket and the execution role that the operator passes by default."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.simulator: SimulatorControl = world.simulator
        api_client = world.kube_client()
        self.objects = KubernetesObjects(api_client)
        self.models = KubernetesObjects(api_client, kind=MODEL_KIND, plural=MODELS)
        self.operator = OperatorProcess(world)
        self.calls = CallLog(self.simulator)
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self.prepare_account()

    @classmethod
    def start(cls, directory: Path, settings: Settings = SETTINGS) -> "SharedWorld":
        world = World.start(directory, settings, die_with_parent=True)
        try:
            return cls(world)
        except BaseException:
            world.stop()
            raise

    def prepare_account(self) -> None:
        """What an empty simulator lacks."""
        self.simulator.configure(quotas={f"{INSTANCE_TYPE}/endpoint": ROOM})
        make_execution_role(self.world)
        self.boto3("s3").create_bucket(Bucket=BUCKET)

    def stop(self) -> None:
        for client in self._clients.values():
            client.close()
        self.objects.close()
        self.world.stop()
        self.world.control_plane.discard()

    def boto3(self, service: str) -> Any:
        """A client of the user's; one a service."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self.world.boto3(service)
            return self._clients[service]

    def make_whole(self) -> None:
        """As every test may expect it, whatever one before it did not come to: no faults, no staleness, the usual pace,
        simulator and operator running."""
        self.world.simulator_process.start()
        self.simulator.end_faults()
        self.simulator.configure(staleSeconds=0)
        self.simulator.scale(TIME_SCALE)
        self.operator.start()

    def make_role(self, name: str, *, trust: object = SAGEMAKER_MAY_ASSUME_IT) -> str:
        """Its ARN."""
        made = self.boto3("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return str(made["Role"]["Arn"])

    def trust(self, name: str) -> None:
        """SageMaker may assume the role from now on."""
        self.boto3("iam").update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(SAGEMAKER_MAY_ASSUME_IT))

    def put_artifact(self, key: str, body: bytes) -> str:
        """Its URI."""
        self.boto3("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        return f"s3://{BUCKET}/{key}"

    def make_bucket_elsewhere(self, name: str, *, region: str) -> None:
        assert region != REGION
        self.boto3("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
