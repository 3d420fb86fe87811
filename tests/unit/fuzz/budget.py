"""How long what users may write is tried: a while, the same way each time; longer and otherwise on demand.

`FUZZ_EXAMPLES=20000 python -m pytest tests/unit/fuzz` looks for what nobody has thought of. What it finds becomes an
`@example`, so that it is tried ever after.
"""

import os

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")

fuzzed = settings(
    max_examples=int(EXAMPLES or 40),
    derandomize=not EXAMPLES,  # a build does not fail by chance
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

cheaply_fuzzed = settings(fuzzed, max_examples=8 * fuzzed.max_examples)
"""For what takes a fraction of a millisecond."""
