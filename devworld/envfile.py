"""The file that a shell sources to talk to a running world."""

import shlex
import sys
from pathlib import Path

from devworld import cluster, environment, recipes
from devworld.world import World

FILE = "env"
# What the shell had before must not win: AWS_ENDPOINT_URL_S3, AWS_PROFILE or AWS_SESSION_TOKEN would.
FORGET = 'for _name in $(env | sed -n "s/^\\(AWS_[A-Za-z0-9_]*\\)=.*/\\1/p"); do unset "$_name"; done; unset _name'


def write(world: World) -> Path:
    """Writes it for the world as it runs now."""
    file = world.directory / FILE
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables(world).items()]
    path = f"export PATH={shlex.quote(str(_programs(world)))}:$PATH"
    direct = [
        f'export {name}="${{{name}:+${name},}}{",".join(environment.DIRECT)}"' for name in ("NO_PROXY", "no_proxy")
    ]
    file.touch(mode=0o600)
    file.write_text("\n".join([FORGET, *lines, *direct, path]) + "\n", encoding="utf-8")
    return file


def variables(world: World) -> dict[str, str]:
    """All but PATH."""
    replicas = [part for part in world.operators if part.alive]
    return {
        "KUBECONFIG": str(world.control_plane.kubeconfig),
        **environment.aws_variables(endpoint_url=world.simulator_url, access_key=environment.USER_KEY),
        "SIMULATOR_URL": world.simulator_url,
        "OPERATOR_PID": " ".join(str(part.pid) for part in replicas),
        "OPERATOR_METRICS_URL": " ".join(f"{recipes.url(part.ports[0])}/metrics" for part in replicas),
        "OPERATOR_USER": cluster.operator_user(),
        "OPERATOR_ACCESS_KEY_ID": environment.OPERATOR_KEY,
        "OPERATOR_NAMESPACE": cluster.OPERATOR_NAMESPACE,
        "AUDIT_LOG": str(world.control_plane.audit_log or ""),
    }


def _programs(world: World) -> Path:
    """A folder with kubectl and its plugin, and nothing else that could hide a program of the user's."""
    folder = world.directory / "bin"
    folder.mkdir(exist_ok=True)
    plugin = Path(sys.executable).with_name("kubectl-inference")
    for name, target in (("kubectl", world.kubectl.program), ("kubectl-inference", plugin)):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    return folder
