"""The tables of the chart's README, between markers; the rest of it is written by hand."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hack.chart.documented_values import Value

LONGEST_DEFAULT = 60


def with_tables(readme: str, values: Iterable[Value], settings: Mapping[str, Mapping[str, Any]]) -> str:
    """Raises ValueError where a marker is missing."""
    rows = ((value.name, _default(value.default), value.description) for value in values)
    readme = _between(readme, "values", _table("value", rows))
    rows = ((name, _default(given.get("default")), _bounded(given)) for name, given in settings.items())
    return _between(readme, "settings", _table("settings.", rows))


def _between(text: str, name: str, table: str) -> str:
    begin, end = f"<!-- {name}: written by make generate -->", f"<!-- end of {name} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"the README lacks the lines {begin} and {end}")
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{table}{end}{rest.partition(end)[2]}"


def _table(title: str, rows: Iterable[tuple[str, str, str]]) -> str:
    lines = [f"| {title} | default | is |", "|---|---|---|"]
    lines += [f"| `{name}` | {default} | {_cell(words)} |" for name, default, words in rows]
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    if value in (None, ""):
        return ""
    text = json.dumps(value, ensure_ascii=False)
    return f"`{_cell(text)}`" if len(text) <= LONGEST_DEFAULT else "see values.yaml"


def _bounded(given: Mapping[str, Any]) -> str:
    """What --help says, and what it may be. A default that stands in its own column is not said twice."""
    words = str(given["description"])
    if "enum" in given:
        return f"{words} One of {', '.join(given['enum'])}."
    low, above, high = (given.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    bounds = [
        f"{word} {bound}"
        for word, bound in (("at least", low), ("above", above), ("at most", high))
        if bound is not None
    ]
    return f"{words} {', '.join(bounds).capitalize()}." if bounds else words


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
