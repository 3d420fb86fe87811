"""containerd: how it is configured and started, and how an archive becomes an image of it."""

import os
from collections.abc import Mapping
from pathlib import Path

from devworld.node.layout import Layout
from devworld.node.programs import Programs
from devworld.node.sandbox import Sandbox, SandboxError
from tests.controlplane.deadlines import until
from tests.controlplane.processes import Process

SOCKET = "/run/containerd/containerd.sock"  # inside the sandbox: short, as socket paths must be
STATE = "/run/containerd/state"
NAMESPACE = "k8s.io"  # where the kubelet's images and containers are
PAUSE = "localhost/pause:1"  # our own, so named after no registry
CONFIGURATION = """version = 3
root = "{root}"
state = "{state}"
oom_score = 0
disabled_plugins = ["io.containerd.nri.v1.nri"]
[grpc]
  address = "{socket}"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{pause}"
[plugins."io.containerd.cri.v1.runtime"]
  # A container may lack CAP_SYS_RESOURCE, and with it the right to protect anything from the OOM killer.
  restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["{cni}"]
  conf_dir = "{networks}"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
    BinaryName = "{runc}"
    SystemdCgroup = false
"""


class Containerd:
    """One daemon in one sandbox.

    `root` holds its images and `networks` the CNI configuration; `settings` and `logs` are folders for its files.
    """

    def __init__(
        self, sandbox: Sandbox, programs: Programs, *, root: Path, networks: Path, settings: Path, logs: Path
    ) -> None:
        """Nothing runs yet."""
        self._sandbox = sandbox
        self._programs = programs
        self._root = root
        self._networks = networks
        self._settings = settings
        self._logs = logs

    @classmethod
    def of(cls, sandbox: Sandbox, programs: Programs, layout: Layout) -> "Containerd":
        """A node's."""
        return cls(
            sandbox,
            programs,
            root=layout.images,
            networks=layout.networks,
            settings=layout.settings,
            logs=layout.logs,
        )

    def start(self) -> Process:
        """Returns at once; `await_ready` waits."""
        configuration = self._settings / "containerd.toml"
        configuration.write_text(
            CONFIGURATION.format(
                root=self._root,
                state=STATE,
                socket=SOCKET,
                pause=PAUSE,
                cni=self._programs.cni,
                networks=self._networks,
                runc=self._programs.packages / "usr" / "sbin" / "runc",
            ),
            encoding="utf-8",
        )
        program = self._programs.packages / "usr" / "bin" / "containerd"
        log = self._logs / "containerd.log"
        return self._sandbox.begin(
            str(program), f"--config={configuration}", environment=environment(self._programs), log=log
        )

    def await_ready(self) -> None:
        """Raises DeadlineError when it does not answer."""
        until(self.answers, what=f"containerd answering; its log is in {self._logs}", within_seconds=60)

    def load(self, archive: Path) -> None:
        """Makes the images of an OCI or Docker archive known to the kubelet, unpacked.

        Raises:
            SandboxError: it is no such archive.
        """
        self._ctr("images", "import", "--local", str(archive), within_seconds=300)

    def images(self) -> dict[str, str]:
        """The digests of their manifests, by name."""
        rows = self._ctr("images", "list").splitlines()[1:]  # REF TYPE DIGEST SIZE PLATFORMS LABELS
        return {name: digest for name, _, digest, *_ in map(str.split, rows)}

    def answers(self) -> bool:
        """Whether it takes requests."""
        try:
            self._ctr("version", within_seconds=10)
        except SandboxError:
            return False
        return True

    def _ctr(self, *arguments: str, within_seconds: float = 60) -> str:
        program = str(self._programs.packages / "usr" / "bin" / "ctr")
        return self._sandbox.run(
            program,
            f"--address={SOCKET}",
            f"--namespace={NAMESPACE}",
            *arguments,
            environment=environment(self._programs),
            within_seconds=within_seconds,
        )


def environment(programs: Programs) -> Mapping[str, str]:
    """Of every program of a node: nothing of the user's, above all no proxy."""
    return {"PATH": programs.path, "HOME": os.devnull, "LC_ALL": "C"}
