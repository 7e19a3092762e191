"""The five functions that the module imports. This is the one file that touches linear memory.

No exception leaves an import: it is noted in `failures`, and the module is answered with a number. What is no `Exception`, such as
KeyboardInterrupt, is kept in `broken`, after which nothing is answered any more.
"""

import ctypes
import weakref
from typing import Callable, Dict, List, Optional

import wasmtime

from . import abi
from .errors import ProtocolError, StoreError
from .store import Store

FAILED, NO_ROOM, UNSIGNED = -2, -3, 0xFFFFFFFF


class Memory:
    """Linear memory, which does not grow."""

    def __init__(self, context: wasmtime.Store, memory: wasmtime.Memory) -> None:
        self.size = memory.data_len(context)
        array = (ctypes.c_ubyte * self.size).from_address(ctypes.addressof(memory.data_ptr(context).contents))
        self._bytes = memoryview(array).cast("B")

    def read(self, pointer: int, length: int) -> bytes:
        self.check(pointer, length)
        return self._bytes[pointer : pointer + length].tobytes()

    def write(self, pointer: int, data: bytes) -> None:
        self.check(pointer, len(data))
        self._bytes[pointer : pointer + len(data)] = data

    def check(self, pointer: int, length: int) -> None:
        if not 0 <= length <= self.size - pointer:
            raise ProtocolError(f"{length} bytes at {pointer} are not in a memory of {self.size} bytes")


class Control:
    """Table 0, by which the host controls the module; this one knows nothing."""

    def get(self, key: bytes) -> Optional[bytes]:
        return None

    def set(self, key: bytes, value: bytes) -> None:
        pass


def _guarded(imports: "weakref.ref[Imports]", name: str) -> Callable[..., int]:
    def guarded(*words: int) -> int:
        self = imports()
        if self is None or self.broken:
            return FAILED
        try:
            return int(getattr(self, name)(*[word & UNSIGNED for word in words]))
        except Exception as error:
            code = error.code if isinstance(error, StoreError) and isinstance(error.code, int) and -(1 << 31) <= error.code < -1 else FAILED
            self.failures[code] = error
            return code
        except BaseException as error:
            self.broken = error
            return FAILED

    return guarded


class Imports:
    def __init__(self, store: Store, control: Control) -> None:
        self.store, self.control = store, control
        self.memory: Memory  # when there is one; an import that is called before, or after the end, fails
        self.failures: Dict[int, Exception] = {}  # by what the module was answered
        self.broken: Optional[BaseException] = None
        self.changes = 0  # of the store, by this instance

    def functions(self) -> List[Callable[..., int]]:
        """In the order of the contract. The engine has a list of them for the whole process, so they keep nothing alive."""
        return [_guarded(weakref.ref(self), name) for name in ("set", "get", "delete", "size", "keys")]

    def _change(self, table: int, key: bytes, value: Optional[bytes]) -> int:
        self.store.set(table, key, value)
        self.changes += table != abi.TABLE_IO
        return abi.OK

    def set(self, table: int, key: int, key_length: int, value: int, length: int) -> int:
        key_bytes, data = self.memory.read(key, key_length), self.memory.read(value, length)
        if table != abi.TABLE_CONTROL:
            return self._change(table, key_bytes, data)
        self.control.set(key_bytes, data)
        return abi.OK

    def get(self, table: int, key: int, key_length: int, into: int, room: int) -> int:
        key_bytes = self.memory.read(key, key_length)
        value = self.control.get(key_bytes) if table == abi.TABLE_CONTROL else self.store.get(table, key_bytes)
        if value is None:
            return abi.ABSENT
        if len(value) <= room:
            self.memory.write(into, value)
        return len(value)

    def delete(self, table: int, key: int, key_length: int) -> int:
        return self._change(table, self.memory.read(key, key_length), None) if table else abi.OK

    def size(self, table: int) -> int:
        return self.store.size(table) if table else 0

    def keys(self, table: int, pointer: int, room: int) -> int:
        head = int.from_bytes(self.memory.read(pointer, room)[:4], "little")
        length = head & ~abi.PAGE_DESCENDING
        if length > room - 4:
            raise ProtocolError(f"the last key has {length} bytes, the page {room}")
        page = self.store.page(table, self.memory.read(pointer + 4, length), head >= abi.PAGE_DESCENDING, room)
        if page is None:
            return NO_ROOM
        self.memory.write(pointer, page)
        return len(page)
