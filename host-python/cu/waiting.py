"""Waiting for what others use: threads for a store, processes for a file."""

from __future__ import annotations

import math
import time
from typing import Iterator

from .signals import raise_noted

SHORTEST_PAUSE, LONGEST_PAUSE = 0.0005, 0.02  # seconds between two attempts, so that no signal waits longer


def pauses(wait: float) -> Iterator[float]:
    """Seconds to pause behind an attempt, one for each, until `wait` seconds are over; negative is for ever."""
    end = math.inf if wait < 0 else time.monotonic() + wait
    pause, left = SHORTEST_PAUSE, math.inf
    while left > 0:
        left = end - time.monotonic()
        yield max(0.0, min(pause, left))
        raise_noted()
        pause = min(2 * pause, LONGEST_PAUSE)
