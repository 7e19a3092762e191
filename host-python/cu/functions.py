"""Functions of the host, which scripts call as `host.NAME`.

A function runs once for each call, and whatever it does the module gets an answer: results, or an error that the script can catch.
"""

from __future__ import annotations

import collections.abc
import inspect
from dataclasses import dataclass
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Union

from . import abi
from .errors import EncodeError
from .options import OptionError, check
from .records import raised, results

# What an `either` function answers when the script is to wait for `Instance.resume`.
WAIT = object()


class Raise(Exception):
    """Raised by a function of the host, raises its value in the script as it is."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.value = value


@dataclass(frozen=True)
class HostFunction:
    """`mode` is "sync"; "async", which is the default of what `async def` made; or "either", for one that decides at each call:
    it answers at once, or with something awaitable, or with `WAIT`."""

    function: Callable[..., Any]
    mode: str = abi.FUNCTION_EITHER


def offer(functions: Mapping[str, Union[HostFunction, Callable[..., Any]]]) -> Dict[str, HostFunction]:
    offered = {}
    check("functions", functions, collections.abc.Mapping)
    for name, function in functions.items():
        if not isinstance(function, HostFunction):
            is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))
            function = HostFunction(function, abi.FUNCTION_ASYNC if is_async else abi.FUNCTION_SYNC)
        check(f"the function {name!r}", function.function, collections.abc.Callable)
        if function.mode not in (abi.FUNCTION_SYNC, abi.FUNCTION_ASYNC, abi.FUNCTION_EITHER):
            raise OptionError(f"the function {name!r} has the mode {function.mode!r}, which is none of sync, async and either")
        offered[name] = function
    return offered


def answer(name: str, values: Any) -> bytes:
    """What a function returned: None is no result, a tuple several."""
    listed: Sequence[Any] = () if values is None else values if isinstance(values, tuple) else (values,)
    if len(listed) > abi.FUNCTION_RESULTS:
        return failed(name, EncodeError(f"it answered {len(listed)} values; {abi.FUNCTION_RESULTS} are the most"))
    try:
        return results(listed)
    except EncodeError as error:
        return failed(name, error)


def failed(name: str, error: Exception) -> bytes:
    """What a function raised."""
    if isinstance(error, Raise):
        try:
            return raised(error.value)
        except EncodeError as problem:
            error = problem
    return raised(failure_text(name, error).encode("utf-8", "replace"))


def failure_text(name: str, error: Exception) -> str:
    try:
        words = str(error)
    except Exception:  # an error whose text fails is an error all the same
        words = ""
    return f"{abi.FUNCTION_LIBRARY}.{name}: {words or type(error).__name__}"


def forget(awaitable: Any) -> None:
    """Of something awaitable that nobody will await; a coroutine would warn of that."""
    close: Optional[Callable[[], None]] = getattr(awaitable, "close", None)
    if close is not None:
        close()
