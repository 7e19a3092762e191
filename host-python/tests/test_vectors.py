"""The golden vectors of abi/vectors. Every file there is known here, and every field of its entries."""

from __future__ import annotations

import json
import random
import struct
from typing import Any, Dict, List

import pytest

import cu
from cu import records
from cu.keys import decode_page
from cu.module import read_section
from cu.stored import encode_stored
from conftest import ROOT

VECTORS = ROOT / "abi/vectors"
OF_OTHERS = {"README.md", "recordings.json", "encrypted.json"}  # what this host does not do
IN_INSTANCES = {"deep.json", "errors.json", "host_failures.json"}  # test_vector_scripts.py


def entries(name: str, part: str = "", *fields: str) -> List[Any]:
    data = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    listed = data[part] if part else data
    assert listed
    for entry in listed:
        assert entry.keys() <= {"name", *fields}, entry
    return [pytest.param(entry, id=entry["name"]) for entry in listed]


def value_of(tagged: List[Any]) -> Any:
    """The Python value of a tagged form, with strings as bytes."""
    form, *content = tagged
    if form == "nil":
        return None
    if form == "float":
        return struct.unpack(">d", bytes.fromhex(content[0]))[0]
    if form == "table":
        return cu.Table([(value_of(key), value_of(value)) for key, value in content[0]])
    if form == "nested":
        table = cu.Table([])
        for _ in range(content[0] - 1):
            table = cu.Table([(1, table)])
        return table
    return {"boolean": bool, "integer": int, "string": bytes.fromhex, "function": cu.StoredFunction, "library": cu.LibraryFunction,
            "external": cu.ExternalTable, "biginteger": lambda digits: cu.BigInteger(digits)}[form](content[0])


def plain(value: Any) -> Any:
    """A form that is equal only for equal values: for Python 1 == 1.0 == True, and NaN is not itself."""
    if isinstance(value, list):
        value = cu.Table(list(enumerate(value, 1)))
    if isinstance(value, (cu.Table, dict)):
        pairs = value.items() if isinstance(value, dict) else value
        return ["table", [(plain(key), plain(value)) for key, value in pairs]]
    if isinstance(value, float):
        return ["float", struct.pack(">d", value)]
    return [type(value).__name__, value]


def test_every_file_is_known() -> None:
    here = {"values.json", "malformed.json", "keys.json", "pages.json", "calls.json", "pending.json", "section.json"}
    assert {path.name for path in VECTORS.iterdir()} == here | OF_OTHERS | IN_INSTANCES


@pytest.mark.parametrize("entry", entries("values.json", "", "lua", "bytes", "value", "accepts"))
def test_value(entry: Dict[str, Any]) -> None:
    data, value = bytes.fromhex(entry["bytes"]), value_of(entry["value"])
    assert encode_stored(value).hex() == data.hex()
    for other in [data, *map(bytes.fromhex, entry.get("accepts", []))]:
        decoded = cu.decode_stored(other, text=False)
        assert plain(decoded) == plain(value)
        assert encode_stored(decoded).hex() == data.hex()
        assert encode_stored(cu.decode_stored(other)).hex() == data.hex()  # text is as good as bytes


@pytest.mark.parametrize("entry", entries("values.json", "", "lua", "bytes", "value", "accepts"))
def test_value_of_a_script(entry: Dict[str, Any], module: cu.Module) -> None:
    if entry["lua"] is not None and entry["value"][0] != "function":
        assert cu.Core(module).compute(f"return {entry['lua']}").raw.hex() == entry["bytes"]


@pytest.mark.parametrize("entry", entries("malformed.json", "", "bytes", "at"))
def test_malformed(entry: Dict[str, Any]) -> None:
    with pytest.raises(cu.Malformed) as caught:
        cu.decode_stored(bytes.fromhex(entry["bytes"]))
    assert caught.value.offset == entry["at"], str(caught.value)


def test_bytes_that_were_changed_or_cut_are_read_or_refused(chance: random.Random) -> None:
    good = [bytes.fromhex(entry["bytes"]) for entry in json.loads((VECTORS / "values.json").read_text()) if len(entry["bytes"]) < 400]
    for _ in range(20000):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randrange(3)):
            data[chance.randrange(len(data))] = chance.choice([0, 1, 4, 5, 8, 9, 0x7F, 0xFF, chance.randrange(256)])
        data = data[: chance.randrange(len(data) + 1)] if chance.random() < 0.3 else data + bytes(chance.choices(range(12), k=chance.randrange(3)))
        try:
            value = cu.decode_stored(bytes(data))
        except cu.Malformed as error:
            assert 0 <= error.offset <= len(data)
        else:
            assert plain(cu.decode_stored(encode_stored(value))) == plain(value)


@pytest.mark.parametrize("entry", entries("keys.json", "accepted", "lua", "key", "bytes", "equal"))
def test_key(entry: Dict[str, Any]) -> None:
    data, key = bytes.fromhex(entry["bytes"]), value_of(entry["key"])
    for same in [key, *map(value_of, entry.get("equal", []))]:
        assert cu.encode_key(same).hex() == data.hex()
    assert plain(cu.decode_key(data, text=False)) == plain(key)
    assert cu.encode_key(cu.decode_key(data)) == data


