"""GetProducts of the Price List API."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sagemaker_simulator.offset_tokens import offset_of, token_at
from sagemaker_simulator.settings import Settings
from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.request import Caller

from .filters import fits
from .price_table import prices
from .products import SERVICE_CODE, product

FORMAT = "aws_v1"
DEFAULT_PAGE = 100  # MaxResults of GetProducts: 1 to 100
# "AWS Price List Query API endpoints" in the AWS Billing User Guide.
ENDPOINT_REGIONS = ("us-east-1", "eu-central-1", "ap-south-1")


class PriceList:
    """Prices of SageMaker; those of other services are refused by name."""

    def __init__(self, *, settings: Callable[[], Settings]) -> None:
        self._settings = settings

    async def get_products(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        if caller.region not in ENDPOINT_REGIONS:
            raise NotModelled(
                f"AWS has no Price List endpoint in {caller.region}; ask in one of {', '.join(ENDPOINT_REGIONS)} and "
                "filter by regionCode"
            )
        if parameters["ServiceCode"] != SERVICE_CODE:
            raise NotModelled(f"prices of {parameters['ServiceCode']} are not modelled; those of {SERVICE_CODE} are")
        if parameters.get("FormatVersion", FORMAT) != FORMAT:
            raise AwsError("InvalidParameterException", f"FormatVersion must be {FORMAT}")
        every = (product(price) for price in prices(self._settings().prices))
        left = [each for each in every if fits(each, parameters.get("Filters", []))]
        start = self._start(parameters.get("NextToken"))
        end = start + parameters.get("MaxResults", DEFAULT_PAGE)
        answer = {"FormatVersion": FORMAT, "PriceList": [json.dumps(each) for each in left[start:end]]}
        return answer | ({"NextToken": token_at(end)} if end < len(left) else {})

    @staticmethod
    def _start(token: str | None) -> int:
        try:
            return offset_of(token)
        except ValueError:
            raise AwsError("InvalidNextTokenException", "The pagination token is invalid. Try again.") from None
