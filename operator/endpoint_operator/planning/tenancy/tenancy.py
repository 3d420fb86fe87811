"""What a decision about tenancy is made from, as it was when the pass began."""

from dataclasses import dataclass, field

from endpoint_operator.planning.tenancy.prefix_holders import PrefixHolders
from endpoint_operator.planning.tenancy.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Tenancy:
    """`rules` is None where there is no tenancy file: everything in the operator's own account may be used."""

    rules: Rules | None = None
    account: str | None = None
    """The operator's own; None until AWS has said which."""
    holders: PrefixHolders = field(default_factory=PrefixHolders)
    aws_image_accounts: frozenset[str] = frozenset()
    """Accounts of AWS's own framework images."""
