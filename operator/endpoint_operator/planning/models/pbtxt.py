"""The few words of a config.pbtxt that decide whether Triton finds the model: fields at its top, in text format.

Protocol Buffers documentation, "Text Format Language Specification". Not a parser of Triton's whole schema: what only
Triton can judge is left to Triton.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<blank>[\s,;]+|\#[^\n]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<mark>[{}\[\]<>:])
    |(?P<word>[^\s,;#"'{}\[\]<>:]+)""",
    re.VERBOSE,
)
_CLOSES = {"}": "{", "]": "[", ">": "<"}


class NotTextFormat(Exception):
    """The text is no message in protobuf text format; the text of this says where."""


@dataclass(frozen=True, kw_only=True)
class _Token:
    kind: str
    text: str
    line: int


def top_fields(text: str) -> dict[str, str]:
    """Scalar fields at the top of the message, the last of each; strings without their quotes. Raises NotTextFormat."""
    fields: dict[str, str] = {}
    open_marks: list[_Token] = []
    name, after_colon, in_text = "", False, False
    for token in _tokens(text):
        if token.kind == "mark":
            _open_or_close(token, open_marks)
            after_colon, in_text = token.text == ":" and not open_marks, False
        elif open_marks:
            continue
        elif after_colon or (in_text and token.kind == "text"):
            # Texts that follow each other are one.
            fields[name] = fields[name] + _plain(token) if in_text else _plain(token)
            after_colon, in_text = False, token.kind == "text"
        else:
            name, in_text = token.text, False
    if open_marks:
        raise NotTextFormat(f"line {open_marks[-1].line}: '{open_marks[-1].text}' is never closed")
    return fields


def _tokens(text: str) -> Iterator[_Token]:
    position, line = 0, 1
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise NotTextFormat(f"line {line}: a text that begins with {text[position]} is never closed")
        kind = match.lastgroup or "blank"
        if kind != "blank":
            yield _Token(kind=kind, text=match[0], line=line)
        line += match[0].count("\n")
        position = match.end()


def _open_or_close(token: _Token, open_marks: list[_Token]) -> None:
    if token.text in _CLOSES.values():
        open_marks.append(token)
    elif token.text in _CLOSES:
        if not open_marks or open_marks[-1].text != _CLOSES[token.text]:
            raise NotTextFormat(f"line {token.line}: '{token.text}' closes nothing")
        open_marks.pop()


def _plain(token: _Token) -> str:
    """Names of models and platforms hold nothing that is written with an escape."""
    return token.text[1:-1] if token.kind == "text" else token.text
