"""A call as a turn of the store, and as one unit of changes in it.

An error of the script keeps the changes, unless the store is to undo them; anything that breaks out of a call undoes them, if the store
can, and ends the instance.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import Callable, Iterator, Optional

from .core import Answer, Core
from .errors import BusyError, HostError, InstanceOver, LuaError, Malformed
from .signals import raise_noted, shielded
from .store import Store
from .waiting import pauses

FRAMES = 60  # of Python, which the engine and its callback need: one too few there would take the process down


def _has_room(frames: int) -> bool:
    """Raises RecursionError where they are not left."""
    return frames == 0 or _has_room(frames - 1)


class Running:
    """A call of an instance."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.reason: Optional[str] = None  # why its script is to end


@contextmanager
def turn(store: Store, instance: object) -> Iterator[None]:
    """Nobody else uses the store meanwhile."""
    if not any(store.lock.acquire(timeout=pause) for pause in pauses(store.wait)):
        raise BusyError(f"the store is in use by another thread for more than {store.wait} s")
    try:
        if store.in_turn:
            raise BusyError("the store is in use: a call of this thread is running")
        if store.transaction not in (None, instance):
            raise BusyError("the store is in use: a transaction of another instance is open")
        store.in_turn = True
        try:
            yield
        finally:
            store.in_turn = False
    finally:
        store.lock.release()


class UnitCore(Core):
    _running: Optional[Running] = None  # a unit of this instance's is open

    def close(self) -> None:
        """Frees the linear memory; the store is not closed."""
        with self.store.lock:
            if self._running:
                raise BusyError("a call of the instance is running")
            if self._over is None:
                self._end(InstanceOver("it was closed"))

    def _undoes(self) -> bool:
        """Whether the store undoes a compute that fails."""
        return False

    def _in_unit(self, run: Callable[[], Answer]) -> Answer:
        _has_room(FRAMES)
        return shielded(lambda: self._unit(run), self._interrupt)

    def _unit(self, run: Callable[[], Answer]) -> Answer:
        with turn(self.store, self):
            self._running = Running()
            failure: Optional[Exception] = None
            try:
                raise_noted()
                self._may_run()
                if self._over is None and self.store.transaction is None:
                    self._begin()
            except BaseException:
                self._running = None
                raise
            try:
                try:
                    answer = super()._in_unit(run)
                except (LuaError, HostError, Malformed) as error:
                    failure = error
                self._keep(failure)
            except BaseException as error:
                self._end(error)
                raise
            finally:
                self._running = None
            if failure:
                try:
                    raise failure
                finally:
                    failure = None  # a frame and the error that keeps it would wait for the collector, with the instance
            return answer

    def _interrupt(self, reason: str) -> None:
        """A signal ends the script that runs in the main thread."""
        running = self._running
        if running is not None and running.thread == threading.get_ident():
            running.reason = reason

    def _may_run(self) -> None:
        """Raises where it is not the caller's turn."""

    def _begin(self) -> None:
        try:
            self.store.begin()
        except BusyError:
            raise
        except Exception as error:
            raise HostError(f"the store did not begin a unit of changes: {error}") from error

    def _keep(self, failure: Optional[Exception]) -> None:
        try:
            if failure and self._undoes():
                self.store.rollback()
            elif self.store.transaction is None:
                self.store.commit()
        except Exception as error:
            raise HostError(f"the store did not keep the changes: {error}") from error

    def _end(self, error: BaseException) -> None:
        if self._over is not None:
            return
        super()._end(error)
        if self._running or self.store.transaction is self:
            self.store.transaction = None
            with suppress(Exception):  # what ended the instance is to be told, not this
                self.store.rollback()
