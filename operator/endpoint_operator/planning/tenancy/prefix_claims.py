"""Which S3 prefixes an endpoint asks for, and which it has already."""

from collections.abc import Iterable

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.tenancy.prefix_holders import PrefixClaim, PrefixHolders
from endpoint_operator.planning.tenancy.rules import Rules
from endpoint_operator.planning.tenancy.things import Reference, Thing

_HAS_IT = (RevisionState.ACTIVE, RevisionState.DEPLOYING)


def claims_of(endpoint: InferenceEndpoint) -> tuple[PrefixClaim, ...]:
    """What its spec asks for, and what its revisions have that serve or are on their way; () where all of them are not
    multi-model."""
    multi_model = endpoint.spec.multi_model if endpoint.spec_error is None else None
    wanted = [multi_model.s3_prefix] if multi_model is not None else []
    rows = endpoint.status.revisions
    had = [row.resolved.s3_prefix for row in rows if row.state in _HAS_IT and row.resolved.s3_prefix is not None]
    return tuple(
        PrefixClaim(
            namespace=endpoint.namespace,
            name=endpoint.name,
            uid=endpoint.uid,
            created=endpoint.creation_timestamp,
            prefix=prefix,
            serves=prefix in had,
        )
        for prefix in dict.fromkeys((*had, *wanted))
    )


def who_hold(claims: Iterable[PrefixClaim], rules: Rules | None) -> PrefixHolders:
    """A claim to what the rules do not allow its namespace keeps nobody else away."""
    return PrefixHolders(claim for claim in claims if rules is None or _may(claim, rules))


def _may(claim: PrefixClaim, rules: Rules) -> bool:
    wanted = Reference(thing=Thing.S3, field="", value=claim.prefix)
    return rules.allow(wanted, namespace=claim.namespace, home=None, aws_image_accounts=frozenset())
