"""GetProducts of serverless inference, as a cost report asks it."""

import pytest

from tests.simulator.test_pricing import products, usd
from tests.simulator.world import World


@pytest.mark.parametrize(
    ("usage_type", "group", "price"),
    [
        ("ServerlessInf:Mem", "ServerlessInf", 0.00004),
        ("ProvisionedConcurrency:Usage", "ServerlessProvisionedConcurrency-Usage", 0.00001),
        ("ProvisionedConcurrency:Mem", "ServerlessProvisionedConcurrency-Duration", 0.000023),
    ],
)
def test_each_kind_is_priced_by_the_second(world: World, usage_type: str, group: str, price: float) -> None:
    [found] = products(world, usagetype=f"USE1-{usage_type}-2GB")
    assert found["product"]["productFamily"] == "ML Serverless"
    assert found["product"]["attributes"]["group"] == group
    assert usd(found) == pytest.approx(price)


def test_every_memory_size_has_its_price(world: World) -> None:
    found = products(world, group="ServerlessInf", regionCode="us-east-1")
    prices = {each["product"]["attributes"]["usagetype"]: usd(each) for each in found}
    assert prices == {f"USE1-ServerlessInf:Mem-{size}GB": pytest.approx(size * 0.00002) for size in range(1, 7)}
