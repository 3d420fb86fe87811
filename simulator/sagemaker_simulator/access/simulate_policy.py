"""SimulatePrincipalPolicy: what the policies of a role or a user say of actions.

Source: SimulatePrincipalPolicy in the IAM API reference. Permissions boundaries, resource policies and policies of an
organization are not looked at; policies that hold what cannot be judged are refused.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends

from sagemaker_simulator.backing.moto import Moto
from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.request import Call, Incoming, Reply

from .policy import Action, BadPolicy, Policy, Statement, Verdict, policy_of

_DECISIONS = {Verdict.ALLOWED: "allowed", Verdict.NOT_ALLOWED: "implicitDeny", Verdict.DENIED: "explicitDeny"}
_NOT_MODELLED = ("PolicyInputList", "PermissionsBoundaryPolicyInputList", "ResourcePolicy", "CallerArn", "Marker")


class SimulatePrincipalPolicy:
    """The operation, on the roles and users of moto's IAM."""

    def __init__(self, *, moto: Moto) -> None:
        self._moto = moto

    async def answer(self, call: Call, _request: Incoming) -> Reply:
        """Return one decision for every action and resource. Raises AwsError."""
        parameters = call.parameters
        for member in _NOT_MODELLED:
            if any(name == member or name.startswith(f"{member}.") for name in parameters):
                raise NotModelled(f"{member} of SimulatePrincipalPolicy is not modelled")
        source = parameters.get("PolicySourceArn", "")
        documents = await self._moto.run(lambda: _documents(source))
        try:
            policy = Policy(tuple(statement for document in documents for statement in _statements(document)))
        except BadPolicy as problem:
            raise NotModelled(f"a policy of {source} cannot be judged: {problem}") from None
        context = _context(parameters)
        resources = _members(parameters, "ResourceArns") or ["*"]
        results = [
            (action, resource, policy.verdict(Action(name=action, resource=resource, context=context)))
            for action in _members(parameters, "ActionNames")
            for resource in resources
        ]
        return Reply(status=200, body=_xml(results).encode(), headers={"Content-Type": "text/xml"})


def _documents(source: str) -> list[Any]:
    """Return the policy documents of the role or user. Call on moto's thread. Raises AwsError when it is not there."""
    parts = source.split(":", 5)
    kind, _, rest = parts[-1].partition("/")
    if len(parts) != 6 or kind not in ("role", "user"):
        raise AwsError("InvalidInput", f"Invalid Entity Arn: {source} does not clearly define entity type and name.")
    backend = iam_backends[parts[4]][parts[1]]
    name = rest.rpartition("/")[2]
    try:
        holder = backend.get_role(name) if kind == "role" else backend.get_user(name)
    except ServiceException:
        raise AwsError("NoSuchEntity", f"The {kind} with name {name} cannot be found.", status=404) from None
    attached = [
        version.document
        for policy in holder.managed_policies.values()
        for version in policy.versions
        if version.version_id == policy.default_version_id
    ]
    return [*holder.policies.values(), *attached]


def _statements(document: Any) -> Iterator[Statement]:
    yield from policy_of(json.loads(document) if isinstance(document, str) else document).statements


def _members(parameters: Mapping[str, str], name: str) -> list[str]:
    """Return a list of the query protocol: `NAME.member.1` and so on."""
    prefix = f"{name}.member."
    numbered = {int(key.removeprefix(prefix)): value for key, value in parameters.items() if key.startswith(prefix)}
    return [numbered[number] for number in sorted(numbered)]


def _context(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the condition keys that were given, with the first value of each."""
    context = {}
    for name, value in parameters.items():
        if name.startswith("ContextEntries.member.") and name.endswith(".ContextKeyName"):
            first = name.removesuffix("ContextKeyName") + "ContextKeyValues.member.1"
            context[value.lower()] = parameters.get(first, "")
    return context


def _xml(results: list[tuple[str, str, Verdict]]) -> str:
    members = "".join(
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{_DECISIONS[verdict]}</EvalDecision><MissingContextValues/></member>"
        for action, resource, verdict in results
    )
    return (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        f"<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>{members}"
        "</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    )
