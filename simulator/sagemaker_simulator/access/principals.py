"""Who a caller is to IAM: the ARN that policies and refusals name."""

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from sagemaker_simulator.wire.request import Caller


def caller_arn(caller: Caller) -> str:
    """Return the ARN of the user or of the role's session behind the key; for a key that nobody gave out, a user's."""
    for partition in ("aws", "aws-cn"):
        key = iam_backends[caller.account][partition].access_keys.get(caller.access_key)
        if key is not None and key.user_name is not None:
            return str(iam_backends[caller.account][partition].users[key.user_name].arn)
        session = sts_backends[caller.account][partition].get_assumed_role_from_access_key(caller.access_key)
        if session is not None:
            return str(session.arn)
    return f"arn:aws:iam::{caller.account}:user/{caller.access_key}"
