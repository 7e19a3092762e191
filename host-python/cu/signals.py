"""Handlers of signals during a call: one that raises, as that of Ctrl-C does, ends the script, and its exception comes behind the call.

Python calls a handler at the next line of Python, whichever that is. In the callback of the engine ctypes drops the exception, and the
engine, which got no answer, takes the process down; in the host it would leave a unit half begun or half kept. So a handler raises in
`interruptible` alone, where functions of the host run, and elsewhere its exception is noted. Where the signal came is read from the
frames: nothing that an exception could leave wrong says so.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what `signal` wraps with enumerations, at ten times the cost
import threading
from types import FrameType
from typing import Any, Callable, Dict, List, Optional, TypeVar

Answer = TypeVar("Answer")
Stop = Callable[[str], object]

_stops: List[Stop] = []  # of the calls that run in the main thread, one in another
_noted: List[BaseException] = []


def interruptible(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """Within, a handler raises as ever, for functions that take long."""
    return function(*arguments)


def shielded(run: Callable[[], Answer], stop: Stop) -> Answer:
    """What a handler raised meanwhile leaves the outermost call behind its end, with the call's own error as the cause."""
    if threading.current_thread() is not threading.main_thread():
        return run()
    depth, usual = len(_stops), {}  # type: int, Dict[int, Any]
    failure: Optional[BaseException] = None
    try:
        _stops.append(stop)
        if depth == 0:
            _replace(usual)
        return run()
    except BaseException as error:
        failure = error
        raise
    finally:
        del _stops[depth:]
        for number, handler in usual.items():
            if getattr(_signal.getsignal(number), "of_cu", False):  # nobody else has set another one meanwhile
                _signal.signal(number, handler)
        try:
            if depth == 0:
                raise_noted(failure)
        finally:
            failure = None  # which keeps this frame


def raise_noted(cause: Optional[BaseException] = None) -> None:
    """For who waits without the module, and can be interrupted there."""
    if _noted and threading.current_thread() is threading.main_thread():
        first = _noted[0]
        _noted.clear()
        raise first from cause


def _may_raise(frame: Optional[FrameType]) -> bool:
    """Whether a function of the host runs, and no call that it made."""
    while frame is not None:
        if frame.f_code in (interruptible.__code__, shielded.__code__):
            return frame.f_code is interruptible.__code__
        frame = frame.f_back
    return True


def _replace(usual: Dict[int, Any]) -> None:
    """Puts handlers that raise where they may in the place of those that do anywhere, which go into `usual`."""

    def handle(number: int, frame: Optional[FrameType]) -> None:
        try:
            usual[number](number, frame)
        except BaseException as error:
            if _may_raise(frame):
                raise
            _noted.append(error)
            for stop in _stops:
                stop(f"a signal: {type(error).__name__}")

    handle.of_cu = True  # type: ignore[attr-defined]
    for number in range(1, _signal.NSIG):
        handler = _signal.getsignal(number)
        if callable(handler):
            usual[number] = handler
            _signal.signal(number, handle)
