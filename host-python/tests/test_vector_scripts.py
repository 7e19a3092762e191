"""The scripts of abi/vectors that a host must stand: errors, failures of its store, and nesting as deep as the module lets them."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Optional, Set

import pytest

import cu
from conftest import ROOT

BEFORE = """
_home.a = 1
local n = 0
function _home.count() n = n + 1 return n end
"""


def entries(name: str) -> List[Any]:
    return [pytest.param(entry, id=entry["name"]) for entry in json.loads((ROOT / "abi/vectors" / name).read_text(encoding="utf-8"))]


class FailingStore(cu.MemoryStore):
    """Fails in the calls that are named."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Set[str] = set()

    def check(self, call: str) -> None:
        if call in self.fails:
            raise OSError(f"{call} fails")

    def read(self, table: int, key: bytes) -> Optional[bytes]:
        self.check("get")
        return super().read(table, key)

    def write(self, table: int, key: bytes, value: Optional[bytes]) -> None:
        self.check("delete" if value is None else "set")
        super().write(table, key, value)

    def count(self, table: int) -> int:
        self.check("size")
        return super().count(table)

    def scan(self, table: int, after: bytes, descending: bool) -> Iterable[bytes]:
        self.check("keys")
        return super().scan(table, after, descending)


@pytest.mark.parametrize("entry", entries("errors.json"))
def test_error(entry: Dict[str, Any], module: cu.Module) -> None:
    config = cu.Config(extra=entry.get("config", {}))
    with cu.Instance(module, config=config) as instance, pytest.raises(cu.LuaError) as caught:
        instance.compute(entry["lua"])
    error = caught.value
    assert (error.error_class, error.message, error.traceback) == (entry["class"], entry["message"], entry["traceback"])


@pytest.mark.parametrize("entry", entries("host_failures.json"))
def test_whose_error_it_is(entry: Dict[str, Any], module: cu.Module) -> None:
    store = FailingStore()
    with cu.Instance(module, store) as instance:
        instance.compute(BEFORE)
        store.fails = set(entry["fails"])
        found: Optional[BaseException] = None
        try:
            instance.compute(entry["lua"])
        except (cu.HostError, cu.LuaError) as error:
            found = error
        store.fails = set()
        assert instance.compute("return _home.count()").value in (1, 2)  # it goes on
    assert type(found) is {"host": cu.HostError, "lua": cu.LuaError, None: type(None)}[entry["error"]]
    if isinstance(found, cu.HostError):
        assert isinstance(found.__cause__, OSError) and isinstance(found.error, cu.LuaError)


@pytest.mark.parametrize("entry", entries("deep.json"))
def test_deep_script_does_not_trap(entry: Dict[str, Any], module: cu.Module) -> None:
    with cu.Instance(module) as instance:
        try:
            instance.compute(entry["lua"])
        except cu.LuaError:
            pass
        assert instance.compute("return 1").value == 1
