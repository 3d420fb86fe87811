"""Values of Secrets and ConfigMaps, taken out of what others say: AWS repeats what it refuses, a container prints it.

A value of four characters and more is hidden wherever it stands, also where it was cut off, or written as JSON, as a
literal, in a URL or in base64. A shorter one, "1" or "no", stands in every sentence: to hide it everywhere would hide
the sentence, and the gaps would tell what it is. It is hidden where it can be seen to be a value: in quotes, between
the signs of a list or a mapping, and behind the name of its variable.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

SHORTEST_HIDDEN_EVERYWHERE = 4
# So much of the beginning of a value is no accident: it is the value, cut off.
_BEGINNING = 16

Span = tuple[int, int]


def without_values(text: str, values: Iterable[str], *, names: Iterable[str] = (), mark: str) -> str:
    """The text with `mark` in the place of each value; `names` are those of the variables that have them."""
    forms = {form for value in values for form in _forms(value)}
    spans = [span for form in forms if len(form) >= SHORTEST_HIDDEN_EVERYWHERE for span in _everywhere(text, form)]
    short = [form for form in forms if len(form) < SHORTEST_HIDDEN_EVERYWHERE]
    spans += [found.span("value") for pattern in _as_values(short, tuple(names)) for found in pattern.finditer(text)]
    return _cut(text, spans, mark)


def _forms(value: str) -> Iterator[str]:
    """As it is, and as a program would write it."""
    if not value:
        return
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    if len(value) >= SHORTEST_HIDDEN_EVERYWHERE:
        yield base64.b64encode(value.encode()).decode()
        yield quote(value, safe="")
    yield from (line for line in value.splitlines() if len(line) >= SHORTEST_HIDDEN_EVERYWHERE)


def _everywhere(text: str, form: str) -> Iterator[Span]:
    """Of the whole, and of beginnings of it."""
    head = form[:_BEGINNING]
    start = text.find(head)
    while start >= 0:
        end = start + len(head)
        while end < len(text) and end - start < len(form) and text[end] == form[end - start]:
            end += 1
        yield start, end
        start = text.find(head, start + 1)


def _as_values(forms: Sequence[str], names: Sequence[str]) -> Iterator[re.Pattern[str]]:
    """Patterns of the places where a short word can be seen to be a value."""
    if not forms:
        return
    value = f"(?P<value>{'|'.join(re.escape(form) for form in sorted(forms, key=len, reverse=True))})"
    yield re.compile(rf"""(?<=["'`=:{{\[(,])\s?{value}(?=$|["'`,;}}\])])""")
    if names:
        named = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        yield re.compile(rf"""\b(?:{named})["'`]?\s?[=:]?\s?["'`]?{value}(?!\w)""")


def _cut(text: str, spans: Iterable[Span], mark: str) -> str:
    """What overlaps becomes one mark, and no mark is looked into again."""
    parts: list[str] = []
    kept = 0
    for start, end in sorted(spans):
        if start > kept or not parts:
            parts += [text[kept:start], mark]
        kept = max(kept, end)
    return "".join((*parts, text[kept:]))
