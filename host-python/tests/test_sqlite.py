"""A file of SQLite: processes that are killed, processes that take turns, and files of something else."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import cu
from conftest import HOST

WRITER = """
import sys
sys.path.insert(0, sys.argv[1])
import cu
instance = cu.Instance(store=cu.SqliteStore(sys.argv[2], durable=False))
instance.compute("_home.rows = _home.rows or {} _home.n = _home.n or 0")
while True:
    n = instance.compute("local n = _home.n + 1 for i = 1, 50 do _home.rows[i] = n end _home.n = n return n").value
    print(n, flush=True)
"""
COUNTER = """
import sys
sys.path.insert(0, sys.argv[1])
import cu
instance = cu.Instance(store=cu.SqliteStore(sys.argv[2], durable=False))
for _ in range(100):
    instance.call("_home.count")
"""


def process(code: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code, str(HOST), str(path)], stdout=subprocess.PIPE, text=True)


def test_a_process_that_is_killed_leaves_whole_computes(module: cu.Module, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for round in range(int(os.environ.get("CU_ROUNDS") or 4)):
        with process(WRITER, path) as writer:
            assert writer.stdout is not None
            answered = int(writer.stdout.readline())
            time.sleep(0.013 * (round % 7))
            writer.send_signal(signal.SIGKILL)
            answered = max([answered, *map(int, (line for line in writer.stdout.read().split("\n")[:-1]))])
        with cu.SqliteStore(path) as store, cu.Instance(module, store) as instance:
            n, rows = instance.compute("local all = {} for i, n in ipairs(_home.rows) do all[i] = n end return _home.n, all").values
            assert rows == [n] * 50
            assert n >= answered  # what was answered is there


def test_processes_take_turns(module: cu.Module, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with cu.SqliteStore(path, durable=False) as store, cu.Instance(module, store) as instance:
        instance.compute("local n = 0 function _home.count() n = n + 1 return n end")
        counters = [process(COUNTER, path) for _ in range(2)]
        for _ in range(100):
            instance.call("_home.count")
        for counter in counters:
            counter.communicate()
            assert counter.returncode == 0
        assert instance.call("_home.count").value == 301


def test_a_file_in_use_is_busy(module: cu.Module, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with cu.SqliteStore(path, wait=0.05) as store, cu.Instance(module, store) as instance:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(cu.BusyError, match="in use by another process for more than 0.05 s"):
            instance.compute("return 1")
        other.execute("ROLLBACK")
        assert instance.compute("return 1").value == 1
        other.close()


def test_waiting_for_a_file_can_be_interrupted(module: cu.Module, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with cu.SqliteStore(path) as store, cu.Instance(module, store) as instance:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            instance.compute("return 1")
        timer.join()
        other.execute("ROLLBACK")
        other.close()
        assert instance.compute("return 1").value == 1


def test_a_transaction_of_a_process_that_is_killed_is_undone(module: cu.Module, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with cu.SqliteStore(path) as store, cu.Instance(module, store) as instance:
        instance.compute("_home.n = 1")
    code = """
import os, sys
sys.path.insert(0, sys.argv[1])
import cu
instance = cu.Instance(store=cu.SqliteStore(sys.argv[2]))
with instance.transaction():
    instance.compute("_home.n = 2")
    os.kill(os.getpid(), 9)
