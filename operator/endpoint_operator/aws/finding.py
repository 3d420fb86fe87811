"""What a look at one thing found, before it is known where in a manifest the thing stands.

Many objects share an artifact, an image or a role: it is looked at once, and each is told with its own path.
"""

from dataclasses import dataclass

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.errors import is_denied, is_not_offered
from endpoint_operator.planning.facts import Look
from endpoint_operator.planning.faults import Blame, Fault


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`reason` and `sentence` say what is wrong; `identity` is the ETag or digest that was seen."""

    trace: str
    reason: str | None = None
    sentence: str = ""
    identity: str | None = None
    skipped: str | None = None
    """Why it was not looked at."""
    doubt: str | None = None
    """What may go wrong, and is said without stopping anything."""
    about_inputs: bool = True
    """Whether somebody may mend it without an edit of the object."""

    def at(self, *, field: str, about: str) -> Look:
        """The look as the object is told of it; `field` is the path in its manifest."""
        fault = None
        if self.reason is not None:
            message = f"{field}: {self.sentence}"
            fault = Fault(blame=Blame.USER, reason=self.reason, message=message, about_inputs=self.about_inputs)
        skipped = f"{field}: {self.skipped}" if self.skipped is not None else None
        doubt = f"{field}: {self.doubt}" if self.doubt is not None else None
        return Look(about=about, trace=self.trace, fault=fault, skipped=skipped, doubt=doubt)


def wrong(reason: str, sentence: str) -> Finding:
    return Finding(trace=reason, reason=reason, sentence=sentence)


def not_taken(error: CallFailed) -> Finding | None:
    """The look that could not be taken; None when the error must be told."""
    call = f"{error.service}:{error.action}"
    if is_denied(error):
        return Finding(trace="not-allowed", skipped=f"the operator may not call {call}")
    if is_not_offered(error):
        return Finding(trace="not-offered", skipped=f"there is no {call} here")
    return None
