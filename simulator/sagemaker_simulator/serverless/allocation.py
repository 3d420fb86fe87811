"""What serverless variants use of the account's two quotas: endpoints, and concurrency shared among all of them.

Names of the quotas are those of Service Quotas; the limits stand in `quota_defaults.py` and in the setting `quotas`.
Provisioned concurrency is a part of the variant's own concurrency. An update of a serverless endpoint needs only what
its concurrency grows by: AWS does not say that the old and the new one are counted side by side.
"""

from collections import Counter
from collections.abc import Iterable

from .serverless_config import ServerlessConfig

CONCURRENCY = "serverless/concurrency"
ENDPOINTS = "serverless/endpoints"
QUOTA_NAMES = {
    CONCURRENCY: "Maximum total concurrency that can be allocated across all serverless endpoints",
    ENDPOINTS: "Maximum number of serverless endpoints",
}
UNITS = {CONCURRENCY: "Invocations", ENDPOINTS: "Endpoints"}


def allocated(configs: Iterable[ServerlessConfig | None]) -> Counter[str]:
    """Return what the variants of one endpoint use, by the quota's key in the setting `quotas`; None: on instances."""
    serverless = [config for config in configs if config is not None]
    used = Counter({CONCURRENCY: sum(config.max_concurrency for config in serverless), ENDPOINTS: 1})
    return used if serverless else Counter()
