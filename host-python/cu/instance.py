"""An instance with everything: configuration, events, functions of the host, computes that wait, transactions."""

from __future__ import annotations

import asyncio
import collections.abc
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Awaitable, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, Union

from . import abi
from .codec import ExternalTable, encode
from .control import Event, Table0
from .core import Answer, Response
from .errors import BusyError, CuError, EncodeError, HostError, LuaError, StoreError
from .functions import WAIT, HostFunction, answer, failed, failure_text, offer
from .keys import decode_key, encode_key
from .module import Module
from .options import Config, OptionError, check
from .packaged import packaged
from .records import CANCEL, Call, answer_record, decode_pending, raised, results
from .store import Store
from .stored import decode_stored
from .unit import UnitCore, turn

# The transactions within which a thread or a task is.
_inside: ContextVar[Tuple[object, ...]] = ContextVar("transactions", default=())
Code = Union[str, bytes, Call]


@dataclass(frozen=True)
class Pending:
    """A compute that waits for a function of the host, until `Instance.resume`, `fail` or `cancel`. It keeps memory of the instance."""

    name: str
    arguments: Tuple[Any, ...]
    output_bytes: bytes
    ticket: int
    config: Config
    deadline: Optional[float]
    awaitable: Any = None
    store: Optional[Store] = None


Step = Union[Response, Pending]


@dataclass(frozen=True)
class MemoryStats:
    """Bytes in use in the arena, and pages of 64 KiB of linear memory."""

    lua_bytes: int
    pages: int


def of_script(error: Exception) -> Optional[LuaError]:
    """The error with which the module answered; None if it answered none, so that nothing ran, or all of it."""
    found = error.error if isinstance(error, HostError) else error
    return found if isinstance(found, LuaError) else None


def still_waits(error: Exception) -> bool:
    """Whether the compute that was to go on waits on, since what comes before failed."""
    found = of_script(error)
    return found is not None and found.waits


