"""Measures this host: `python -m cu.bench [MODULE.wasm] [PROGRAM.lua ...]` prints lines `name value unit`.

A program is computed in a new instance; behind its time stands the first value that it returned.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path
from typing import Callable, List

from .instance import Instance
from .module import Module
from .options import Config
from .packaged import PLACES
from .records import Call

UNLIMITED = 2**53 - 1
INSTANCES = 100


def best(run: Callable[[], object], rounds: int) -> float:
    """Microseconds of the quickest round."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times) * 1e6


def resident() -> int:
    """Bytes of this process, on Linux."""
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def memory(module: Module) -> int:
    kept: List[Instance] = []
    for number in range(INSTANCES + 1):
        kept.append(Instance(module))
        kept[-1].compute("return 1")
        if number == 0:
            before = resident()
    return (resident() - before) // INSTANCES


def main(words: List[str]) -> None:
    path = words.pop(0) if words and words[0].endswith(".wasm") else str(next(place for place in PLACES if place.is_file()))
    wasm = Path(path).read_bytes()
    print(f"from_bytes {best(lambda: Instance(Module(wasm)).compute('return 1'), 3):.0f} us")
    module = Module(wasm)
    print(f"from_module {best(lambda: Instance(module).compute('return 1'), 50):.0f} us")
    instance = Instance(module)
    instance.compute("function _home.add(a, b) return a + b end")
    call = Call("_home.add", 1, 2)
    print(f"return_1 {best(lambda: instance.compute('return 1'), 3000):.1f} us")
    print(f"call {best(lambda: instance.compute(call), 3000):.1f} us")
    print(f"memory {memory(module)} bytes")
    for program in words:
        source = Path(program).read_bytes()
        with Instance(module, config=Config(instructions=UNLIMITED)) as fresh:
            begun = time.perf_counter()
            value = fresh.compute(source).value
            taken = (time.perf_counter() - begun) * 1e6
            print(f"{Path(program).stem} {taken:.0f} us {fresh.call('tostring', value).value}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
