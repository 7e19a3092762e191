"""What tests share: the module, compiled once, and the folder of the repository."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Iterator

import pytest

HOST = Path(__file__).resolve().parents[1]
ROOT = HOST.parent
sys.path.insert(0, str(HOST))

import cu  # noqa: E402


@pytest.fixture(scope="session")
def module() -> cu.Module:
    return cu.Module.from_file(ROOT / "dist/cu.wasm")


@pytest.fixture
def instance(module: cu.Module) -> Iterator[cu.Instance]:
    with cu.Instance(module) as instance:
        yield instance


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers; a test that fails shows the seed, and CU_SEED takes it."""
    import os

    seed = int(os.environ.get("CU_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"CU_SEED={seed}")
    return random.Random(seed)
