"""A simulated day of an asynchronous endpoint: bursts wake it from nothing, and not one request is lost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.simulator.async_day_world import AsyncDay, instance_hours
from tests.simulator.async_world import asynchronous
from tests.simulator.monitored_world import monitored
from tests.simulator.world import World
