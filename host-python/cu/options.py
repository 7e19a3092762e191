"""What an instance, or one of its computes, is configured with (abi/README.md, "Table 0")."""

from __future__ import annotations

import collections.abc
import time
from dataclasses import dataclass, field, fields
from typing import Any, Dict, Mapping, Optional, Sequence, Union

from . import abi
from .codec import encode, shown
from .errors import CuError, EncodeError

# The host is asked so often whether a script goes on that a time limit is some milliseconds late, and Ctrl-C too.
TICK = 1_000_000


class OptionError(CuError, ValueError):
    """An option that cannot be as it is."""


def check(name: str, value: Any, *wanted: Any) -> None:
    """An argument of another type is refused where it is given, and not where it is used."""
    if not isinstance(value, wanted):
        names = " or ".join(one.__name__ for one in wanted)
        raise OptionError(f"{name} is {type(value).__name__} {shown(value)[:80]}; wanted is {names}")


def system_clock() -> float:
    """Milliseconds since 1970, for `Instance(now=...)`. Without a clock time stands at 0, and runs are reproducible."""
    return time.time() * 1000


def _copied(value: Any) -> Any:
    return {key: _copied(one) for key, one in value.items()} if isinstance(value, collections.abc.Mapping) else value


@dataclass(frozen=True)
class Config:
    """What is None is as the module has it. The module checks the values: one that cannot be is a `LuaError` of class `config`.
    Mappings in it are copied, so that a change of them later does nothing, instead of something at times."""

    instructions: Optional[int] = None  # the work after which a script is stopped
    tick: Optional[int] = TICK  # the work after each of which it can be stopped from outside; None for never
    memory: Optional[int] = None  # bytes of the arena
    output: Optional[int] = None  # bytes of printed text that are kept
    seed: Optional[int] = None  # of math.random and of the string hash, read when an instance is made
    compression: Optional[int] = None  # bytes from which strings are stored compressed; 0 for never
    atomic: Union[bool, str, None] = None  # a compute that fails changes nothing; "host": the store undoes it
    transaction: Optional[str] = None  # `Instance.transaction` sets it
    permissions: Optional[Mapping[str, Any]] = None  # what the compute may not do
    bytecode: Optional[bool] = None  # scripts may load binary chunks
    strip: Optional[bool] = None  # functions are stored without names of variables and numbers of lines
    pending: Optional[int] = None  # most computes that wait at once
    pending_memory: Optional[int] = None  # bytes of the arena in use, beyond which none begins to wait
    home: Union[str, bytes, None] = None  # the name of the table that is `_home`
    events: Sequence[str] = ()  # the kinds of which `on_event` is told
    time_limit: Optional[float] = None  # seconds after which a script is stopped, waiting included
    extra: Mapping[str, Any] = field(default_factory=dict)  # keys of a later module; they go before the others

    def __post_init__(self) -> None:
        check("time_limit", self.time_limit, int, float, type(None))
        if self.time_limit is not None and not 0 < self.time_limit < 1 << 53:
            raise OptionError(f"time_limit is {shown(self.time_limit)}; wanted are seconds above 0 and below 2^53")
        check("extra", self.extra, collections.abc.Mapping)
        if isinstance(self.events, (str, bytes)):
            raise OptionError(f"events is {self.events!r}, one text; wanted is a list of them")
        check("events", self.events, collections.abc.Iterable)
        object.__setattr__(self, "events", tuple(self.events))
        for one in fields(self):
            value = getattr(self, one.name)
            try:
                encode(value)
            except EncodeError as error:
                raise OptionError(f"{one.name}: {error}") from error
            object.__setattr__(self, one.name, _copied(value))

    def table(self) -> Dict[str, Any]:
        """What the module is told, apart from what the instance adds."""
        named = {one.name: getattr(self, one.name) for one in fields(self) if one.name in abi.CONFIG_KEYS}
        named[abi.CONFIG_EVENTS] = dict.fromkeys(self.events, True)
        return {**named, **self.extra}
