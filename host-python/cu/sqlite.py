"""Tables in a file of SQLite. A unit of changes is a transaction of the file, so a process that is killed leaves whole computes.

Several instances, threads and processes may use one file: they take turns, and each sees what the others did.
"""

from __future__ import annotations

import os
import sqlite3
import time
from typing import Any, Dict, Iterable, List, Optional, Tuple, Union

from .codec import shown
from .errors import BusyError, StoreError
from .store import Store
from .waiting import pauses

APPLICATION = 0x6375_0001  # the header of the file says whose it is

_of_another_process: List[sqlite3.Connection] = []  # to close them in a child would touch the parent's file

SCHEMA = "CREATE TABLE rows (owner INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (owner, key)) WITHOUT ROWID"


class SqliteStore(Store):
    """`wait` is in seconds, for other threads and other processes. With `durable` a compute that answered survives a loss of power;
    without, the last ones may be lost then, each as a whole."""

    can_roll_back = True

    def __init__(self, path: Union[str, "os.PathLike[str]"], wait: float = -1, durable: bool = True) -> None:
        super().__init__(wait)
        self.path = os.fspath(path)
        self._open = False  # a unit
        self._process = os.getpid()
        self._sizes: Dict[int, int] = {}  # of tables that were counted, while nobody else changes the file
        self._version = -1
        try:
            self._file = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}") from error
        try:
            self._check(durable)
        except BaseException:
            self._file.close()
            raise

    def _check(self, durable: bool) -> None:
        self._run("PRAGMA journal_mode = WAL")
        self._run(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self._run("BEGIN IMMEDIATE")
        found = self._one("PRAGMA application_id")
        if found == 0 and self._one("SELECT count(*) FROM sqlite_master") == 0:
            self._run(SCHEMA)
            self._run(f"PRAGMA application_id = {APPLICATION}")
        elif found != APPLICATION:
            self._run("ROLLBACK")
            raise StoreError(f"{self.path} is a file of something else: its application id is {found}, not {APPLICATION}")
        self._run("COMMIT")

    def _run(self, statement: str, values: Tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """SQLite would wait where no signal reaches it, so the waiting is here."""
        if self._process != os.getpid():
            raise StoreError(f"{self.path} was opened by process {self._process}, and SQLite forbids its use after a fork: open it anew in process {os.getpid()}")
        if self._open and not self._file.in_transaction:
            raise StoreError(f"{self.path}: SQLite has undone the unit of changes after an error")
        for pause in pauses(self.wait):
            try:
                return self._file.execute(statement, values)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise StoreError(f"{self.path}: {error}") from error
                busy = error
            except (sqlite3.Error, ValueError, OverflowError) as error:  # ValueError: even of texts of damaged files
                raise StoreError(f"{self.path}: {error}") from error
            time.sleep(pause)
        raise BusyError(f"{self.path} is in use by another process for more than {self.wait} s") from busy

    def _one(self, statement: str, values: Tuple[Any, ...] = ()) -> Any:
        row = self._run(statement, values).fetchone()
        return row[0] if row else None

    def _blob(self, value: Any) -> bytes:
        if not isinstance(value, bytes):  # of a number, `bytes` would make as many zeros
            raise StoreError(f"{self.path} is damaged: {shown(value)[:80]} stands where bytes are to be")
        return value

    def read(self, table: int, key: bytes) -> Optional[bytes]:
        value = self._one("SELECT value FROM rows WHERE owner = ? AND key = ?", (table, key))
        return None if value is None else self._blob(value)

    def write(self, table: int, key: bytes, value: Optional[bytes]) -> None:
        size = self._sizes.pop(table, None)
        if size is not None:
            size -= self._one("SELECT 1 FROM rows WHERE owner = ? AND key = ?", (table, key)) or 0
        if value is None:
            self._run("DELETE FROM rows WHERE owner = ? AND key = ?", (table, key))
        else:
            self._run("REPLACE INTO rows VALUES (?, ?, ?)", (table, key, value))
        if size is not None and self._open:
            self._sizes[table] = size + (value is not None)

    def count(self, table: int) -> int:
        size = self._sizes.get(table) if self._open else None
        if size is None:
            size = int(self._one("SELECT count(*) FROM rows WHERE owner = ?", (table,)))
            if self._open:
                self._sizes[table] = size
        return size

    def scan(self, table: int, after: bytes, descending: bool) -> Iterable[bytes]:
        bound, order = ("<" if descending else ">") if after else ">=", "DESC" if descending else "ASC"
        statement = f"SELECT key FROM rows WHERE owner = ? AND key {bound} ? ORDER BY key {order}"
        cursor = self._run(statement, (table, after))
        try:
            yield from (self._blob(key) for (key,) in cursor)
        finally:
            cursor.close()

    def ids(self) -> Iterable[int]:
        # One step of the tree for each table, whatever its size.
        table = self._one("SELECT min(owner) FROM rows")
        while table is not None:
            if not isinstance(table, int) or not 0 <= table < 1 << 32:
                raise StoreError(f"{self.path} is damaged: {shown(table)} is no id of a table")
            yield table
            table = self._one("SELECT min(owner) FROM rows WHERE owner > ?", (table,))

    def begin(self) -> None:
        self._run("BEGIN IMMEDIATE")
        self._open = True
        try:
            version = self._one("PRAGMA data_version")
        except BaseException:
            self.rollback()
            raise
        if version != self._version:
            self.changes += self._version >= 0  # of another process
            self._version = version
            self._sizes.clear()

    def commit(self) -> None:
        self._run("COMMIT")
        self._open = False

    def rollback(self) -> None:
        self._open = False
        self._sizes.clear()
        if self._file.in_transaction:
            self._run("ROLLBACK")

    def close(self) -> None:
        with self.lock:
            if self._process != os.getpid():
                return
            if self._open:
                self.rollback()
            self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file") and self._process != os.getpid():
            _of_another_process.append(self._file)

    def __enter__(self) -> "SqliteStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
