"""The golden vectors of abi/vectors, through a codec that was written only from abi/README.md."""

import json
import pathlib
import struct
import unittest

from calls import Way, decode_call, encode_call
from keys import decode_key, decode_page, decode_page_request, encode_key, encode_page, encode_page_request
from pending import decode_answered, decode_asked
from recordings import Refused, decode_recording, encode_recording
from section import NoModule, OtherVersion, read_section
from values import Big, External, Function, Library, Malformed, Table, decode, encode

VECTORS = pathlib.Path(__file__).parents[2] / "abi/vectors"

# Scripts for a host with a module, and what it encrypts: not of this codec, except for the keys in encrypted.json.
OF_HOSTS = {"deep.json", "errors.json", "host_failures.json"}

# Tables of hosts, which have other keys.
HOST_TABLES = 0xFF000000


def read(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def value_of(tagged):
    """The Python value of a tagged form."""
    form, *content = tagged
    return FORMS[form](*content)


def nested(depth):
    table = Table()
    for _ in range(depth - 1):
        table = Table([(1, table)])
    return table


FORMS = {
    "nil": lambda: None,
    "boolean": bool,
    "integer": int,
    "float": lambda bits: struct.unpack(">d", bytes.fromhex(bits))[0],
    "string": bytes.fromhex,
    "function": Function,
    "library": lambda name: Library(name.encode("ascii")),
    "external": External,
    "table": lambda pairs: Table([(value_of(key), value_of(value)) for key, value in pairs]),
    "biginteger": lambda decimal: Big(int(decimal)),
    "nested": nested,
}


def plain(value):
    """A form that is equal only for equal values: for Python 1 == 1.0 == True and NaN != NaN."""
    if isinstance(value, Table):
        return ["table", [(plain(key), plain(value)) for key, value in value.pairs]]
    if isinstance(value, float):
        return ["float", struct.pack(">d", value)]
    return [type(value).__name__, value]


class Vectors(unittest.TestCase):
    def for_each(self, entries, check, required, optional=frozenset()):
        """Checks the entries of a list, each of which has the fields that this test knows and no others."""
        self.assertTrue(entries)
        for entry in entries:
            with self.subTest(entry["name"]):
                self.assertLessEqual(required, entry.keys())
                self.assertLessEqual(entry.keys(), required | optional)
                check(entry)

    def test_every_file_is_known(self):
        known = {
            "README.md", "values.json", "malformed.json", "keys.json", "pages.json", "calls.json", "pending.json", "recordings.json",
            "encrypted.json", "section.json",
        } | OF_HOSTS
        self.assertEqual({path.name for path in VECTORS.iterdir()}, known)

    def test_values(self):
        def check(entry):
            data, value = bytes.fromhex(entry["bytes"]), value_of(entry["value"])
            self.assertEqual(encode(value).hex(), data.hex())
            for other in [data, *map(bytes.fromhex, entry.get("accepts", []))]:
                decoded = decode(other)
                self.assertEqual(plain(decoded), plain(value), other.hex())
                self.assertEqual(encode(decoded), data, other.hex())

        self.for_each(read("values.json"), check, {"name", "lua", "bytes", "value"}, {"accepts"})

    def test_malformed(self):
        def check(entry):
            with self.assertRaises(Malformed) as caught:
                decode(bytes.fromhex(entry["bytes"]))
            self.assertEqual(caught.exception.offset, entry["at"], str(caught.exception))

        self.for_each(read("malformed.json"), check, {"name", "bytes", "at"})

    def test_keys(self):
        def accepted(entry):
            data, key = bytes.fromhex(entry["bytes"]), value_of(entry["key"])
            for same in [key, *map(value_of, entry.get("equal", []))]:
                self.assertEqual(encode_key(same).hex(), data.hex())
            self.assertEqual(plain(decode_key(data)), plain(key))

        def refused(entry):
            data = bytes.fromhex(entry["bytes"])
            with self.assertRaises(Malformed) as caught:
                decode_key(data)
            self.assertLessEqual(caught.exception.offset, len(data))

        def none(entry):
            with self.assertRaises(ValueError):
                encode_key(value_of(entry["value"]))

        keys = read("keys.json")
        self.assertEqual(keys.keys(), {"accepted", "refused", "none"})
        self.for_each(keys["accepted"], accepted, {"name", "lua", "key", "bytes"}, {"equal"})
        self.for_each(keys["refused"], refused, {"name", "bytes"})
        self.for_each(keys["none"], none, {"name", "value"})
        encoded = [bytes.fromhex(entry["bytes"]) for entry in keys["accepted"]]
        self.assertEqual(encoded, sorted(encoded))

    def test_pages(self):
        def answer(entry):
            after, descending = bytes.fromhex(entry["after"]), entry["descending"]
            self.assertEqual(encode_page_request(after, descending).hex(), entry["request"])
            self.assertEqual(decode_page_request(bytes.fromhex(entry["request"])), (after, descending))
            keys = sorted(map(bytes.fromhex, entry["keys"]), reverse=descending)
            keys = [key for key in keys if not after or (key < after if descending else key > after)]
            page = encode_page(keys, entry["room"])
            if entry["answer"] is None:
                self.assertTrue(keys and not page)
                return
            self.assertEqual(page.hex(), entry["answer"])
            decoded = decode_page(page, after, descending)
            self.assertEqual([encode_key(key) for key in decoded], keys[: len(decoded)])

        def refused(entry):
            with self.assertRaises(Malformed):
                decode_page(bytes.fromhex(entry["answer"]), bytes.fromhex(entry["after"]))

        pages = read("pages.json")
        self.assertEqual(pages.keys(), {"answers", "refused"})
        self.for_each(pages["answers"], answer, {"name", "keys", "after", "descending", "request", "room", "answer"})
        self.for_each(pages["refused"], refused, {"name", "after", "answer"})

    def test_calls(self):
        def argument_of(argument):
            form, content = argument
            return Way(content.encode("utf-8")) if form == "way" else value_of(content)

        def accepted(entry):
            data, way = bytes.fromhex(entry["bytes"]), entry["way"].encode("utf-8")
            arguments = list(map(argument_of, entry["arguments"]))
            self.assertEqual(encode_call(way, arguments, entry["content"]).hex(), data.hex())
            decoded_way, decoded, content = decode_call(data)
            self.assertEqual((decoded_way, content), (way, entry["content"]))
            self.assertEqual(list(map(plain, decoded)), list(map(plain, arguments)))

        def refused(entry):
            with self.assertRaises(Malformed) as caught:
                decode_call(bytes.fromhex(entry["bytes"]))
            self.assertEqual(caught.exception.offset, entry["at"], str(caught.exception))

        calls = read("calls.json")
        self.assertEqual(calls.keys(), {"accepted", "refused"})
        self.for_each(calls["accepted"], accepted, {"name", "way", "content", "arguments", "bytes"})
        self.for_each(calls["refused"], refused, {"name", "bytes", "at"})

    def test_computes_that_wait(self):
        def asked(entry):
            ticket, call = decode_asked(bytes.fromhex(entry["bytes"]))
            self.assertEqual((str(ticket), call.hex()), (entry["ticket"], entry["call"]))
            decode_call(call)

        def accepted(entry):
            ticket, kind = decode_answered(bytes.fromhex(entry["bytes"]))
            self.assertEqual((str(ticket), kind), (entry["ticket"], entry["kind"]))

        def refused(entry):
            with self.assertRaises(Malformed) as caught:
                decode_answered(bytes.fromhex(entry["bytes"]))
            self.assertEqual(caught.exception.offset, entry["at"], str(caught.exception))

        pending = read("pending.json")
        self.assertEqual(pending.keys(), {"asked", "accepted", "refused"})
        self.for_each(pending["asked"], asked, {"name", "bytes", "ticket", "call"})
        self.for_each(pending["accepted"], accepted, {"name", "bytes", "ticket", "kind"})
        self.for_each(pending["refused"], refused, {"name", "bytes", "at"})

    def test_sections(self):
        def check(entry):
            content = bytes.fromhex(entry["hex"]) if "hex" in entry else entry["text"].encode("utf-8")
            if "says" in entry:
                info = read_section(content)._asdict()
                self.assertEqual(info, {"flags": [], **entry["says"]})
            elif "abi" in entry:
                with self.assertRaises(OtherVersion) as caught:
                    read_section(content)
                self.assertEqual(caught.exception.module, entry["abi"])
            else:
                with self.assertRaises(NoModule):
                    read_section(content)

        self.for_each(read("section.json"), check, {"name"}, {"text", "hex", "says", "problem", "abi"})

    def test_recordings(self):
        def accepted(entry):
            def tagged(fields):
                return [field.hex() if isinstance(field, bytes) else field for field in fields]

            data = bytes.fromhex(entry["bytes"])
            entries = decode_recording(data)
            self.assertEqual(list(map(tagged, entries)), entry["entries"])
            self.assertEqual(encode_recording(entries).hex(), data.hex())

        def refused(entry):
            with self.assertRaises(Refused) as caught:
                decode_recording(bytes.fromhex(entry["bytes"]))
            found = caught.exception
            self.assertEqual((found.reason, found.entry, found.at), (entry["reason"], entry["entry"], entry["at"]))

        recordings = read("recordings.json")
        self.assertEqual(recordings.keys(), {"accepted", "refused"})
        self.for_each(recordings["accepted"], accepted, {"name", "entries", "bytes"})
        self.for_each(recordings["refused"], refused, {"name", "bytes", "reason", "entry", "at"})

    def test_keys_of_encrypted_homes(self):
        """The standard library does not have this cipher, but keys are not encrypted."""
        encrypted = read("encrypted.json")
        self.assertEqual(encrypted.keys(), {"values", "refused", "homes"})
        homes = encrypted["homes"]
        self.assertTrue(homes)
        for home in homes:
            tables = {}
            for table, key, _ in home["rows"]:
                if table < HOST_TABLES:
                    tables.setdefault(table, []).append(bytes.fromhex(key))
            self.assertGreater(len(tables), 4)
            for keys in tables.values():
                self.assertEqual(list(map(encode_key, decode_page(encode_page(keys, 512)))), keys)


if __name__ == "__main__":
    unittest.main()
