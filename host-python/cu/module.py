"""A compiled module, which any number of instances and threads share, after a look at what its file says of itself."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Tuple, Union

import wasmtime

from . import abi
from .errors import ModuleError, VersionError

I32 = wasmtime.ValType.i32


@dataclass(frozen=True)
class ModuleInfo:
    """What a module says of itself. One for users has no flags."""

    version: str
    features: Tuple[str, ...]
    flags: Tuple[str, ...]


class Module:
    """`cache` keeps the compiled code on the disk, where Wasmtime keeps such (True) or as the file of its settings says."""

    def __init__(self, wasm: bytes, cache: Union[bool, str] = False) -> None:
        self.info = read_section(section(wasm))
        settings = wasmtime.Config()
        if cache:
            settings.cache = cache
        self.engine = wasmtime.Engine(settings)
        try:
            self.code = wasmtime.Module(self.engine, wasm)
        except wasmtime.WasmtimeError as error:
            raise ModuleError(f"the engine refuses the module: {error}") from error
        kinds: Dict[Any, Any] = {one.name: one.type for one in self.code.imports}
        kinds.update((one.name, one.type) for one in self.code.exports)
        shapes = {name: len(kind.params) if isinstance(kind, wasmtime.FuncType) else type(kind) for name, kind in kinds.items()}
        differs = shapes.items() ^ {**abi.IMPORTS, **abi.EXPORTS, abi.MEMORY: wasmtime.MemoryType}.items()
        if differs:
            raise ModuleError(f"imports and exports are not those of the contract: {', '.join(sorted(str(name) for name, _ in differs))}")

    @staticmethod
    def from_file(path: Union[str, "os.PathLike[str]"], cache: Union[bool, str] = False) -> "Module":
        return Module(Path(path).read_bytes(), cache)


def section(wasm: bytes) -> bytes:
    """The content of the one custom section `cu`."""
    if wasm[:8] != b"\0asm\1\0\0\0":
        raise ModuleError(f"no WebAssembly module: {len(wasm)} bytes that begin with {wasm[:8].hex() or 'none'}")
    found: List[bytes] = []
    at = 8
    while at < len(wasm):
        start, length = _leb128(wasm, at + 1)
        if length > len(wasm) - start:
            raise ModuleError(f"the file is cut: at byte {start} a section of {length} bytes begins, {len(wasm) - start} are there")
        if wasm[at] == 0:
            name, size = _leb128(wasm, start)
            if wasm[name : name + size] == abi.SECTION.encode() and name + size <= start + length:
                found.append(wasm[name + size : start + length])
        at = start + length
    if len(found) != 1:
        raise ModuleError(f"no module of this contract: it has {len(found)} sections '{abi.SECTION}', not one")
    return found[0]


def _leb128(data: bytes, at: int) -> Tuple[int, int]:
    """Where the number ends, and the number."""
    number = 0
    for place in range(5):
        if at + place >= len(data):
            raise ModuleError(f"the file is cut: it ends at byte {len(data)} within a length")
        number |= (data[at + place] & 0x7F) << 7 * place
        if data[at + place] < 0x80:
            return at + place + 1, number
    raise ModuleError(f"the length at byte {at} is longer than 32 bits")


def read_section(content: bytes) -> ModuleInfo:
    where = f"no module of this contract: its section '{abi.SECTION}'"
    try:
        fields = json.loads(content.decode("utf-8"), parse_constant=int)  # which takes none of them: NaN is no JSON
    except (ValueError, RecursionError) as error:
        raise ModuleError(f"{where} is no JSON") from error
    if not isinstance(fields, dict):
        raise ModuleError(f"{where} is no object")
    version = fields.get("abi")
    if isinstance(version, bool) or not isinstance(version, (int, float)) or not 0 <= version < 2**53 or version != int(version):
        raise ModuleError(f"{where} has no version of the contract, 'abi'")
    if version != abi.ABI_VERSION:
        raise VersionError(abi.ABI_VERSION, int(version))
    if not isinstance(fields.get("version"), str):
        raise ModuleError(f"{where} has no text 'version'")
    return ModuleInfo(fields["version"], _texts(fields, "features", where), _texts(fields, "flags", where) if "flags" in fields else ())


def _texts(fields: Dict[str, Any], name: str, where: str) -> Tuple[str, ...]:
    texts = fields.get(name)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ModuleError(f"{where} has " + ("'flags' that are no list of texts" if name == "flags" else f"no list of texts '{name}'"))
    return tuple(texts)
