"""Arguments of another type, and values that fail while they are read: an error that says which, and the instance goes on."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import Any, Callable, Dict, Iterator

import pytest

import cu


class Hostile(Dict[Any, Any]):
    def items(self) -> Any:
        raise KeyError("no items today")


WRONG: Dict[str, Callable[[cu.Instance], Any]] = {
    "code is NoneType None; wanted is str": lambda one: one.compute(None),  # type: ignore[arg-type]
    "code is int 5": lambda one: one.start(5),  # type: ignore[arg-type]
    r"code is list \[\]": lambda one: asyncio.run(one.run([])),  # type: ignore[arg-type]
    "the code: .*surrogates not allowed": lambda one: one.compute("\ud800"),
    "config is dict": lambda one: one.compute("return 1", {"instructions": 5}),  # type: ignore[arg-type]
    "a way is text such as '_home.total', not a NoneType": lambda one: one.call(None),  # type: ignore[arg-type]
    "argument 1: a way is text": lambda one: one.call("print", cu.Way(5)),  # type: ignore[arg-type]
    "the table is int 5; wanted is ExternalTable": lambda one: one.read(5),  # type: ignore[arg-type]
    "object at .* is no key": lambda one: one.write_io(object(), 1),  # type: ignore[arg-type]
    "an integer of 16610 bits is no key": lambda one: one.read_io(10**5000),  # type: ignore[arg-type]
    "gone on with is NoneType": lambda one: one.resume(None),  # type: ignore[arg-type]
    "-1 is no id of a table; 0 to 4294967295 are": lambda one: one.call("print", cu.ExternalTable(-1)),
    r"value\['a'\]\[2\]: 4294967296 is no id": lambda one: one.call("print", {"a": [1, cu.ExternalTable(2**32)]}),
    "value: .*got 'int'": lambda one: one.call("print", cu.LibraryFunction(5)),  # type: ignore[arg-type]
    "value: too many values to unpack": lambda one: one.call("print", cu.Table([(1, 2, 3)])),  # type: ignore[list-item]
    r"value\['a'\]: 'no items today'": lambda one: one.call("print", {"a": Hostile()}),
    r"value\[an integer of 16610 bits\]: a object": lambda one: one.call("print", {10**5000: object()}),
}


@pytest.mark.parametrize("problem", WRONG)
def test_arguments(instance: cu.Instance, problem: str) -> None:
    with pytest.raises(cu.CuError, match=problem):
        WRONG[problem](instance)
    assert instance.compute("return 1").value == 1


def test_keys_that_python_does_not_write(instance: cu.Instance) -> None:
    assert instance.call("next", {10**5000: 7}).values == [10**5000, 7]


@pytest.mark.parametrize("option, value, problem", [
    ("instructions", {1, 2}, "instructions: value: a set has no encoding"), ("time_limit", "5", "time_limit is str '5'; wanted is int or float"),
    ("time_limit", 10**400, "time_limit is an integer of 1329 bits"), ("time_limit", float("nan"), "time_limit is nan"), ("events", "usage", "events is 'usage', one text"),
    ("events", 5, "events is int 5"), ("extra", None, "extra is NoneType None"), ("home", object(), "home: value: a object"),
])
def test_options_of_a_configuration(option: str, value: Any, problem: str) -> None:
    with pytest.raises(cu.OptionError, match=problem):
        cu.Config(**{option: value})


@pytest.mark.parametrize("option, value, problem", [
    ("module", b"wasm", "module is bytes b'wasm'; wanted is Module"), ("store", "x.db", "store is str 'x.db'; wanted is Store"), ("config", {}, "config is dict {}"),
    ("functions", [print], "functions is list"), ("functions", {"f": 3}, "the function 'f' is int 3; wanted is Callable"),
    ("functions", {"f": cu.HostFunction(3)}, "the function 'f' is int 3"),  # type: ignore[arg-type]
    ("on_event", 5, "on_event is int 5"), ("now", 5, "now is int 5; wanted is Callable or NoneType"),
])
def test_options_of_an_instance(option: str, value: Any, problem: str) -> None:
    with pytest.raises(cu.OptionError, match=problem):
        cu.Instance(**{option: value})


def test_a_configuration_keeps_what_it_was_made_with(instance: cu.Instance) -> None:
    permissions: Dict[str, Any] = {"write": True}
    config = cu.Config(permissions=permissions)
    instance.compute("_home.a = 1", config)
    permissions["write"] = False
    instance.compute("_home.a = 2", config)
    instance.compute("return 1", cu.Config(permissions=MappingProxyType({"write": True}), extra={1: "unknown"}))
    with pytest.raises(cu.LuaError, match="read-only"):
        instance.compute("_home.a = 3", cu.Config(permissions=permissions))


@pytest.mark.parametrize("time", ["noon", None, 10**400])
def test_a_clock_that_answers_no_number(module: cu.Module, time: Any) -> None:
    with pytest.raises(cu.HostError, match="the clock failed"):
        cu.Instance(module, now=lambda: time).compute("return os.time()")


def functions() -> Iterator[Any]:
    class Textless(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    def textless() -> None:
        raise Textless

    def raises_number() -> None:
        raise cu.Raise(10**5000)

    yield "textless", textless, ["host.f: Textless"]
    yield "hostile", lambda: {"a": Hostile()}, [r"host.f: value['a']: 'no items today'"]
    yield "table", lambda: cu.ExternalTable(-1), ["host.f: value: -1 is no id of a table; 0 to 4294967295 are"]
    yield "number", raises_number, [10**5000]
    yield "surrogate", lambda: "\ud800", ["host.f: value: 'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed"]


@pytest.mark.parametrize("name, function, answer", list(functions()))
def test_functions_of_the_host(module: cu.Module, name: str, function: Any, answer: Any) -> None:
    async def later() -> Any:
        return function()

    instance = cu.Instance(module, functions={"f": function, "later": later})
    assert instance.compute("local ok, problem = pcall(host.f) return problem").values == answer
    waited = asyncio.run(instance.run("local ok, problem = pcall(host.later) return problem")).value
    assert waited == (answer[0].replace("host.f", "host.later") if isinstance(answer[0], str) else answer[0])


def test_who_waits_is_gone_on_with_by_its_own_instance(module: cu.Module) -> None:
    first, second = (cu.Instance(module, functions={"ask": cu.HostFunction(lambda: cu.WAIT)}) for _ in range(2))
    mine, other = first.start("return host.ask()"), second.start("return host.ask()")
    assert isinstance(mine, cu.Pending) and isinstance(other, cu.Pending)
    for go_on in (first.resume, first.fail):
        with pytest.raises(cu.OptionError, match="waits for ask is of an instance over another store"):
            go_on(other, "stolen")
    done = first.resume(mine, "mine"), second.resume(other, "other")
    assert [one.value for one in done if isinstance(one, cu.Response)] == ["mine", "other"]
