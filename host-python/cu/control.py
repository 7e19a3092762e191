"""Table 0 of an instance: its configuration, the clock, events, functions of the host, and whether a script goes on."""

from __future__ import annotations

import inspect
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import abi
from .codec import decode_values, encode
from .errors import HostError
from .functions import WAIT, HostFunction, answer, failed, failure_text, forget
from .imports import Control
from .options import Config
from .records import Call
from .signals import interruptible
from .unit import Running

Event = Dict[str, Any]
LATER = bytes((abi.ANSWER_LATER,))


class Table0(Control):
    always: Tuple[str, ...] = (abi.EVENT_ERROR,)  # whence class and value of an error come

    def __init__(self, functions: Dict[str, HostFunction], on_event: Optional[Callable[[Event], object]],
                 now: Optional[Callable[[], float]]) -> None:
        self.functions, self.on_event, self.now = functions, on_event, now
        self.running: Optional[Running] = None
        self.prepared: Optional[Tuple[int, int, bool]] = None
        self.prepare(Config(), 0, None, False)

    def prepare(self, config: Config, epoch: int, deadline: Optional[float], can_wait: bool) -> None:
        """Before a call of the module."""
        self.deadline = deadline
        if self.prepared != (id(config), epoch, can_wait):
            self.config = config
            self.encode(config, epoch, can_wait)
            self.prepared = id(config), epoch, can_wait
        self.error: Event = {}  # the last one
        self.failure: Optional[HostError] = None  # of clock or handler: the compute goes on, and then it is told
        self.raised: List[Tuple[str, Exception]] = []  # what functions of the host raised in the script
        self.answered: Optional[bytes] = None
        self.awaitable: Any = None  # of the function for which the compute waits

    def forget(self) -> None:
        """Behind a call. Errors keep frames, and these the instance, which would wait for the collector."""
        self.raised, self.failure = [], None

    def encode(self, config: Config, epoch: int, can_wait: bool) -> None:
        """Many computes have the same configuration."""
        table = config.table()
        if not can_wait:
            table[abi.CONFIG_PENDING] = 0
        self.wanted = table.get(abi.CONFIG_EVENTS) or {}
        table[abi.CONFIG_EVENTS] = {**self.wanted, **dict.fromkeys(self.always, True)} if isinstance(self.wanted, dict) else self.wanted
        if self.functions:
            table.setdefault(abi.CONFIG_FUNCTIONS, {name: function.mode for name, function in self.functions.items()})
        table.setdefault(abi.CONFIG_EPOCH, epoch or None)
        self.table, self.encoded = table, encode(table)

    def get(self, key: bytes) -> Optional[bytes]:
        if key.startswith(abi.CALL_SIGNATURE.encode()):
            self.answered = self.call(key)
            return self.answered
        if key == b"config":
            return self.encoded
        if key == b"answer":
            return self.answered
        if key == b"tick":
            reason = self.reason()
            return None if reason is None else encode(reason)
        if key == b"now" and self.now is not None:
            try:
                now = self.now()
                float(now)  # what is no number is the clock's failure, and not its silence
                return encode(now)
            except Exception as error:
                self.failed_here("the clock", error)
        return None

    def reason(self) -> Optional[str]:
        """Why the script is to end."""
        if self.running is not None and self.running.reason is not None:
            return self.running.reason
        if self.deadline is not None and time.monotonic() >= self.deadline:
            return f"the time limit of {self.config.time_limit} s is over"
        return None

    def set(self, key: bytes, value: bytes) -> None:
        if key == b"event":
            self.event(value)

    def event(self, value: bytes) -> None:
        event = decode_values(value)[0]
        kind = event.get(abi.FIELD_KIND)
        if kind == abi.EVENT_ERROR:
            self.error = event
        if self.on_event is None or kind not in self.wanted:
            return
        try:
            self.on_event(event)
        except Exception as error:
            self.failed_here("the handler of events", error)

    def failed_here(self, what: str, error: Exception) -> None:
        if self.failure is None:
            self.failure = HostError(f"{what} failed: {error}")
            self.failure.__cause__ = error

    def call(self, record: bytes) -> Optional[bytes]:
        """The answer of a function that answers at once, or that the compute waits for it."""
        call = Call.decode(record)
        offered = self.functions.get(call.way)
        if offered is None:
            return None
        try:
            values = interruptible(offered.function, *call.arguments)
        except Exception as error:
            return self.failed(call.way, error)
        if values is WAIT or inspect.isawaitable(values):
            if offered.mode == abi.FUNCTION_EITHER and self.table.get(abi.CONFIG_PENDING) != 0:
                self.awaitable = values
                return LATER
            forget(values)
            return self.failed(call.way, TypeError(f"it is {offered.mode}, and would have to be waited for here"))
        return answer(call.way, values)

    def failed(self, name: str, error: Exception) -> bytes:
        self.raised.append((failure_text(name, error), error))
        return failed(name, error)
