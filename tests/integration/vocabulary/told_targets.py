"""What callers of a multi-model endpoint are told: the TargetModel of each model, and whether S3 has it meanwhile."""

import json
import threading
import time
from dataclasses import dataclass
from types import TracebackType

from tests.integration.vocabulary.kubernetes_objects import MODEL_KIND, MODELS, KubernetesObjects
from tests.integration.vocabulary.scene import Scene

LOOK_EVERY_SECONDS = 0.2
STATUS, EXPORT = "status.targetModel", "the ConfigMap of export"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A program that wants one model and finds its TargetModel in one place."""

    model: str
    reads: str
    """STATUS or EXPORT."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """A target that a caller heard of, and when on the monotonic clock he had heard it."""

    target: str
    at: float


class ToldTargets:
    """Read by a thread of its own for the length of a block; only what changed is kept."""

    def __init__(self, scene: Scene, *, export: str, bucket: str, prefix: str) -> None:
        """`export` is the ConfigMap's name; models lie under `prefix` in the bucket."""
        self._scene = scene
        self._export = export
        self._bucket = bucket
        self._prefix = prefix
        api_client = scene.shared.world.kube_client()
        self._objects = KubernetesObjects(api_client)
        self._models = KubernetesObjects(api_client, kind=MODEL_KIND, plural=MODELS)
        self._s3 = scene.shared.world.boto3("s3")
        self._saying = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="told-targets")
        self._failure: Exception | None = None
        self.words: dict[Caller, list[Word]] = {}
        """In the order in which they were heard."""
        self.lost: list[str] = []
        """Targets that S3 did not have while callers were told of them."""

    def __enter__(self) -> "ToldTargets":
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._objects.close()
        self._s3.close()
        if error is None and self._failure is not None:
            raise self._failure

    def target(self, caller: Caller) -> str:
        """What he was told last."""
        with self._saying:  # so that who asks after a word's moment hears that word
            return self.words[caller][-1].target

    def has_heard(self, model: str, *, targets: int) -> bool:
        """Whether callers of the model were told of so many targets, wherever they read."""
        return all(len(self.words.get(Caller(model=model, reads=place), [])) == targets for place in (STATUS, EXPORT))

    def version_at(self, caller: Caller, moment: float) -> int:
        """How many targets the caller had been told of then."""
        return sum(word.at <= moment for word in self.words[caller])

    def in_s3(self) -> set[str]:
        """Keys below the prefix, without it."""
        found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix).get("Contents", [])
        return {row["Key"].removeprefix(self._prefix) for row in found}

    def _run(self) -> None:
        try:
            while not self._stop.wait(LOOK_EVERY_SECONDS):
                self._look()
        except Exception as failure:  # noqa: BLE001 - the block that it runs in raises it
            self._failure = failure

    def _look(self) -> None:
        told = self._told()
        with self._saying:
            now = time.monotonic()
            for caller, target in told.items():
                words = self.words.setdefault(caller, [])
                if not words or words[-1].target != target:
                    words.append(Word(target=target, at=now))
        there = self.in_s3()
        missing = {caller: target for caller, target in told.items() if target not in there}
        if missing:  # it may have been right when it was said: then something else is said by now
            still = self._told()
            self.lost += [f"{target} ({caller.reads})" for caller, target in missing.items() if still[caller] == target]

    def _told(self) -> dict[Caller, str]:
        told = {}
        for model in self._models.all(self._scene.namespace):
            target = model.get("status", {}).get("targetModel")
            if target is not None:
                told[Caller(model=model["metadata"]["name"], reads=STATUS)] = target
        exported = json.loads(self._objects.config_map(self._scene.namespace, self._export).get("targetModels", "{}"))
        return told | {Caller(model=name, reads=EXPORT): target for name, target in exported.items()}
