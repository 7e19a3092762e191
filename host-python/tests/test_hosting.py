"""The programs in Python of docs/hosting.md, as they are: the one over this host, and the host that needs nothing but the engine."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from conftest import HOST, ROOT
from test_package import run

PAGE = (ROOT / "docs/hosting.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

# Runs behind the host, and uses its names, to reach what its script does not reach.
TABLES = r"""
def place(text):
    write(buffer, text)

def put(key, value):
    place(key + value)
    return called["set"](7, buffer, len(key), buffer + len(key), len(value))

def page(request, room):
    place(request)
    length = called["keys"](7, buffer, room)
    return length if length < 0 else read(buffer, length)

print = lambda *words: None
called = {name: guarded(function) for name, function in imports.items()}
for key in (b"b", b"\xff", b"a\0", b"a"):
    assert put(key, b"value") == 0
assert called["size"](7) == 4 and called["size"](8) == 0
assert page(b"\0\0\0\0", 16) == b"\x01\0\0\0a\x02\0\0\0a\0\x01\0\0\0b"
assert page(b"\x01\0\0\0b", 16) == b"\x01\0\0\0\xff"
assert page(b"\x01\0\0\0\xff", 16) == b""
assert page(b"\0\0\0\x80", 10) == b"\x01\0\0\0\xff\x01\0\0\0b"
assert page(b"\x01\0\0\x80b", 16) == b"\x02\0\0\0a\0\x01\0\0\0a"
assert page(b"\0\0\0\0", 4) < -1, "a page without room is no end"
place(b"a????????")
assert called["get"](7, buffer, 1, buffer + 1, 4) == 5
assert read(buffer, 6) == b"a?????", "a value that does not fit is not copied"
assert called["get"](7, buffer, 1, buffer + 1, 5) == 5
assert read(buffer, 6) == b"avalue"
assert called["get"](7, -1, 1, buffer, 4) < -1
assert called["set"](7, buffer, 1, buffer, -1) < -1
assert called["delete"](7, buffer, 1) == 0 and called["delete"](7, buffer, 1) == 0
assert called["get"](7, buffer, 1, buffer + 1, 5) == -1
assert called["set"](0, buffer, 1, buffer, 1) == 0
assert called["get"](0, buffer, 1, buffer, 1) == -1
for lie in (b"\x04\xff\xff\xff\xff", b"\x02\0", b"\x09\0\0\0\0\x01\0\0\0", b"\x0b", b"\x09\0\0\0\0\x01\0\0\0" * 9999):
    try:
        decode(lie, 0)
    except (struct.error, IndexError, ValueError, RecursionError):
        continue
    raise AssertionError(lie[:9])
"""


def program(folder: Path, code: str) -> str:
    """What a program prints that runs in a folder with `dist` and `target`, as the root of the repository has them."""
    if not (folder / "dist").exists():
        (folder / "dist").symlink_to(ROOT / "dist")
        (folder / "target").mkdir()
    done = run(sys.executable, "-c", f"import sys; sys.path.insert(0, {str(HOST)!r})\n{code}", cwd=folder)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_program_keeps_its_tables(tmp_path: Path) -> None:
    wanted = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]
    assert program(tmp_path, PROGRAMS[0]) == wanted
    assert program(tmp_path, PROGRAMS[0]) == wanted.replace("so far: 4", "so far: 8")


def test_a_host_of_ones_own(tmp_path: Path) -> None:
    assert len(PROGRAMS) == 2 and "import cu" not in PROGRAMS[1]
    wanted = re.findall(r"^ *print\(.*  # (.*)$", PROGRAMS[1], re.MULTILINE)
    assert len(wanted) == 3
    assert program(tmp_path, PROGRAMS[1] + TABLES).splitlines() == wanted
