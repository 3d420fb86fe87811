"""The Job that runs the packer for one model, as it is sent to the API server.

Its name is made of what it makes, so that it is made once. There is no secret in it: the rights to S3 come with the
ServiceAccount that the model names.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from endpoint_operator.api.identity import API_VERSION, GROUP, MANAGED_BY, TAG_MANAGED_BY, TAG_OBJECT
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.kube.api import Body
from endpoint_operator.planning.models.packer_exits import PackerExit
from endpoint_operator.planning.models.steps import RunPacker

CONTAINER: Final = "packer"
ARTIFACT: Final = f"{GROUP}/artifact"
"""Annotation: the S3 URI of what the Job makes."""
CONTENT: Final = f"{GROUP}/content"
"""Annotation: digest of all that decides what is packed."""
# Set by the Job controller (Kubernetes documentation, "Well-Known Labels, Annotations and Taints").
JOB_NAME: Final = "batch.kubernetes.io/job-name"

_TEMPLATE_FOLDER = "/etc/packer"
_TEMPLATE_FILE = "config.pbtxt"
# S3's own troubles pass within minutes: the tries come after 10, 20 and 40 s.
_TRIES_AGAIN = 3
# A part under way, and the abort of the upload.
_GRACE_SECONDS = 30
_NAME_LENGTH = 40
# Of a Pod that would be evicted nothing is the packer's fault.
_DISRUPTED = {"type": "DisruptionTarget", "status": "True"}


@dataclass(frozen=True, kw_only=True)
class PackerSettings:
    """Flags of the operator; without an image no directory can be packed."""

    image: str | None = None
    cpu: str = "500m"
    """Requested; packing is one thread, and there is no limit."""
    memory: str = "512Mi"
    """Requested and limit. The packer holds a few parts of the archive, whatever the model's size."""
    node_selector: Mapping[str, str] = field(default_factory=dict)
    deadline_seconds: int = 4 * 3600
    """For all tries together; 100 GiB at 40 MiB/s take 45 minutes."""
    keep_seconds: int = 3600
    """How long a Job that has ended stays to be looked at."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Further variables of the packer, such as AWS_ENDPOINT_URL where the operator has one."""


def job_name(model: InferenceModel, s3_uri: str) -> str:
    """A DNS label: the Pods' host names are made of it."""
    readable = re.sub(r"[^a-z0-9-]", "-", model.name)[:_NAME_LENGTH].strip("-")
    digest = hashlib.sha256(f"{model.name}\n{s3_uri}".encode()).hexdigest()[:10]
    return f"pack-{readable}-{digest}"


def content_of(step: RunPacker) -> str:
    """Two steps with the same answer ask for the same object made of the same files."""
    said = "\n".join((step.source_s3_uri, step.source_digest, step.layout, *sorted(step.metadata.values())))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def is_ours(model: InferenceModel, body: Body) -> bool:
    """By label and by the uid of the owner: an object of the same name before or after this one is another."""
    metadata = body["metadata"]
    owners = {owner.get("uid") for owner in metadata.get("ownerReferences") or ()}
    return (metadata.get("labels") or {}).get(TAG_MANAGED_BY) == MANAGED_BY and model.uid in owners


def job_body(model: InferenceModel, step: RunPacker, settings: PackerSettings) -> Body:
    owner = {"apiVersion": API_VERSION, "kind": "InferenceModel", "name": model.name, "uid": model.uid}
    labels = {"app.kubernetes.io/name": "endpoint-operator-packer", TAG_MANAGED_BY: MANAGED_BY}
    annotations = {TAG_OBJECT: model.object_name, ARTIFACT: step.s3_uri, CONTENT: content_of(step)}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": job_name(model, step.s3_uri),
            "namespace": model.namespace,
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [{**owner, "controller": True}],
        },
        "spec": {
            "backoffLimit": _TRIES_AGAIN,
            "activeDeadlineSeconds": settings.deadline_seconds,
            "ttlSecondsAfterFinished": settings.keep_seconds,
            "podReplacementPolicy": "Failed",  # two at once would take each other's parts away
            "podFailurePolicy": {"rules": _failure_rules()},
            "template": {
                "metadata": {"labels": labels, "annotations": {TAG_OBJECT: model.object_name}},
                "spec": _pod_spec(step, settings),
            },
        },
    }


def _failure_rules() -> list[Body]:
    final = sorted(int(code) for code in PackerExit if code.final)
    return [
        {"action": "FailJob", "onExitCodes": {"containerName": CONTAINER, "operator": "In", "values": final}},
        {"action": "Ignore", "onPodConditions": [_DISRUPTED]},
    ]


def _pod_spec(step: RunPacker, settings: PackerSettings) -> Body:
    """As the Pod Security Standard "restricted" wants it."""
    spec: Body = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,  # it asks the API server for nothing
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": _GRACE_SECONDS,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [_container(step, settings)],
    }
    if step.service_account_name:
        spec["serviceAccountName"] = step.service_account_name
    if settings.node_selector:
        spec["nodeSelector"] = dict(settings.node_selector)
    if step.config_template is not None:
        spec["volumes"] = [_template_volume(*step.config_template)]
    return spec


def _container(step: RunPacker, settings: PackerSettings) -> Body:
    container: Body = {
        "name": CONTAINER,
        "image": settings.image,
        "args": [_literal(word) for word in _arguments(step)],
        "env": [{"name": name, "value": _literal(value)} for name, value in _environment(step, settings).items()],
        "resources": {
            "requests": {"cpu": settings.cpu, "memory": settings.memory},
            "limits": {"memory": settings.memory},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    if step.config_template is not None:
        container["volumeMounts"] = [{"name": "template", "mountPath": _TEMPLATE_FOLDER, "readOnly": True}]
    return container


def _arguments(step: RunPacker) -> list[str]:
    words = [
        "pack",
        f"--source={step.source_s3_uri}",
        f"--source-digest={step.source_digest}",
        f"--target={step.s3_uri}",
        f"--layout={step.layout}",
    ]
    words += [f"--metadata={name}={value}" for name, value in sorted(step.metadata.items())]
    if step.config_template is not None:
        words.append(f"--config-template={_TEMPLATE_FOLDER}/{_TEMPLATE_FILE}")
    if step.config_template_digest:
        words.append(f"--config-template-digest={step.config_template_digest}")
    return words


def _environment(step: RunPacker, settings: PackerSettings) -> dict[str, str]:
    region = {"AWS_REGION": step.region, "AWS_DEFAULT_REGION": step.region} if step.region else {}
    return {**settings.environment, **region}


def _template_volume(config_map: str, key: str) -> Body:
    return {"name": "template", "configMap": {"name": config_map, "items": [{"key": key, "path": _TEMPLATE_FILE}]}}


def _literal(word: str) -> str:
    """$(NAME) would be a variable's value to the kubelet (Kubernetes API, Container.args)."""
    return word.replace("$", "$$")
