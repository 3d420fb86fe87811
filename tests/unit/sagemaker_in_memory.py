"""SageMaker's state machine around one endpoint name, as plain data, for walks through planning alone.

States, refusals, silent rollback and the texts are those of the SageMaker API reference (EndpointStatus) and of
SageMaker's own answers. Whatever no caller may ever do is kept in `violations`, so that a walk can fail on it.
"""

from dataclasses import dataclass, field, replace

from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus, LiveVariant
from endpoint_operator.planning.steps import CreateEndpointConfig, CreateModel, UpdateEndpointWeightsAndCapacities
from tests.unit.given import ACCOUNT, REGION

VARIANT = "AllTraffic"
PING = "The primary container for production variant AllTraffic did not pass the ping health check."
CAPACITY = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."
DOWNLOAD = 'Failed to download model data for container "container_1" from URL: "s3://models/churn/model.tar.gz".'


class Busy(Exception):
    """Cannot update in-progress endpoint."""


class NotFound(Exception):
    """Could not find ..."""


class AlreadyThere(Exception):
    """Cannot create already existing ..."""


@dataclass
class SageMakerInMemory:
    """One account with at most one endpoint. `scarce` is how often capacity is short before it is there."""

    models: dict[str, CreateModel] = field(default_factory=dict)
    configs: dict[str, CreateEndpointConfig] = field(default_factory=dict)
    endpoint: LiveEndpoint | None = None
    tags: dict[str, str] = field(default_factory=dict)
    artifact: str | None = "etag-1"
    scarce: int = 0
    rollback_fails: bool = False
    violations: list[str] = field(default_factory=list)
    _next_config: str | None = None
    _next_count: int | None = None
    _clock: int = 0

    @property
    def in_transition(self) -> bool:
        return self.endpoint is not None and self.endpoint.busy

    def create_model(self, step: CreateModel) -> None:
        if step.name in self.models:
            raise AlreadyThere
        self.models[step.name] = step

    def create_config(self, step: CreateEndpointConfig) -> None:
        if step.name in self.configs:
            raise AlreadyThere
        if self._model_of(step) not in self.models:
            raise NotFound
        self.configs[step.name] = step

    def create_endpoint(self, *, name: str, config_name: str, tags: dict[str, str]) -> str:
        if self.endpoint is not None:
            raise AlreadyThere
        if config_name not in self.configs:
            raise NotFound
        self.tags = dict(tags)
        count = self.configs[config_name].request["ProductionVariants"][0]["InitialInstanceCount"]
        made = self._time()
        self.endpoint = LiveEndpoint(
            name=name,
            arn=f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{name}",
            status=LiveStatus.CREATING,
            config_name=config_name,
            created=made,
            modified=made,
            variants=(
                LiveVariant(name=VARIANT, current_count=0, desired_count=count, current_weight=1.0, desired_weight=1.0),
            ),
        )
        return self.endpoint.arn

    def update_endpoint(self, config_name: str) -> None:
        live = self._changeable()
        if config_name not in self.configs:
            raise NotFound
        if config_name == live.config_name and live.status == LiveStatus.IN_SERVICE:
            self.violations.append("UpdateEndpoint to the config that already serves")
        self._next_config = config_name
        self._begin(LiveStatus.UPDATING)

    def change(self, step: UpdateEndpointWeightsAndCapacities) -> None:
        self._changeable()
        if step.weights:
            self.violations.append("a weight of the only variant was changed")
        self._next_count = step.instance_counts[VARIANT]
        self._begin(LiveStatus.UPDATING)

    def delete_endpoint(self) -> None:
        if self.endpoint is None:
            raise NotFound
        if self.endpoint.busy:
            raise Busy
        self._begin(LiveStatus.DELETING)

    def delete_config(self, name: str) -> None:
        live = self.endpoint
        if live is not None and live.status != LiveStatus.DELETING and name in (live.config_name, self._next_config):
            self.violations.append(f"DeleteEndpointConfig of {name}, which is in use ({live.status})")
        self.configs.pop(name, None)

    def delete_model(self, name: str) -> None:
        if any(self._model_of(config) == name for config in self.configs.values()):
            self.violations.append(f"DeleteModel of {name}, which an endpoint config names")
        self.models.pop(name, None)

    def maintain(self) -> None:
        """AWS maintains the endpoint."""
        if self.endpoint is not None and self.endpoint.status == LiveStatus.IN_SERVICE:
            self._begin(LiveStatus.SYSTEM_UPDATING)

    def finish(self) -> None:
        """The transition under way ends."""
        live = self.endpoint
        if live is None or not live.busy:
            return
        match live.status:
            case LiveStatus.DELETING:
                self.endpoint = None
            case LiveStatus.CREATING:
                fault = self._fault_of(live.config_name)
                self._end(LiveStatus.FAILED if fault else LiveStatus.IN_SERVICE, failure=fault)
            case LiveStatus.UPDATING if self._next_config is not None:
                self._finish_update(live, self._next_config)
            case _:
                self._end(LiveStatus.IN_SERVICE, failure=live.failure_reason)
        self._next_config = self._next_count = None

    def _finish_update(self, live: LiveEndpoint, wanted: str) -> None:
        fault = self._fault_of(wanted)
        if fault is None:
            self.endpoint = replace(live, config_name=wanted)
            self._end(LiveStatus.IN_SERVICE, failure=None)
        else:
            failed, self.rollback_fails = self.rollback_fails, False
            self._end(LiveStatus.UPDATE_ROLLBACK_FAILED if failed else LiveStatus.IN_SERVICE, failure=fault)

    def _fault_of(self, config_name: str | None) -> str | None:
        """Why the containers of a config cannot serve."""
        config = self.configs.get(config_name or "")
        model = self.models.get(self._model_of(config)) if config is not None else None
        if model is None:
            return "the model is gone"
        if self.artifact is None:
            return DOWNLOAD
        if self.scarce > 0:
            self.scarce -= 1
            return CAPACITY
        return PING if "bad" in model.request["PrimaryContainer"]["Image"] else None

    def _changeable(self) -> LiveEndpoint:
        live = self.endpoint
        if live is None:
            raise NotFound
        if live.busy:
            raise Busy
        if live.status == LiveStatus.FAILED:
            self.violations.append("a change of a Failed endpoint, which only DeleteEndpoint takes")
        return live

    def _begin(self, status: LiveStatus) -> None:
        assert self.endpoint is not None
        # LastModifiedTime moves when a transition begins and again when it ends.
        self.endpoint = replace(self.endpoint, status=status, modified=self._time())

    def _end(self, status: LiveStatus, *, failure: str | None) -> None:
        assert self.endpoint is not None
        wanted = self._next_count or self.endpoint.variants[0].desired_count
        variant = LiveVariant(
            name=VARIANT, current_count=wanted, desired_count=wanted, current_weight=1.0, desired_weight=1.0
        )
        self.endpoint = replace(
            self.endpoint, status=status, failure_reason=failure, modified=self._time(), variants=(variant,)
        )

    def _time(self) -> str:
        self._clock += 1
        return f"2026-11-22T{self._clock // 3600:02}:{self._clock // 60 % 60:02}:{self._clock % 60:02}+00:00"

    @staticmethod
    def _model_of(config: CreateEndpointConfig) -> str:
        return str(config.request["ProductionVariants"][0]["ModelName"])