def test_keys_are_in_the_order_of_their_bytes() -> None:
    keys = [bytes.fromhex(entry["bytes"]) for entry in json.loads((VECTORS / "keys.json").read_text())["accepted"]]
    assert keys == sorted(keys)


@pytest.mark.parametrize("entry", entries("keys.json", "refused", "bytes"))
def test_no_key(entry: Dict[str, Any]) -> None:
    data = bytes.fromhex(entry["bytes"])
    with pytest.raises(cu.Malformed) as caught:
        cu.decode_key(data)
    assert caught.value.offset <= len(data)


@pytest.mark.parametrize("entry", entries("keys.json", "none", "value"))
def test_value_that_is_no_key(entry: Dict[str, Any]) -> None:
    with pytest.raises(cu.EncodeError):
        cu.encode_key(value_of(entry["value"]))


@pytest.mark.parametrize("entry", entries("pages.json", "answers", "keys", "after", "descending", "request", "room", "answer"))
def test_page(entry: Dict[str, Any]) -> None:
    store = cu.MemoryStore()
    for key in entry["keys"]:
        store.set(7, bytes.fromhex(key), b"\0")
    after, descending = bytes.fromhex(entry["after"]), entry["descending"]
    page = store.page(7, after, descending, entry["room"])
    assert (page.hex() if page is not None else None) == entry["answer"]
    if page is not None:
        rest = [key for key in sorted(map(bytes.fromhex, entry["keys"]), reverse=descending)
                if not after or (key < after if descending else key > after)]
        found = decode_page(page, after, descending)
        assert found == rest[: len(found)]


@pytest.mark.parametrize("entry", entries("pages.json", "refused", "after", "answer"))
def test_refused_page(entry: Dict[str, Any]) -> None:
    with pytest.raises(cu.Malformed):
        decode_page(bytes.fromhex(entry["answer"]), bytes.fromhex(entry["after"]))


@pytest.mark.parametrize("entry", entries("calls.json", "accepted", "way", "content", "arguments", "bytes"))
def test_call(entry: Dict[str, Any]) -> None:
    arguments = [cu.Way(content) if form == "way" else value_of(content) for form, content in entry["arguments"]]
    assert cu.Call(entry["way"], *arguments, content=entry["content"]).encode().hex() == entry["bytes"]
    call = cu.Call.decode(bytes.fromhex(entry["bytes"]), text=False)
    assert (call.way, call.content) == (entry["way"], entry["content"])
    assert list(map(plain, call.arguments)) == list(map(plain, arguments))


@pytest.mark.parametrize("entry", entries("calls.json", "refused", "bytes", "at"))
def test_refused_call(entry: Dict[str, Any]) -> None:
    with pytest.raises(cu.Malformed) as caught:
        cu.Call.decode(bytes.fromhex(entry["bytes"]))
    assert caught.value.offset == entry["at"], str(caught.value)


@pytest.mark.parametrize("entry", entries("pending.json", "asked", "bytes", "ticket", "call"))
def test_compute_that_waits(entry: Dict[str, Any]) -> None:
    ticket, call = records.decode_pending(bytes.fromhex(entry["bytes"]))
    assert (str(ticket), call.encode().hex()) == (entry["ticket"], entry["call"])


@pytest.mark.parametrize("entry", entries("pending.json", "accepted", "bytes", "ticket", "kind"))
def test_answer(entry: Dict[str, Any]) -> None:
    ticket, kind, values = records.decode_answer(bytes.fromhex(entry["bytes"]))
    assert (str(ticket), ["results", "error", "cancel"][kind]) == (entry["ticket"], entry["kind"])
    answer = {"results": lambda: records.results(values), "error": lambda: records.raised(values[0]), "cancel": lambda: records.CANCEL}
    assert records.answer_record(ticket, answer[entry["kind"]]()).hex() == entry["bytes"]


@pytest.mark.parametrize("entry", entries("pending.json", "refused", "bytes", "at"))
def test_refused_answer(entry: Dict[str, Any]) -> None:
    with pytest.raises(cu.Malformed) as caught:
        records.decode_answer(bytes.fromhex(entry["bytes"]))
    assert caught.value.offset == entry["at"], str(caught.value)


@pytest.mark.parametrize("entry", entries("section.json", "", "text", "hex", "says", "problem", "abi"))
def test_section(entry: Dict[str, Any]) -> None:
    content = bytes.fromhex(entry["hex"]) if "hex" in entry else entry["text"].encode("utf-8")
    if "says" in entry:
        info = read_section(content)
        says = {"flags": [], **entry["says"]}
        assert (info.version, list(info.features), list(info.flags)) == (says["version"], says["features"], says["flags"])
    elif "abi" in entry:
        with pytest.raises(cu.VersionError) as version:
            read_section(content)
        assert (version.value.host, version.value.module) == (1, entry["abi"])
    else:
        with pytest.raises(cu.ModuleError) as caught:
            read_section(content)
        assert str(caught.value).endswith(entry["problem"])
