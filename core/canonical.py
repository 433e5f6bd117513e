"""Typed values as canonical JSON and back, so that what a month was computed from can be frozen.

Dataclasses and named tuples become lists of their fields, sets sorted lists, dates ISO text, decimals and
fractions text; equal values give equal bytes.  The type, read from the annotations, brings them back.
"""

import json
import types
import typing
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

Encoder = Callable[[Any], Any]


def dump(value: Any) -> bytes:
    """The compressed canonical JSON of a dataclass."""
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def plain(data: bytes) -> Any:
    """What ``dump`` wrote as lists, texts and numbers; ``read`` makes a value of it, or of a part."""
    return json.loads(zlib.decompress(data))


def read(value: Any, kind: Any) -> Any:
    """The value of ``kind`` that stands in ``plain``."""
    return _reader(kind)(value)


def load(data: bytes, kind: Any) -> Any:
    """The value of ``kind`` that ``dump`` wrote."""
    return read(plain(data), kind)


def load_field(data: bytes, kind: Any, name: str) -> Any:
    """One field of the dataclass ``kind`` that ``dump`` wrote; the others are not brought back."""
    return read_field(plain(data), kind, name)


def read_field(value: Any, kind: Any, name: str) -> Any:
    """One field of the dataclass ``kind`` that stands in ``plain``."""
    return read(value[place_of(kind, name)], typing.get_type_hints(kind)[name])


def place_of(kind: Any, name: str) -> int:
    """Where a field of the dataclass ``kind`` stands in ``plain``."""
    return [item.name for item in fields(kind)].index(name)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):  # bool is an int
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | Fraction):
        return str(value)
    if is_dataclass(value):
        return [_plain(getattr(value, item.name)) for item in fields(value)]
    if isinstance(value, Mapping):
        return sorted(
            ([_plain(key), _plain(item)] for key, item in value.items()), key=lambda pair: str(pair[0])
        )
    if isinstance(value, frozenset | set):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be frozen")


@cache
def _reader(kind: Any) -> Encoder:
    """The function that turns plain JSON back into a value of ``kind``."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any or origin is Literal or kind in (str, int, bool, type(None)):
        return lambda plain: plain
    if kind is date:
        return date.fromisoformat
    if kind in (Decimal, Fraction):
        return kind
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if is_dataclass(kind):
        return _record(kind, [item.name for item in fields(kind)])
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _record(kind, list(kind._fields))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = _reader(arguments[0]), _reader(arguments[1])
        return lambda plain: {key(k): value(v) for k, v in plain}
    if origin in (frozenset, set):
        item = _reader(arguments[0])
        return lambda plain: frozenset(map(item, plain))
    if origin is tuple and arguments[-1] is not Ellipsis:
        readers = [_reader(argument) for argument in arguments]
        return lambda plain: tuple(read(part) for read, part in zip(readers, plain, strict=True))
    if isinstance(origin, type) and issubclass(origin, Sequence):
        item = _reader(arguments[0])
        return lambda plain: tuple(map(item, plain))
    raise TypeError(f"{kind} cannot be read back")


def _record(kind: Any, names: list[str]) -> Encoder:
    hints = typing.get_type_hints(kind)
    readers = [_reader(hints[name]) for name in names]
    return lambda plain: kind(*(read(part) for read, part in zip(readers, plain, strict=True)))


def _union(arguments: tuple[Any, ...]) -> Encoder:
    """``X | None``, or a union of types that JSON itself tells apart (text and whole numbers)."""
    others = [argument for argument in arguments if argument is not type(None)]
    if set(others) <= {str, int, bool}:
        return lambda plain: plain
    if set(others) <= {int, Decimal, Fraction}:
        # An exact number: whole numbers stay, text is a decimal.
        return lambda plain: Decimal(plain) if isinstance(plain, str) else plain
    read = _reader(others[0])
    if len(others) > 1:
        raise TypeError(f"a union of {others} cannot be read back")
    return lambda plain: None if plain is None else read(plain)
