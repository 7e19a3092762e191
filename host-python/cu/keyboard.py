"""Ctrl-C while a script runs: it ends the script, and is handled when the module has returned.

An exception of a handler of signals would otherwise be raised in the engine's own callback, which loses it.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from types import FrameType
from typing import Callable, Iterator, List, Optional


@contextmanager
def keyboard_stops(stop: Callable[[str], object]) -> Iterator[None]:
    usual = signal.getsignal(signal.SIGINT)
    if not callable(usual) or threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: List[Optional[FrameType]] = []

    def press(number: int, frame: Optional[FrameType]) -> None:
        pressed.append(frame)
        stop("Ctrl-C")

    signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if pressed:
            usual(signal.SIGINT, pressed[0])
