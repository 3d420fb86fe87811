"""The operator behind the proxy."""

import contextlib
from collections.abc import Iterator

from tests.chaos.apiserver_proxy.proxy import ApiServerProxy
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.shared_world import SharedWorld

# So rare that nothing in a test is found by it.
NO_RESYNC = {"--resync-seconds": "3600"}
QUICK_RESYNC = {"--resync-seconds": "2"}
# One for each kind.
WATCHES = 2


@contextlib.contextmanager
def proxy_before(plane: ControlPlane) -> Iterator[ApiServerProxy]:
    """For the length of a block; it finds the API server again after a restart, for that keeps its port."""
    upstream = f"https://127.0.0.1:{plane.apiserver.ports[0]}"
    proxy = ApiServerProxy(upstream=upstream, certificates=plane.certificates).start()
    try:
        yield proxy
    finally:
        proxy.stop()


@contextlib.contextmanager
def operator_behind(proxy: ApiServerProxy, shared: SharedWorld) -> Iterator[None]:
    """For the length of a block."""
    original = shared.world.operator_kubeconfig
    kubeconfig = proxy.kubeconfig_like(original, original.with_name("proxied.kubeconfig"))
    with shared.operator.started_with(NO_RESYNC, variables={"KUBECONFIG": str(kubeconfig)}):
        until_watching(proxy, since=0)
        yield


def until_watching(proxy: ApiServerProxy, *, since: int) -> None:
    """Waits until the operator has begun all its watches after the first `since` ones."""
    until(lambda: proxy.watches_begun() >= since + WATCHES, what="the operator beginning to watch", within_seconds=90)
