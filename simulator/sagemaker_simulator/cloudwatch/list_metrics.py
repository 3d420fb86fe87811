"""ListMetrics: which metrics there are."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_simulator.wire.errors import NotModelled
from sagemaker_simulator.wire.request import Caller

from .books import Book, Books, Metric
from .pages import token_of, token_place

_PAGE: Final = 500
# "ListMetrics ... does not return metrics if they have not published data within the past two weeks" (API reference).
_LISTED_SECONDS: Final = 14 * 86_400.0
_RECENTLY_SECONDS: Final = 3 * 3600.0  # RecentlyActive=PT3H
Parameters = Mapping[str, Any]


class ListMetrics:
    """ListMetrics."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def list_metrics(self, caller: Caller, parameters: Parameters) -> dict[str, Any]:
        if parameters.get("IncludeLinkedAccounts") or "OwningAccount" in parameters:
            raise NotModelled("metrics of linked accounts (IncludeLinkedAccounts, OwningAccount) are not modelled")
        book = self._books.of(caller)
        since = self._books.clock.seconds() - (_RECENTLY_SECONDS if "RecentlyActive" in parameters else _LISTED_SECONDS)
        found = sorted(metric for metric in book.metrics if _fits(metric, parameters) and _newest(book, metric) > since)
        place = token_place(parameters.get("NextToken"))
        output: dict[str, Any] = {"Metrics": [_shown(metric) for metric in found[place : place + _PAGE]]}
        return output | ({"NextToken": token_of(place + _PAGE)} if len(found) > place + _PAGE else {})


def _newest(book: Book, metric: Metric) -> float:
    return max((series.newest or 0 for series in book.metrics[metric].values()), default=0)


def _fits(metric: Metric, parameters: Parameters) -> bool:
    dimensions = dict(metric.dimensions)
    return (
        metric.namespace == parameters.get("Namespace", metric.namespace)
        and metric.name == parameters.get("MetricName", metric.name)
        and all(
            entry["Name"] in dimensions and dimensions[entry["Name"]] == entry.get("Value", dimensions[entry["Name"]])
            for entry in parameters.get("Dimensions", [])
        )
    )


def _shown(metric: Metric) -> dict[str, Any]:
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
    }
