"""What an instance does besides computing: limits, errors, events, functions of the host, transactions, threads, its end."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
import time
import weakref
from typing import Any, Dict, List

import pytest

import cu
from conftest import HOST


def test_values_both_ways(instance: cu.Instance) -> None:
    instance.compute("function _home.same(...) return ... end")
    values = [None, True, -1, 2**63 - 1, 2**63, -(2**200), 1.5, float("inf"), "ü", b"\xff\0", [1, [2]], {"a": {"b": 1}}, {1: "x", 3: "y"},
              {1.5: True, b"\xfe": 2}, cu.LibraryFunction("string.format"), ()]
    got = instance.call("_home.same", *values).values
    assert got == [*values[:-1], {}]
    assert [type(value) for value in got[3:5]] == [int, cu.BigInteger]
    both = instance.compute("return { [1] = 'number', [true] = 'flag' }").value
    assert isinstance(both, cu.Table) and dict((repr(key), value) for key, value in both) == {"1": "number", "True": "flag"}


def test_values_without_an_encoding(instance: cu.Instance) -> None:
    endless: List[Any] = []
    endless.append(endless)
    for value, problem in ((object(), "argument 1: value: a object has no encoding"), ({"a": [set()]}, r"\['a'\]\[1\]: a set has no encoding"),
                           (endless, "nest more than 128 deep"), ({None: 1}, "None is no key"), ({"a": 1, b"a": 2}, "stands twice"),
                           ("\ud800", "surrogates not allowed"), (cu.StoredFunction(3), "no encoding here")):
        with pytest.raises(cu.EncodeError, match=problem):
            instance.call("print", value)
    for way in ("\ud800", "_home.\ud800"):
        with pytest.raises(cu.EncodeError):
            instance.call(way)
        with pytest.raises(cu.EncodeError):
            cu.encode_key(way)
    with pytest.raises(cu.EncodeError, match="251 arguments; 250 are the most"):
        instance.call("print", *range(251))
    with pytest.raises(cu.EncodeError, match="a name in it is empty"):
        instance.call("_home..f")


def test_output_and_results_that_do_not_fit(instance: cu.Instance) -> None:
    for _ in range(2):
        response = instance.compute("print('x') return ('y'):rep(100000), 7")
        assert (response.output, len(response.values[0]), response.values[1]) == ("x\n", 100000, 7)
    assert instance.store.tables() == []
    assert instance.compute("print(('x'):rep(70000))").output.endswith("\n[output cut: 64512 of 70001 bytes kept]\n")
    for length in (65536, 65537):
        assert instance.compute("-" * (length - 9) + "\nreturn 1").value == 1
    used = [instance.memory_stats().lua_bytes for _ in range(3) if not instance.collect()]  # type: ignore[func-returns-value]
    assert used[0] >= used[1] == used[2]


def test_error_with_its_context(instance: cu.Instance) -> None:
    with pytest.raises(cu.LuaError) as caught:
        instance.compute("\nlocal function f() error({ code = 7 }) end f()")
    assert (caught.value.error_class, caught.value.value) == ("runtime", {"code": 7})
    with pytest.raises(cu.LuaError, match="compute:2: no") as caught:
        instance.compute("\nerror('no')")
    assert caught.value.position == ("compute", 2) and caught.value.traceback.startswith("stack traceback:\n")
    with pytest.raises(cu.LuaError) as caught:
        instance.compute("return _home.f()", cu.Config(instructions=3000, extra={"memory": "much"}))
    assert (caught.value.error_class, str(caught.value)) == ("config", "config.memory is a string; wanted is an integer")


def test_events_and_a_handler_that_fails(module: cu.Module) -> None:
    events: List[Dict[str, Any]] = []
    instance = cu.Instance(module, config=cu.Config(events=("output", "usage")), on_event=events.append)
    instance.compute("print(('x'):rep(70000))")
    assert "".join(event["text"] for event in events if event["kind"] == "output") == "x" * (70001 - 64512 - 1) + "\n"
    assert events[-1]["kind"] == "usage" and events[-1]["instructions"] > 0

    def fails(event: Dict[str, Any]) -> None:
        raise ValueError("the log is full")

    instance = cu.Instance(module, config=cu.Config(events=("usage",)), on_event=fails)
    with pytest.raises(cu.HostError, match="the handler of events failed: the log is full") as caught:
        instance.compute("_home.a = 1")
    assert isinstance(caught.value.__cause__, ValueError)
    assert instance.read(instance.home) == {"a": 1}


def test_class_names(module: cu.Module) -> None:
    instance = cu.Instance(module)
    made = "local A = { __name = ('A'):rep(2000) } _home.a, _home.b, _home.c = setmetatable({}, A), setmetatable({}, { __name = 7 }), {} _home.A = A"
    a, b, c = instance.compute(made + " return _home.a, _home.b, _home.c").values
    assert [instance.class_name(table) for table in (a, b, c)] == ["A" * 2000, None, None]
    instance.compute("_home.A.__name = 'B'")
    assert instance.class_name(a) == "B"
    instance.compute("_home.A.__name = '\\xff'")
    assert instance.class_name(a) is None
    with pytest.raises(cu.OptionError, match="the table is int 7"):
        instance.class_name(7)  # type: ignore[arg-type]
    instance.store.set(cu.abi.TABLE_METATABLES, cu.encode_key(a.id), cu.encode(7))
    with pytest.raises(cu.CuError, match="has a metatable that is no table"):
        instance.class_name(a)


def test_clock(module: cu.Module) -> None:
    assert cu.Instance(module).compute("return os.time()").value == 0
    assert cu.Instance(module, now=lambda: 5000.0).compute("return os.time()").value == 5
    assert abs(cu.Instance(module, now=cu.system_clock).compute("return os.time()").value - time.time()) < 5
    broken = cu.Instance(module, now=lambda: 1 / 0)
    with pytest.raises(cu.HostError) as caught:
        broken.compute("return os.time()")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert broken.compute("return 1").value == 1


def test_time_limit_and_stop(instance: cu.Instance) -> None:
    begun = time.monotonic()
    with pytest.raises(cu.LuaError, match="compute:1: interrupted by the host: 'the time limit of 0.05 s is over'") as caught:
        instance.compute("while true do pcall(function() while true do end end) end", cu.Config(time_limit=0.05))
    assert caught.value.error_class == "interrupted" and time.monotonic() - begun < 2
    assert not instance.stop()  # nothing runs
    button = threading.Timer(0.05, instance.stop, ("enough",))
    button.start()
    with pytest.raises(cu.LuaError, match="interrupted by the host: 'enough'"):
        instance.compute("while true do end")
    button.join()
    assert instance.compute("return 1").value == 1
    with pytest.raises(cu.OptionError, match="time_limit is 0"):
        instance.compute("return 1", cu.Config(time_limit=0))


def test_functions_of_the_host(module: cu.Module) -> None:
    calls: List[str] = []

    def price(name: str) -> int:
        calls.append(name)
        if name == "apple":
            return 3
        if name == "table":
            raise cu.Raise({"code": 7})
        raise ValueError(f"no {name} here")

    instance = cu.Instance(module, functions={"shop.price": price, "pair": lambda: (1, "two"), "nothing": lambda: None, "long": lambda: "x" * 100000,
                                              "bad": lambda: object(), "many": lambda: tuple(range(201)), "again": lambda: instance.compute("return 1")})
    instance.compute("local price = host.shop.price function _home.twice(name) return price(name) * 2 end")
    assert instance.call("_home.twice", "apple").value == 6
    assert instance.compute("return #host.long(), select('#', host.nothing()), host.pair()").values == [100000, 0, 1, "two"]
    with pytest.raises(cu.LuaError, match="^compute:1: host.shop.price: no plum here$") as caught:
        instance.call("_home.twice", "plum")
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(cu.LuaError) as caught:
        instance.call("_home.twice", "table")
    assert caught.value.value == {"code": 7}
    assert calls == ["apple", "plum", "table"]  # each once
    for name, problem in (("bad", "a object has no encoding"), ("many", "it answered 201 values; 200 are the most"), ("again", "a call of this thread is running")):
        with pytest.raises(cu.LuaError, match=f"host.{name}: .*{problem}"):
            instance.compute(f"host.{name}()")
    with pytest.raises(cu.OptionError, match="has the mode 'later'"):
        cu.Instance(module, functions={"f": cu.HostFunction(print, "later")})


def test_what_is_no_error_of_a_function_ends_the_compute(module: cu.Module) -> None:
    def leave() -> None:
        raise SystemExit(3)

    instance = cu.Instance(module, functions={"leave": leave})
    with pytest.raises(SystemExit):
        instance.compute("_home.a = 1 while true do pcall(host.leave) end")
    assert instance.store.tables() == []  # undone
    with pytest.raises(cu.InstanceOver):
        instance.compute("return 1")
    assert cu.Instance(module, instance.store).compute("return _home.a").value is None


def test_transactions(module: cu.Module) -> None:
    store = cu.MemoryStore(wait=0.05)
    first, second = cu.Instance(module, store), cu.Instance(module, store)
    with first.transaction():
        first.compute("_home.a = 1")
        with pytest.raises(cu.LuaError):
            first.compute("_home.a = 2 error('undone alone')")
        with pytest.raises(cu.BusyError, match="a transaction of another instance is open"):
            second.compute("return _home.a")
        with pytest.raises(cu.OptionError, match="do not nest"):
            with first.transaction():
                pass
    assert second.compute("return _home.a").value == 1
    with pytest.raises(ValueError):
        with first.transaction():
            first.compute("_home.a = 3")
            raise ValueError
    assert second.compute("return _home.a").value == first.compute("return _home.a").value == 1
    with pytest.raises(cu.InstanceOver):
        with first.transaction():
            first.compute("_home.a = 4")
            first.close()
    assert second.compute("return _home.a").value == 1


def test_a_transaction_is_of_one_thread_or_task(module: cu.Module) -> None:
    instance = cu.Instance(module, cu.MemoryStore(wait=1))
    refused: List[str] = []

    def intrude() -> None:
        for call in (lambda: instance.compute("_home.b = 1"), lambda: instance.transaction().__enter__()):
            with pytest.raises(cu.BusyError) as caught:
                call()
            refused.append(str(caught.value))

    async def intrude_as_task(ready: asyncio.Event, done: asyncio.Event) -> None:
        await ready.wait()
        intrude()
        done.set()

    async def both() -> None:
        ready, done = asyncio.Event(), asyncio.Event()
        task = asyncio.ensure_future(intrude_as_task(ready, done))
        with instance.transaction():
            ready.set()
            await done.wait()
            await asyncio.to_thread(instance.compute, "_home.a = 2") if hasattr(asyncio, "to_thread") else instance.compute("_home.a = 2")
        await task

    with instance.transaction():
        instance.compute("_home.a = 1", cu.Config(instructions=100_000))  # a configuration of its own
        thread = threading.Thread(target=intrude)
        thread.start()
        thread.join()
    asyncio.run(both())
    assert refused == ["the store is in use: a transaction of the instance is open, in another thread or task"] * 4
    assert instance.compute("return _home.a, _home.b").values == [2, None]
    other = cu.Instance(module, instance.store)
    with instance.transaction(), cu.Instance(module).transaction():
        instance.compute("_home.a = 3")
        with pytest.raises(cu.BusyError):
            other.compute("return 1")
    assert other.compute("return _home.a").value == 3


def test_a_transaction_that_cannot_be_kept_is_undone(module: cu.Module) -> None:
    class Full(cu.MemoryStore):
        left = -1

        def write(self, table: int, key: bytes, value: Any) -> None:
            if self.left == 0 and value is not None:
                raise OSError("the disk is full")
            self.left -= self.left > 0
            super().write(table, key, value)

    for left in range(12):
        store = Full()
        first, second = cu.Instance(module, store), cu.Instance(module, store)
        first.compute("_home.n = 0 local n = 0 function _home.count() n = n + 1 _home.n = n end")
        store.left = left
        try:
            with first.transaction():
                first.compute("_home.count() _home.count()")
                first.compute("_home.count() _home.new = { 1 }")
            kept = 3
        except cu.HostError as error:
            assert isinstance(error.__cause__, OSError)
            kept = 0
        store.left = -1
        assert second.compute("return _home.n").value == kept
        second.compute("_home.count()")
        try:
            first.compute("_home.count()")
        except cu.InstanceOver:  # its module could not undo it, so the store did
            assert not kept
            second.compute("_home.count()")
        assert second.compute("return _home.n").value == kept + 2


def test_io_and_homes(module: cu.Module) -> None:
    store = cu.MemoryStore()
    ada, bob = (cu.Instance(module, store, cu.Config(home=name)) for name in ("ada", "bob"))
    ada.write_io("input", {"n": 20, "text": "x" * 5000})
    ada.compute("_io.output = { twice = _io.input.n * 2, text = _io.input.text } _home.mine = true")
    assert ada.read_io("output") == {"twice": 40, "text": "x" * 5000}
    ada.clear_io()
    assert ada.read_io("output") is None
    assert bob.compute("return _home.mine").value is None and ada.home != bob.home
    ada.compute("_home.rows = { { 'long', ('text '):rep(1000) } }")
    rows = ada.read(ada.home)["rows"]
    assert isinstance(rows, cu.ExternalTable)
    assert ada.call("rawget", cu.Way("_home.rows"), 1, content=True).value[1] == "text " * 1000
    bob.collect()
    assert ada.compute("return #_home.rows").value == 1


def test_threads_wait_for_each_other(module: cu.Module) -> None:
    instance = cu.Instance(module)
    instance.compute("_home.n = 0")
    other = cu.Instance(module, instance.store)

    def work(one: cu.Instance) -> None:
        for _ in range(50):
            one.compute("local n = _home.n for i = 1, 1000 do end _home.n = n + 1")

    threads = [threading.Thread(target=work, args=(one,)) for one in (instance, other, instance)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert instance.compute("return _home.n").value == 150


def test_instances_made_in_many_threads_keep_apart(module: cu.Module) -> None:
    """The engine's package has one list of the callbacks of all instances; before its version 50, threads gave two instances one place in it."""
    wrong: List[Any] = []
    made: List[int] = []

    def work(mine: int) -> None:
        end = time.monotonic() + 2
        while time.monotonic() < end and not wrong:
            try:
                with cu.Instance(module) as instance:
                    instance.compute(f"_home.mine = {mine}")
                    if instance.compute("return _home.mine").value != mine or not instance.store.tables():
                        wrong.append(mine)
                made.append(mine)
            except BaseException as error:
                wrong.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong and len(made) > 100


