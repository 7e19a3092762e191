"""The conformance kit, over each store of this host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

RUNNER = Path(__file__).with_name("conformance.py")


@pytest.mark.parametrize("options", [(), ("--sqlite",)], ids=["memory", "sqlite"])
def test_every_case_of_the_kit(options: "tuple[str, ...]") -> None:
    done = subprocess.run([sys.executable, str(RUNNER), *options, str(ROOT / "tests/conformance")], stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0 and "\n0 passed" not in done.stdout, done.stdout


def test_a_kit_that_says_something_else_fails(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("case right\nopen\nrun\n  return 1\nresults 020100000000000000\nused 353\n\n"
                                      "case wrong\nopen\nrun\n  return 1\nresults 020200000000000000\nused 353\n")
    done = subprocess.run([sys.executable, str(RUNNER), str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert done.returncode == 1 and "one 1 of 2\n" in done.stdout and done.stdout.endswith("1 passed, 1 failed\n"), done.stdout
