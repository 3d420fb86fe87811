"""What the operator's own flags say, needed again to plan as it does; and AWS with the caller's credentials."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from kubernetes.aio.client import ApiClient

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.periods import WatchPeriods
from endpoint_operator.aws.prices import BundledPrices
from endpoint_operator.aws.room import AwsRoom
from endpoint_operator.aws.rooms import AwsRooms
from endpoint_operator.aws.session import RegionMissing
from endpoint_operator.catalogue.images import BundledImages
from endpoint_operator.catalogue.instance_memory import bundled_memory
from endpoint_operator.cli.complaint import Complaint
from endpoint_operator.engine.ports import NotLeading
from endpoint_operator.kube.api import KubeApi
from endpoint_operator.kube.cluster import ClusterNotReady, cluster_id
from endpoint_operator.planning.facts import CONSISTENCY_WINDOW_SECONDS, OperatorInputs
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.place import Place

Command = TypeVar("Command", bound=Callable[..., Any])

_FLAGS = (
    ("default-execution-role-arn", "Role of objects that name none."),
    ("cluster-id", "Name of the cluster in AWS tags. Default: the uid of the namespace kube-system."),
    ("region", "AWS region. Default: what boto3 finds, as in AWS_REGION."),
)
_REMEDIES = {
    "CredentialsMissing": "there are no AWS credentials; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY, or log in (aws sso login)",
    "CredentialsRefused": "AWS refused your credentials; renew them (aws sso login, or new keys)",
}


@dataclass(frozen=True, kw_only=True)
class OperatorFlags:
    """As the operator was started; None is its default."""

    region: str | None
    cluster_id: str | None
    default_execution_role_arn: str | None


def operator_flags(command: Command) -> Command:
    """The operator's flags that a plan depends on, with the operator's environment variables."""
    for name, text in _FLAGS:
        variable = f"ENDPOINT_OPERATOR_{name.upper().replace('-', '_')}"
        command = click.option(f"--{name}", envvar=variable, metavar="TEXT", help=text)(command)
    return command


async def open_aws(flags: OperatorFlags, api_client: ApiClient) -> AwsRooms:
    """The caller closes it. Raises Complaint."""
    cluster = flags.cluster_id or await _cluster_id(api_client)
    try:
        inputs = OperatorInputs(
            region="",
            cluster_id=cluster,
            runtime_url="",
            images=BundledImages(),
            memory=bundled_memory(),
            default_execution_role_arn=flags.default_execution_role_arn,
        )
        return AwsRooms(open_room=lambda place: _open_room(flags, cluster, place), inputs=inputs)
    except RegionMissing as error:
        raise Complaint(str(error)) from error
    # Only configuration has been read: a profile that is not there, an endpoint URL that is none. Their classes are
    # botocore's, which is the AWS room's alone to know.
    except Exception as error:
        raise Complaint(f"the AWS configuration cannot be used: {error}; correct AWS_* or ~/.aws/config") from error


def _open_room(flags: OperatorFlags, cluster: str, place: Place | None) -> AwsRoom:
    return AwsRoom(
        region=place.region if place is not None else flags.region,
        assume_role_arn=place.assume_role_arn if place is not None else None,
        periods=WatchPeriods(),
        cluster_id=cluster,
        consistency_window=CONSISTENCY_WINDOW_SECONDS,
        may_write=_writes_nothing,
        takes_over=False,
        prices=BundledPrices(),
        values=_ReadsNoValues(),
    )


def why_not_asked(fault: Fault) -> str:
    """Why AWS did not answer, said to the caller and not to the operator."""
    if fault.reason in _REMEDIES:
        return _REMEDIES[fault.reason]
    said = fault.message.replace("the operator's role", "your AWS identity").removesuffix("; it is tried again")
    return said if fault.reason == "OperatorNotAllowed" else f"AWS cannot be asked: {said}; try again"


async def _cluster_id(api_client: ApiClient) -> str:
    try:
        return await cluster_id(KubeApi(api_client))
    except ClusterNotReady as error:
        raise Complaint(
            f"{_short(error)}, and its uid is the cluster's name in AWS tags; ask for the right to get it, "
            "or give the operator's --cluster-id"
        ) from error


def _short(error: ClusterNotReady) -> str:
    """Without its remedy, which is for who installs the operator."""
    return str(error).partition(";")[0]


class _ReadsNoValues:
    """A plan makes no model, and so needs no value."""

    async def fill(self, endpoint: InferenceEndpoint, request: Mapping[str, Any]) -> dict[str, Any]:
        del endpoint, request
        raise NotLeading("kubectl-inference plan reads no values")


def _writes_nothing() -> None:
    """A plan only reads: whatever would change something is refused before it is sent."""
    raise NotLeading("kubectl-inference plan writes nothing")
