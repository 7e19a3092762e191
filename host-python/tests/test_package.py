"""The package as others get it: the example of the README, an installation, its types, and how large the core is."""

from __future__ import annotations

import ast
import importlib.util
import io
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

from conftest import HOST, ROOT

CORE = ["errors", "codec", "module", "store", "imports", "core"]
CORE_LINES = 600


def run(*words: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_example_of_the_readme(tmp_path: Path) -> None:
    code = re.findall(r"^```python\n(.*?)^```", (HOST / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(code) == 1
    (tmp_path / "target").mkdir()
    wanted = re.findall(r"^ *print\(.*  # (.*)$", code[0], re.MULTILINE)
    done = run(sys.executable, "-c", f"import sys; sys.path.insert(0, {str(HOST)!r})\n{code[0]}", cwd=tmp_path)
    assert done.stdout.splitlines() == wanted and done.returncode == 0, done.stdout


def test_an_installed_package_finds_its_module(tmp_path: Path) -> None:
    copy = tmp_path / "checkout" / "host-python"
    shutil.copytree(HOST, copy, ignore=shutil.ignore_patterns("build", "*.egg-info", "cu.wasm", "__pycache__"))
    install = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--target",
               str(tmp_path / "site"), str(copy))
    refused = run(*install)
    assert refused.returncode != 0 and "dist/cu.wasm is missing: run `make wasm` in the checkout first" in refused.stdout
    (tmp_path / "checkout" / "dist").mkdir()
    shutil.copy(ROOT / "dist/cu.wasm", tmp_path / "checkout" / "dist")
    done = run(*install)
    assert done.returncode == 0, done.stdout
    assert not (copy / "cu/cu.wasm").exists()
    shutil.rmtree(tmp_path / "checkout")
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); import cu; print(cu.__file__, cu.Instance().compute('return 6 * 7').value)"
    assert run(sys.executable, "-c", code, cwd=tmp_path).stdout == f"{tmp_path / 'site/cu/__init__.py'} 42\n"


def test_types() -> None:
    pytest.importorskip("mypy")
    done = run(sys.executable, "-m", "mypy", "--config-file", str(HOST / "pyproject.toml"), "--cache-dir", str(ROOT / "target/python/mypy"), "-p", "cu", cwd=HOST)
    assert done.returncode == 0, done.stdout


def code_lines(source: str) -> int:
    """Lines with code: no blank ones, comments and documentation."""
    lines = set()
    nothing = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in nothing:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(lines)


def test_the_core_is_small_and_needs_the_engine_alone() -> None:
    total = 0
    for name in CORE:
        source = (HOST / f"cu/{name}.py").read_text(encoding="utf-8")
        total += code_lines(source)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert {node.module or alias.name for alias in node.names} <= {*CORE, "abi"}, name
            elif isinstance(node, ast.Import):
                others = {alias.name for alias in node.names} - {"wasmtime"}
                assert all(importlib.util.find_spec(other) and "site-packages" not in str(importlib.util.find_spec(other)) for other in others), others
    assert total <= CORE_LINES, f"the core has {total} lines"
