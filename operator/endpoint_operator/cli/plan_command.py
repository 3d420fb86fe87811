"""`plan`: the calls that applying a file would make."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any, TextIO

import click
from kubernetes.aio.client import ApiClient

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.rooms import AwsRooms
from endpoint_operator.cli.arguments import chosen_namespace, json_option, namespace_option
from endpoint_operator.cli.aws_inputs import OperatorFlags, open_aws, operator_flags, why_not_asked
from endpoint_operator.cli.complaint import Complaint, cluster
from endpoint_operator.cli.layout import terminal_width
from endpoint_operator.cli.manifest import Manifests, read_manifests
from endpoint_operator.cli.plan_text import STUCK, plan_lines
from endpoint_operator.kube.dry_run import Applied, DryRunApply
from endpoint_operator.kube.refusals import Refused
from endpoint_operator.planning.foresight import Foreseen, foresee

NOTHING_TO_DO, FAILED, CALLS_TO_MAKE = 0, 1, 2

# The uid is a tag on everything in AWS, and the API server gives it when the object is made, not before.
UID_TO_COME = "assigned-when-applied"

Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What is planned for one object of the file, or why nothing can be."""

    name: str
    foreseen: Foreseen | None = None
    refusal: str | None = None

    @property
    def exit_code(self) -> int:
        if self.foreseen is None or (not self.foreseen.plan.steps and self.foreseen.plan.situation in STUCK):
            return FAILED
        return CALLS_TO_MAKE if self.foreseen.plan.steps else NOTHING_TO_DO


@click.command()
@click.option(
    "-f", "--filename", "file", type=click.File(encoding="utf-8"), required=True, help="Manifest; - is standard input."
)
@namespace_option
@json_option
@click.option(
    "--force-conflicts",
    is_flag=True,
    help="Plan as `kubectl apply --server-side --force-conflicts` would apply.",
)
@operator_flags
def plan(
    *, file: TextIO, namespace: str | None, output: str | None, force_conflicts: bool, **flags: str | None
) -> None:
    """Show the AWS calls that applying a file would make, and make none.

    The API server admits the file in a dry run, so its refusals and defaults are those of a real apply: for a new
    object that of `kubectl apply`, for one that exists the way in which it was applied last. Then the operator's own
    planning runs against what is in AWS now, with your credentials. Nothing is written in the cluster or in AWS.

    All calls are shown in their order, up to the object being at rest, taking SageMaker to succeed. Where SageMaker
    is at work on the endpoint, it says what for, and what follows is not planned before that is done. Environment
    values of containers are shown, as they are to everyone who may call DescribeModel. The uid of a new object is not
    known before it is applied; until then its tag reads

    \b
      assigned-when-applied

    Objects of other kinds in the file are passed over and named on standard error.

    A plan is only as good as its flags: give those that the operator was started with. Each is an environment variable
    too, as it is for the operator:

    \b
      ENDPOINT_OPERATOR_DEFAULT_EXECUTION_ROLE_ARN
      ENDPOINT_OPERATOR_CLUSTER_ID
      ENDPOINT_OPERATOR_REGION

    -o json prints situation, because and calls[], each call with its operation and members, and the object; a list
    where the file holds several InferenceEndpoints.

    \b
    Examples:
      kubectl inference plan -f churn.yaml
      kustomize build . | kubectl inference plan -f - -o json

    Needs the right to get, create and patch inferenceendpoints and to get the namespace kube-system; in AWS
    sagemaker:DescribeEndpoint, sagemaker:ListTags, and iam:GetRole, s3:ListBucket and s3:GetObject for the looks at
    role and artifact (skipped where you may not).

    \b
    Exit code (the highest claim wins: 1, then 2, then 0):
      0  nothing to do, or no calls for now
      2  calls to make
      1  error: refused, not understood, not reachable; or the object would be
         Stalled, and the sentence says what to change
    """
    manifests = read_manifests(file, namespace=namespace, default_namespace=chosen_namespace(namespace))
    for name in manifests.passed_over:
        click.echo(f"passed over: {name} is no InferenceEndpoint", err=True)
    planned = asyncio.run(_plan_all(manifests, OperatorFlags(**flags), force_conflicts=force_conflicts))
    _show(planned, as_json=output == "json")
    codes = {each.exit_code for each in planned}
    click.get_current_context().exit(next((code for code in (FAILED, CALLS_TO_MAKE) if code in codes), NOTHING_TO_DO))


async def _plan_all(manifests: Manifests, flags: OperatorFlags, *, force_conflicts: bool) -> list[Planned]:
    async with AsyncExitStack() as stack:
        api_client = await stack.enter_async_context(cluster())
        applied = [await _apply(api_client, each, force_conflicts=force_conflicts) for each in manifests.endpoints]
        if not any(isinstance(each, Applied) for each in applied):
            return [each for each in applied if isinstance(each, Planned)]
        aws = await open_aws(flags, api_client)
        stack.callback(aws.close)
        return [each if isinstance(each, Planned) else await _plan(each, aws) for each in applied]


async def _apply(api_client: ApiClient, manifest: Body, *, force_conflicts: bool) -> Applied | Planned:
    try:
        return await DryRunApply(api_client).apply(manifest, force_conflicts=force_conflicts)
    except Refused as refused:
        metadata = manifest["metadata"]
        if refused.status in (0, 401):  # nothing about this object: the next one would hear the same
            raise
        return Planned(name=f"{metadata['namespace']}/{metadata['name']}", refusal=str(refused))


async def _plan(applied: Applied, aws: AwsRooms) -> Planned:
    endpoint = InferenceEndpoint.parse(applied.body)
    if applied.is_new:
        endpoint = replace(endpoint, uid=UID_TO_COME)
    inputs = aws.inputs_of(endpoint)
    facts = await aws.observe(endpoint, inputs)
    if facts.aws_fault is not None:
        raise Complaint(why_not_asked(facts.aws_fault))
    return Planned(name=endpoint.object_name, foreseen=foresee(endpoint, facts, inputs))


def _show(planned: list[Planned], *, as_json: bool) -> None:
    for each in planned:
        if each.refusal is not None:
            click.echo(f"{each.name} cannot be applied: {each.refusal}", err=True)
    made = [(each.name, each.foreseen) for each in planned if each.foreseen is not None]
    if as_json:
        documents = [{"object": name, **foreseen.plan.as_json()} for name, foreseen in made]
        if documents:
            click.echo(json.dumps(documents if len(planned) > 1 else documents[0], indent=2))
    else:
        for index, (name, foreseen) in enumerate(made):
            click.echo("\n".join([*([""] if index else []), *plan_lines(name, foreseen, width=terminal_width())]))
    for _, foreseen in made:
        if foreseen.plan.reason == "ExecutionRoleMissing":
            click.echo("hint: where the operator has a --default-execution-role-arn, give it to plan too", err=True)
