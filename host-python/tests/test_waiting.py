"""Computes that wait for functions of the host: with asyncio, and answered by the program."""

from __future__ import annotations

import asyncio
import random
from typing import Any, Dict, List, Tuple

import pytest

import cu


async def get(path: str) -> str:
    await asyncio.sleep(0.02 if path == "/slow" else 0.001)
    if path == "/none":
        raise FileNotFoundError("there is none")
    return f"<{path}>"


@pytest.fixture
def web(module: cu.Module) -> cu.Instance:
    return cu.Instance(module, functions={"http.get": get})


def test_several_wait_at_once(web: cu.Instance) -> None:
    order: List[str] = []

    async def one(path: str) -> Tuple[str, str]:
        response = await web.run(cu.Call("_home.fetch", path))
        order.append(path)
        return response.output, response.value

    async def all_of_them() -> List[Tuple[str, str]]:
        return await asyncio.gather(one("/slow"), one("/a"), one("/b"))

    web.compute("function _home.fetch(path) print('begins') local all = host.http.get(path) .. host.http.get(path) print('ends') return all end")
    assert asyncio.run(all_of_them()) == [("begins\nends\n", f"<{path}><{path}>") for path in ("/slow", "/a", "/b")]
    assert order[-1] == "/slow"


def test_an_error_is_raised_where_the_function_was_called(web: cu.Instance) -> None:
    caught = asyncio.run(web.run("local ok, problem = pcall(host.http.get, '/none') return ok, problem"))
    assert caught.values == [False, "host.http.get: there is none"]
    with pytest.raises(cu.LuaError, match="^compute:1: host.http.get: there is none$") as error:
        asyncio.run(web.run("host.http.get('/none')"))
    assert isinstance(error.value.__cause__, FileNotFoundError)


def test_a_time_limit_counts_while_a_script_waits(web: cu.Instance) -> None:
    with pytest.raises(cu.LuaError, match="'the time limit of 0.005 s is over', while it waited for host.http.get") as error:
        asyncio.run(web.run("host.http.get('/slow')", cu.Config(time_limit=0.005)))
    assert error.value.error_class == "interrupted"
    with pytest.raises(cu.LuaError, match="compute:1: interrupted"):
        asyncio.run(web.run("host.http.get('/a') while true do end", cu.Config(time_limit=0.05)))
    assert asyncio.run(web.run("return host.http.get('/a')")).value == "</a>"


def test_a_time_limit_counts_while_a_script_waits_for_a_future(module: cu.Module) -> None:
    instance = cu.Instance(module, functions={"never": cu.HostFunction(lambda: asyncio.get_running_loop().create_future())})
    with pytest.raises(cu.LuaError, match="'the time limit of 0.02 s is over', while it waited for host.never"):
        asyncio.run(instance.run("pcall(host.never) _home.went_on = true", cu.Config(time_limit=0.02)))
    assert instance.compute("return _home.went_on").value is None


def test_who_is_cancelled_ends_the_script(web: cu.Instance) -> None:
    code = "local x <close> = setmetatable({}, { __close = function() _home.closed = (_home.closed or 0) + 1 end }) host.http.get('/slow') _home.went_on = true"

    async def cancelled() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(web.run(code), 0.003)

    asyncio.run(cancelled())
    assert web.compute("return _home.closed, _home.went_on").values == [1, None]


def test_what_cannot_be_cancelled_now_is_cancelled_later(module: cu.Module) -> None:
    class Store(cu.MemoryStore):
        fails = False

        def begin(self) -> None:
            if self.fails:
                raise OSError("no unit")
            super().begin()

    async def call() -> str:
        store.fails = True
        return "answer"

    store = Store()
    instance = cu.Instance(module, store, functions={"call": call})
    with pytest.raises(cu.HostError, match="no unit"):
        asyncio.run(instance.run("local x <close> = setmetatable({}, { __close = function() _home.closed = true end }) host.call()"))
    store.fails = False
    assert instance._given_up
    assert instance.compute("return _home.closed").value is True
    assert not instance._given_up


def test_a_blocking_compute_does_not_wait(web: cu.Instance) -> None:
    with pytest.raises(cu.LuaError, match="config.pending is 0"):
        web.compute("host.http.get('/a')")


def test_either(module: cu.Module) -> None:
    cache: Dict[str, str] = {}

    async def fetch(name: str) -> str:
        await asyncio.sleep(0)
        cache[name] = name.upper()
        return cache[name]

    def find(name: str) -> Any:
        return cache[name] if name in cache else fetch(name)

    instance = cu.Instance(module, functions={"find": cu.HostFunction(find), "later": cu.HostFunction(lambda: cu.WAIT), "wrong": lambda: fetch("x")})
    assert asyncio.run(instance.run("return host.find('a') .. host.find('a')")).value == "AA"
    assert instance.compute("return host.find('a')").value == "A"
    for code, problem in (("host.find('b')", "it is either, and would have to be waited for here"), ("host.wrong()", "it is sync, and would")):
        with pytest.raises(cu.LuaError, match=problem):
            instance.compute(code)
    with pytest.raises(cu.LuaError, match="nobody answers it here"):
        asyncio.run(instance.run("host.later()"))


def test_answered_by_the_program(web: cu.Instance) -> None:
    web.compute("function _home.fetch(path) return path, host.http.get(path) end")
    waiting = [web.start(cu.Call("_home.fetch", path)) for path in ("/a", "/b", "/c", "/d")]
    found = []
    for step in reversed(waiting):
        assert isinstance(step, cu.Pending) and step.name == "http.get"
        if step.arguments == ("/d",):
            assert isinstance(web.cancel(step), cu.Response)
        elif step.arguments == ("/b",):
            with pytest.raises(cu.LuaError, match="not found"):
                web.fail(step, "not found")
        else:
            done = web.resume(step, len(step.arguments[0]))
            assert isinstance(done, cu.Response)
            found.append(done.values)
        with pytest.raises(cu.LuaError) as used:
            web.resume(step, 1)
        assert used.value.error_class == "input"
    assert found == [["/c", 2], ["/a", 2]]


def test_waiting_in_random_order(module: cu.Module, chance: random.Random) -> None:
    """Each script adds what it is answered; whatever the order, each ends with its own sum."""

    async def number(key: int) -> int:
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)
        return key

    instance = cu.Instance(module, functions={"number": number}, config=cu.Config(pending=20))
    instance.compute("function _home.sum(first, count) local sum = 0 for i = first, first + count - 1 do sum = sum + host.number(i) end return sum end")

    async def all_of_them() -> None:
        jobs = [(chance.randrange(1000), chance.randrange(1, 8)) for _ in range(20)]
        sums = await asyncio.gather(*(instance.run(cu.Call("_home.sum", *job)) for job in jobs))
        assert [response.value for response in sums] == [sum(range(first, first + count)) for first, count in jobs]

    asyncio.run(all_of_them())
