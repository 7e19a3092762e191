"""A module's description of itself: the content of its custom section `cu` (abi/README.md)."""

import json
from typing import NamedTuple

ABI_VERSION = 1


class Info(NamedTuple):
    """The version of cu, the features in the build, and flags. A module for users has no flags."""

    version: str
    features: list
    flags: list


class NoModule(Exception):
    """The section does not follow the contract."""


class OtherVersion(Exception):
    """The module is of another version of the contract."""

    def __init__(self, module):
        super().__init__(f"this host speaks version {ABI_VERSION} of the contract, the module version {module}")
        self.module = module


def read_section(content):
    """The content of the section."""
    try:
        fields = json.loads(content.decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise NoModule(f"the section is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise NoModule("the section is not an object")
    abi = fields.get("abi")
    if isinstance(abi, bool) or not isinstance(abi, (int, float)) or not 0 <= abi < 2**53 or abi != int(abi):
        raise NoModule("abi is not a whole number from 0 to 2^53 - 1")
    if abi != ABI_VERSION:
        raise OtherVersion(int(abi))
    if not isinstance(fields.get("version"), str):
        raise NoModule("version is not text")
    return Info(fields["version"], texts(fields, "features"), texts(fields, "flags") if "flags" in fields else [])


def refuse(word):
    raise ValueError(f"{word} is not JSON")


def texts(fields, name):
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise NoModule(f"{name} is not a list of texts")
    return value
