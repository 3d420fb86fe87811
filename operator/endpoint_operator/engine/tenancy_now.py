"""What is known of tenancy as of now, in memory: rules, the own account, and who holds which prefix."""

from collections.abc import Iterator
from dataclasses import replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.planning.tenancy.prefix_claims import claims_of, who_hold
from endpoint_operator.planning.tenancy.prefix_holders import PrefixClaim
from endpoint_operator.planning.tenancy.rules import Rules
from endpoint_operator.planning.tenancy.tenancy import Tenancy


class TenancyNow:
    """Told by whoever learns something; asked by every pass."""

    def __init__(self, *, rules: Rules | None, aws_image_accounts: frozenset[str] = frozenset()) -> None:
        """`rules` is None where there is no tenancy file."""
        self._now = Tenancy(rules=rules, aws_image_accounts=aws_image_accounts)
        self._claims: dict[ObjectKey, tuple[PrefixClaim, ...]] = {}

    def get(self) -> Tenancy:
        return self._now

    def put_rules(self, rules: Rules) -> None:
        """The file is another one."""
        self._now = replace(self._now, rules=rules, holders=who_hold(self._all(), rules))

    def put_account(self, account: str) -> None:
        """AWS said whose the operator's credentials are."""
        self._now = replace(self._now, account=account)

    def endpoint_remembered(self, key: ObjectKey, endpoint: InferenceEndpoint | None) -> None:
        """The endpoint as it is now; None: it is gone."""
        claims = claims_of(endpoint) if endpoint is not None else ()
        if claims == self._claims.get(key, ()):
            return
        self._claims[key] = claims
        if not claims:
            del self._claims[key]
        self._now = replace(self._now, holders=who_hold(self._all(), self._now.rules))

    def _all(self) -> Iterator[PrefixClaim]:
        return (claim for claims in self._claims.values() for claim in claims)
