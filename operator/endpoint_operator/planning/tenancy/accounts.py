"""Which AWS account a thing is in, as far as its name says."""

import re

from endpoint_operator.planning.tenancy.things import Thing

# 123456789012.dkr.ecr.REGION.amazonaws.com, dkr.ecr-fips, and dkr-ecr.REGION.on.aws (Amazon ECR User Guide, "Amazon
# ECR endpoints").
_REGISTRY = re.compile(r"^(?:[a-z]+://)?(\d{12})\.dkr[.-]ecr", re.IGNORECASE)


def account_of(thing: Thing, value: str) -> str | None:
    """The account's 12 digits, or whatever stands in their place; None where a name shows none.

    Subnets, security groups, keys by id or alias, and buckets show none.
    """
    if thing == Thing.IMAGE:
        named = _REGISTRY.match(value)
        return named[1] if named is not None else None
    # A bucket may be the ARN of an access point (Amazon S3 User Guide, "Using Amazon S3 compatible access points").
    arn = value.removeprefix("s3://")
    parts = arn.split(":", 5)
    if parts[0].lower() != "arn" or len(parts) < 6:
        return None
    return parts[4] or None
