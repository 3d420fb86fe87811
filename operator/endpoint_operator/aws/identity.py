"""Which account the operator works in, asked once."""

from dataclasses import dataclass

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.single_flight import SingleFlight


@dataclass(frozen=True, kw_only=True)
class Account:
    account: str
    partition: str
    region: str

    def sagemaker_arn(self, *, kind: str, name: str) -> str:
        """ARN of a SageMaker object; ARNs hold names in lower case."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:{kind}/{name.lower()}"


class Identity:
    """The caller's account; one that is known does not change while the process lives."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._account: Account | None = None
        self._flight = SingleFlight[str, Account]()

    @property
    def known(self) -> Account | None:
        return self._account

    async def get(self) -> Account:
        """Raises CallFailed while AWS cannot be asked."""
        return self._account or await self._flight.share("caller", self._ask)

    async def _ask(self) -> Account:
        answer = await self._calls.call("sts", "get_caller_identity")
        partition = str(answer["Arn"]).split(":")[1]
        self._account = Account(account=str(answer["Account"]), partition=partition, region=self._calls.region)
        return self._account
