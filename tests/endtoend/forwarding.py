"""A Service of the cluster at a port of this machine, by `kubectl port-forward`: works wherever kubectl does."""

import contextlib
import re
import signal
import subprocess
import threading
from collections.abc import Iterator

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.processes import dying_with_parent

FORWARDING = re.compile(r"^Forwarding from (127\.0\.0\.1:\d+)")
BEGUN_WITHIN_SECONDS = 60.0


@contextlib.contextmanager
def forwarded(kubectl: Kubectl, service: str, *, namespace: str, port: int) -> Iterator[str]:
    """Its origin, for the length of the block. Ends with the pod that it leads to. Call it from the main thread."""
    command = (str(kubectl.program), "--namespace", namespace, "port-forward", f"service/{service}", f":{port}")
    process = subprocess.Popen(
        dying_with_parent(command, death_signal=signal.SIGKILL),
        env=kubectl.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_long = threading.Timer(BEGUN_WITHIN_SECONDS, process.kill)  # the line below is waited for by a read
    too_long.start()
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        too_long.cancel()
        begun = FORWARDING.match(said)
        assert begun is not None, f"kubectl port-forward to {service}: {said or 'nothing said in time'}"
        yield f"http://{begun[1]}"
    finally:
        too_long.cancel()
        process.kill()
        process.communicate()
