"""Whether a namespace may use a thing, and the sentence for whoever may not."""

from collections.abc import Iterable

from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.tenancy.accounts import account_of
from endpoint_operator.planning.tenancy.rules import whole_bucket
from endpoint_operator.planning.tenancy.tenancy import Tenancy
from endpoint_operator.planning.tenancy.things import Reference, Thing

NOT_ALLOWED = "NotAllowed"
# So that the sentence stays one.
_MOST_FIELDS = 8
_ACCOUNT_UNKNOWN = Fault(
    blame=Blame.WORLD,
    reason="AccountUnknown",
    message="AWS has not said yet which account the operator works in, so that what names an account cannot be judged; "
    "it is asked again",
)


def fault_in(references: Iterable[Reference], *, namespace: str, tenancy: Tenancy, home: str | None) -> Fault | None:
    """The user's NotAllowed about the first thing that the namespace may not use, and which other fields are; None
    where it may use all. `home` is the account that the object is in; where it is not known (None), nothing that names
    an account can be judged: the world's AccountUnknown."""
    references = tuple(references)
    if home is None and any(account_of(each.thing, each.value) is not None for each in references):
        return _ACCOUNT_UNKNOWN
    found = [
        (reference, sentence)
        for reference in references
        if (sentence := _refusal(reference, namespace=namespace, tenancy=tenancy, home=home)) is not None
    ]
    if not found:
        return None
    first, sentence = found[0]
    others = sorted({reference.field for reference, _ in found} - {first.field})
    more = f"; the same goes for {', '.join(others[:_MOST_FIELDS])}" if others else ""
    more += " and others" if len(others) > _MOST_FIELDS else ""
    # What another namespace holds may become free without an edit here.
    return Fault(
        blame=Blame.USER, reason=NOT_ALLOWED, message=f"{first.field}: {sentence}{more}", about_inputs=_may_pass(first)
    )


def _may_pass(reference: Reference) -> bool:
    return reference.thing == Thing.S3


def _refusal(reference: Reference, *, namespace: str, tenancy: Tenancy, home: str | None) -> str | None:
    if reference.thing == Thing.S3:
        reason = (
            _otherwise_written(reference) or _dots(reference) or _of_another_namespace(reference, namespace, tenancy)
        )
        if reason is not None:
            return reason
    if tenancy.rules is None:
        return _without_rules(reference, namespace, tenancy, home)
    allowed = tenancy.rules.allow(
        reference, namespace=namespace, home=home, aws_image_accounts=tenancy.aws_image_accounts
    )
    if allowed:
        return None
    known = tenancy.rules.name(namespace)
    why = "" if known else ", for no rule of the tenancy file is about this namespace"
    rule = "a rule for this namespace" if known else f"a new rule with namespaces: [{namespace}]"
    return (
        f"namespace {namespace} may not use {reference.value}{_place(reference, home)}{why}; use one that it may, or "
        f"have an administrator of the operator add it to {reference.thing.value} of {rule}"
    )


def _without_rules(reference: Reference, namespace: str, tenancy: Tenancy, home: str | None) -> str | None:
    account = account_of(reference.thing, reference.value)
    if account is None or account == home:
        return None
    if reference.thing == Thing.IMAGE and account in tenancy.aws_image_accounts:
        return None
    return (
        f"{reference.value} is in account {account}, not in {home}, and nothing of another account may be used without "
        "a rule; use one of the own account, or have an administrator of the operator give it a tenancy file "
        f"(--tenancy-file) in which {reference.thing.value} of a rule for namespace {namespace} "
        "names it"
    )


def _place(reference: Reference, home: str | None) -> str:
    account = account_of(reference.thing, reference.value)
    return f" of account {account}" if account is not None and account != home else ""


def _otherwise_written(reference: Reference) -> str | None:
    """SageMaker takes https://BUCKET.s3.REGION.amazonaws.com/KEY in some members, in several spellings."""
    if reference.value.startswith("s3://"):
        return None
    return f"{reference.value} does not tell whose it is; write it as s3://BUCKET/KEY"


def _dots(reference: Reference) -> str | None:
    """To S3 they are letters of a key; to a proxy on the way they may lead somewhere else."""
    parts = reference.value.split("/")
    if not any(part in (".", "..") for part in parts):
        return None
    return f"{reference.value} has the part . or .., which is a letter to S3 and a way up to others; write the key out"


def _of_another_namespace(reference: Reference, namespace: str, tenancy: Tenancy) -> str | None:
    holder = tenancy.holders.other_holder(
        whole_bucket(reference.value), namespace=namespace, reads_below=reference.reads_below
    )
    if holder is None:
        return None
    return (
        f"{reference.value} overlaps with {holder.prefix}, where the multi-model endpoint {holder.namespace}/"
        f"{holder.name} has its models; namespace {namespace} needs a place of its own"
    )
