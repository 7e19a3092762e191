"""The module that comes with the package; a checkout, from which it is used without being installed, has it in dist/."""

from __future__ import annotations

import functools
from pathlib import Path

from .errors import ModuleError
from .module import Module

PLACES = (Path(__file__).with_name("cu.wasm"), Path(__file__).parents[2] / "dist" / "cu.wasm")


@functools.lru_cache(maxsize=1)
def packaged() -> Module:
    """Compiled once in a process."""
    for place in PLACES:
        if place.is_file():
            return Module.from_file(place)
    raise ModuleError(f"there is no module at {PLACES[0]} or {PLACES[1]}: run `make wasm`, or name another one with Module.from_file")
