"""AssumeRole held to what moto does not look at: the role, its trust policy and how long a session may last.

Source: AssumeRole in the STS API reference. Sessions themselves are moto's, and so is the account behind their keys.
"""

import re

from sagemaker_simulator.backing.moto import Moto
from sagemaker_simulator.backing.roles import Roles
from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.request import Call, Incoming, Reply

from .organization import make_member_role
from .policy import BadPolicy
from .principals import caller_arn
from .sessions import Sessions
from .trust import Assumption, is_trusted

DEFAULT_SECONDS = 3600
SHORTEST_SECONDS = 900
CHAINED_SECONDS = 3600  # the longest session of a role that is assumed with the credentials of another role
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")


class AssumeRole:
    """STS operations that give out the credentials of a role."""

    def __init__(self, *, moto: Moto, roles: Roles, sessions: Sessions) -> None:
        self._moto = moto
        self._roles = roles
        self._sessions = sessions

    async def assume_role(self, call: Call, request: Incoming) -> Reply:
        """Return credentials of the role's account. Raises AwsError (AccessDenied, ValidationError)."""
        role_arn = call.parameters.get("RoleArn", "")
        if _ROLE_ARN.fullmatch(role_arn) is None:
            raise AwsError("ValidationError", f"{role_arn} is invalid")
        arn = await self._moto.run(lambda: caller_arn(call.caller))
        await self._moto.run(lambda: make_member_role(role_arn))
        role = await self._roles.find(role_arn)
        wanted = Assumption(
            caller_arn=arn,
            caller_account=call.caller.account,
            role_arn=role_arn,
            session_name=call.parameters.get("RoleSessionName", ""),
            external_id=call.parameters.get("ExternalId"),
        )
        try:
            trusted = role is not None and is_trusted(role.trust, wanted)
        except BadPolicy as problem:
            raise NotModelled(f"the trust policy of {role_arn} cannot be judged: {problem}") from None
        if role is None or not trusted:
            message = f"User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            raise AwsError("AccessDenied", message, status=403)
        seconds = _seconds(call, longest=role.longest_session_seconds, chained=":assumed-role/" in arn)
        return self._sessions.begun(await self._moto.answer(request), seconds=seconds)

    async def assume_role_with_web_identity(self, call: Call, request: Incoming) -> Reply:
        """Return credentials as moto gives them: neither the token nor the trust policy is looked at."""
        seconds = _seconds(call, longest=12 * 3600, chained=False)
        return self._sessions.begun(await self._moto.answer(request), seconds=seconds)


def _seconds(call: Call, *, longest: int, chained: bool) -> int:
    given = call.parameters.get("DurationSeconds", str(DEFAULT_SECONDS))
    if not given.isdecimal() or int(given) < SHORTEST_SECONDS:
        raise AwsError(
            "ValidationError",
            f"1 validation error detected: Value '{given}' at 'durationSeconds' failed to satisfy constraint: "
            f"Member must have value greater than or equal to {SHORTEST_SECONDS}",
        )
    seconds = int(given)
    if chained and seconds > CHAINED_SECONDS:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )
    if seconds > longest:
        raise AwsError(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return seconds
