"""Credentials of a role that the operator assumes: fetched at first need, and again before they expire."""

from typing import Any

from botocore.credentials import AssumeRoleCredentialFetcher, Credentials, DeferredRefreshableCredentials
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

SESSION_NAME = "sagemaker-endpoint-operator"


def credentials_of_role(own: Session, role_arn: str, *, region: str) -> Credentials:
    """Credentials that refresh themselves; `own` is the session that may assume the role."""

    def fetch() -> Any:
        source = own.get_credentials()
        if source is None:
            raise NoCredentialsError
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=lambda service, **more: own.create_client(service, region_name=region, **more),
            source_credentials=source,
            role_arn=role_arn,
            extra_args={"RoleSessionName": SESSION_NAME},
        )
        return fetcher.fetch_credentials()

    return DeferredRefreshableCredentials(refresh_using=fetch, method="assume-role")
