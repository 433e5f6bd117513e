"""What an app offers to the apps on its left, registered in ``AppConfig.ready()``.

Imports go one way only (core < departments < … < opscenter); what must flow the other way is looked up here.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Named things in the order of their registration; a name can be taken once."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._items: dict[str, T] = {}

    def register(self, name: str, item: T) -> T:
        if name in self._items:
            raise ValueError(f"{self.what} {name!r} is registered twice")
        self._items[name] = item
        return item

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def get(self, name: str) -> T | None:
        return self._items.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def values(self) -> list[T]:
        return list(self._items.values())

    def items(self) -> list[tuple[str, T]]:
        return list(self._items.items())


tables: "Registry[Any]" = Registry("interchange table")
job_kinds: "Registry[Any]" = Registry("job kind")
#: questions that core asks and an app answers: ``frozen_months()``, ``may(user, act, unit_id)``
providers: "Registry[Any]" = Registry("provider")
#: example months of presets: a function that gives the sheets
examples: "Registry[Any]" = Registry("example")
