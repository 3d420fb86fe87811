"""The rules of a tenancy file: which namespaces may use what. Several that name a namespace add up."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from endpoint_operator.planning.tenancy.accounts import account_of
from endpoint_operator.planning.tenancy.things import Reference, Thing

AWS_IMAGES = "aws"
"""An entry of imageRegistries: AWS's own framework images, whatever account and region they are in."""
NAMESPACE = "$(namespace)"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`namespaces` are globs. `allowed` has entries by thing: globs, and for S3 prefixes that end in a slash."""

    namespaces: tuple[str, ...]
    allowed: Mapping[Thing, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """A tenancy file."""

    rules: tuple[Rule, ...]

    def name(self, namespace: str) -> bool:
        """Whether any rule is about the namespace."""
        return any(True for _ in self._of(namespace))

    def allow(
        self, reference: Reference, *, namespace: str, home: str | None, aws_image_accounts: frozenset[str]
    ) -> bool:
        """Whether an entry covers it. What is in another account than `home` is covered only by an entry that names
        that account: a `*` never leads out of one's own."""
        account = account_of(reference.thing, reference.value)
        is_aws_image = reference.thing == Thing.IMAGE and account in aws_image_accounts
        is_foreign = account is not None and account != home and not is_aws_image
        for rule in self._of(namespace):
            for entry in rule.allowed.get(reference.thing, ()):
                filled = entry.replace(NAMESPACE, namespace)
                if is_foreign and account_of(reference.thing, filled) != account:
                    continue
                if (filled == AWS_IMAGES and is_aws_image) or _covers(filled, reference):
                    return True
        return False

    def _of(self, namespace: str) -> Iterator[Rule]:
        return (rule for rule in self.rules if any(is_glob_of(glob, namespace) for glob in rule.namespaces))


def is_glob_of(glob: str, value: str) -> bool:
    """Whether the whole value is of that form; `*` stands for any characters, also for none, and nothing else is
    special."""
    return re.fullmatch(".*".join(re.escape(part) for part in glob.split("*")), value, re.DOTALL) is not None


def _covers(entry: str, reference: Reference) -> bool:
    if reference.thing == Thing.S3:
        return entry == "*" or whole_bucket(reference.value).startswith(entry)
    if reference.thing == Thing.IMAGE and entry.endswith("/"):
        return is_glob_of(f"{entry}*", reference.value)
    return is_glob_of(entry, reference.value)


def whole_bucket(s3_uri: str) -> str:
    """The URI, with the slash that s3://BUCKET leaves out."""
    bucket = s3_uri.removeprefix("s3://")
    return f"{s3_uri}/" if s3_uri.startswith("s3://") and "/" not in bucket else s3_uri
