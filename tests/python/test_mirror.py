"""The mirror of the contract's constants, host-python/cu/abi.py, against abi/README.md and against the codec here."""

import pathlib
import re
import sys
import unittest

import keys
import pending
import section
import values

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "host-python/cu"))  # not the package, which needs an engine

import abi as cu_abi  # noqa: E402

PAGE = (ROOT / "abi/README.md").read_text(encoding="utf-8")


def rows(head):
    """The cells of a table's rows, by the beginning of its first line."""
    lines = PAGE[PAGE.index(f"\n{head}") + 1 :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def words(text):
    return re.findall(r"`([^`]+)`", text)


class Mirror(unittest.TestCase):
    def test_the_page_has_every_word_and_no_other(self):
        for head, of_mirror in (
            ("| key | value | default |", cu_abi.CONFIG_KEYS),
            ("| field | value |\n|---|---|\n| `write` |", ["write", "tables", "library"]),
            ("| kind | fields | when |", cu_abi.EVENT_KINDS),
            ("| `action` | when | fields |", cu_abi.AUDIT_ACTIONS),
        ):
            with self.subTest(head):
                self.assertEqual([word for row in rows(head) for word in words(row[0])], of_mirror)
        guards = words(rows("| field | value |\n|---|---|\n| `write` |")[1][1].split("value")[1])
        self.assertEqual(guards, ['"readonly"', '"hidden"'])
        self.assertEqual([cu_abi.GUARD_READONLY, cu_abi.GUARD_HIDDEN], ["readonly", "hidden"])
        classes = PAGE[PAGE.index("\nError classes: ") :].split("\n\n")[0]
        self.assertEqual([word for word in words(classes) if word != "init"], cu_abi.ERROR_CLASSES)

    def test_the_page_has_every_field(self):
        for kind, fields, _ in rows("| kind | fields | when |"):
            mirrored = cu_abi.EVENT_FIELDS[words(kind)[0]]
            self.assertEqual(words(fields)[: len(mirrored)], mirrored)
        for action, _, fields in rows("| `action` | when | fields |"):
            for name in words(action):
                others = [*cu_abi.LIMITS, "?"]
                self.assertEqual([word for word in words(fields) if word not in others], cu_abi.AUDIT_FIELDS[name])

    def test_the_codec_has_the_same_numbers(self):
        tags = [value for name, value in vars(cu_abi).items() if name.startswith("TAG_")]
        self.assertEqual(tags, [values.NIL, values.BOOLEAN, values.INTEGER, values.FLOAT, values.STRING, values.FUNCTION,
                                values.LIBRARY, values.EXTERNAL, values.COMPRESSED, values.TABLE, values.SPILLED, values.BIG, pending.PENDING])
        self.assertEqual(cu_abi.VALUE_DEPTH, values.MAX_DEPTH)
        self.assertEqual(cu_abi.KEY_BYTES, keys.MAX_KEY)
        self.assertEqual(cu_abi.ABI_VERSION, section.ABI_VERSION)
        self.assertEqual(keys.encode_key(b"result"), cu_abi.KEY_RESULT.encode("ascii"))
        self.assertEqual(keys.encode_page_request(b"", True), cu_abi.PAGE_DESCENDING.to_bytes(4, "little"))


if __name__ == "__main__":
    unittest.main()
