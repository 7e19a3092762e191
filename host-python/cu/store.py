"""Where external tables are kept: any number of tables, each of keys in the order of their bytes.

A store is used in turns, one call of an instance at a time, each a unit of changes. It counts its changes, and each instance those
of its own: the difference is what others changed.
"""

import struct
import threading
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from typing import Dict, Iterable, Iterator, List, Optional, Tuple

from . import abi


class Store(ABC):
    """What a store of your own derives from. It may raise anything: scripts get an error, and the host that error as its cause."""

    # Whether `rollback` undoes what was written since `begin`.
    can_roll_back = False

    def __init__(self, wait: float = -1) -> None:
        """`wait` is how many seconds a call waits for one of another thread; negative is for ever."""
        self.wait, self.changes = float(wait), 0
        self.lock = threading.RLock()
        self.in_turn = False
        self.transaction: Optional[object] = None  # the instance of which several computes are one unit

    @abstractmethod
    def read(self, table: int, key: bytes) -> Optional[bytes]:
        """The value under the key, None where there is none."""

    @abstractmethod
    def write(self, table: int, key: bytes, value: Optional[bytes]) -> None:
        """Puts the value under the key; None removes the key, which need not be there."""

    @abstractmethod
    def count(self, table: int) -> int:
        """How many keys the table has, 0 of one that is unknown."""

    @abstractmethod
    def scan(self, table: int, after: bytes, descending: bool) -> Iterable[bytes]:
        """The keys behind `after` in the order of their bytes; empty is the beginning, or the end where they descend."""

    @abstractmethod
    def ids(self) -> Iterable[int]:
        """The tables that have keys."""

    def begin(self) -> None:
        """A unit of changes begins."""

    def commit(self) -> None:
        """What was written since `begin` is kept."""

    def rollback(self) -> None:
        """What was written since `begin` is undone."""

    def get(self, table: int, key: bytes) -> Optional[bytes]:
        with self.lock:
            return self.read(table, key)

    def set(self, table: int, key: bytes, value: Optional[bytes]) -> None:
        with self.lock:
            self.write(table, key, value)
            self.changes += table != abi.TABLE_IO

    def size(self, table: int) -> int:
        with self.lock:
            return self.count(table)

    def keys(self, table: int) -> List[bytes]:
        with self.lock:
            return list(self.scan(table, b"", False))

    def tables(self) -> List[int]:
        with self.lock:
            return sorted(self.ids())

    def page(self, table: int, after: bytes, descending: bool, room: int) -> Optional[bytes]:
        """As many keys behind `after` as fit; None where there are some and not one fits."""
        out = bytearray()
        with self.lock:
            for key in self.scan(table, after, descending) if table else self._ids_as_keys(after, descending):
                if len(out) + 4 + len(key) > room:
                    return bytes(out) or None
                out += struct.pack("<I", len(key)) + key
        return bytes(out)

    def _ids_as_keys(self, after: bytes, descending: bool) -> Iterable[bytes]:
        keys = sorted((struct.pack(">I", table) for table in self.ids()), reverse=descending)
        return (key for key in keys if not after or (key < after if descending else key > after))


class MemoryStore(Store):
    """Tables that are gone with the process."""

    can_roll_back = True

    def __init__(self, wait: float = -1) -> None:
        super().__init__(wait)
        self._tables: Dict[int, Dict[bytes, bytes]] = {}
        self._sorted: Dict[int, List[bytes]] = {}  # every key of a table, and some that were removed since
        self._undo: Optional[List[Tuple[int, bytes, Optional[bytes]]]] = None

    def read(self, table: int, key: bytes) -> Optional[bytes]:
        rows = self._tables.get(table)
        return rows.get(key) if rows else None

    def write(self, table: int, key: bytes, value: Optional[bytes]) -> None:
        rows = self._tables.setdefault(table, {})
        if self._undo is not None:
            self._undo.append((table, key, rows.get(key)))
        if value is None:
            rows.pop(key, None)
        else:
            if key not in rows:
                self._sorted.pop(table, None)
            rows[key] = value
        if not rows:
            del self._tables[table]
            self._sorted.pop(table, None)

    def count(self, table: int) -> int:
        return len(self._tables.get(table, ()))

    def scan(self, table: int, after: bytes, descending: bool) -> Iterable[bytes]:
        rows = self._tables.get(table, {})
        order = self._sorted.get(table)
        if order is None or len(order) > 2 * len(rows):
            order = self._sorted[table] = sorted(rows)
        if descending:
            places = range((bisect_left(order, after) if after else len(order)) - 1, -1, -1)
        else:
            places = range(bisect_right(order, after) if after else 0, len(order))
        return (order[at] for at in places if order[at] in rows)

    def ids(self) -> Iterable[int]:
        return self._tables

    def begin(self) -> None:
        self._undo = []

    def commit(self) -> None:
        self._undo = None

    def rollback(self) -> None:
        undo, self._undo = self._undo or [], None
        for table, key, old in reversed(undo):
            self.write(table, key, old)
