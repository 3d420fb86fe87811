"""Which operation a REST request means: methods, paths and queries of botocore's models, matched backwards."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from botocore.model import OperationModel

from .catalog import service_model
from .request import Incoming


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation's method, path and what must be in query and headers; more demands win over fewer."""

    operation: str
    method: str
    path: re.Pattern[str]
    literals: tuple[tuple[str, str | None], ...]
    required_query: tuple[str, ...]
    required_headers: tuple[str, ...]

    @property
    def demands(self) -> int:
        return 2 * len(self.literals) + len(self.required_query) + len(self.required_headers)

    def fits(self, request: Incoming, query: dict[str, str]) -> bool:
        return (
            request.method == self.method
            and all(key in query and value in (None, query[key]) for key, value in self.literals)
            and all(key in query for key in self.required_query)
            and all(name in request.headers for name in self.required_headers)
        )


def match_rest(service: str, request: Incoming) -> tuple[str | None, dict[str, str]]:
    """Return the operation and the labels of its path, (None, {}) when no operation of the service fits."""
    query = request.query
    for route in _routes(service):
        found = route.path.fullmatch(request.raw_path)
        if found and route.fits(request, query):
            return route.operation, {name: unquote(value) for name, value in found.groupdict().items()}
    return None, {}


@lru_cache(maxsize=16)
def _routes(service: str) -> tuple[Route, ...]:
    model = service_model(service)
    if model is None:
        return ()
    routes = (_route(model.operation_model(name)) for name in model.operation_names)
    return tuple(sorted(routes, key=lambda route: -route.demands))


def _route(operation: OperationModel) -> Route:
    path, _, query = str(operation.http["requestUri"]).partition("?")
    literals = []
    for part in filter(None, query.split("&")):
        key, equals, value = part.partition("=")
        literals.append((key, value if equals else None))
    return Route(
        operation=operation.name,
        method=str(operation.http["method"]),
        path=_pattern(path),
        literals=tuple(literals),
        required_query=_required(operation, "querystring"),
        required_headers=_required(operation, "header"),
    )


def _required(operation: OperationModel, location: str) -> tuple[str, ...]:
    shape = operation.input_shape
    if shape is None:
        return ()
    members = ((shape.members[name], name) for name in shape.required_members)
    return tuple(
        str(member.serialization.get("name", name))
        for member, name in members
        if member.serialization.get("location") == location
    )


def _pattern(path: str) -> re.Pattern[str]:
    expression = re.escape(path)
    expression = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", expression)
    expression = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", expression)
    return re.compile(expression + "/?" if expression.endswith("[^/]+)") else expression)