class Instance(UnitCore):
    """Scripts share what is in `store`, and of one instance the globals. One call runs at a time; threads wait for each other."""

    _control_class = Table0

    def __init__(self, module: Optional[Module] = None, store: Optional[Store] = None, config: Optional[Config] = None, *,
                 functions: Optional[Mapping[str, Union[HostFunction, Callable[..., Any]]]] = None,
                 on_event: Optional[Callable[[Event], object]] = None, now: Optional[Callable[[], float]] = None) -> None:
        for name, value, kind in (("module", module, Module), ("store", store, Store), ("config", config, Config),
                                  ("on_event", on_event, collections.abc.Callable), ("now", now, collections.abc.Callable)):
            check(name, value, kind, type(None))
        self.config = Config() if config is None else config
        self._given_up: List[Pending] = []
        self._transaction: Optional[object] = None  # the one that is open
        self._control = self._control_class(offer(functions or {}), on_event, now)
        self._control.prepare(self.config, 0, None, False)
        super().__init__(module or packaged(), store, self._control)

    def __enter__(self) -> "Instance":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def compute(self, code: Code, config: Optional[Config] = None) -> Response:
        """Runs Lua source, or a call, to its end."""
        step = self._begin_with(code, config, False)
        assert isinstance(step, Response)  # the module was told that nothing may wait
        return step

    def call(self, way: str, *arguments: Any, content: bool = False, config: Optional[Config] = None) -> Response:
        """Calls a function by its way, such as `_home.orders.total`."""
        return self.compute(Call(way, *arguments, content=content), config)

    def stop(self, reason: str = "stopped") -> bool:
        """Ends the script that runs now, from another thread; answers whether one did. The instance lives on."""
        running = self._running
        if running is not None:
            running.reason = reason
        return running is not None

    def collect(self) -> None:
        """Collects garbage, in the arena and in the store."""

        def run() -> None:
            self._enter("run_gc")
            if self._imports.failures:
                raise HostError("the store failed during the collection") from self._cause()

        self._in_unit(run)

    def memory_stats(self) -> MemoryStats:
        def read() -> bytes:
            self._enter("get_memory_stats", self._buffer)
            return self._memory.read(self._buffer, abi.MEMORY_STATS_BYTES)

        words = self._in_unit(read)
        return MemoryStats(*(int.from_bytes(words[at : at + 4], "little") for at in (4, 8)))

    # Computes that wait, answered by the program.

    def start(self, code: Code, config: Optional[Config] = None) -> Step:
        """Runs until the end, or until a function of the host is to be waited for."""
        return self._begin_with(code, config, True)

    def resume(self, pending: Pending, *values: Any) -> Step:
        """Goes on with the results of the function."""
        return self._go_on(pending, results(values))

    def fail(self, pending: Pending, value: Any) -> Step:
        """Goes on with an error that is raised where the function was called."""
        return self._go_on(pending, raised(value))

    def cancel(self, pending: Pending) -> Step:
        """Ends the compute; its `<close>` variables are closed."""
        return self._go_on(pending, CANCEL)

    # Computes that wait, with asyncio.

    async def run(self, code: Code, config: Optional[Config] = None) -> Response:
        """Runs to the end, and awaits functions of the host; others may run meanwhile. Whoever cancels it ends the script."""
        step = self._begin_with(code, config, True)
        output = step.output_bytes
        while isinstance(step, Pending):
            pending = step
            try:
                record, cause = await self._awaited(pending)
            except BaseException:
                self._give_up(pending)
                raise
            try:
                step = self._go_on(pending, record, cause)
            except CuError as error:
                if of_script(error) is None or still_waits(error):
                    self._give_up(pending)
                raise
            output += step.output_bytes
        return Response(output, step.raw)

    async def _awaited(self, pending: Pending) -> Tuple[bytes, Optional[Exception]]:
        """The answer of the function for which a compute waits, and what it raised."""
        name = pending.name
        try:
            awaitable: Awaitable[Any] = pending.awaitable
            if awaitable is None:
                awaitable = self._control.functions[name].function(*pending.arguments)
            if awaitable is WAIT:
                raise TypeError("nobody answers it here: use `start` and `resume`")
            task = asyncio.ensure_future(awaitable)
        except Exception as error:
            return failed(name, error), error
        left = None if pending.deadline is None else max(0.0, pending.deadline - time.monotonic())
        is_done = False
        try:
            is_done = bool((await asyncio.wait({task}, timeout=left))[0])
        finally:
            if not is_done:
                task.cancel()
        if not is_done:  # a future that was cancelled is done at once
            words = f"interrupted by the host: 'the time limit of {pending.config.time_limit} s is over', while it waited for host.{name}"
            raise LuaError(words.encode(), abi.CLASS_INTERRUPTED)
        try:
            return answer(name, task.result()), None
        except asyncio.CancelledError:
            cancelled = RuntimeError("it was cancelled")
            return failed(name, cancelled), cancelled
        except Exception as error:
            return failed(name, error), error
        finally:
            del task, awaitable  # which keep the error that keeps this frame

    def _give_up(self, pending: Pending) -> None:
        """Cancels a compute, with the next call if the module cannot be told now."""
        self._given_up.append(pending)
        try:
            self._in_unit(lambda: None)
        except CuError:
            pass

    # Transactions of several computes.

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """The computes within are one: all of them are kept at the end, or none where an exception leaves. No other instance, thread or
        task uses the store meanwhile; a compute that fails undoes what it changed alone."""
        usual = self.config
        if self._transaction in _inside.get():
            raise OptionError("a transaction is open: they do not nest")
        mine = object()
        try:
            with turn(self.store, self):
                self._may_run()
                self._transaction = mine
            before = _inside.set((*_inside.get(), mine))
            try:
                yield
                self.compute("", replace(usual, transaction=abi.TRANSACTION_COMMIT))
            except BaseException:
                self._roll_back(replace(usual, transaction=abi.TRANSACTION_ROLLBACK))
                raise
            finally:
                _inside.reset(before)
        finally:
            if self._transaction is mine:
                self._transaction = None

    def _may_run(self) -> None:
        if self._transaction is not None and self._transaction not in _inside.get():
            raise BusyError("the store is in use: a transaction of the instance is open, in another thread or task")

    def _roll_back(self, config: Config) -> None:
        """Where the module cannot undo it, since the store fails, the store does, or the next instance over it."""
        if self._over is not None or self.store.transaction is not self:
            return
        try:
            self.compute("", config)
        except CuError as error:
            with self.store.lock:
                self._end(error)

    # Data without a script.

    def write_io(self, channel: str, value: Any) -> None:
        """Puts the value where scripts find it as `_io.input`, for example."""
        key, data = encode_key(channel), encode(value)
        self._in_unit(lambda: self._host(lambda: self.store.set(abi.TABLE_IO, key, data)))

    def read_io(self, channel: str) -> Any:
        """What a script assigned to `_io.output`, for example."""
        key = encode_key(channel)
        data = self._in_unit(lambda: self._host(lambda: self.store.get(abi.TABLE_IO, key)))
        return None if data is None else decode_stored(data)

    def clear_io(self) -> None:
        """Removes all that is in `_io`, before a request of another user."""

        def clear() -> None:
            for key in self.store.keys(abi.TABLE_IO):
                self.store.set(abi.TABLE_IO, key, None)

        self._in_unit(lambda: self._host(clear))

    def read(self, table: ExternalTable) -> Dict[Any, Any]:
        """The rows of an external table; tables in them are `ExternalTable` again."""

        check("the table", table, ExternalTable)

        def rows() -> List[Tuple[bytes, bytes]]:
            return [(key, self.store.get(table.id, key) or b"") for key in self.store.keys(table.id)]

        return {decode_key(key): decode_stored(value) for key, value in self._in_unit(lambda: self._host(rows))}

    def class_name(self, table: ExternalTable) -> Optional[str]:
        """The name of the table's class, `__name` of its metatable as the store has it now; none without one that is text."""

        check("the table", table, ExternalTable)

        def stored(number: int, key: Any) -> Any:
            data = self.store.get(number, encode_key(key))
            return None if data is None else decode_stored(data)

        def name() -> Any:
            metatable = stored(abi.TABLE_METATABLES, table.id)
            if isinstance(metatable, ExternalTable):
                return stored(metatable.id, abi.CLASS_NAME)
            if metatable is not None:
                raise StoreError(f"table {table.id} has a metatable that is no table")
            return None

        found = self._in_unit(lambda: self._host(name))
        return found if isinstance(found, str) else None

    @property
    def home(self) -> ExternalTable:
        """The table that is `_home`."""
        return ExternalTable(self._in_unit(lambda: self._enter("get_memory_table_id")) & 0xFFFFFFFF)

    # How a part of a compute runs.

    @staticmethod
    def _code(code: Code) -> bytes:
        check("the code", code, str, bytes, bytearray, memoryview, Call)
        try:
            return code.encode() if isinstance(code, (str, Call)) else bytes(code)
        except UnicodeEncodeError as error:
            raise EncodeError(f"the code: {error}") from error

    def _deadline(self, config: Config) -> Optional[float]:
        return None if config.time_limit is None else time.monotonic() + config.time_limit

    def _begin_with(self, code: Code, config: Optional[Config], can_wait: bool) -> Step:
        check("config", config, Config, type(None))
        config = self.config if config is None else config
        if config.transaction is None and self._transaction in _inside.get():
            config = replace(config, transaction=abi.TRANSACTION_OPEN)
        return self._part(self._code(code), config, self._deadline(config), can_wait)

    def _go_on(self, pending: Pending, record: bytes, cause: Optional[Exception] = None) -> Step:
        check("what is gone on with", pending, Pending)
        if pending.store is not self.store:  # over one store the module tells instances apart
            raise OptionError(f"the compute that waits for {pending.name} is of an instance over another store")
        record = answer_record(pending.ticket, record)
        raised_before = (failure_text(pending.name, cause), cause) if cause else None
        return self._part(record, pending.config, pending.deadline, True, raised_before)

    def _part(self, code: bytes, config: Config, deadline: Optional[float], can_wait: bool,
              raised_before: Optional[Tuple[str, Exception]] = None) -> Step:
        """Runs code in a unit, until its end or until it waits."""
        if config.extra.get(abi.CONFIG_ATOMIC, config.atomic) == abi.ATOMIC_HOST and not self.store.can_roll_back:
            raise OptionError(f"atomic is 'host', but a {type(self.store).__name__} cannot roll back")
        control = self._control

        def run() -> Step:
            control.prepare(config, self._epoch(), deadline, can_wait)
            control.raised += [raised_before] if raised_before else []
            try:
                response = self._compute(code)
            except (LuaError, HostError) as error:
                self._end_of_transaction(error)
                raise
            self._end_of_transaction(None)
            step: Step = response
            if response.raw[:1] == bytes((abi.TAG_PENDING,)):
                ticket, call = decode_pending(response.raw)
                step = Pending(call.way, tuple(call.arguments), response.output_bytes, ticket, config, deadline, control.awaitable, self.store)
            if control.failure is not None:
                if isinstance(step, Pending):
                    self._given_up.append(step)
                raise control.failure
            return step

        return self._in_unit(run)

    def _epoch(self) -> int:
        """Another number whenever somebody else changed the store."""
        return self.store.changes - self._imports.changes

    def _in_unit(self, run: Callable[[], Answer]) -> Answer:
        def after_those_given_up() -> Answer:
            self._control.running = self._running
            self._cancel_given_up()
            return run()

        try:
            return super()._in_unit(after_those_given_up)
        finally:
            if self._running is None:
                self._control.forget()
                self._imports.failures.clear()

    def _cancel_given_up(self) -> None:
        for pending in list(self._given_up):
            self._control.prepare(pending.config, self._epoch(), None, True)
            try:
                self._compute(answer_record(pending.ticket, CANCEL))
            except (LuaError, HostError) as error:
                if still_waits(error):
                    continue
            self._given_up.remove(pending)

    def _end_of_transaction(self, error: Optional[Exception]) -> None:
        """Whether a transaction is open after a compute, for the length of which the store is one unit of this instance's."""
        what = self._control.table.get(abi.CONFIG_TRANSACTION)
        if what == abi.TRANSACTION_OPEN:
            is_open = True
        elif what == abi.TRANSACTION_COMMIT:
            is_open = error is not None
        elif what == abi.TRANSACTION_ROLLBACK:
            found = of_script(error) if error else None
            is_open = found is not None and found.error_class == abi.CLASS_JOURNAL
        else:
            return
        self.store.transaction = self if is_open else None

    def _lua_error(self, text: bytes) -> LuaError:
        event = self._control.error
        error = LuaError(text, event.get(abi.FIELD_CLASS), event.get(abi.FIELD_VALUE), event.get(abi.FIELD_WAITS) is True)
        for words, cause in self._control.raised:
            if error.message.endswith(words):
                error.__cause__ = cause
        return error

    def _undoes(self) -> bool:
        return self._control.table.get(abi.CONFIG_ATOMIC) == abi.ATOMIC_HOST
