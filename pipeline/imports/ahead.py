"""Reading ahead: rows are parsed on one core while the database works on another."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator

# How many items wait, made and not yet used. More would only cost memory.
WAITING = 1


class _Failed:
    """What went wrong while reading ahead."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


class _End:
    """Nothing comes any more."""


class _Reader[T](threading.Thread):
    """Makes the items of an iterator, one ahead of whoever takes them."""

    def __init__(self, items: Iterator[T]) -> None:
        super().__init__(name="import-reader", daemon=True)
        self.items = items
        self.ready: queue.Queue[T | _Failed | _End] = queue.Queue(WAITING)
        self.is_over = threading.Event()

    def run(self) -> None:
        try:
            for item in self.items:
                self._put(item)
                if self.is_over.is_set():
                    return
        except BaseException as error:  # raised again where it is waited for
            self._put(_Failed(error))
        else:
            self._put(_End())

    def _put(self, item: T | _Failed | _End) -> None:
        while not self.is_over.is_set():
            try:
                self.ready.put(item, timeout=0.2)
            except queue.Full:
                continue
            return


def ahead[T](items: Iterator[T]) -> Generator[T]:
    """Yield `items`, the next one made by a thread while the present one is in use.

    What making them raises is raised here, after those before it. `items` must not use
    the database: its connections belong to threads. Closing the generator ends the
    thread.
    """
    reader = _Reader(items)
    reader.start()
    try:
        while not isinstance(item := reader.ready.get(), _End):
            if isinstance(item, _Failed):
                raise item.error
            yield item
    finally:
        reader.is_over.set()
        reader.join()