def test_a_call_of_another_thread_is_waited_for_only_so_long(module: cu.Module) -> None:
    store = cu.MemoryStore(wait=0.02)
    instance, other = cu.Instance(module, store), cu.Instance(module, store)
    held = threading.Event()
    thread = threading.Thread(target=lambda: pytest.raises(cu.LuaError, instance.compute, "while true do end"))
    thread.start()
    while not instance._running:
        held.wait(0.001)
    with pytest.raises(cu.BusyError, match="by another thread for more than 0.02 s"):
        other.compute("return 1")
    assert instance.stop()
    thread.join()
    assert other.compute("return 1").value == 1


def test_a_call_that_does_not_get_its_turn_keeps_no_other_from_being_stopped(module: cu.Module) -> None:
    def press() -> None:
        assert instance.stop("enough")
        with pytest.raises(cu.BusyError):
            instance.compute("return 1")

    instance = cu.Instance(module, functions={"press": press})
    with pytest.raises(cu.LuaError, match="interrupted by the host: 'enough'"):
        instance.compute("host.press() for i = 1, 1e8 do end", cu.Config(tick=1000))
    assert instance.compute("for i = 1, 1e5 do end return 1", cu.Config(tick=1000)).value == 1


@pytest.mark.parametrize("wait", [-5, float("inf"), 1e100, 0, 1])
def test_how_long_a_store_waits(module: cu.Module, wait: float) -> None:
    for store in (cu.MemoryStore(wait), cu.SqliteStore(":memory:", wait)):
        assert cu.Instance(module, store).compute("return 1").value == 1
    with pytest.raises((TypeError, ValueError)):
        cu.MemoryStore("long")  # type: ignore[arg-type]


