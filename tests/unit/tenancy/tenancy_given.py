"""Tenancies and namespaces as plain data, and specs in which every field that takes a string has one."""

import json
from typing import Any

from endpoint_operator.catalogue.images import BundledImages
from endpoint_operator.planning.tenancy.prefix_holders import PrefixClaim, PrefixHolders
from endpoint_operator.planning.tenancy.rules import Rules
from endpoint_operator.planning.tenancy.rules_file import API_VERSION, parse_rules
from endpoint_operator.planning.tenancy.tenancy import Tenancy
from endpoint_operator.planning.tenancy.things import Reference, Thing
from tests.unit.given import ACCOUNT, REGION, multi_model, spec

OTHER = "222222222222"
AWS_IMAGES = BundledImages().accounts
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:done"
PACKAGE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn/1"
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:credentials"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team-a/serving"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team-a/churn:1"


def rules(**lists: list[str]) -> Rules:
    """One rule for team-a."""
    return rules_of({"namespaces": ["team-a"], **lists})


def rules_of(*listed: dict[str, Any]) -> Rules:
    """As they are in a file: JSON is YAML."""
    return parse_rules(json.dumps({"apiVersion": API_VERSION, "rules": list(listed)}))


def tenancy(known: Rules | None = None, *claims: PrefixClaim) -> Tenancy:
    return Tenancy(rules=known, account=ACCOUNT, holders=PrefixHolders(claims), aws_image_accounts=AWS_IMAGES)


def claim(
    prefix: str, *, namespace: str = "team-b", serves: bool = False, created: str = "2026-01-01", uid: str = "uid"
) -> PrefixClaim:
    return PrefixClaim(namespace=namespace, name="models", uid=uid, created=created, prefix=prefix, serves=serves)


def reference(thing: Thing, value: str, *, reads_below: bool = False) -> Reference:
    return Reference(thing=thing, field="spec.field", value=value, reads_below=reads_below)


def container(**members: Any) -> dict[str, Any]:
    return {
        "name": "first",
        "image": IMAGE,
        "modelData": {"s3Uri": "s3://models/churn/model.tar.gz"},
        "environment": [
            {"name": "A", "value": "word"},
            {"name": "B", "valueFrom": {"secretKeyRef": {"name": "secret", "key": "key"}}},
            {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "map", "key": "key"}}},
        ],
        "overrides": {"ImageConfig": {"RepositoryAccessMode": "Vpc"}},
        **members,
    }


def instance(**members: Any) -> dict[str, Any]:
    return {
        "type": "ml.m5.large",
        "inferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-2",
        "pools": [{"type": "ml.m5.xlarge", "priority": 1}],
        "overrides": {"CoreDumpConfig": {"DestinationS3Uri": "s3://dumps/churn"}},
        **members,
    }


def autoscaling() -> dict[str, Any]:
    metric = {"namespace": "n", "metricName": "m", "dimensions": {"A": "a"}, "statistic": "Sum", "unit": "Count"}
    schedule = {"name": "night", "schedule": "cron(0 20 * * ? *)", "timezone": "UTC", "minCount": 1, "maxCount": 2}
    return {
        "minCount": 1,
        "maxCount": 2,
        "customMetric": {**metric, "target": 1.0},
        "schedules": [schedule],
    }


def everything_of_realtime() -> dict[str, Any]:
    return spec(
        endpointName="team-a-churn",
        region=REGION,
        assumeRoleArn=f"arn:aws:iam::{ACCOUNT}:role/operator",
        executionRoleArn=ROLE,
        containers=[container(), {"name": "second", "modelPackageArn": PACKAGE}],
        instance=instance(),
        autoscaling=autoscaling(),
        shadow={
            "name": "shadow",
            "samplingPercent": 10,
            "containers": [container(modelData={"s3Uri": "s3://models/shadow/", "compression": "None"})],
            "instance": instance(),
            "autoscaling": autoscaling(),
        },
        rollout={
            "strategy": "Canary",
            "alarms": [{"name": "alarm"}, {"metric": "Invocations", "statistic": "Sum", "threshold": 1.0}],
        },
        dataCapture={
            "s3Uri": "s3://capture/churn",
            "samplingPercent": 1,
            "capture": ["Input"],
            "csvContentTypes": ["text/csv"],
            "jsonContentTypes": ["application/json"],
            "kmsKeyId": KEY,
        },
        network={"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]},
        kmsKeyId=KEY,
        tags={"team": "growth"},
        redeploy="word",
        export={"configMapName": "churn"},
        overrides={
            "endpointConfig": {"MetricsConfig": {"EnableEnhancedMetrics": True}},
            "endpoint": {"DeploymentConfig": {"RollingUpdatePolicy": {"RollbackMaximumBatchSize": {"Type": "x"}}}},
        },
    )


def everything_of_variants() -> dict[str, Any]:
    base = everything_of_realtime()
    framework = {
        "name": "xgboost",
        "version": "1.7-1",
        "baseFramework": None,
        "python": None,
        "accelerator": "cpu",
        "scope": "inference",
    }
    framed = container()
    del framed["image"]
    framed["framework"] = {name: value for name, value in framework.items() if value is not None}
    named = {"name": "blue", "containers": [framed], "instance": instance(), "autoscaling": autoscaling()}
    less = {name: value for name, value in base.items() if name not in ("containers", "instance", "autoscaling")}
    return {**less, "variants": [named]}


def everything_of_async() -> dict[str, Any]:
    return {
        **spec(),
        "mode": "Async",
        "async": {
            "outputS3Uri": "s3://answers/churn",
            "failureS3Uri": "s3://answers/failed",
            "successTopicArn": TOPIC,
            "errorTopicArn": TOPIC,
            "kmsKeyId": KEY,
        },
    }


def everything_of_multi_model() -> dict[str, Any]:
    return multi_model(image=IMAGE)