"""
    with process(code, path) as killed:
        assert killed.wait() == -signal.SIGKILL
    with cu.SqliteStore(path) as store, cu.Instance(module, store) as instance:
        assert instance.compute("return _home.n").value == 1


@pytest.mark.parametrize("made", ["text", "foreign", "folder"])
def test_a_file_of_something_else(tmp_path: Path, made: str) -> None:
    path = tmp_path / "store.db"
    if made == "text":
        path.write_bytes(b"no database, and longer than its header has to be " * 40)
    elif made == "foreign":
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE people (name TEXT)")
        other.close()
    else:
        path.mkdir()
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(cu.StoreError):
        cu.SqliteStore(path)
    if made == "text":
        assert path.read_bytes() == before


@pytest.mark.parametrize("row, problem", [
    ("(1, x'016100', 100000000000)", "100000000000 stands where bytes"), ("(1, x'016100', 5)", "5 stands where bytes"), ("(1, x'016100', 'text')", "'text' stands where bytes"),
    ("('x', x'016100', x'00')", "'x' is no id"), ("(-1, x'016100', x'00')", "-1 is no id"), ("(5000000000, x'016100', x'00')", "5000000000 is no id"),
])
def test_a_row_that_nobody_here_wrote(module: cu.Module, tmp_path: Path, row: str, problem: str) -> None:
    path = tmp_path / "store.db"
    with cu.SqliteStore(path) as store, cu.Instance(module, store) as instance:
        instance.compute("_home.n = 1")
    with sqlite3.connect(path) as other:
        other.execute(f"INSERT INTO rows VALUES {row}")
    other.close()
    with cu.SqliteStore(path) as store, cu.Instance(module, store) as instance:
        with pytest.raises(cu.HostError) as caught:
            instance.compute("return _home.a")
            instance.collect()
        assert isinstance(caught.value.__cause__, cu.StoreError) and f"{path} is damaged: {problem}" in str(caught.value.__cause__)
        assert instance.compute("return _home.n").value == 1


def test_files_with_damaged_bytes(module: cu.Module, tmp_path: Path, chance: random.Random) -> None:
    path = tmp_path / "store.db"
    with cu.SqliteStore(path) as store, cu.Instance(module, store) as instance:
        instance.compute("for i = 1, 300 do _home[i] = { i, ('x'):rep(50) } end function _home.f() return 1 end")
    whole, schema = path.read_bytes(), path.read_bytes().index(b"CREATE TABLE")
    for round in range(80):
        data = bytearray(whole[: chance.randrange(len(whole))] if round % 4 == 0 else whole)
        for _ in range(chance.choice([1, 20, 400])):
            at = schema + chance.randrange(100) if round % 4 == 1 else chance.randrange(max(1, len(data)))
            data[at : at + 1] = chance.randbytes(1)
        for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            name.unlink(missing_ok=True)
        path.write_bytes(data)
        try:
            with cu.SqliteStore(path, wait=1) as store, cu.Instance(module, store) as instance:
                instance.compute("local n = 0 for k, v in pairs(_home) do n = n + 1 end _home.new = { n }")
                instance.collect()
        except cu.CuError:
            pass


def test_a_file_that_was_opened_before_a_fork_is_refused(module: cu.Module, tmp_path: Path) -> None:
    code = """
import os, sys
sys.path.insert(0, sys.argv[1])
import cu
store = cu.SqliteStore(sys.argv[2])
instance = cu.Instance(store=store)
instance.compute("_home.n = 1")
child = os.fork()
if child == 0:
    try:
        instance.compute("_home.n = 2")
    except cu.HostError as error:
        print(error.__cause__)
    store.close()
    with cu.SqliteStore(sys.argv[2]) as own, cu.Instance(store=own) as other:
        other.compute("_home.n = _home.n + 10")
    del instance, store
    sys.exit()
os.waitpid(child, 0)
print(instance.compute("return _home.n").value)
"""
    with process(code, tmp_path / "store.db") as forked:
        assert forked.stdout is not None
        said, n = forked.stdout.read().splitlines()
    assert "SQLite forbids its use after a fork: open it anew in process" in said and n == "11"


def test_a_full_disk_keeps_nothing_of_the_compute(module: cu.Module, tmp_path: Path) -> None:
    with cu.SqliteStore(tmp_path / "store.db") as store:
        instance = cu.Instance(module, store)
        instance.compute("_home.a = 1")
        pages = store._one("PRAGMA page_count")
        store._run(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(cu.HostError) as caught:
            instance.compute("_home.a = 2 for i = 1, 100 do _home[i] = ('%d'):format(i):rep(2000) .. i end", cu.Config(compression=0, atomic="host"))
        assert isinstance(caught.value.__cause__, cu.StoreError)
        store._run("PRAGMA max_page_count = 100000")
        assert cu.Instance(module, store).compute("return _home.a").value == 1


def test_a_store_that_was_closed(module: cu.Module, tmp_path: Path) -> None:
    store = cu.SqliteStore(tmp_path / "store.db")
    instance = cu.Instance(module, store)
    store.close()
    with pytest.raises(cu.HostError, match="did not begin"):
        instance.compute("return 1")
