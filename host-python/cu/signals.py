"""Handlers of signals while the module runs: one that raises, as that of Ctrl-C does, ends the script, and its exception comes behind it.

Python calls a handler at the next line of Python, which is then the first one in the engine's callback. An exception there is dropped by
ctypes, and the engine, which got no answer, may take the process down. So no handler may raise there.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what `signal` wraps with enumerations, at ten times the cost
import threading
from contextlib import contextmanager
from types import FrameType
from typing import Any, Callable, Dict, Iterator, List, Optional

Stop = Callable[[str], object]

_stops: List[Stop] = []  # of the calls that run in the main thread, one in another
_raised: List[BaseException] = []
_in_functions: List[int] = []  # how many calls ran when a function of the host began: where it runs, handlers may raise


@contextmanager
def in_function() -> Iterator[None]:
    """Within, a handler raises as ever, for functions that take long."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _in_functions.append(len(_stops))
    try:
        yield
    finally:
        _in_functions.pop()


@contextmanager
def signals_stop(stop: Stop) -> Iterator[List[BaseException]]:
    """What was raised is in the list behind it."""
    if threading.current_thread() is not threading.main_thread():
        yield []
        return
    _stops.append(stop)
    usual = _replaced() if len(_stops) == 1 else {}
    raised: List[BaseException] = []
    try:
        yield raised
    finally:
        _stops.pop()
        for number, handler in usual.items():
            if getattr(_signal.getsignal(number), "of_cu", False):  # nobody else has set another one meanwhile
                _signal.signal(number, handler)
        if not _stops:
            raised += _raised
            _raised.clear()


def _replaced() -> Dict[int, Any]:
    """Puts handlers that do not raise in the place of those that may; these are answered."""
    found = ((number, _signal.getsignal(number)) for number in range(1, _signal.NSIG))
    usual = {number: handler for number, handler in found if callable(handler)}

    def handle(number: int, frame: Optional[FrameType]) -> None:
        try:
            usual[number](number, frame)
        except BaseException as error:
            if _in_functions and _in_functions[-1] == len(_stops):
                raise
            _raised.append(error)
            for stop in _stops:
                stop(f"a signal: {type(error).__name__}")

    handle.of_cu = True  # type: ignore[attr-defined]
    for number in usual:
        _signal.signal(number, handle)
    return usual
