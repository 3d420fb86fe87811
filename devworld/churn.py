"""A small real model for the demo: who leaves, from months stayed, monthly bill and calls to support."""

import dataclasses
import io
import tarfile
from typing import Any

CUSTOMERS = 2000
ROUNDS = 30
SEED = 20
ASKED_ABOUT = (3.0, 95.5, 4.0)  # three months, a high bill, four calls: likely to leave


@dataclasses.dataclass(frozen=True)
class ChurnModel:
    """A trained booster."""

    booster: Any

    @classmethod
    def train(cls) -> "ChurnModel":
        """Takes about a second; the data are made up, the training is not."""
        import numpy as np
        import xgboost

        chance = np.random.default_rng(SEED)
        months = chance.integers(1, 72, CUSTOMERS)
        bill = chance.uniform(20, 120, CUSTOMERS)
        support_calls = chance.poisson(1.5, CUSTOMERS)
        leaning = 0.03 * (bill - 70) + 0.8 * (support_calls - 1.5) - 0.05 * (months - 24)
        leaves = chance.random(CUSTOMERS) < 1 / (1 + np.exp(-leaning))
        data = xgboost.DMatrix(np.column_stack([months, bill, support_calls]), label=leaves)
        settings = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.3, "nthread": 1, "seed": SEED}
        return cls(xgboost.train(settings, data, num_boost_round=ROUNDS))

    def predict(self, customer: tuple[float, ...]) -> float:
        """The probability that this customer leaves."""
        import xgboost

        return float(self.booster.predict(xgboost.DMatrix([list(customer)]))[0])

    def as_artifact(self) -> bytes:
        """model.tar.gz as the XGBoost container wants it: one file, `xgboost-model`."""
        model = bytes(self.booster.save_raw("ubj"))
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            member = tarfile.TarInfo("xgboost-model")
            member.size = len(model)
            archive.addfile(member, io.BytesIO(model))
        return packed.getvalue()


def as_csv(customer: tuple[float, ...]) -> str:
    """A request body of type text/csv."""
    return ",".join(f"{value:g}" for value in customer)
