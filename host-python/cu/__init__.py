"""Lua 5.4 in one WebAssembly module, with persistent tables."""

from .codec import BigInteger, ExternalTable, LibraryFunction, Table, decode_values, encode, encode_values
from .core import Core, Response
from .errors import (BusyError, CuError, EncodeError, HostError, InstanceOver, LuaError, Malformed, ModuleError, ProtocolError,
                     StoreError, TrapError, VersionError)
from .functions import WAIT, HostFunction, Raise
from .instance import Instance, MemoryStats, Pending
from .keys import decode_key, encode_key
from .module import Module, ModuleInfo
from .options import Config, OptionError, system_clock
from .packaged import packaged
from .records import Call, Way
from .sqlite import SqliteStore
from .store import MemoryStore, Store
from .stored import StoredFunction, decode_stored, encode_stored

__all__ = [
    "BigInteger", "BusyError", "Call", "Config", "Core", "CuError", "EncodeError", "ExternalTable", "HostError", "HostFunction", "Instance",
    "InstanceOver", "LibraryFunction", "LuaError", "Malformed", "MemoryStats", "MemoryStore", "Module", "ModuleError", "ModuleInfo",
    "OptionError", "Pending", "ProtocolError", "Raise", "Response", "SqliteStore", "Store", "StoreError", "StoredFunction", "Table", "TrapError",
    "VersionError", "WAIT", "Way", "decode_key", "decode_stored", "decode_values", "encode", "encode_key", "encode_stored", "encode_values", "packaged", "system_clock",
]
