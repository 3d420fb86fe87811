"""The services that moto answers, with the operations on which it cannot be left alone."""

from collections.abc import Awaitable, Callable, Mapping

from .access.assume_role import AssumeRole
from .access.sessions import Sessions
from .access.simulate_policy import SimulatePrincipalPolicy
from .backing.copy_conditions import check_copy
from .backing.moto import SERVICES, Moto
from .backing.network_ids import check_network_ids
from .backing.roles import Roles
from .wire.errors import NotModelled
from .wire.request import Call, Incoming, Reply
from .wire.virtual_hosts import path_style

Answer = Callable[[Call, Incoming], Awaitable[Reply]]


class MotoServices:
    """S3, IAM, STS, SNS, SQS, EventBridge, EC2 and KMS."""

    def __init__(self, *, moto: Moto, sessions: Sessions) -> None:
        self._moto = moto
        roles = AssumeRole(moto=moto, roles=Roles(moto), sessions=sessions)
        self._own: Mapping[tuple[str, str], Answer] = {
            ("sts", "AssumeRole"): roles.assume_role,
            ("sts", "AssumeRoleWithWebIdentity"): roles.assume_role_with_web_identity,
            # Moto answers these with one key for everybody, which is nobody's.
            ("sts", "GetSessionToken"): _refuse,
            ("sts", "GetFederationToken"): _refuse,
            ("iam", "SimulatePrincipalPolicy"): SimulatePrincipalPolicy(moto=moto).answer,
            ("s3", "CopyObject"): self._copy,
            ("s3", "UploadPartCopy"): self._copy,
            ("ec2", "DescribeSubnets"): self._describe_network,
            ("ec2", "DescribeSecurityGroups"): self._describe_network,
        }

    def has(self, service: str) -> bool:
        return service in SERVICES

    async def answer(self, call: Call, request: Incoming) -> Reply:
        """Return the answer. Raises AwsError; NotModelled for what moto does not do."""
        if call.service == "s3":
            request = path_style(request)
        own = self._own.get((call.service, call.operation))
        if own is not None:
            return await own(call, request)
        try:
            return await self._moto.answer(request)
        except NotImplementedError:
            return await _refuse(call, request)

    async def _copy(self, call: Call, request: Incoming) -> Reply:
        return await self._moto.answer(request, check=lambda: check_copy(call, request))

    async def _describe_network(self, call: Call, request: Incoming) -> Reply:
        await self._moto.run(lambda: check_network_ids(call.operation, call.parameters, call.caller))
        return await self._moto.answer(request)


async def _refuse(call: Call, _request: Incoming) -> Reply:
    raise NotModelled(f"{call.service} {call.operation} is not modelled")
