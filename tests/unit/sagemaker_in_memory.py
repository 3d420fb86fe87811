"""SageMaker's state machine around one endpoint name, as plain data, for walks through planning alone.

States, refusals, silent rollback, retained properties, single precision and the texts are those of the SageMaker API
reference (EndpointStatus, UpdateEndpoint) and of SageMaker's own answers. Whatever no caller may ever do is kept in
`violations`, so that a walk can fail on it.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from endpoint_operator.api.identity import MANAGED_BY, TAG_MANAGED_BY
from endpoint_operator.planning.concurrency import Concurrency
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus, LiveVariant
from endpoint_operator.planning.scaling.live import LiveTarget
from endpoint_operator.planning.scaling.steps import RegisterScalableTarget, ScalingStep
from endpoint_operator.planning.single_precision import single_precision
from endpoint_operator.planning.steps import (
    CreateEndpointConfig,
    CreateModel,
    PutMetricAlarm,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)
from tests.unit.autoscaling_in_memory import AutoscalingInMemory
from tests.unit.configs_in_memory import (
    begun,
    images_of,
    is_asynchronous,
    items_of,
    models_of,
    retained,
    shadow_of,
    to_count,
)
from tests.unit.forbidden_calls import in_change, in_guard, in_move, in_registration, in_removal, watching_alarms
from tests.unit.given import ACCOUNT, REGION

PING = "The primary container for production variant AllTraffic did not pass the ping health check."
CAPACITY = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."
DOWNLOAD = 'Failed to download model data for container "container_1" from URL: "s3://models/churn/model.tar.gz".'
BY_HAND = "by-hand"
ALARM = "One or more configured alarm(s) have been triggered: [watching]"


class Busy(Exception):
    """Cannot update in-progress endpoint."""


class NotFound(Exception):
    """Could not find ..."""


class AlreadyThere(Exception):
    """Cannot create already existing ..."""


@dataclass
class SageMakerInMemory:
    """One account with at most one endpoint, and CloudWatch's alarms beside it.

    `scarce` is how often capacity is short before it is there. `others` are names that somebody else made.
    """

    models: dict[str, CreateModel] = field(default_factory=dict)
    configs: dict[str, CreateEndpointConfig] = field(default_factory=dict)
    alarms: dict[str, PutMetricAlarm] = field(default_factory=dict)
    autoscaling: AutoscalingInMemory = field(default_factory=AutoscalingInMemory)
    others: set[str] = field(default_factory=set)
    endpoint: LiveEndpoint | None = None
    tags: dict[str, str] = field(default_factory=dict)
    artifact: str | None = "etag-1"
    scarce: int = 0
    alarm_rings: bool = False
    rollback_fails: bool = False
    violations: list[str] = field(default_factory=list)
    _next_config: str | None = None
    _next: UpdateEndpointWeightsAndCapacities | None = None
    _watched: bool = False
    _clock: int = 0

    @property
    def in_transition(self) -> bool:
        return self.endpoint is not None and self.endpoint.busy

    @property
    def made(self) -> set[str]:
        """Every model, endpoint config and alarm that is not somebody else's."""
        return {*self.models, *self.configs, *self.alarms} - self.others

    def create_model(self, step: CreateModel) -> None:
        if step.name in self.models:
            raise AlreadyThere
        self.models[step.name] = step

    def create_config(self, step: CreateEndpointConfig) -> None:
        if step.name in self.configs:
            raise AlreadyThere
        if not set(models_of(step)) <= self.models.keys():
            raise NotFound
        self.configs[step.name] = step

    def create_endpoint(self, *, name: str, config_name: str, tags: dict[str, str]) -> str:
        if self.endpoint is not None:
            raise AlreadyThere
        if config_name not in self.configs:
            raise NotFound
        self.tags = dict(tags)
        made = self._time()
        self.endpoint = LiveEndpoint(
            name=name,
            arn=f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{name}",
            status=LiveStatus.CREATING,
            config_name=config_name,
            created=made,
            modified=made,
            variants=tuple(begun(item) for item in self.configs[config_name].request["ProductionVariants"]),
            shadow=shadow_of(self.configs[config_name]),
            asynchronous=is_asynchronous(self.configs[config_name]),
        )
        return self.endpoint.arn

    def update_endpoint(self, step: UpdateEndpoint) -> None:
        live = self._changeable()
        if step.config_name not in self.configs:
            raise NotFound
        if step.config_name == live.config_name and live.status == LiveStatus.IN_SERVICE:
            self.violations.append("UpdateEndpoint to the config that already serves")
        before, after = self.configs.get(live.config_name or ""), self.configs[step.config_name]
        self.violations += in_guard(step, live, after, alarms={*self.alarms, *self.others})
        self.violations += in_removal(before, after, registered=self.autoscaling.registered)
        self.violations += in_move(before, after)
        self._watched = bool(watching_alarms(step))
        if not step.retain_all_variant_properties:
            self.violations.append("UpdateEndpoint that resets counts and weights")
        self._next_config = step.config_name
        self._begin(LiveStatus.UPDATING)

    def change(self, step: UpdateEndpointWeightsAndCapacities) -> None:
        live = self._changeable()
        self.violations += in_change(step, live)
        self._next = step
        self._begin(LiveStatus.UPDATING)

    def delete_endpoint(self) -> None:
        if self.endpoint is None:
            raise NotFound
        if self.endpoint.busy:
            raise Busy
        self._is_ours("DeleteEndpoint")
        self._begin(LiveStatus.DELETING)

    def delete_config(self, name: str) -> None:
        live = self.endpoint
        if live is not None and live.status != LiveStatus.DELETING and name in (live.config_name, self._next_config):
            self.violations.append(f"DeleteEndpointConfig of {name}, which is in use ({live.status})")
        self._is_nobody_elses(name)
        self.configs.pop(name, None)

    def delete_model(self, name: str) -> None:
        if any(name in models_of(config) for config in self.configs.values()):
            self.violations.append(f"DeleteModel of {name}, which an endpoint config names")
        self._is_nobody_elses(name)
        self.models.pop(name, None)

    def put_alarm(self, step: PutMetricAlarm) -> None:
        self.alarms[step.name] = step

    def delete_alarm(self, name: str) -> None:
        live = self.endpoint
        if self._watched and live is not None and live.busy:
            self.violations.append(f"DeleteAlarms of {name} while it watches a rollout")
        self._is_nobody_elses(name)
        self.alarms.pop(name, None)

    def make_by_hand(self, *, name: str, variant: str) -> None:
        """Somebody makes an endpoint, with a model and a config of their own."""
        self._config_by_hand([{"VariantName": variant, "InitialInstanceCount": 2, "InitialVariantWeight": 1.0}])
        self.create_endpoint(name=name, config_name=BY_HAND, tags={"owner": "somebody"})
        self.finish()

    def move_by_hand(self) -> None:
        """Somebody updates the endpoint to a config of their own, with the same variants."""
        live = self.endpoint
        if live is None or live.status != LiveStatus.IN_SERVICE or live.config_name not in self.configs:
            return
        if live.config_name == BY_HAND:
            return
        before = self.configs[live.config_name or ""]
        settings = {key: value for key, value in before.request.items() if key == "AsyncInferenceConfig"}
        self._config_by_hand(list(items_of(before)), **settings)
        self._next_config = BY_HAND
        self._begin(LiveStatus.UPDATING)

    def change_by_hand(self, *, weight: float | None = None, count: int | None = None) -> None:
        """Somebody gives the first variant another weight or count."""
        live = self.endpoint
        if live is None or live.status != LiveStatus.IN_SERVICE:
            return
        first = live.variants[0]
        if count is not None and first.desired_count is None:
            return  # SageMaker refuses instances of a serverless variant
        weights = {} if weight is None else {first.name: weight}
        target = self._target(first.name)
        # A count beyond the bounds of autoscaling is AWS's to bring back, and no concern of the operator's.
        counts = {} if count is None else {first.name: within(target, count) if target is not None else count}
        self._next = UpdateEndpointWeightsAndCapacities(name=live.name, weights=weights, instance_counts=counts)
        self._begin(LiveStatus.UPDATING)

    def vanish(self) -> None:
        """Somebody deletes the endpoint."""
        if self.endpoint is not None and not self.endpoint.busy:
            self._begin(LiveStatus.DELETING)

    def lose_parts(self) -> None:
        """Somebody deletes the models and the config that the endpoint serves from."""
        live = self.endpoint
        if live is None or live.status != LiveStatus.IN_SERVICE or live.config_name in self.others:
            return
        config = self.configs.pop(live.config_name or "", None)
        for name in models_of(config) if config is not None else ():
            if not any(name in models_of(other) for other in self.configs.values()):
                self.models.pop(name, None)

    def _config_by_hand(self, items: list[dict[str, Any]], **settings: Any) -> None:
        container = {"Image": "somebodys"}
        self.models[BY_HAND] = CreateModel(name=BY_HAND, request={"PrimaryContainer": container})
        request = {"ProductionVariants": [{**item, "ModelName": BY_HAND} for item in items], **settings}
        self.configs[BY_HAND] = CreateEndpointConfig(name=BY_HAND, request=request)
        self.others.add(BY_HAND)

    def mend(self) -> None:
        """Artifact and capacity are there, no alarm rings, no rollback fails."""
        self.artifact, self.scarce, self.alarm_rings, self.rollback_fails = "etag-1", 0, False, False

    def scale(self, step: ScalingStep) -> None:
        """A registration brings the count within its bounds at once."""
        live = self.endpoint
        if live is not None and live.busy and isinstance(step, RegisterScalableTarget):
            raise Busy
        self.autoscaling.call(step)
        self.violations += self.autoscaling.violations
        if live is None or not isinstance(step, RegisterScalableTarget):
            return
        for variant in live.all_variants:
            count = variant.desired_count or 0
            if variant.name != step.resource.variant:
                continue
            self.violations += in_registration(step, variant)
            serverless = variant.desired_serverless
            if serverless is not None:
                count = serverless.concurrency.provisioned or 0
            allowed = within(LiveTarget(minimum=step.minimum, maximum=step.maximum), count)
            if allowed != count:
                self._next = to_count(live, variant, allowed)
                self._begin(LiveStatus.UPDATING)

    def follow_the_load(self, count: int) -> None:
        """Autoscaling gives the first variant another count within its bounds."""
        live = self.endpoint
        if live is None or live.status != LiveStatus.IN_SERVICE or live.variants[0].desired_count is None:
            return
        name = live.variants[0].name
        target = self._target(name)
        if target is not None:
            self._next = UpdateEndpointWeightsAndCapacities(
                name=live.name, instance_counts={name: within(target, count)}
            )
            self._begin(LiveStatus.UPDATING)

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
                self.endpoint, self.tags = None, {}
            case LiveStatus.CREATING:
                fault = self._fault_of(live.config_name)
                self._end(LiveStatus.FAILED if fault else LiveStatus.IN_SERVICE, failure=fault)
            case LiveStatus.UPDATING if self._next_config is not None:
                self._finish_update(live, self._next_config)
            case _:
                self._end(LiveStatus.IN_SERVICE, failure=live.failure_reason)
        self._next_config, self._next, self._watched = None, None, False

    def _finish_update(self, live: LiveEndpoint, wanted: str) -> None:
        fault = self._fault_of(wanted)
        if fault is None and self._watched and self.alarm_rings:
            fault, self.alarm_rings = ALARM, False
        if fault is None:
            config = self.configs[wanted]
            before = {variant.name: variant for variant in live.variants}
            new = tuple(begun(item) for item in config.request["ProductionVariants"])
            kept = tuple(retained(before.get(variant.name), variant) for variant in new)
            self.endpoint = replace(live, config_name=wanted, variants=kept, shadow=shadow_of(config))
            self._end(LiveStatus.IN_SERVICE, failure=None)
        else:
            failed, self.rollback_fails = self.rollback_fails, False
            self._end(LiveStatus.UPDATE_ROLLBACK_FAILED if failed else LiveStatus.IN_SERVICE, failure=fault)

    def _target(self, variant: str) -> LiveTarget | None:
        """What the variant is registered with for autoscaling."""
        found = (live.target for resource, live in self.autoscaling.scaling.items() if resource.variant == variant)
        return next(found, None)

    def _fault_of(self, config_name: str | None) -> str | None:
        """Why the containers of a config cannot serve."""
        config = self.configs.get(config_name or "")
        models = [self.models.get(name) for name in models_of(config)] if config is not None else [None]
        if None in models:
            return "the model is gone"
        if self.artifact is None:
            return DOWNLOAD
        if self.scarce > 0:
            self.scarce -= 1
            return CAPACITY
        images = [image for model in models if model is not None for image in images_of(model)]
        return PING if any("bad" in image for image in images) else None

    def _is_nobody_elses(self, name: str) -> None:
        if name in self.others:
            self.violations.append(f"{name} was deleted, which somebody else made")

    def _is_ours(self, call: str) -> None:
        if self.tags.get(TAG_MANAGED_BY) != MANAGED_BY:
            self.violations.append(f"{call} on an endpoint that somebody else made")

    def _changeable(self) -> LiveEndpoint:
        live = self.endpoint
        if live is None:
            raise NotFound
        self._is_ours("a change")
        if live.busy:
            raise Busy
        if live.status == LiveStatus.FAILED:
            self.violations.append("a change of a Failed endpoint, which only DeleteEndpoint takes")
        return live

    def _begin(self, status: LiveStatus) -> None:
        assert self.endpoint is not None
        if status == LiveStatus.DELETING:  # DeleteEndpoint takes scalable targets along, for a caller who may
            self.autoscaling.scaling.clear()
        # LastModifiedTime moves when a transition begins and again when it ends.
        self.endpoint = replace(self.endpoint, status=status, modified=self._time())

    def _end(self, status: LiveStatus, *, failure: str | None) -> None:
        live = self.endpoint
        assert live is not None
        self.endpoint = replace(
            live,
            status=status,
            failure_reason=failure,
            modified=self._time(),
            variants=tuple(self._settled(variant) for variant in live.variants),
            shadow=self._settled(live.shadow) if live.shadow is not None else None,
        )

    def _settled(self, variant: LiveVariant) -> LiveVariant:
        weights = self._next.weights if self._next is not None else {}
        counts = self._next.instance_counts if self._next is not None else {}
        count = counts.get(variant.name, variant.desired_count)
        weight = variant.desired_weight
        if variant.name in weights:
            weight = single_precision(weights[variant.name])
        serverless = variant.desired_serverless
        change = self._next.concurrencies.get(variant.name) if self._next is not None else None
        if serverless is not None and change is not None:
            provisioned = change.provisioned or serverless.concurrency.provisioned
            concurrency = Concurrency(maximum=change.maximum, provisioned=provisioned)
            serverless = replace(serverless, concurrency=concurrency)
        return replace(
            variant,
            current_count=count,
            desired_count=count,
            current_weight=weight,
            desired_weight=weight,
            current_serverless=serverless,
            desired_serverless=serverless,
        )

    def _time(self) -> str:
        self._clock += 1
        return f"2026-11-22T{self._clock // 3600:02}:{self._clock // 60 % 60:02}:{self._clock % 60:02}+00:00"


def within(target: LiveTarget, count: int) -> int:
    """The count, or the bound that it is beyond."""
    return max(target.minimum, min(count, target.maximum))
