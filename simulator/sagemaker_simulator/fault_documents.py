"""The document of POST /_sim/faults read into a rule, or refused with a sentence."""

from typing import Any

from .faults import Effect, ErrorToGive, Match, Rule

_EFFECTS = ("error", "delayMs", "dropAnswer", "hold")
_LIMITS = ("times", "forSeconds", "probability")
_MATCH = ("service", "operation", "resource", "account", "region")


class BadFault(ValueError):
    """A fault that cannot be taken; the message says why."""


def rule_of(document: object) -> Rule:
    """Return the rule that the document asks for. Raises BadFault."""
    if not isinstance(document, dict):
        raise BadFault("a fault must be a JSON object")
    _only(document, ("match", *_LIMITS, *_EFFECTS), "fault")
    limits = [name for name in _LIMITS if document.get(name) is not None]
    if len(limits) > 1:
        raise BadFault(f"only one of times, forSeconds and probability may be given, not {' and '.join(limits)}")
    return Rule(
        match=_match(document.get("match", {})),
        effect=_effect(document),
        times=_times(document.get("times")),
        for_seconds=_number(document.get("forSeconds"), "forSeconds", highest=float("inf")),
        probability=_number(document.get("probability"), "probability", highest=1.0),
        document=document,
    )


def _match(value: object) -> Match:
    if not isinstance(value, dict):
        raise BadFault("match must be a JSON object")
    _only(value, _MATCH, "match")
    for name, glob in value.items():
        if glob is not None and not isinstance(glob, str):
            raise BadFault(f"match.{name} must be a string, got {glob!r}")
    return Match(**value)


def _effect(document: dict[str, Any]) -> Effect:
    effect = Effect(
        error=_error(document.get("error")),
        delay_ms=_number(document.get("delayMs"), "delayMs", highest=3_600_000) or 0.0,
        drop_answer=_flag(document.get("dropAnswer"), "dropAnswer"),
        hold=_flag(document.get("hold"), "hold"),
    )
    if effect == Effect():
        raise BadFault("a fault needs an effect: error, delayMs, dropAnswer or hold")
    if effect.error is not None and (effect.drop_answer or effect.hold):
        raise BadFault("error does no work, so it cannot be combined with dropAnswer or hold")
    return effect


def _error(value: object) -> ErrorToGive | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("code"), str) or not value["code"]:
        raise BadFault('error must be {"code", "message", "status"} with at least a code')
    _only(value, ("code", "message", "status"), "error")
    status = value.get("status", 400)
    if isinstance(status, bool) or not isinstance(status, int) or not 400 <= status <= 599:
        raise BadFault(f"error.status must be a whole number from 400 to 599, got {status!r}")
    message = value.get("message", "")
    if not isinstance(message, str):
        raise BadFault(f"error.message must be a string, got {message!r}")
    return ErrorToGive(code=value["code"], message=message, status=status)


def _times(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadFault(f"times must be a whole number of at least 1, got {value!r}")
    return value


def _number(value: object, name: str, *, highest: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= highest:
        limit = "" if highest == float("inf") else f" and at most {highest:g}"
        raise BadFault(f"{name} must be a number above 0{limit}, got {value!r}")
    return float(value)


def _flag(value: object, name: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise BadFault(f"{name} must be true or false, got {value!r}")
    return value


def _only(document: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(document) - set(known))
    if unknown:
        raise BadFault(f"{where}: unknown member {unknown[0]!r}; known are {', '.join(known)}")
