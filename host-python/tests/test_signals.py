"""Signals whose handlers raise, at any moment of a call: the script ends, and neither the process nor the instance nor the store is harmed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, List

import pytest

import cu
from conftest import HOST

# A process of its own, since what is tested took the process down.
ALARMS = """
import random, signal, sys
sys.path.insert(0, sys.argv[1])
import cu

def store():
    return cu.SqliteStore(sys.argv[2], wait=1, durable=False) if sys.argv[2] else cu.MemoryStore(wait=1)

def instance():
    return cu.Instance(store=kept, functions={"next": lambda n: n + 1})

chance, kept, confirmed = random.Random(int(sys.argv[3])), store(), 0
config = cu.Config(atomic="host")
one, interrupted = instance(), 0
one.compute("_home.n = 0 _home.rows = { 0, 0 }")
signal.signal(signal.SIGALRM, signal.default_int_handler)
for _ in range(1200):
    try:
        signal.setitimer(signal.ITIMER_REAL, chance.random() * 0.0015 + 1e-6)
        try:
            one.compute("local n = host.next(_home.n) _home.rows[1] = n for i = 1, 30 do host.next(i) end _home.rows[2] = n _home.n = n", config)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        interrupted += 1
    assert signal.getsignal(signal.SIGALRM) is signal.default_int_handler
    try:
        n, *rows = one.compute("return _home.n, _home.rows[1], _home.rows[2]").values
    except cu.InstanceOver as over:
        assert isinstance(over.__cause__, KeyboardInterrupt)  # it came in a function of the host
        one = instance()
        n, *rows = one.compute("return _home.n, _home.rows[1], _home.rows[2]").values
    assert rows == [n, n] and n >= confirmed, (n, rows, confirmed)
    confirmed = n
print(interrupted, confirmed)
"""


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_an_alarm_at_any_moment(kind: str, tmp_path: Path) -> None:
    seed = os.environ.get("CU_SEED") or str(int.from_bytes(os.urandom(4), "little"))
    words = [sys.executable, "-c", ALARMS, str(HOST), str(tmp_path / "store.db") if kind == "sqlite" else "", seed]
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, f"CU_SEED={seed}\n{done.stdout}"
    interrupted, kept = map(int, done.stdout.split())
    assert interrupted > 100 and kept > 100


def test_waiting_for_another_thread_can_be_interrupted(module: cu.Module) -> None:
    store = cu.MemoryStore()
    busy, waits = cu.Instance(module, store), cu.Instance(module, store)
    failures: List[str] = []

    def endless() -> None:
        with pytest.raises(cu.LuaError) as caught:
            busy.compute("while true do end")
        failures.append(str(caught.value))

    thread = threading.Thread(target=endless)
    thread.start()
    while not busy._running:
        time.sleep(0.001)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for one in (waits, busy):
            timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
            timer.start()
            with pytest.raises(KeyboardInterrupt):
                one.compute("return 1")
            timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert thread.is_alive()  # the script of the other thread goes on
    assert busy.stop("enough")
    thread.join()
    assert failures == ["compute:1: interrupted by the host: 'enough'"]
    assert waits.compute("return 1").value == 1


def test_a_function_that_withstands_a_signal_is_interrupted_by_the_next(module: cu.Module) -> None:
    def stubborn() -> str:
        try:
            time.sleep(20)
        except KeyboardInterrupt:
            time.sleep(20)
        return "never"

    instance = cu.Instance(module, functions={"stubborn": stubborn})
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timers = [threading.Timer(0.1 * n, os.kill, (os.getpid(), signal.SIGINT)) for n in (1, 2)]
    try:
        for timer in timers:
            timer.start()
        with pytest.raises(KeyboardInterrupt):
            instance.compute("host.stubborn()")
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("name, handler", [("SIGINT", signal.default_int_handler), ("SIGALRM", None)])
def test_a_handler_of_signals_that_raises_ends_an_endless_script(module: cu.Module, name: str, handler: Any) -> None:
    class Alarm(Exception):
        pass

    def raises(*_: object) -> None:
        raise Alarm

    instance, number = cu.Instance(module), getattr(signal, name)
    before = signal.signal(number, handler or raises)
    try:
        timer = threading.Timer(0.1, os.kill, (os.getpid(), number))
        timer.start()
        with pytest.raises(KeyboardInterrupt if handler else Alarm) as caught:
            instance.compute("_home.a = 1 while true do pcall(error) end")
        timer.join()
        assert signal.getsignal(number) is (handler or raises)
    finally:
        signal.signal(number, before)
    assert isinstance(caught.value.__cause__, cu.LuaError) and caught.value.__cause__.error_class == "interrupted"
    assert instance.compute("return _home.a").value == 1  # it lives on


def test_a_function_that_takes_long_is_interrupted(module: cu.Module) -> None:
    inner = cu.Instance(module)
    instance = cu.Instance(module, functions={"sleep": lambda: time.sleep(20), "endless": lambda: inner.compute("while true do end").value})
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for code in ("host.endless()", "host.sleep()"):
            timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
            timer.start()
            begun = time.monotonic()
            with pytest.raises(KeyboardInterrupt):
                instance.compute(code)
            timer.join()
            assert time.monotonic() - begun < 5
            assert inner.compute("return 1").value == 1
    finally:
        signal.signal(signal.SIGINT, before)
    with pytest.raises(cu.InstanceOver):  # its function broke off
        instance.compute("return 1")


def test_a_handler_of_signals_that_does_not_raise_disturbs_nothing(module: cu.Module) -> None:
    seen: List[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: seen.append(number))
    try:
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
        timer.start()
        assert cu.Instance(module).compute("for i = 1, 2e7 do end return 1").value == 1
        timer.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == [signal.SIGUSR1]
