"""The operator's flags; each is an environment variable too (--log-level is ENDPOINT_OPERATOR_LOG_LEVEL)."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from endpoint_operator.kube.packing_job import PackerSettings


class Settings(BaseSettings):
    """Start the operator. It works with the credentials that boto3 finds and the cluster that it runs in or that
    KUBECONFIG names, until it gets SIGTERM."""

    model_config = SettingsConfigDict(
        env_prefix="ENDPOINT_OPERATOR_",
        cli_prog_name="python -m endpoint_operator run",
        cli_kebab_case=True,
        cli_implicit_flags=True,
        cli_hide_none_type=True,
        frozen=True,
    )

    region: str | None = Field(default=None, description="AWS region. Default: what boto3 finds, as in AWS_REGION.")
    default_execution_role_arn: str | None = Field(
        default=None, description="Role that SageMaker runs containers with where an object names none."
    )
    tenancy_file: str | None = Field(
        default=None,
        description="YAML file with the rules of which namespace may use which roles, S3 prefixes, keys, images and "
        "other things of AWS; read again when it changes. Default: everything in the operator's own account may be "
        "used, and nothing of another account.",
    )
    cluster_id: str | None = Field(
        default=None, description="Name of this cluster in AWS tags. Default: the uid of the namespace kube-system."
    )
    namespaces: str = Field(default="", description="Namespaces to work in, comma-separated. Default: all.")
    operator_namespace: str = Field(default="default", description="The namespace that the operator runs in.")
    http_address: str = Field(default="0.0.0.0:8080", description="Where /healthz, /readyz and /metrics are served.")
    workers: int = Field(default=32, ge=1, le=256, description="InferenceEndpoints that are worked on at once.")
    model_workers: int = Field(default=32, ge=1, le=256, description="InferenceModels that are worked on at once.")
    model_drain_seconds: float = Field(
        default=300.0,
        ge=0,
        description="For how long a model's earlier content stays in S3 after a change of target. Callers must hear of "
        "the new one within it; the ConfigMap of export follows within 10 s.",
    )
    copy_in_parts_above_mib: int = Field(
        default=5120, ge=5, le=5120, description="Larger archives are copied in parts; one call takes up to 5,120 MiB."
    )
    packer_image: str | None = Field(
        default=None, description="Image that packs directories. Without it, models come from archives only."
    )
    packer_cpu: str = Field(default="500m", description="CPU that a packing Job requests.")
    packer_memory: str = Field(default="512Mi", description="Memory that a packing Job requests and is limited to.")
    packer_node_selector: str = Field(
        default="", description="Labels of the nodes that packing Jobs run on, as in disk=fast,zone=a. Default: any."
    )
    packer_environment: str = Field(
        default="", description="Further environment variables of packing Jobs, as in NAME=value,OTHER=value."
    )
    packer_deadline_seconds: int = Field(
        default=4 * 3600, ge=60, description="For how long a packing Job may run, all its tries together."
    )
    packer_keep_seconds: int = Field(
        default=3600, ge=60, description="For how long a packing Job that has ended stays, to be looked at."
    )
    fleet_sweep_seconds: float = Field(default=90.0, gt=0, description="Pause between lists of all endpoints.")
    transition_seconds: float = Field(
        default=1.25, gt=0, description="Pause between lists of endpoints that are being changed."
    )
    inventory_seconds: float = Field(
        default=3600.0, gt=0, description="Pause between lists of tags, models and endpoint configs."
    )
    rollout_look_seconds: float = Field(
        default=15.0, gt=0, description="Pause between looks at a rollout in steps, while it lasts."
    )
    resync_seconds: float = Field(
        default=600.0, gt=0, description="Pause between lists of all objects in the cluster, the watch's safety net."
    )
    lease_seconds: float = Field(
        default=15.0, ge=1, description="How long a replica that is gone holds the Lease; another acts after that."
    )
    consistency_window_seconds: float = Field(
        default=30.0, gt=0, description="For how long SageMaker's reads may lag behind its writes."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="What is logged.")

    def packer(self) -> PackerSettings:
        """Raises ValueError where a flag is no list of NAME=value."""
        return PackerSettings(
            image=self.packer_image,
            cpu=self.packer_cpu,
            memory=self.packer_memory,
            node_selector=_pairs("--packer-node-selector", self.packer_node_selector),
            deadline_seconds=self.packer_deadline_seconds,
            keep_seconds=self.packer_keep_seconds,
            environment=_pairs("--packer-environment", self.packer_environment),
        )

    def watched_namespaces(self) -> tuple[str, ...]:
        return tuple(name.strip() for name in self.namespaces.split(",") if name.strip())

    def http_host_and_port(self) -> tuple[str, int]:
        """Raises ValueError when the address is not HOST:PORT."""
        host, separator, port = self.http_address.rpartition(":")
        if not separator or not port.isdigit():
            raise ValueError(f"--http-address {self.http_address}: give HOST:PORT, as in 0.0.0.0:8080")
        return host.strip("[]"), int(port)


def _pairs(flag: str, text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if any(not name.strip() or not equals for name, equals, _ in pairs):
        raise ValueError(f"{flag} {text}: give NAME=value, several with commas between them")
    return {name.strip(): value.strip() for name, _, value in pairs}