def test_a_stack_of_python_that_is_nearly_full() -> None:
    """In a process of its own: what is tested took the process down."""
    code = f"""
import sys
sys.path.insert(0, {str(HOST)!r})
import cu
instance, done, failed = cu.Instance(functions={{"same": lambda x: x}}), 0, 0
def deep(n):
    return deep(n - 1) if n else instance.compute("_home.n = (_home.n or 0) + 1 return host.same(1)").value
for n in range(sys.getrecursionlimit() - 150, sys.getrecursionlimit()):
    try:
        done += deep(n)
    except RecursionError:
        failed += 1
assert done > 20 and failed > 20, (done, failed)
assert instance.compute("return _home.n").value == done
"""
    done = subprocess.run([sys.executable, "-c", code], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout


def test_an_instance_that_was_closed(module: cu.Module) -> None:
    with cu.Instance(module) as instance:
        pass
    instance.close()
    for call in (lambda: instance.compute("return 1"), instance.collect, instance.memory_stats, lambda: instance.read_io("output")):
        with pytest.raises(cu.InstanceOver, match="it was closed"):
            call()


def test_no_error_keeps_an_instance(module: cu.Module) -> None:
    """Without the collector of Python, which may come late: an instance has megabytes of memory that Python does not count."""

    class Broken(cu.MemoryStore):
        def read(self, table: int, key: bytes) -> Any:
            if key == cu.encode_key("broken"):
                raise OSError("a bad sector")
            return super().read(table, key)

    gc.disable()
    try:
        for code in ("return 1", "error('x')", "host.fails()", "pcall(host.fails)", "return _home.broken", "pcall(next, _home.broken)", "os.time()", None):
            instance = cu.Instance(module, Broken(), functions={"fails": lambda: 1 / 0}, now=lambda: 1 / 0)
            try:
                instance.compute(code)  # type: ignore[arg-type]
            except cu.CuError:
                pass
            kept = weakref.ref(instance)
            del instance
            assert kept() is None, code
    finally:
        gc.enable()


def test_instances_come_and_go(module: cu.Module) -> None:
    def resident() -> int:
        gc.collect()
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * 4096

    for _ in range(30):
        cu.Instance(module).compute("return 1")
    before = resident()
    for number in range(300):
        instance = cu.Instance(module)
        if number % 3:
            with pytest.raises(cu.LuaError):
                instance.compute("error('x')")
        if number % 2:
            instance.close()
        del instance
    assert resident() - before < 16 * 1024 * 1024
