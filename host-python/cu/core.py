"""An instance without options: one linear memory, one VM, over a store of its own. `Instance` adds units, and what table 0 controls.

An error of the script leaves the instance; anything that breaks out of a call ends it.
"""

from dataclasses import dataclass
from typing import Any, Callable, List, Optional, TypeVar, Union

import wasmtime

from . import abi
from .codec import decode_values, split_response
from .errors import CuError, HostError, InstanceOver, LuaError, Malformed, ModuleError, ProtocolError, TrapError
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
        self._context = wasmtime.Store(module.engine)
        linker = wasmtime.Linker(module.engine)
        for (name, words), function in zip(abi.IMPORTS.items(), self._imports.functions()):
            linker.define_func(abi.IMPORT_MODULE, name, wasmtime.FuncType([I32()] * words, [I32()]), function)
        try:
            self._exports = linker.instantiate(self._context, module.code).exports(self._context)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise ModuleError(f"the module cannot be instantiated: {error}") from error
        memory = self._exports[abi.MEMORY]
        assert isinstance(memory, wasmtime.Memory)  # Module looked at the exports
        self._memory = self._imports.memory = Memory(self._context, memory)
        self._in_unit(self._init)

    def compute(self, source: Union[str, bytes]) -> Response:
        """Runs Lua source."""
        code = source.encode("utf-8") if isinstance(source, str) else source
        return self._in_unit(lambda: self._compute(code))

    def _init(self) -> None:
        answer = self._enter("init")
        if answer != abi.OK:
            raise HostError(f"the VM could not be created: init answered {answer}") from self._cause()
        self._buffer, size = self._enter("get_buffer_ptr") & 0xFFFFFFFF, self._enter("get_buffer_size")
        if size != abi.IO_BUFFER_BYTES:
            raise ProtocolError(f"the I/O buffer has {size} bytes, not {abi.IO_BUFFER_BYTES}")
        self._memory.check(self._buffer, size)
        self._host(self._take_spilled)

    def _compute(self, code: bytes) -> Response:
        output, values = split_response(self._raw(code))
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
                raise LuaError(f"the arena has no room for {len(code)} bytes of code".encode(), abi.CLASS_MEMORY)
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
            if error.message.endswith(f": it answered {answer}{', too many operations a second' if answer == abi.RATE_EXCEEDED else ''}"):
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
        assert isinstance(function, wasmtime.Func)  # and at these
        try:
            answer = function(self._context, *(word - (1 << 32) if word > 0x7FFFFFFF else word for word in words))
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise TrapError(f"the module trapped in {export}: {str(error).splitlines()[0]}") from error
        if self._imports.broken:
            raise self._imports.broken
        return 0 if answer is None else int(answer)

    def _in_unit(self, run: Callable[[], Answer]) -> Answer:
        """One call of the instance."""
        with self.store.lock:
            if self._over is not None:
                raise InstanceOver(f"the instance is over: {str(self._over) or type(self._over).__name__}") from self._over
            self._imports.failures.clear()
            try:
                return run()
            except (LuaError, HostError, Malformed):  # after which the instance goes on
                raise
            except BaseException as error:
                self._end(error)
                raise

    def _end(self, error: BaseException) -> None:
        """Nothing of the instance is used any more."""
        self._over = error
        del self._exports, self._memory, self._context, self._imports.memory
