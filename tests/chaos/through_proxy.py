"""The operator behind the proxy, with the periods that a test needs."""

import contextlib
from collections.abc import Iterator

from tests.chaos.apiserver_proxy.proxy import ApiServerProxy
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.shared_world import SharedWorld

# So rare that nothing in a test is found by it.
NO_RESYNC = {"--resync-seconds": "3600"}
QUICK_RESYNC = {"--resync-seconds": "2"}


@contextlib.contextmanager
def operator_behind(proxy: ApiServerProxy, shared: SharedWorld, arguments: dict[str, str]) -> Iterator[None]:
    """For the length of a block."""
    original = shared.world.operator_kubeconfig
    kubeconfig = proxy.kubeconfig_like(original, original.with_name("proxied.kubeconfig"))
    begun = proxy.watches_begun()
    with shared.operator.started_with(arguments, variables={"KUBECONFIG": str(kubeconfig)}):
        try:
            until_watching(proxy, since=begun)
            yield
        finally:
            proxy.behave()


def until_watching(proxy: ApiServerProxy, *, since: int) -> None:
    """Waits until the operator has begun a watch after the first `since` ones."""
    until(lambda: proxy.watches_begun() > since, what="the operator beginning a watch", within_seconds=30)
