"""An instance without options: one linear memory, one VM, over a store. `Instance` adds what table 0 controls.

A call is a turn of the store and one unit of changes in it. An error of the script keeps the changes; anything that breaks out of
a call undoes them, if the store can, and ends the instance.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable, List, Optional, TypeVar, Union

import wasmtime

from . import abi
from .codec import decode_values, split_response
from .errors import BusyError, CuError, HostError, InstanceOver, LuaError, Malformed, ProtocolError, TrapError
from .imports import Control, Imports, Memory
from .module import I32, Module
from .store import MemoryStore, Store

Answer = TypeVar("Answer")
RESULT = abi.KEY_RESULT.encode()


@dataclass(frozen=True)
class Response:
    """What a script printed, and the encoded values that it returned, at least one."""

    output_bytes: bytes
    raw: bytes

    @property
    def output(self) -> str:
        return self.output_bytes.decode("utf-8", "replace")

    @property
    def values(self) -> List[Any]:
        return decode_values(self.raw)

    @property
    def value(self) -> Any:
        return self.values[0]


class Core:
    _imports_class = Imports

    def __init__(self, module: Module, store: Optional[Store] = None, control: Optional[Control] = None) -> None:
        self.module = module
        self.store = MemoryStore() if store is None else store
        self._over: Optional[BaseException] = None
        self._imports = self._imports_class(self.store, control or Control())
        self._running = False
        self._context = wasmtime.Store(module.engine)
        linker = wasmtime.Linker(module.engine)
        for (name, words), function in zip(abi.IMPORTS.items(), self._imports.functions()):
            linker.define_func(abi.IMPORT_MODULE, name, wasmtime.FuncType([I32()] * words, [I32()]), function)
        try:
            self._exports = linker.instantiate(self._context, module.code).exports(self._context)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise TrapError(f"the module cannot be instantiated: {error}") from error
        memory = self._exports[abi.MEMORY]
        if not isinstance(memory, wasmtime.Memory):
            raise ProtocolError("what the module exports as memory is none")
        self._memory = self._imports.memory = Memory(self._context, memory)
        self._in_unit(self._init)

    def compute(self, source: Union[str, bytes]) -> Response:
        """Runs Lua source."""
        code = source.encode("utf-8") if isinstance(source, str) else source
        return self._in_unit(lambda: self._compute(code))

    def close(self) -> None:
        """Frees the linear memory; the store is not closed."""
        with self.store.lock:
            if self._running:
                raise BusyError("a call of the instance is running")
            if self._over is None:
                self._end(InstanceOver("it was closed"))

    def _init(self) -> None:
        answer = self._enter("init")
        if answer != abi.OK:
            raise HostError(f"the VM could not be created: init answered {answer}") from self._cause()
        self._buffer, size = self._enter("get_buffer_ptr") & 0xFFFFFFFF, self._enter("get_buffer_size")
        if size != abi.IO_BUFFER_BYTES:
            raise ProtocolError(f"the I/O buffer has {size} bytes, not {abi.IO_BUFFER_BYTES}")
        self._memory.check(self._buffer, size)
        self._host(lambda: self._take_spilled())

    def _compute(self, code: bytes) -> Response:
        frame = self._raw(code)
        output, values = split_response(frame)
        if values is None:
            values = self._host(self._take_spilled)
            if values is None:
                raise ProtocolError("the module says that its result is in the store, where none is")
        return Response(output, values)

    def _raw(self, code: bytes) -> bytes:
        """What is in the I/O buffer after the call; an error text is raised."""
        place = self._buffer
        if len(code) > abi.IO_BUFFER_BYTES:
            place = self._enter("lua_alloc", 0, 0, 0, len(code)) & 0xFFFFFFFF
            if place == 0:
                text = f"the arena has no room for {len(code)} bytes of code"
                raise LuaError(text.encode(), abi.CLASS_MEMORY)
        self._memory.write(place, code)
        length = self._enter("compute", place, len(code))
        if place != self._buffer:
            self._enter("lua_alloc", 0, place, len(code), 0)
        if not -abi.IO_BUFFER_BYTES - 1 <= length <= abi.IO_BUFFER_BYTES:
            raise ProtocolError(f"compute answered {length}; the I/O buffer has {abi.IO_BUFFER_BYTES} bytes")
        data = self._memory.read(self._buffer, length if length >= 0 else -length - 1)
        if length < 0:
            raise self._failure(data)
        return data

    def _failure(self, text: bytes) -> CuError:
        """Whose error it is (abi/README.md, "Imports")."""
        error = self._lua_error(text)
        for answer, cause in self._imports.failures.items():
            if error.message.endswith(f": it answered {answer}{RATE if answer == abi.RATE_EXCEEDED else ''}"):
                failed = HostError(error.message, error)
                failed.__cause__ = cause
                return failed
        return error

    def _lua_error(self, text: bytes) -> LuaError:
        return LuaError(text)

    def _cause(self) -> Optional[Exception]:
        return next(iter(self._imports.failures.values()), None)

    def _take_spilled(self) -> Optional[bytes]:
        value = self.store.get(abi.TABLE_IO, RESULT)
        if value is not None:
            self.store.set(abi.TABLE_IO, RESULT, None)
        return value

    def _host(self, use: Callable[[], Answer]) -> Answer:
        """The host's own use of the store."""
        try:
            return use()
        except Exception as error:
            raise HostError(f"the store failed: {error}") from error

    def _enter(self, export: str, *words: int) -> int:
        """Calls the module."""
        function = self._exports[export]
        assert isinstance(function, wasmtime.Func)  # Module checked the exports
        try:
            answer = function(self._context, *(word - (1 << 32) if word > 0x7FFFFFFF else word for word in words))
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise TrapError(f"the module trapped in {export}: {str(error).splitlines()[0]}") from error
        if self._imports.broken:
            raise self._imports.broken
        return 0 if answer is None else int(answer)

    def _undoes(self) -> bool:
        """Whether the store undoes a compute that fails."""
        return False

    def _in_unit(self, run: Callable[[], Answer]) -> Answer:
        """One call of the instance."""
        with self.store.turn(self):
            if self._over is not None:
                raise InstanceOver(f"the instance is over: {self._over}") from self._over
            self._imports.failures.clear()
            if self.store.transaction is None:
                self._begin()
            failure: Optional[Exception] = None
            self._running = True
            try:
                try:
                    answer = run()
                except (LuaError, HostError, Malformed) as error:  # after which the instance goes on
                    failure = error
                self._keep(failure)
            except BaseException as error:
                self._end(error)
                raise
            finally:
                self._running = False
            if failure:
                raise failure
            return answer

    def _begin(self) -> None:
        try:
            self.store.begin()
        except Exception as error:
            if isinstance(error, BusyError):
                raise
            raise HostError(f"the store did not begin a unit of changes: {error}") from error

    def _keep(self, failure: Optional[Exception]) -> None:
        try:
            if failure and self._undoes():
                self.store.rollback()
            elif self.store.transaction is None:
                self.store.commit()
        except Exception as error:
            raise HostError(f"the store did not keep the changes: {error}") from error

    def _end(self, error: BaseException) -> None:
        """Nothing of the instance is used any more. What its unit changed is undone, if the store can do that."""
        self._over = error
        del self._exports, self._memory, self._context
        self._imports.memory = None
        if self.store.transaction in (None, self):
            self.store.transaction = None
            with suppress(Exception):  # what ended the instance is to be told, not this
                self.store.rollback()


RATE = ", too many operations a second"
