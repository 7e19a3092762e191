"""Runs the conformance kit (tests/conformance of the repository) with this host.

Use: python host-python/tests/conformance.py [--sqlite] FOLDER [CLAUSE...]. It prints how many cases of each clause pass, and what differs in the
others. With --sqlite the store is a `SqliteStore` in memory.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cu  # noqa: E402
from cu import abi, stored  # noqa: E402
from cu.codec import decode_values  # noqa: E402
from cu.control import Table0  # noqa: E402
from cu.imports import Imports  # noqa: E402

EXPECTATIONS = {"results", "error", "waits", "failed", "output", "called", "event", "used", "uses", "encodes", "malformed", "value", "refused"}
USES_STORE = {"compute", "run_gc"}

Forms = Tuple[str, ...]  # the ways to write one expectation


class Line(NamedTuple):
    """A line of the kit, with its text below."""

    number: int
    words: List[str]
    text: Optional[str]

    @property
    def whole(self) -> str:
        head = " ".join(self.words)
        return head if self.text is None else f"{head}\n{self.text}"


def read_lines(kit: str) -> List[Line]:
    lines: List[Line] = []
    for number, line in enumerate(kit.split("\n"), 1):
        if line.startswith("  "):
            last = lines.pop()
            lines.append(last._replace(text=line[2:] if last.text is None else f"{last.text}\n{line[2:]}"))
        elif line and not line.startswith("#"):
            lines.append(Line(number, line.split(" "), None))
    return lines


def from_hex(word: str) -> bytes:
    pieces = [] if word == "-" else [piece.split("*") for piece in word.split("+")]
    return b"".join(bytes.fromhex(piece[0]) * int(piece[1] if len(piece) > 1 else 1) for piece in pieces)


def to_hex(data: bytes) -> str:
    return data.hex() or "-"


def hashed(data: bytes) -> str:
    number = 0xCBF29CE484222325
    for byte in data:
        number = ((number ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{number:016x}"


def bytes_forms(head: str, data: bytes) -> Forms:
    return f"{head} {to_hex(data)}", f"{head} {len(data)} {hashed(data)}"


def text_forms(head: str, data: bytes, end: str = "") -> Forms:
    long = f"{head} {len(data)} {hashed(data)}"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return (long,)
    return (f"{head}\n{text[: len(text) - len(end)]}", long) if text.endswith(end) else (long,)


def lines_forms(head: str, lines: List[str]) -> Forms:
    if not lines:
        return (head,)
    joined = "".join(f"{line}\n" for line in lines).encode()
    return "\n".join([head, *lines]), f"{head} {len(lines)} {hashed(joined)}"


class Session:
    """What a case has: its store, what is offered, and what happens at the border while a step runs."""

    make_store: Callable[[], cu.Store] = cu.MemoryStore

    def __init__(self) -> None:
        self.store = self.make_store()
        self.config: Dict[Any, Any] = {}
        self.kinds: Set[str] = set()
        self.home: Optional[str] = None
        self.now: Optional[float] = None
        self.offered: Dict[str, cu.HostFunction] = {}
        self.fail_from, self.fail_on = 0, False
        self.tick: Optional[Tuple[int, str]] = None
        self.running = False
        self.begin()

    def begin(self) -> None:
        """A step begins."""
        self.uses: List[Tuple[str, int, int]] = []  # with the room, and what was answered
        self.used_store = self.ticks = 0
        self.called: List[Forms] = []
        self.events: List[bytes] = []
        self.used: Optional[int] = None

    def use(self, line: str, room: int = 0) -> None:
        self.used_store += 1
        again = bool(self.uses) and self.uses[-1][0] == line and room > self.uses[-1][1]
        if again and (self.uses[-1][2] > self.uses[-1][1] or self.uses[-1][2] < -1):
            self.uses.pop()
        self.uses.append((line, room, 0))
        if self.fail_from and (self.used_store == self.fail_from or (self.fail_on and self.used_store > self.fail_from)):
            self.uses[-1] = (line, room, -2)
            raise OSError("the store fails, as the case wants")

    def answered(self, answer: int) -> int:
        line, room, _ = self.uses[-1]
        self.uses[-1] = (line, room, answer)
        return answer


session = Session()


class SeenImports(Imports):
    """Notes what the module asks of the store, and fails where the case wants."""

    def set(self, table: int, key: int, key_length: int, value: int, length: int) -> int:
        if table and session.running:
            session.use(f"set {table} {to_hex(self.memory.read(key, key_length))} {to_hex(self.memory.read(value, length))}")
        return super().set(table, key, key_length, value, length)

    def get(self, table: int, key: int, key_length: int, into: int, room: int) -> int:
        if not (table and session.running):
            return super().get(table, key, key_length, into, room)
        session.use(f"get {table} {to_hex(self.memory.read(key, key_length))}", room)
        return session.answered(super().get(table, key, key_length, into, room))

    def delete(self, table: int, key: int, key_length: int) -> int:
        if table and session.running:
            session.use(f"delete {table} {to_hex(self.memory.read(key, key_length))}")
        return super().delete(table, key, key_length)

    def size(self, table: int) -> int:
        if table and session.running:
            session.use(f"size {table}")
        return super().size(table)

    def keys(self, table: int, pointer: int, room: int) -> int:
        if not (table and session.running):
            return super().keys(table, pointer, room)
        head = int.from_bytes(self.memory.read(pointer, 4), "little")
        after = self.memory.read(pointer + 4, head & ~abi.PAGE_DESCENDING)
        session.use(f"keys {table} {to_hex(after)} {'down' if head >= abi.PAGE_DESCENDING else 'up'}", room)
        return session.answered(super().keys(table, pointer, room))


class SeenTable0(Table0):
    """Notes events and calls of functions, and ends a script where the case wants."""

    always = (abi.EVENT_ERROR, abi.EVENT_USAGE)

    def event(self, value: bytes) -> None:
        super().event(value)
        event = decode_values(value)[0]
        if event["kind"] in session.kinds:
            session.events.append(value)
        if event["kind"] == abi.EVENT_USAGE:
            session.used = event["instructions"]

    def call(self, record: bytes) -> Optional[bytes]:
        call = cu.Call.decode(record)
        session.called.append(bytes_forms(f"called {call.way}", cu.encode_values(call.arguments)))
        return super().call(record)

    def reason(self) -> Optional[str]:
        session.ticks += 1
        return session.tick[1] if session.tick and session.tick[0] == session.ticks else super().reason()


class SeenInstance(cu.Instance):
    _imports_class, _control_class = SeenImports, SeenTable0

    def _enter(self, export: str, *words: int) -> int:
        session.running = export in USES_STORE
        try:
            return super()._enter(export, *words)
        finally:
            session.running = False


class Case:
    """Does the steps of one case."""

    def __init__(self, module: cu.Module) -> None:
        global session
        session = Session()
        self.module = module
        self.instances: Dict[str, SeenInstance] = {}
        self.name = "a"
        self.pending: Dict[str, Tuple[str, Any]] = {}

    def step(self, line: Line) -> List[Forms]:
        session.begin()
        try:
            return list(getattr(self, f"do_{line.words[0]}")(line.text, *line.words[1:]) or [])
        finally:
            if line.words[0] not in ("fail", "tick", "config", "put", "remove", "use", "now"):
                session.fail_from, session.fail_on, session.tick = 0, False, None

    @property
    def instance(self) -> SeenInstance:
        return self.instances[self.name]

    def do_config(self, _: Optional[str], data: str) -> None:
        fields = cu.decode_stored(from_hex(data)) if data != "-" else {}
        session.config = dict(enumerate(fields, 1)) if isinstance(fields, list) else dict(fields)

    def do_events(self, _: Optional[str], *kinds: str) -> None:
        session.kinds = set(kinds)

    def do_home(self, _: Optional[str], *words: str) -> None:
        session.home = " ".join(words)

    def do_now(self, _: Optional[str], milliseconds: str) -> None:
        session.now = float(milliseconds)

    def do_offer(self, text: Optional[str], name: str, mode: str) -> None:
        answers = iter((text or "").split("\n"))

        def function(*_: Any) -> Any:
            kind, _, data = next(answers).partition(" ")
            if kind == "wait":
                return cu.WAIT
            values = decode_values(from_hex(data)) if data != "-" else []
            if kind == "error":
                raise cu.Raise(values[0])
            return tuple(values)

        session.offered[name] = cu.HostFunction(function, mode)

    def do_open(self, _: Optional[str], name: str = "a") -> None:
        clock = None if session.now is None else lambda: session.now or 0.0
        self.name = name
        config = cu.Config(tick=None, home=session.home, events=tuple(session.kinds), extra=session.config)
        self.instances[name] = SeenInstance(self.module, session.store, config, functions=session.offered, now=clock)

    def config(self, instance: SeenInstance) -> cu.Config:
        return replace(instance.config, extra=session.config)

    def do_use(self, _: Optional[str], name: str) -> None:
        self.name = name

    def do_drop(self, _: Optional[str], name: Optional[str] = None) -> None:
        gone = self.instances.pop(name or self.name)
        if session.store.transaction is gone:  # its process died, and what it wrote is there
            session.store.transaction = None
            session.store.commit()

    def do_put(self, _: Optional[str], table: str, key: str, value: str) -> None:
        session.store.set(int(table), from_hex(key), from_hex(value))

    def do_remove(self, _: Optional[str], table: str, key: str) -> None:
        session.store.set(int(table), from_hex(key), None)

    def do_fail(self, _: Optional[str], use: str, on: str = "") -> None:
        session.fail_from, session.fail_on = int(use), on == "on"

    def do_tick(self, _: Optional[str], question: str, *words: str) -> None:
        session.tick = int(question), " ".join(words)

    def do_run(self, text: Optional[str], *label: str) -> Iterable[Forms]:
        return self.start((text or "").encode(), label)

    def do_compute(self, _: Optional[str], data: str, *label: str) -> Iterable[Forms]:
        return self.start(from_hex(data), label)

    def do_call(self, _: Optional[str], way: str, data: str, *label: str) -> Iterable[Forms]:
        return self.start(self.call_of(way, data, False), label)

    def do_content(self, _: Optional[str], way: str, data: str, *label: str) -> Iterable[Forms]:
        return self.start(self.call_of(way, data, True), label)

    def call_of(self, way: str, data: str, content: bool) -> bytes:
        return cu.Call(way, *(decode_values(from_hex(data)) if data != "-" else []), content=content).encode()

    def start(self, code: bytes, label: Tuple[str, ...]) -> Iterable[Forms]:
        return self.came_of(label[1] if label else "a", lambda: self.instance.start(code, self.config(self.instance)))

    def do_resume(self, _: Optional[str], label: str, kind: str, data: str) -> Iterable[Forms]:
        values = decode_values(from_hex(data)) if data != "-" else []
        instance, pending = self.waiting(label)
        if kind == "error":
            return self.came_of(label, lambda: instance.fail(pending, values[0]))
        return self.came_of(label, lambda: instance.resume(pending, *values))

    def do_cancel(self, _: Optional[str], label: str) -> Iterable[Forms]:
        instance, pending = self.waiting(label)
        return self.came_of(label, lambda: instance.cancel(pending))

    def waiting(self, label: str) -> Tuple[SeenInstance, Any]:
        name, pending = self.pending[label]
        instance = self.instances.get(name, self.instance)
        return instance, replace(pending, config=self.config(instance))

    def came_of(self, label: str, call: Any) -> Iterable[Forms]:
        try:
            step = call()
        except cu.LuaError as error:
            yield text_forms(f"error {error.error_class or '-'}", error.text)
        except cu.HostError:
            yield ("failed",)
        else:
            if isinstance(step, cu.Pending):
                self.pending[label] = self.name, step
                yield bytes_forms(f"waits {step.name}", cu.encode_values(step.arguments))
            else:
                yield bytes_forms("results", step.raw)
            if step.output_bytes:
                yield text_forms("output", step.output_bytes, "\n")
        yield from self.seen()

    def do_collect(self, _: Optional[str]) -> Iterable[Forms]:
        try:
            self.instance.collect()
        except cu.HostError:
            yield ("failed",)
        yield from self.seen()

    def seen(self) -> Iterable[Forms]:
        yield from session.called
        for event in session.events:
            yield bytes_forms("event", event)
        if session.used is not None:
            yield (f"used {session.used}",)
        yield lines_forms("uses", [line for line, _, _ in session.uses])

    def do_store(self, _: Optional[str], *__: str) -> Iterable[Forms]:
        store = session.store
        yield lines_forms("store", [f"{table} {to_hex(key)} {to_hex(store.get(table, key) or b'')}" for table in store.tables()
                                    if table < abi.TABLE_HOST_FIRST for key in store.keys(table)])

    def do_decode(self, _: Optional[str], data: str) -> Iterable[Forms]:
        try:
            yield bytes_forms("encodes", stored.encode_stored(cu.decode_stored(from_hex(data))))
        except cu.Malformed as error:
            yield (f"malformed {error.offset}",)

    def do_key(self, _: Optional[str], data: str) -> Iterable[Forms]:
        try:
            key = cu.decode_key(from_hex(data))
        except cu.Malformed:
            yield ("refused",)
        else:
            assert cu.encode_key(key) == from_hex(data)
            yield bytes_forms("value", cu.encode(key))


class Observed:
    """Everything that was found in the place of expectations: what was used, and all else."""

    def __init__(self) -> None:
        self.lines: Tuple[List[str], List[str]] = [], []

    def add(self, found: str) -> None:
        self.lines[found.startswith("used ")].append(found.replace("\n", "\n  ") + "\n")

    def __str__(self) -> str:
        return "observed " + " ".join(hashed("".join(lines).encode()) for lines in self.lines)


def run_case(module: cu.Module, lines: List[Line], observed: Observed) -> Optional[str]:
    """What differs, or None."""
    case = Case(module)
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        wanted = [line] if line.words[0] == "store" else []
        while at < len(lines) and lines[at].words[0] in EXPECTATIONS:
            wanted.append(lines[at])
            at += 1
        try:
            found = case.step(line)
        except Exception as error:
            return f"line {line.number}: {type(error).__name__}: {error}"
        if not any(one.words[0] == "uses" for one in wanted):
            found = [forms for forms in found if not forms[0].startswith("uses")]
        for place, forms in enumerate(found):
            observed.add(wanted[place].whole if place < len(wanted) and wanted[place].whole in forms else forms[0])
        differs = len(found) != len(wanted) or any(one.whole not in forms for one, forms in zip(wanted, found))
        if differs:
            shown = "\n".join(forms[0][:400] for forms in found)
            return f"line {line.number}: {' '.join(line.words)[:100]}\nwanted\n{chr(10).join(one.whole[:400] for one in wanted)}\nfound\n{shown}"
    return None


def run_kit(module: cu.Module, folder: Path, clauses: List[str]) -> Tuple[int, int]:
    """How many cases pass and fail."""
    passed = failed = 0
    observed = Observed()
    for path in sorted(folder.glob("*.txt")):
        if clauses and path.stem not in clauses:
            continue
        cases: List[List[Line]] = []
        for line in read_lines(path.read_bytes().decode("utf-8")):
            if line.words[0] == "case":
                cases.append([])
            cases[-1].append(line)
        good = 0
        for case in cases:
            differs = run_case(module, case[1:], observed)
            good += differs is None
            if differs is not None:
                print(f"{path.stem}: {' '.join(case[0].words[1:])}: {differs}\n")
        print(f"{path.stem} {good} of {len(cases)}", flush=True)
        passed, failed = passed + good, failed + len(cases) - good
    print(observed)
    print(f"{passed} passed, {failed} failed")
    return passed, failed


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--sqlite"]:
        Session.make_store = staticmethod(lambda: cu.SqliteStore(":memory:"))
        del words[0]
    if not words:
        sys.exit("use: conformance.py [--sqlite] FOLDER [CLAUSE...]")
    sys.exit(1 if run_kit(cu.packaged(), Path(words[0]), words[1:])[1] else 0)
