"""Which endpoints answer with a stream.

Asynchronous endpoints never answer at once: `routing` refuses them. Serverless ones do not stream: their fleet refuses.
What a pipeline does is not documented, and not guessed at here.
"""

from sagemaker_simulator.wire.errors import NotModelled

from .routing import Route


def check_streams(route: Route) -> None:
    """Raise AwsError for an endpoint without streams, NotModelled for one of which nobody says whether it has them."""
    if route.fleet.is_pipeline(route.variant):
        raise NotModelled(f"response streams of inference pipelines are not modelled (endpoint {route.endpoint.name})")
