"""Real models that are told apart by what they answer, and what callers get of them."""

import functools
from dataclasses import dataclass

from devworld.churn import ASKED_ABOUT, ChurnModel, as_csv
from tests.integration.vocabulary.scene import Scene


@functools.cache
def model_of(rounds: int) -> ChurnModel:
    """The first rounds of one training, at most 30: no two numbers of rounds answer alike."""
    return ChurnModel(_trained().booster[:rounds])


@functools.cache
def _trained() -> ChurnModel:
    return ChurnModel.train()


def predicted(rounds: int) -> float:
    """What the model itself says about the customer that all tests ask about."""
    return model_of(rounds).predict(ASKED_ABOUT)


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What a caller got, and of which variant."""

    value: float
    variant: str


def ask(world: Scene, endpoint: str, *, variant: str | None = None) -> Prediction:
    """Through a real boto3 client; of this very variant when it is named."""
    target = {"TargetVariant": variant} if variant is not None else {}
    reply = world.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Body=as_csv(ASKED_ABOUT), **target
    )
    return Prediction(value=float(reply["Body"].read()), variant=reply["InvokedProductionVariant"])
