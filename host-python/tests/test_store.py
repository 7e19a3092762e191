"""Stores against a model, and instances over stores that fail in any call."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Dict, Iterable, Optional

import pytest

import cu

SCRIPT = """
_home.list = {}
for i = 1, 20 do _home.list[i] = { id = i, name = 'user' .. i } end
for i = 1, 20, 3 do _home.list[i] = nil end
local seen = 0
for k, v in pairs(_home.list) do seen = seen + v.id end
local n = 0
function _home.count() n = n + 1 return n end
_home.count()
return seen, #_home, ('x'):rep(70000)
"""


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterable[cu.Store]:
    if request.param == "memory":
        yield cu.MemoryStore()
    else:
        with cu.SqliteStore(tmp_path / "store.db", durable=False) as store:
            yield store


def content(store: cu.Store) -> Dict[Any, bytes]:
    return {(table, key): store.get(table, key) or b"" for table in store.tables() for key in store.keys(table)}


def test_store_is_as_its_model(store: cu.Store, chance: random.Random) -> None:
    model: Dict[int, Dict[bytes, bytes]] = {}
    tables = [1, 2, 3, 0x80000000, 0xFFFFFFFF]
    keys = [bytes(chance.choices(b"\0a\xff", k=chance.randrange(5))) for _ in range(60)]
    before: Optional[Dict[int, Dict[bytes, bytes]]] = None
    for _ in range(4000):
        table, key = chance.choice(tables), chance.choice(keys)
        rows = model.setdefault(table, {})
        action = chance.randrange(12)
        if action < 5:
            rows[key] = chance.randbytes(chance.randrange(4))
            store.set(table, key, rows[key])
        elif action < 8:
            rows.pop(key, None)
            store.set(table, key, None)
        elif action == 8:
            assert store.get(table, key) == rows.get(key)
            assert store.size(table) == len(rows)
        elif action == 9:
            after, descending, room = chance.choice([b"", key, key + b"\0"]), chance.random() < 0.5, chance.randrange(4, 60)
            wanted = b""
            behind = [one for one in sorted(rows, reverse=descending) if not after or (one < after if descending else one > after)]
            for one in behind:
                if len(wanted) + 4 + len(one) > room:
                    break
                wanted += len(one).to_bytes(4, "little") + one
            assert store.page(table, after, descending, room) == (wanted if wanted or not behind else None)
        elif before is None:
            store.begin()
            before = {table: dict(rows) for table, rows in model.items()}
        else:
            if action == 10:
                store.commit()
            else:
                store.rollback()
                model = before
            before = None
    if before is not None:
        store.commit()
    assert content(store) == {(table, key): value for table, rows in model.items() for key, value in rows.items()}
    assert store.tables() == sorted(table for table, rows in model.items() if rows)


class Failing(cu.MemoryStore):
    """Fails in call number `at`, and in all after it if `on`."""

    at = 0
    on = False
    calls = 0

    def use(self) -> None:
        self.calls += 1
        if self.calls == self.at or (self.on and self.calls > self.at > 0):
            raise OSError(f"call {self.calls} fails")

    def read(self, table: int, key: bytes) -> Optional[bytes]:
        self.use()
        return super().read(table, key)

    def write(self, table: int, key: bytes, value: Optional[bytes]) -> None:
        self.use()
        super().write(table, key, value)

    def count(self, table: int) -> int:
        self.use()
        return super().count(table)

    def scan(self, table: int, after: bytes, descending: bool) -> Iterable[bytes]:
        self.use()
        return super().scan(table, after, descending)

    def ids(self) -> Iterable[int]:
        self.use()
        return super().ids()


def calls_of_script(module: cu.Module) -> int:
    store = Failing()
    cu.Instance(module, store).compute(SCRIPT)
    return store.calls


@pytest.mark.parametrize("on", [False, True])
def test_a_store_that_fails_at_any_call_is_the_hosts_error(module: cu.Module, on: bool) -> None:
    most = calls_of_script(module)
    assert most > 60
    withstood = 0
    for at in range(3, most + 1, 2 if on else 1):  # the first two are of the start
        store = Failing()
        instance = cu.Instance(module, store)
        store.at, store.on = at, on
        try:
            # Where ids are noted or given back, the module can do without a call that failed.
            assert instance.compute(SCRIPT).values[:2] == [140, 2]
            withstood += 1
        except cu.HostError as error:
            assert isinstance(error.__cause__, OSError)
        store.at = 0
        assert instance.compute("_home.x = 1 return _home.x").value == 1
        instance.close()
    assert withstood < 4


def test_what_the_store_undoes_is_as_before(module: cu.Module) -> None:
    most = calls_of_script(module)
    for at in range(3, most + 1, 3):
        store = Failing()
        instance = cu.Instance(module, store, cu.Config(atomic="host"))
        instance.compute("_home.old = { 1, 2 }")
        before = content(store)
        store.calls, store.at = 0, at
        try:
            instance.compute(SCRIPT)
        except cu.HostError:
            store.at = 0
            assert content(store) == before
        store.at = 0
        assert instance.compute("return #_home.old").value == 2
        instance.close()


def test_a_collection_over_a_store_that_fails(module: cu.Module) -> None:
    store = Failing()
    instance = cu.Instance(module, store)
    instance.compute(SCRIPT)
    store.calls, store.at = 0, 3
    with pytest.raises(cu.HostError, match="during the collection"):
        instance.collect()
    store.at = 0
    instance.collect()
    assert instance.compute("return #_home").value == 2


@pytest.mark.parametrize("code", [-1, 0, 7, 2**40, -(2**40), "x", None, 1.5])
def test_a_code_that_says_something_else_than_a_failure(module: cu.Module, code: Any) -> None:
    class Coded(cu.StoreError):
        pass

    class Store(cu.MemoryStore):
        fails = False

        def read(self, table: int, key: bytes) -> Optional[bytes]:
            if self.fails:
                raise Coded("a bad sector")
            return super().read(table, key)

    Coded.code = code
    store = Store()
    instance = cu.Instance(module, store)
    instance.compute("_home.a = 1")
    store.fails = True
    with pytest.raises(cu.HostError) as caught:
        instance.compute("return _home.a")
    assert isinstance(caught.value.__cause__, Coded)
    store.fails = False
    assert instance.compute("return _home.a").value == 1


def test_units_that_fail(module: cu.Module) -> None:
    class Units(cu.MemoryStore):
        fails = ""

        def begin(self) -> None:
            if self.fails == "begin":
                raise OSError("no unit")
            super().begin()

        def commit(self) -> None:
            if self.fails == "commit":
                raise OSError("the disk is full")
            super().commit()

    store = Units()
    instance = cu.Instance(module, store)
    store.fails = "begin"
    with pytest.raises(cu.HostError, match="did not begin a unit of changes: no unit"):
        instance.compute("_home.a = 1")
    store.fails = ""
    instance.compute("_home.a = 2")
    store.fails = "commit"
    with pytest.raises(cu.HostError, match="did not keep the changes: the disk is full"):
        instance.compute("_home.a = 3")
    store.fails = ""
    with pytest.raises(cu.InstanceOver):
        instance.compute("return 1")
    assert cu.Instance(module, store).compute("return _home.a").value == 2


def test_a_store_that_cannot_roll_back_says_so(module: cu.Module) -> None:
    class Plain(cu.MemoryStore):
        can_roll_back = False

    instance = cu.Instance(module, Plain())
    with pytest.raises(cu.OptionError, match="a Plain cannot roll back"):
        instance.compute("return 1", cu.Config(atomic="host"))
    assert instance.compute("return 1").value == 1


def test_instances_over_one_store_count_on(module: cu.Module, store: cu.Store) -> None:
    first, second = cu.Instance(module, store), cu.Instance(module, store)
    first.compute("local n = 0 function _home.count() n = n + 1 return n end")
    assert [one.call("_home.count").value for one in (first, second, first, second)] == [1, 2, 3, 4]
    store.set(1, cu.encode_key("said"), cu.encode("by the host"))
    assert first.compute("return _home.said").value == second.compute("return _home.said").value == "by the host"
    first.compute("_home.gone = { 1 }")
    second.compute("_home.gone = nil")
    second.collect()
    assert first.compute("return _home.gone").value is None


def test_a_result_that_somebody_left_is_deleted(module: cu.Module, store: cu.Store) -> None:
    store.set(2, b"\x01result\0", cu.encode(1))
    instance = cu.Instance(module, store)
    assert store.get(2, b"\x01result\0") is None
    assert len(instance.compute("return ('x'):rep(100000)").value) == 100000
    assert store.tables() == [] or 2 not in store.tables()
