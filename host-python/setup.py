"""Puts the module into the package. A checkout has it in dist/ after `make wasm`; an sdist brings the copy that it was made with."""

import shutil
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).resolve().parent
BUILT, COPY = HERE.parent / "dist" / "cu.wasm", HERE / "cu" / "cu.wasm"

if BUILT.is_file():
    shutil.copyfile(BUILT, COPY)
elif not COPY.is_file():
    raise SystemExit(f"{BUILT} is missing: run `make wasm` in the checkout first")
try:
    setup()
finally:
    if BUILT.is_file():
        COPY.unlink()  # or a checkout would go on with this one when another has been built
