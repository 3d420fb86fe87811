"""Where packages come from, by the variables of whoever runs the simulator: for the install, never for a model."""

import os
from collections.abc import Mapping

_PREFIXES = ("UV_",)
_NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy")


def index_variables(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Those that uv reads to find a package index."""
    return {name: value for name, value in environment.items() if _is_one(name)}


def without_index_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The rest: an index's address may hold a password."""
    return {name: value for name, value in environment.items() if not _is_one(name)}


def _is_one(name: str) -> bool:
    return name.startswith(_PREFIXES) or name in _NAMES
