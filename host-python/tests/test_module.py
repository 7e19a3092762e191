"""Files that are no module of this contract, and modules that answer what the contract excludes: an error each, and nothing else breaks."""

from __future__ import annotations

import json
from typing import Any, Dict

import pytest
import wasmtime

import cu
from conftest import ROOT

SECTION = json.dumps({"version": "0.0.0", "abi": 1, "features": []}).encode()

# A module with the right shape, whose exports answer what a test puts there.
STAND_IN = """
(module
  (import "env" "js_ext_table_set" (func (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "js_ext_table_get" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "js_ext_table_delete" (func (param i32 i32 i32) (result i32)))
  (import "env" "js_ext_table_size" (func (param i32) (result i32)))
  (import "env" "js_ext_table_keys" (func $keys (param i32 i32 i32) (result i32)))
  (memory (export "memory") {pages})
  (func (export "init") (result i32) {init})
  (func (export "compute") (param i32 i32) (result i32) {compute})
  (func (export "get_buffer_ptr") (result i32) {buffer})
  (func (export "get_buffer_size") (result i32) {size})
  (func (export "get_memory_stats") (param i32))
  (func (export "run_gc") {collect})
  (func (export "attach_memory_table") (param i32))
  (func (export "get_memory_table_id") (result i32) (i32.const 1))
  (func (export "sync_external_table_counter") (param i32))
  (func (export "set_memory_alias_enabled") (param i32))
  (func (export "lua_alloc") (param i32 i32 i32 i32) (result i32) {alloc})
)
"""
USUAL = {"pages": "4", "init": "(i32.const 0)", "compute": "(i32.const 5)", "buffer": "(i32.const 1024)", "size": "(i32.const 65536)",
         "collect": "", "alloc": "(i32.const 0)"}


def with_section(wasm: bytes, content: bytes = SECTION) -> bytes:
    body = b"\x02cu" + content
    assert len(body) < 1 << 14
    return wasm + bytes((0, len(body) & 0x7F | 0x80, len(body) >> 7)) + body


def stand_in(**answers: str) -> cu.Module:
    return cu.Module(with_section(bytes(wasmtime.wat2wasm(STAND_IN.format(**{**USUAL, **answers})))))


def test_the_module_says_what_it_is(module: cu.Module) -> None:
    assert module.info.features == ("bigint", "data", "deflate") and module.info.flags == ()


def test_a_file_that_is_cut_anywhere() -> None:
    wasm = (ROOT / "dist/cu.wasm").read_bytes()
    for length in [*range(64), *range(64, len(wasm), 9973), *range(len(wasm) - 120, len(wasm))]:
        with pytest.raises(cu.ModuleError):
            cu.Module(wasm[:length])


@pytest.mark.parametrize("wasm", [b"", b"\0asm", b"\x7fELF" * 9, b"\0asm\2\0\0\0", b"\0asm\1\0\0\0", b"\0asm\1\0\0\0\0\xff\xff\xff\xff\xff\1",
                                  b"\0asm\1\0\0\0\0\2\x7fc", b"\0asm\1\0\0\0\0"])
def test_a_file_that_is_none(wasm: bytes) -> None:
    with pytest.raises(cu.ModuleError):
        cu.Module(wasm)


def test_a_file_that_is_not_there(tmp_path: Any) -> None:
    with pytest.raises(FileNotFoundError):
        cu.Module.from_file(tmp_path / "none.wasm")


def test_another_version_of_the_contract() -> None:
    with pytest.raises(cu.VersionError, match="version 1 of the contract, the module version 2"):
        cu.Module(with_section(b"\0asm\1\0\0\0", b'{"abi":2}'))


def test_two_sections() -> None:
    with pytest.raises(cu.ModuleError, match="2 sections 'cu'"):
        cu.Module(with_section(with_section(b"\0asm\1\0\0\0")))


@pytest.mark.parametrize("wat", [
    "(module)",
    '(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))))',
    STAND_IN.format(**USUAL).replace('"init"', '"_start"'),
    STAND_IN.format(**USUAL).replace('"env" "js_ext_table_size"', '"host" "js_ext_table_size"'),
    STAND_IN.format(**USUAL).replace('"js_ext_table_size" (func (param i32)', '"js_ext_table_size" (func (param i32 i32)'),
    STAND_IN.format(**USUAL).replace('"js_ext_table_size" (func (param i32) (result i32))', '"js_ext_table_size" (func (param i64) (result i32))'),
    STAND_IN.format(**USUAL).replace('(memory (export "memory") 4)', '(memory 4) (func (export "memory"))'),
])
def test_a_foreign_module(wat: str) -> None:
    with pytest.raises((cu.ModuleError, cu.ProtocolError, cu.TrapError)):
        cu.Instance(cu.Module(with_section(bytes(wasmtime.wat2wasm(wat)))))


@pytest.mark.parametrize("answers", [
    {"size": "(i32.const 65537)"}, {"size": "(i32.const 0)"}, {"buffer": "(i32.const -1)"}, {"buffer": "(i32.const 262000)"}, {"pages": "0"},
    {"init": "(i32.const -1)"}, {"init": "unreachable"}, {"init": "(i32.const 7)"},
])
def test_a_module_that_does_not_start(answers: Dict[str, str]) -> None:
    with pytest.raises((cu.ProtocolError, cu.HostError, cu.TrapError)):
        cu.Instance(stand_in(**answers))


@pytest.mark.parametrize("answer, ends", [
    ("(i32.const 65537)", cu.ProtocolError), ("(i32.const -65538)", cu.ProtocolError), ("(i32.const -2147483648)", cu.ProtocolError),
    ("(i32.const 2147483647)", cu.ProtocolError), ("unreachable", cu.TrapError), ("(i32.load (i32.const -4))", cu.TrapError),
    ("(call $get (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 0) (i32.const 1)) (drop) unreachable", cu.TrapError),
])
def test_a_module_that_answers_what_it_never_should(answer: str, ends: type) -> None:
    instance = cu.Instance(stand_in(compute=answer))
    with pytest.raises(ends):
        instance.compute("return 1")
    with pytest.raises(cu.InstanceOver) as over:
        instance.compute("return 1")
    assert isinstance(over.value.__cause__, ends)


@pytest.mark.parametrize("answer", ["(i32.const 0)", "(i32.const 3)", "(i32.const 4)"])
def test_a_response_that_cannot_be_read_leaves_the_instance(answer: str) -> None:
    instance = cu.Instance(stand_in(compute=answer))
    for _ in range(2):
        with pytest.raises(cu.Malformed):
            instance.compute("return 1").values


@pytest.mark.parametrize("words", ["(i32.const 1) (i32.const 0) (i32.const -1)", "(i32.const 1) (i32.const -1) (i32.const 600)",
                                   "(i32.const 0) (i32.const 262140) (i32.const 600)"])
def test_pointers_outside_of_memory_are_answered_with_a_failure(words: str) -> None:
    # What the import answers is what compute answers: -2, which is an error text of one byte.
    instance = cu.Instance(stand_in(compute=f"(call $keys {words})"))
    with pytest.raises(cu.LuaError):
        instance.compute("")


def test_no_memory_for_code() -> None:
    instance = cu.Instance(stand_in())
    with pytest.raises(cu.LuaError, match="no room for 65537 bytes of code"):
        instance.compute("x" * 65537)
    assert instance.compute(bytes(65536)).values == [None]
