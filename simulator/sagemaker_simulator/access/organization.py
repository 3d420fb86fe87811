"""The way into accounts that nobody has set up yet: each is a member of one organization.

An account that Organizations creates has the role OrganizationAccountAccessRole, which trusts the management account
("Accessing member accounts that have OrganizationAccountAccessRole", AWS Organizations User Guide). The management
account here is the one of keys that nobody gave out. An account that holds no role at all has not been set up by
anybody: the first role that is asked for there is made too, and trusts the same account.
"""

import json

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends

MANAGEMENT_ACCOUNT = "123456789012"
ROLE_NAME = "OrganizationAccountAccessRole"
_PARTITION = "aws"


def make_member_role(role_arn: str) -> None:
    """Make the role if it is asked for and is not there. Call on moto's thread."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    if account == MANAGEMENT_ACCOUNT:
        return
    backend = iam_backends[account][_PARTITION]
    if backend.roles and name != ROLE_NAME:
        return
    try:
        backend.get_role_by_arn(role_arn)
    except ServiceException:
        backend.create_role(
            role_name=name,
            assume_role_policy_document=json.dumps(_TRUST),
            path="/",
            permissions_boundary=None,
            description="made with the account",
            tags=[],
            max_session_duration="3600",
        )


_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{_PARTITION}:iam::{MANAGEMENT_ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}
