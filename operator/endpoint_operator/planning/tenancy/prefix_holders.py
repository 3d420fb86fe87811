"""Whose an S3 prefix is: that of the multi-model endpoint that serves from it, or asked for it first.

Every namespace that reaches into another's prefix could read its models, or put its own in their place.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class PrefixClaim:
    """What one multi-model endpoint asks for. `prefix` ends in a slash."""

    namespace: str
    name: str
    uid: str
    created: str
    """creationTimestamp."""
    prefix: str
    serves: bool
    """Whether a revision with this very prefix serves, or is being deployed."""

    @property
    def rank(self) -> tuple[bool, str, str]:
        """Who serves goes first, then the older: an edit never takes a prefix away from whoever has it."""
        return not self.serves, self.created, self.uid


class PrefixHolders:
    """Of claims that overlap between namespaces only the first holds; endpoints of one namespace may share."""

    def __init__(self, claims: Iterable[PrefixClaim] = ()) -> None:
        self._claims = tuple(claims)

    @cached_property
    def _held(self) -> dict[str, dict[str, PrefixClaim]]:
        """Those that hold, by bucket and prefix."""
        held: dict[str, dict[str, PrefixClaim]] = {}
        inner: dict[str, set[str]] = {}
        for claim in sorted(self._claims, key=lambda each: each.rank):
            folders = list(_folders(claim.prefix))
            mine = held.setdefault(folders[0], {})
            above = (mine[folder].namespace for folder in folders if folder in mine)
            if all(namespace == claim.namespace for namespace in (*above, *inner.get(claim.prefix, ()))):
                mine.setdefault(claim.prefix, claim)
                for folder in folders:
                    inner.setdefault(folder, set()).add(claim.namespace)
        return held

    def other_holder(self, s3_uri: str, *, namespace: str, reads_below: bool) -> PrefixClaim | None:
        """The endpoint of another namespace in whose prefix the URI is; or that has its own below it, where everything
        below the URI is read.

        What SageMaker writes to s3://bucket/a goes below s3://bucket/a/: without its slash it is the same place.
        """
        bucket = s3_uri.removeprefix("s3://").partition("/")[0]
        for prefix, claim in self._held.get(f"s3://{bucket}/", {}).items():
            reaches = f"{s3_uri}/".startswith(prefix) or (reads_below and prefix.startswith(s3_uri))
            if reaches and claim.namespace != namespace:
                return claim
        return None


def _folders(prefix: str) -> Iterator[str]:
    """s3://bucket/, s3://bucket/a/ and so on, down to the prefix itself."""
    above = "s3://"
    for part in prefix.removeprefix("s3://").removesuffix("/").split("/"):
        above = f"{above}{part}/"
        yield above
