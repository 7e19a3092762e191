"""Measures what an embedder's decisions cost in host-python: `python.py FILE` prints lines `name microseconds`; FILE is for a store."""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "host-python"))

import cu  # noqa: E402

CODE = Path(__file__).with_name("decisions.lua").read_text()
LOOPS, SERIES, CALLS, COMMITS = 100, 40, 200, 200
NEVER = 10**15
WASM = ROOT / "dist/cu.wasm"


def best(what, rounds, calls):
    """The least microseconds of each, which take turns."""
    least = dict.fromkeys(what, float("inf"))
    for _ in range(rounds):
        for name, run in what.items():
            begun = time.perf_counter()
            for call in range(calls):
                run(call)
            least[name] = min(least[name], (time.perf_counter() - begun) * 1e6 / calls)
    for name, microseconds in least.items():
        print(name, f"{microseconds:.2f}")


def instance(config=None, store=None):
    made = cu.Instance(module, store, config)
    made.compute(CODE)
    return made


module = cu.Module.from_file(WASM, cache=True)
best({"cached": lambda _: cu.Instance(cu.Module.from_file(WASM, cache=True)).compute("return 1")}, 5, 1)
plain, budget, timed = instance(), instance(cu.Config(instructions=NEVER)), instance(cu.Config(instructions=NEVER, time_limit=600))
notes, host = instance(cu.Config(atomic=True)), instance(cu.Config(atomic="host"))
loops = {"loop": plain, "loop_budget": budget, "loop_time_limit": timed}
best({name: lambda _, made=made: made.call("_home.loop") for name, made in loops.items()}, LOOPS, 1)
changes = {"change": plain, "change_atomic": notes, "change_atomic_host": host}
best({name: lambda i, made=made: made.call("_home.change", i) for name, made in changes.items()}, SERIES, CALLS)
with cu.SqliteStore(sys.argv[1]) as store:
    kept = instance(store=store)
    best({"kept_look": lambda _: kept.call("_home.look")}, SERIES, CALLS)
    best({"kept_change": lambda i: kept.call("_home.change", i)}, COMMITS, 1)
