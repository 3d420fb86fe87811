"""The order of versions as AWS's images spell them: 1.7-1, 2.10.0, 24.09, pytorch1.13.1, py310."""

import re
from collections.abc import Iterable


def numbers(version: str) -> tuple[int, ...]:
    """All numbers in it, to sort by; a word without numbers, as `latest`, is older than all."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def nearest(wanted: str, versions: Iterable[str]) -> list[str]:
    """The versions that share the longest beginning with `wanted`, newest first; all where none shares anything."""
    ordered = sorted(versions, key=numbers, reverse=True)
    beginning = numbers(wanted)
    for length in range(len(beginning), 0, -1):
        near = [version for version in ordered if numbers(version)[:length] == beginning[:length]]
        if near:
            return near
    return ordered


def without_patch(version: str) -> str:
    """pytorch1.13 of pytorch1.13.1."""
    return version.rpartition(".")[0]


def python_number(python: str | None) -> tuple[int, int]:
    """To sort by: py3 is older than py36, and py38 older than py310."""
    digits = (python or "").removeprefix("py")
    return int(digits[:1] or 0), int(digits[1:] or -1)
