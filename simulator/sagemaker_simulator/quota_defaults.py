"""How many instances of each type an account may use for endpoints, before settings say otherwise.

Generous where examples and tests run; a type that is not here has 0, as a new AWS account has for most GPU types. What
serverless endpoints may use is what the SageMaker Developer Guide names for large regions ("Serverless Inference").
"""

from .serverless.allocation import CONCURRENCY, ENDPOINTS

_PLENTY = 100
_SOME = 20

_PLENTIFUL = (
    "ml.t2.medium",
    "ml.m5.large",
    "ml.m5.xlarge",
    "ml.c5.large",
    "ml.c5.xlarge",
    "ml.g4dn.xlarge",
    "ml.g4dn.2xlarge",
    "ml.g5.xlarge",
)
_COMMON = (
    *(f"ml.t2.{size}" for size in ("large", "xlarge", "2xlarge")),
    *(f"ml.m5.{size}" for size in ("2xlarge", "4xlarge", "12xlarge", "24xlarge")),
    *(f"ml.{family}.{size}" for family in ("m6i", "m7i", "c6i", "c7i") for size in ("large", "xlarge", "2xlarge")),
    *(f"ml.{family}.{size}" for family in ("m6g", "c6g", "c7g") for size in ("large", "xlarge", "2xlarge")),
    *(f"ml.c5.{size}" for size in ("2xlarge", "4xlarge", "9xlarge")),
    *(f"ml.r5.{size}" for size in ("large", "xlarge", "2xlarge")),
    *(f"ml.g4dn.{size}" for size in ("4xlarge", "8xlarge")),
    *(f"ml.g5.{size}" for size in ("2xlarge", "4xlarge")),
    *(f"ml.g6.{size}" for size in ("xlarge", "2xlarge")),
    *(f"ml.inf2.{size}" for size in ("xlarge", "8xlarge")),
)

DEFAULT_QUOTAS = (
    {f"{name}/endpoint": _PLENTY for name in _PLENTIFUL}
    | {f"{name}/endpoint": _SOME for name in _COMMON}
    | {CONCURRENCY: 1000, ENDPOINTS: 50}
)
