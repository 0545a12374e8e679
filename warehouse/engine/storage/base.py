"""What a place that holds a store is: an address, its items, what can be done there."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse.errors import WarehouseError

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9_.=-]+)*)/?")


@dataclass(frozen=True, slots=True)
class Address:
    """A place in S3, joined with `/` as a `Path` is."""

    text: str

    @classmethod
    def of(cls, text: str) -> Address:
        """An address that a person typed; raises `WarehouseError` without repeating secrets."""
        found = _ADDRESS.fullmatch(text)
        if not text.startswith("s3://"):
            kind = text.split("://", 1)[0]
            raise WarehouseError(f"home {kind}://...: an address has to begin with s3://")
        if found is None or {".", ".."} & set(found[2].split("/")):
            told = "s3://..." if "@" in text or "?" in text else text
            raise WarehouseError(
                f"home {told}: not of the form s3://bucket/prefix; a prefix has letters, digits "
                "and _ . = - between slashes, credentials come from the environment (AWS_...)"
            )
        return cls(f"s3://{found[1]}{found[2]}")

    def __truediv__(self, name: str) -> Address:
        return Address(f"{self.text}/{name}")

    def __str__(self) -> str:
        return self.text

    def as_uri(self) -> str:
        """The address itself, as a `Path` gives its own."""
        return self.text

    @property
    def name(self) -> str:
        """The last part."""
        return self.text.rsplit("/", 1)[-1]

    @property
    def parent(self) -> Address:
        """The place that holds this one."""
        return Address(self.text.rsplit("/", 1)[0])

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self.text.removeprefix("s3://").split("/", 1)[0]


Place = Path | Address


@dataclass(frozen=True, slots=True)
class Item:
    """A stored file: its name below the storage's root, its size, when it was written."""

    name: str
    bytes: int
    modified: datetime


class Storage(ABC):
    """Files below a root. All errors are `WarehouseError`, naming the place."""

    root: Place

    @abstractmethod
    def read_bytes(self, name: str) -> bytes | None:
        """A file's bytes, None if there is no such file."""

    @abstractmethod
    def write_bytes(self, name: str, data: bytes | Path) -> None:
        """Write a file whole, in place of an older one; from a local file where given one."""

    @abstractmethod
    def write_if_absent(self, name: str, data: bytes) -> bool:
        """Write a file unless there is one; of several writers at once one is told True."""

    @abstractmethod
    def fetch(self, name: str, target: Path) -> None:
        """Copy a file to a local one, which appears whole."""

    @abstractmethod
    def list(self, folder: str = "") -> Iterator[Item]:
        """All files in a folder and the folders in it, in order of name."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove a file; nothing if it is gone already."""

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
