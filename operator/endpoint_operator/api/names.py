"""Names in AWS: made from content, so that the same spec has the same names and nothing is made twice."""

import hashlib
import re
from collections.abc import Mapping

MAXIMUM = 63
REVISION_LENGTH = 10

# Room for -<revision> and -<suffix> in 63 characters.
_PREFIX_LENGTH = 46
_SUFFIX_LENGTH = 4
_OBJECT_NAME = re.compile(
    rf"^(?P<prefix>.+)-(?P<revision>[0-9a-f]{{{REVISION_LENGTH}}})(-(?P<suffix>[0-9a-f]{{{_SUFFIX_LENGTH}}}))?$"
)


def hex_digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def default_endpoint_name(*, namespace: str, name: str) -> str:
    """`<namespace>-<name>`, with a hash where two objects could otherwise come to the same name.

    SageMaker takes letters, digits and hyphens, at most 63, and puts names into ARNs in lower case.
    """
    plain = f"{namespace}-{name}"
    mapped = plain.lower().replace(".", "-")
    if "-" not in namespace and mapped == plain and len(mapped) <= MAXIMUM:
        return mapped
    digest = hex_digest(f"{namespace}/{name}", 6)
    return f"{mapped[: MAXIMUM - 7].rstrip('-')}-{digest}"


def revision_object_name(*, endpoint_name: str, revision: str, suffix: str | None = None) -> str:
    """Name of a model or an endpoint config of a revision; `suffix` has at most four characters."""
    name = f"{endpoint_name[:_PREFIX_LENGTH].rstrip('-')}-{revision}"
    return f"{name}-{suffix}" if suffix else name


def capacities_suffix(
    counts: Mapping[str, int], weights: Mapping[str, float], concurrencies: Mapping[str, str] | None = None
) -> str:
    """Suffix of an endpoint config that differs from its revision's first one only in what it begins with."""
    wanted = [f"{name}={counts[name]}:{weights.get(name)}" for name in sorted(counts)]
    wanted += [f"{name}={each}" for name, each in sorted((concurrencies or {}).items())]
    return hex_digest(",".join(wanted), _SUFFIX_LENGTH)


def revision_of(*, config_name: str, endpoint_name: str) -> str | None:
    """The revision that an endpoint config belongs to; None when its name is not one of ours for that endpoint."""
    match = _OBJECT_NAME.match(config_name)
    if match is None or match["prefix"] != endpoint_name[:_PREFIX_LENGTH].rstrip("-"):
        return None
    return match["revision"]
