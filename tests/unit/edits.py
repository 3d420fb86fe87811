"""One edit of each field of the spec: a manifest before and after it, in that field alone.

Fields of containers, instances and autoscaling are the same at the top, in a variant and in the shadow: one example
serves all three places.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

from endpoint_operator.api.spec import InferenceEndpointSpec
from tests.unit.given import multi_model, spec

Part = dict[str, Any]

CONTAINER: Part = spec()["containers"][0]
INSTANCE: Part = spec()["instance"]
AUTOSCALING: Part = {"minCount": 1, "maxCount": 4, "invocationsPerInstance": 100.0}
METRIC: Part = {
    "namespace": "Churn",
    "metricName": "Busy",
    "dimensions": {"Fleet": "a"},
    "unit": "Percent",
    "target": 5,
}
SCHEDULE: Part = {"name": "morning", "schedule": "rate(1 day)", "timezone": "Asia/Seoul", "minCount": 2, "maxCount": 3}
FRAMEWORK: Part = {"name": "pytorch", "version": "1.3.1", "python": "py3"}
BUILT_ON: Part = {"name": "huggingface", "version": "4.26.0", "baseFramework": "pytorch1.13.1"}
CANARY: Part = {
    "strategy": "Canary",
    "step": {"percent": 25},
    "waitSeconds": 300,
    "alarms": [{"metric": "ModelLatency", "thresholdSeconds": 0.5}],
}
CAPTURE: Part = {
    "s3Uri": "s3://capture/churn",
    "samplingPercent": 10,
    "capture": ["Input"],
    "csvContentTypes": ["text/csv"],
    "jsonContentTypes": ["application/json"],
}
NETWORK: Part = {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}
ASYNC: Part = {"outputS3Uri": "s3://out/churn"}
SERVERLESS: Part = {"memoryMB": 2048, "maxConcurrency": 5}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """`before` and `after` are specs as a user writes them."""

    before: dict[str, Any]
    after: dict[str, Any]


def fields_of(model: type[BaseModel], path: str) -> Iterator[str]:
    """The path of every field, down to those that hold no other model."""
    for name, field in model.model_fields.items():
        here = f"{path}.{field.alias or name}"
        below = list(_models_in(field.annotation))
        if not below:
            yield here
        for child, in_list in below:
            yield from fields_of(child, f"{here}[]" if in_list else here)


def _models_in(annotation: Any, *, in_list: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, in_list
    for argument in get_args(annotation):
        yield from _models_in(argument, in_list=in_list or getattr(annotation, "__origin__", None) is list)


FIELDS = tuple(dict.fromkeys(fields_of(InferenceEndpointSpec, "spec")))


def _container(before: Part, after: Part) -> tuple[Part, Part]:
    return {"containers": [before]}, {"containers": [after]}


def _in_container(before: Part, after: Part) -> tuple[Part, Part]:
    return _container({**CONTAINER, **before}, {**CONTAINER, **after})


def _variable(before: Part, after: Part) -> tuple[Part, Part]:
    return _in_container({"environment": [{"name": "A", **before}]}, {"environment": [{"name": "A", **after}]})


def _reference(kind: str, *, name: str = "token", key: str = "value") -> Part:
    return {"valueFrom": {kind: {"name": name, "key": key}}}


def _framework(before: Part, after: Part) -> tuple[Part, Part]:
    return _container({"framework": before}, {"framework": after})


def _instance(before: Part, after: Part) -> tuple[Part, Part]:
    return {"instance": {**INSTANCE, **before}}, {"instance": {**INSTANCE, **after}}


def _pool(kind: str, priority: int) -> Part:
    return {"pools": [{"type": "ml.m5.large", "priority": 1}, {"type": kind, "priority": priority}]}


def _autoscaling(before: Part, after: Part) -> tuple[Part, Part]:
    return {"autoscaling": {**AUTOSCALING, **before}}, {"autoscaling": {**AUTOSCALING, **after}}


def _scaled_by(before: Part, after: Part) -> tuple[Part, Part]:
    bounds = {"minCount": 1, "maxCount": 4}
    return {"autoscaling": {**bounds, **before}}, {"autoscaling": {**bounds, **after}}


def _metric(**after: Any) -> tuple[Part, Part]:
    return _scaled_by({"customMetric": METRIC}, {"customMetric": {**METRIC, **after}})


def _schedule(**after: Any) -> tuple[Part, Part]:
    return _autoscaling({"schedules": [SCHEDULE]}, {"schedules": [{**SCHEDULE, **after}]})


# By the field's path below a variant.
_PARTS: dict[str, tuple[Part, Part]] = {
    "containers[].name": _in_container({}, {"name": "main"}),
    "containers[].image": _in_container({}, {"image": "repo/churn:2"}),
    "containers[].framework.name": _framework(FRAMEWORK, {"name": "tensorflow", "version": "2.16.1"}),
    "containers[].framework.version": _framework(FRAMEWORK, {**FRAMEWORK, "version": "1.4.0"}),
    "containers[].framework.baseFramework": _framework(BUILT_ON, {**BUILT_ON, "baseFramework": "tensorflow2.11.0"}),
    "containers[].framework.python": _framework(FRAMEWORK, {**FRAMEWORK, "python": "py2"}),
    "containers[].framework.accelerator": _framework(FRAMEWORK, {**FRAMEWORK, "accelerator": "gpu"}),
    "containers[].framework.scope": _framework(FRAMEWORK, {**FRAMEWORK, "scope": "training"}),
    "containers[].modelPackageArn": _container(
        CONTAINER, {"modelPackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1"}
    ),
    "containers[].modelData.s3Uri": _in_container({}, {"modelData": {"s3Uri": "s3://models/churn/2/model.tar.gz"}}),
    "containers[].modelData.compression": _in_container(
        {}, {"modelData": {"s3Uri": "s3://models/churn/model.tar.gz", "compression": "None"}}
    ),
    "containers[].environment[].name": _in_container({}, {"environment": [{"name": "A", "value": "1"}]}),
    "containers[].environment[].value": _variable({"value": "1"}, {"value": "2"}),
    "containers[].environment[].valueFrom.secretKeyRef.name": _variable(
        _reference("secretKeyRef"), _reference("secretKeyRef", name="other")
    ),
    "containers[].environment[].valueFrom.secretKeyRef.key": _variable(
        _reference("secretKeyRef"), _reference("secretKeyRef", key="other")
    ),
    "containers[].environment[].valueFrom.configMapKeyRef.name": _variable(
        _reference("configMapKeyRef"), _reference("configMapKeyRef", name="other")
    ),
    "containers[].environment[].valueFrom.configMapKeyRef.key": _variable(
        _reference("configMapKeyRef"), _reference("configMapKeyRef", key="other")
    ),
    "containers[].overrides": _in_container({}, {"overrides": {"ImageConfig": {"RepositoryAccessMode": "Vpc"}}}),
    "instance.type": _instance({}, {"type": "ml.m5.xlarge"}),
    "instance.count": _instance({}, {"count": 3}),
    "instance.volumeSizeGB": _instance({}, {"volumeSizeGB": 30}),
    "instance.startupTimeoutSeconds": _instance({}, {"startupTimeoutSeconds": 600}),
    "instance.modelDownloadTimeoutSeconds": _instance({}, {"modelDownloadTimeoutSeconds": 600}),
    "instance.inferenceAmiVersion": _instance({}, {"inferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-2"}),
    "instance.routingStrategy": _instance({}, {"routingStrategy": "Random"}),
    "instance.pools[].type": _instance(_pool("ml.m5.xlarge", 2), _pool("ml.c5.xlarge", 2)),
    "instance.pools[].priority": _instance(_pool("ml.m5.xlarge", 2), _pool("ml.m5.xlarge", 3)),
    "instance.overrides": _instance({}, {"overrides": {"EnableSSMAccess": True}}),
    "autoscaling.minCount": _autoscaling({}, {"minCount": 2}),
    "autoscaling.maxCount": _autoscaling({}, {"maxCount": 8}),
    "autoscaling.invocationsPerInstance": _autoscaling({}, {"invocationsPerInstance": 200.0}),
    "autoscaling.concurrentRequestsPerModel": _scaled_by(
        {"concurrentRequestsPerModel": 5.0}, {"concurrentRequestsPerModel": 6.0}
    ),
    "autoscaling.backlogPerInstance": _scaled_by({"backlogPerInstance": 5.0}, {"backlogPerInstance": 6.0}),
    "autoscaling.provisionedConcurrencyUtilization": _scaled_by(
        {"provisionedConcurrencyUtilization": 0.5}, {"provisionedConcurrencyUtilization": 0.6}
    ),
    "autoscaling.customMetric.namespace": _metric(namespace="Other"),
    "autoscaling.customMetric.metricName": _metric(metricName="Idle"),
    "autoscaling.customMetric.dimensions": _metric(dimensions={"Fleet": "b"}),
    "autoscaling.customMetric.statistic": _metric(statistic="Maximum"),
    "autoscaling.customMetric.unit": _metric(unit="Count"),
    "autoscaling.customMetric.target": _metric(target=6),
    "autoscaling.scaleInCooldownSeconds": _autoscaling({}, {"scaleInCooldownSeconds": 60}),
    "autoscaling.scaleOutCooldownSeconds": _autoscaling({}, {"scaleOutCooldownSeconds": 60}),
    "autoscaling.disableScaleIn": _autoscaling({}, {"disableScaleIn": True}),
    "autoscaling.schedules[].name": _schedule(name="dawn"),
    "autoscaling.schedules[].schedule": _schedule(schedule="rate(2 days)"),
    "autoscaling.schedules[].timezone": _schedule(timezone="Europe/Berlin"),
    "autoscaling.schedules[].minCount": _schedule(minCount=3),
    "autoscaling.schedules[].maxCount": _schedule(maxCount=4),
}


def variants(**of_blue: Any) -> dict[str, Any]:
    """Two variants; `of_blue` are members of the first."""
    blue = {"name": "blue", "weight": 0.9, "containers": [CONTAINER], "instance": INSTANCE, **of_blue}
    green = {"name": "green", "weight": 0.1, "containers": [CONTAINER], "instance": INSTANCE}
    return {"mode": "RealTime", "variants": [blue, green]}


def with_shadow(**of_shadow: Any) -> dict[str, Any]:
    shadow = {"name": "candidate", "samplingPercent": 20, "containers": [CONTAINER], "instance": INSTANCE}
    return spec(shadow={**shadow, **of_shadow})


def _at_every_place() -> dict[str, Edit]:
    edits = {}
    for path, (before, after) in _PARTS.items():
        edits[f"spec.{path}"] = Edit(before=spec(**before), after=spec(**after))
        edits[f"spec.variants[].{path}"] = Edit(before=variants(**before), after=variants(**after))
        edits[f"spec.shadow.{path}"] = Edit(before=with_shadow(**before), after=with_shadow(**after))
    return edits


def _top(after: Any, *, before: Any = None, **beside: Any) -> Edit:
    """`after` and `before` are whole members of spec."""
    return Edit(before=spec(**beside, **(before or {})), after=spec(**beside, **after))


def _rollout(before: Part | None = None, **after: Any) -> Edit:
    return _top({"rollout": {**CANARY, **(before or {}), **after}}, before={"rollout": {**CANARY, **(before or {})}})


def _alarm(before: Part, after: Part) -> Edit:
    return _rollout({"alarms": [before]}, alarms=[after])


def _capture(**after: Any) -> Edit:
    return _top({"dataCapture": {**CAPTURE, **after}}, before={"dataCapture": CAPTURE})


def _async(**after: Any) -> Edit:
    return _top({"async": {**ASYNC, **after}}, before={"async": ASYNC}, mode="Async")


def _serverless(before: Part | None = None, **after: Any) -> Edit:
    bare, capacity = {"mode": "Serverless", "containers": [CONTAINER]}, {**SERVERLESS, **(before or {})}
    return Edit(before={**bare, "serverless": capacity}, after={**bare, "serverless": {**capacity, **after}})


def _multi_model(**after: Any) -> Edit:
    before = multi_model()
    return Edit(before=before, after={**before, "multiModel": {**before["multiModel"], **after}})


_LATENCY: Part = {"metric": "ModelLatency", "threshold": 500_000.0}

EDITS: dict[str, Edit] = {
    "spec.mode": Edit(before=spec(), after={"mode": "Serverless", "containers": [CONTAINER], "serverless": SERVERLESS}),
    "spec.endpointName": _top({"endpointName": "another"}),
    "spec.region": _top({"region": "eu-west-1"}),
    "spec.assumeRoleArn": _top({"assumeRoleArn": "arn:aws:iam::123456789012:role/other"}),
    "spec.executionRoleArn": _top({"executionRoleArn": "arn:aws:iam::123456789012:role/another"}),
    "spec.containerInvocation": Edit(
        before=spec(containers=[{**CONTAINER, "name": "a"}, {**CONTAINER, "name": "b"}]),
        after=spec(containers=[{**CONTAINER, "name": "a"}, {**CONTAINER, "name": "b"}], containerInvocation="Direct"),
    ),
    "spec.serverless.memoryMB": _serverless(memoryMB=4096),
    "spec.serverless.maxConcurrency": _serverless(maxConcurrency=6),
    "spec.serverless.provisionedConcurrency": _serverless({"provisionedConcurrency": 1}, provisionedConcurrency=2),
    "spec.multiModel.s3Prefix": _multi_model(s3Prefix="s3://models/others/"),
    "spec.multiModel.cache": _multi_model(cache="Disabled"),
    "spec.async.outputS3Uri": _async(outputS3Uri="s3://out/other"),
    "spec.async.failureS3Uri": _async(failureS3Uri="s3://out/failed"),
    "spec.async.maxConcurrentInvocationsPerInstance": _async(maxConcurrentInvocationsPerInstance=2),
    "spec.async.successTopicArn": _async(successTopicArn="arn:aws:sns:us-east-1:123456789012:good"),
    "spec.async.errorTopicArn": _async(errorTopicArn="arn:aws:sns:us-east-1:123456789012:bad"),
    "spec.async.includeInferenceResponseIn": _async(includeInferenceResponseIn=["SUCCESS_NOTIFICATION_TOPIC"]),
    "spec.async.kmsKeyId": _async(kmsKeyId="key"),
    "spec.variants[].name": Edit(before=variants(), after=variants(name="azure")),
    "spec.variants[].weight": Edit(before=variants(), after=variants(weight=0.5)),
    "spec.shadow.name": Edit(before=with_shadow(), after=with_shadow(name="other")),
    "spec.shadow.samplingPercent": Edit(before=with_shadow(), after=with_shadow(samplingPercent=50)),
    "spec.rollout.strategy": _rollout({"step": {"percent": 20}}, strategy="Linear"),
    "spec.rollout.step.percent": _rollout(step={"percent": 50}),
    "spec.rollout.step.instances": _rollout({"step": {"instances": 1}}, step={"instances": 2}),
    "spec.rollout.waitSeconds": _rollout(waitSeconds=600),
    "spec.rollout.terminationWaitSeconds": _rollout(terminationWaitSeconds=60),
    "spec.rollout.maxExecutionSeconds": _rollout(maxExecutionSeconds=7200),
    "spec.rollout.alarms[].name": _alarm({"name": "churn-5xx"}, {"name": "churn-4xx"}),
    "spec.rollout.alarms[].metric": _alarm(_LATENCY, {**_LATENCY, "metric": "OverheadLatency"}),
    "spec.rollout.alarms[].statistic": _alarm(_LATENCY, {**_LATENCY, "statistic": "p95"}),
    "spec.rollout.alarms[].threshold": _alarm(_LATENCY, {**_LATENCY, "threshold": 600_000.0}),
    "spec.rollout.alarms[].thresholdSeconds": _rollout(alarms=[{"metric": "ModelLatency", "thresholdSeconds": 0.7}]),
    "spec.rollout.alarms[].periodSeconds": _alarm(_LATENCY, {**_LATENCY, "periodSeconds": 120}),
    "spec.rollout.alarms[].evaluationPeriods": _alarm(_LATENCY, {**_LATENCY, "evaluationPeriods": 3}),
    "spec.rollout.alarms[].fleet": _alarm(_LATENCY, {**_LATENCY, "fleet": "Both"}),
    "spec.dataCapture.s3Uri": _capture(s3Uri="s3://capture/other"),
    "spec.dataCapture.samplingPercent": _capture(samplingPercent=20),
    "spec.dataCapture.capture": _capture(capture=["Input", "Output"]),
    "spec.dataCapture.csvContentTypes": _capture(csvContentTypes=["text/plain"]),
    "spec.dataCapture.jsonContentTypes": _capture(jsonContentTypes=["application/jsonlines"]),
    "spec.dataCapture.kmsKeyId": _capture(kmsKeyId="key"),
    "spec.network.subnetIds": _top(
        {"network": {**NETWORK, "subnetIds": ["subnet-1", "subnet-2"]}}, before={"network": NETWORK}
    ),
    "spec.network.securityGroupIds": _top(
        {"network": {**NETWORK, "securityGroupIds": ["sg-2"]}}, before={"network": NETWORK}
    ),
    "spec.network.isolation": _top({"network": {"isolation": True}}),
    "spec.kmsKeyId": _top({"kmsKeyId": "key"}),
    "spec.tags": _top({"tags": {"team": "growth"}}),
    "spec.redeploy": _top({"redeploy": "again"}),
    "spec.rolloutOnInputChange": _top(
        {"rolloutOnInputChange": True}, **_variable(_reference("secretKeyRef"), _reference("secretKeyRef"))[0]
    ),
    "spec.deletionPolicy": _top({"deletionPolicy": "Retain"}),
    "spec.adoptionPolicy": _top({"adoptionPolicy": "AdoptOrCreate"}),
    "spec.paused": _top({"paused": True}),
    "spec.stopped": _top({"stopped": True}),
    "spec.replacePolicy": _top({"replacePolicy": "Recreate"}),
    "spec.revisionHistoryLimit": _top({"revisionHistoryLimit": 0}),
    "spec.preflight": _top({"preflight": "Off"}),
    "spec.export.configMapName": _top({"export": {"configMapName": "names"}}),
    "spec.overrides.model": _top({"overrides": {"model": {"EnableNetworkIsolation": True}}}),
    "spec.overrides.endpointConfig": _top(
        {"overrides": {"endpointConfig": {"MetricsConfig": {"EnableEnhancedMetrics": True}}}}
    ),
    "spec.overrides.endpoint": _top({"overrides": {"endpoint": {"DeploymentConfig": {}}}}),
    **_at_every_place(),
    "spec.autoscaling.backlogPerInstance": _top(
        {"autoscaling": {"minCount": 1, "maxCount": 4, "backlogPerInstance": 5.0}}, mode="Async", **{"async": ASYNC}
    ),
    "spec.autoscaling.provisionedConcurrencyUtilization": Edit(
        before=_serverless(provisionedConcurrency=1).after,
        after={
            **_serverless(provisionedConcurrency=1).after,
            "autoscaling": {"minCount": 1, "maxCount": 4, "provisionedConcurrencyUtilization": 0.5},
        },
    ),
}
