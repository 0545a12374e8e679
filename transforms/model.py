"""What a transform takes and gives.

Transforms are pure: they open no file and no socket, and know extractors only
by the shape of their records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class Record(Protocol):
    """The shape of `extractors.model.Record`."""

    @property
    def source(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def fetch_id(self) -> str: ...
    @property
    def retrieved_at(self) -> datetime: ...
    @property
    def payload_sha256(self) -> str: ...
    @property
    def is_simulated(self) -> bool: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd about a row that is good all the same: shown, never hidden.

    A signal is one that somebody has to look at: it makes the run `partial`.
    """

    rule: str
    value: str
    detail: str
    is_signal: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One typed row for `table`, with the quoted span that carried each figure."""

    table: str
    values: dict[str, Any]
    evidence: dict[str, str]
    remarks: tuple[Remark, ...] = ()


class Refused(ValueError):
    """A record that may not become a row: the rule it broke, the value, and why.

    `rule` is a stable name (`unclaimed_figure`, `missing_turnover` ...), `value`
    the offending text, as printed.
    """

    def __init__(self, rule: str, value: str, detail: str, table: str = "") -> None:
        super().__init__(f"{rule}: {detail}: {value!r}")
        self.rule = rule
        self.value = value
        self.detail = detail
        self.table = table
