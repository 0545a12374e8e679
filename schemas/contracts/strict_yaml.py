"""The one reader of files that people write: `corrections.yml`, `gates.yml` and their like.

YAML is taken for its shape alone. Every value is read as the text that stands there, by the rules
of the column or field that it is for: YAML's own guesses (`1_000`, `010`, `1:30`, `.nan`, `no`)
are what a person does not see. A number is written as publishers print it: digits, commas only
between groups of three, a point before the decimals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas.core.cells import CHECKS
from schemas.core.forms import decimal_size
from schemas.core.table import Column, Kind, end_of_month

MAX_CHARACTERS = 5_000_000
_NULL = "tag:yaml.org,2002:null"
_NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EARLIEST_ZONE = timedelta(hours=14)
"""Where the day begins first: what is after today there is of the future everywhere."""


def number(text: str) -> Decimal:
    """A number as it is printed. Raises `ValueError`."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number as it is printed: digits, commas by three, a point")
    return Decimal(text.replace(",", ""))


def integer(text: str) -> int:
    """A number without decimals, as it is printed. Raises `ValueError`."""
    value = number(text)
    if "." in text:
        raise ValueError("a number without decimals is wanted")
    return int(value)


def day(text: str) -> date:
    """A day as YYYY-MM-DD. Raises `ValueError`."""
    if not _DAY.fullmatch(text):
        raise ValueError("not a day as YYYY-MM-DD")
    return date.fromisoformat(text)


def past_day(text: str) -> date:
    """A day that has begun somewhere. Raises `ValueError`."""
    found = day(text)
    if found > _today():
        raise ValueError("a day of the future")
    return found


def this_month(text: str) -> date:
    """A day that comes no later than the end of the running month. Raises `ValueError`."""
    found = day(text)
    if found > end_of_month(_today()):
        raise ValueError("a day of the future")
    return found


def _today() -> date:
    return (datetime.now(UTC) + EARLIEST_ZONE).date()


def value_of(text: str, column: Column, *, is_good: bool = True) -> Any:
    """A value as a column holds it: of its kind, and if it `is_good`, in the column's range and
    one of those that it knows.

    Never by way of a float. Raises `ValueError` with what is wrong.
    """
    if column.kind not in _READERS:
        raise ValueError(f"a {column.kind.value} is not written by people")
    found = _READERS[column.kind](text)
    if size := decimal_size(column.kind):
        # A figure with too many decimals is left as it is: the check of its cell refuses it.
        exact = found.quantize(Decimal(1).scaleb(-size[1])) if len(text) < 40 else found
        found = exact if exact == found else found
    if told := CHECKS[column.kind](found):
        raise ValueError(told)
    for wrong in _out_of_range(found, column) if is_good else ():
        raise ValueError(wrong)
    return found


def _out_of_range(value: Any, column: Column) -> Iterator[str]:
    if column.kind is Kind.DATE and value > _today() + timedelta(days=column.ahead_days):
        yield "a day of the future"
    if column.one_of and value not in column.one_of:
        yield f"none of {', '.join(column.one_of)}"
    if column.minimum is not None and value < column.minimum:
        yield f"below {column.minimum}"


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false is wanted")
    return text == "true"


_READERS: dict[Kind, Callable[[str], Any]] = {
    Kind.TEXT: str,
    Kind.INT: integer,
    Kind.DATE: day,
    Kind.BOOL: _truth,
    Kind.PRICE: number,
    Kind.MONEY: number,
    Kind.PERCENT: number,
    Kind.QUANTITY: number,
}
"""How a text becomes a cell; instants and seconds stand in no column that people write."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a file and where it stands, for whoever has to mend it.

    `error` is what is raised: the file's own kind of `ValueError`.
    """

    node: Any
    where: str
    error: type[ValueError]

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def wrong(self, told: str) -> ValueError:
        """What is wrong here: file, stanza, field and line first."""
        return self.error(f"{self.where}, line {self.line}: {told}")

    def named(self, name: str) -> Place:
        """The same under a longer name."""
        return Place(self.node, f"{self.where}, {name}", self.error)

    @property
    def is_null(self) -> bool:
        return bool(self.node.tag == _NULL)

    def fields(self) -> dict[str, Place]:
        """The values by their names, each name once."""
        import yaml

        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("fields with values are wanted")
        found: dict[str, Place] = {}
        for key, value in self.node.value:
            name = Place(key, self.where, self.error).text()
            if name in found:
                raise Place(key, self.where, self.error).wrong(f"{name!r} stands twice")
            found[name] = Place(value, f"{self.where}, {name}", self.error)
        return found

    def items(self, what: str) -> list[Place]:
        """The entries of a list, each called `what` and its number."""
        import yaml

        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong(f"a list is wanted, one {what} an entry")
        return [
            Place(one, f"{self.where}, {what} {number}", self.error)
            for number, one in enumerate(self.node.value, 1)
        ]

    def scalar(self) -> str:
        """The text as it stands there; empty for a null."""
        import yaml

        if not isinstance(self.node, yaml.ScalarNode):
            raise self.wrong("a single value is wanted")
        return str(self.node.value)

    def text(self) -> str:
        """A text that says something."""
        found = self.scalar().strip()
        if not found or (self.is_null and found != "null"):
            raise self.wrong("is empty")
        return found

    def read(self, reader: Callable[[str], Any]) -> Any:
        """What a reader makes of the text; what it refuses is told with the value."""
        text = self.scalar()
        try:
            return reader(text)
        except ValueError as error:
            raise self.wrong(f"{text!r}: {error}") from error

    def cell(self, column: Column, *, is_good: bool = True) -> Any:
        """A value of a column, null where the column allows for it; see `value_of`."""
        if self.is_null:
            if not column.nullable:
                raise self.wrong("may not be null")
            return None
        return self.read(lambda text: value_of(text, column, is_good=is_good))


def opened(text: str, name: str, error: type[ValueError]) -> Place | None:
    """What a file says, None if it says nothing. Raises `error` for what is no YAML."""
    import yaml

    if len(text) > MAX_CHARACTERS:
        raise error(f"{name}: longer than {MAX_CHARACTERS:,} characters")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        what = getattr(wrong, "problem", None) or str(wrong).splitlines()[0]
        raise error(f"{name}{place}: not YAML: {what}") from wrong
    if root is None or root.tag == _NULL:
        return None
    return Place(root, name, error)
