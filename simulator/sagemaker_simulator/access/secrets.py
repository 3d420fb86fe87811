"""The secrets of access keys: those that moto's IAM and STS gave out, and the root key of the simulator's account."""

import os
from collections.abc import Mapping

from moto.iam.models import iam_backends


def secret_of(access_key: str, *, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the key's secret, None for an unknown key.

    The key in the simulator's own AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is the root key: with it the first IAM
    user and the first access key are made.
    """
    if access_key == environment.get("AWS_ACCESS_KEY_ID"):
        return environment.get("AWS_SECRET_ACCESS_KEY")
    for account in list(iam_backends.values()):
        for backend in list(account.values()):
            key = backend.access_keys.get(access_key)
            if key is not None:
                return str(key.secret_access_key)
    return None
