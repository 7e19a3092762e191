"""What can go wrong, one class for each side that is at fault.

After `LuaError` and `HostError` the instance is as usable as before, unless `HostError` says that changes were not kept; after
`TrapError`, and anything that broke out of a call, every further call is `InstanceOver`.
"""

import re
from typing import Any, Optional, Tuple


class CuError(Exception):
    """All errors of this package."""


class ModuleError(CuError):
    """The bytes are no module of this contract."""


class VersionError(ModuleError):
    """The module is of another version of the contract."""

    def __init__(self, host: int, module: int) -> None:
        super().__init__(f"this host speaks version {host} of the contract, the module version {module}")
        self.host, self.module = host, module


class Malformed(CuError, ValueError):
    """Bytes that the contract forbids; `offset` is that of the first byte that cannot be right."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(f"byte {offset}: {problem}")
        self.offset, self.problem = offset, problem


class EncodeError(CuError, ValueError):
    """A value that has no encoding, and the way to it."""


class ProtocolError(CuError):
    """The module answered what the contract excludes."""


class StoreError(CuError):
    """A store failed. `code` is what the module is told, and the script's error says: any number of 32 bits below -1."""

    code = -2


class BusyError(StoreError):
    """Somebody else uses the store, longer than this caller waits."""


class TrapError(CuError):
    """The module trapped, which it promises not to do; the engine's error is the cause."""


class InstanceOver(CuError):
    """An earlier call ended the instance, or it was closed; what ended it is the cause."""


class LuaError(CuError):
    """The script failed, or a limit stopped it. `text` has all that the module answered."""

    def __init__(self, text: bytes, error_class: Optional[str] = None, value: Any = None, waits: bool = False) -> None:
        self.text, self.error_class, self.value, self.waits = text, error_class, value, waits
        head, found, tail = text.rpartition(b"\nstack traceback:\n")
        self.message = (head if found else text).decode("utf-8", "replace")
        self.traceback = (found + tail)[1:].decode("utf-8", "replace") if found else ""
        super().__init__(self.message)
        place = re.match(r"([^:\n]+):(\d+): ", self.message)
        # Chunk and line, where the message begins with them, such as ("compute", 1).
        self.position: Optional[Tuple[str, int]] = (place[1], int(place[2])) if place else None


class HostError(CuError):
    """What the host gave failed: store, clock or handler of events, the cause. `error` is that of the script which it ended."""

    def __init__(self, message: str, error: Optional[LuaError] = None) -> None:
        super().__init__(message)
        self.error = error
