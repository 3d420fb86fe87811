"""The termination message: what Kubernetes shows of a container that has ended (Kubernetes documentation,
"Determine the Reason for Pod Failure")."""

import logging
from pathlib import Path

log = logging.getLogger(__name__)

# The kubelet keeps no more of one container.
MOST_BYTES = 4096


def leave(sentence: str, *, at: Path) -> None:
    """The sentence is on standard error already: where the file cannot be written, the exit code stands."""
    try:
        at.write_bytes(sentence.encode()[:MOST_BYTES])
    except OSError as error:
        log.warning("the termination message was not written: %s", error)
