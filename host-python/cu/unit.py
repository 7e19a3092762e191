"""A call as a turn of the store, and as one unit of changes in it.

An error of the script keeps the changes, unless the store is to undo them; anything that breaks out of a call undoes them, if the store
can, and ends the instance.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import Callable, Iterator, Optional

from .core import Answer, Core
from .errors import BusyError, HostError, InstanceOver, LuaError, Malformed
from .signals import signals_stop
from .store import Store


@contextmanager
def turn(store: Store, instance: object) -> Iterator[None]:
    """Nobody else uses the store meanwhile."""
    if not store.lock.acquire(timeout=store.wait):
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
    _running = False  # a unit of this instance's is open
    _signal: Optional[BaseException] = None  # what a handler of signals raised while the module ran

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
        with turn(self.store, self):
            if self._over is None and self.store.transaction is None:
                self._begin()
            self._running = True
            failure: Optional[Exception] = None
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
                self._running = False
            signal, self._signal = self._signal, None
            if signal:
                raise signal from failure
            if failure:
                raise failure
            return answer

    def _enter(self, export: str, *words: int) -> int:
        with signals_stop(self._interrupt) as raised:
            answer = super()._enter(export, *words)
        self._signal = raised[0] if raised else self._signal
        return answer

    def _interrupt(self, reason: str) -> None:
        """Ends the script that runs."""

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
