"""Bytes under a home, be it a folder or an address `s3://bucket/prefix`.

What must not be half there is written so that it appears whole or not at all, in both.
Credentials, region and endpoint of S3 come from the environment (`AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP` and others),
which the libraries below read themselves: they never pass through here.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
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


def storage(root: Place) -> Storage:
    """The storage of a place."""
    if isinstance(root, Path):
        return LocalStorage(root)
    from warehouse.s3 import S3Storage

    return S3Storage(root)


class LocalStorage(Storage):
    """A folder. It is made at the first write."""

    def __init__(self, root: Path) -> None:
        self.root: Path = root

    def read_bytes(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WarehouseError(f"{self.root / name} can't be read: {error}") from error

    def write_bytes(self, name: str, data: bytes | Path) -> None:
        self._put(name, data, is_new=False)

    def write_if_absent(self, name: str, data: bytes) -> bool:
        return self._put(name, data, is_new=True)

    def fetch(self, name: str, target: Path) -> None:
        content = self.read_bytes(name)
        if content is None:
            raise WarehouseError(f"{self.root / name} can't be read: it is not there")
        put_local(target, content)

    def list(self, folder: str = "") -> Iterator[Item]:
        for path in sorted((self.root / folder).rglob("*")):
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue  # a writer's draft, which has got its name meanwhile
            if stat.S_ISREG(facts.st_mode):
                moment = datetime.fromtimestamp(facts.st_mtime, UTC)
                yield Item(path.relative_to(self.root).as_posix(), facts.st_size, moment)

    def delete(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def exists(self, name: str) -> bool:
        return (self.root / name).is_file()

    def _put(self, name: str, data: bytes | Path, *, is_new: bool) -> bool:
        path = self.root / name
        content = data.read_bytes() if isinstance(data, Path) else data
        try:
            return put_local(path, content, is_new=is_new)
        except OSError as error:
            raise WarehouseError(f"{path} can't be written: {error}") from error


def _umask() -> int:
    """The process's file mode mask, which can only be asked for by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def put_local(path: Path, content: bytes, *, is_new: bool = False) -> bool:
    """Write a file beside its place, have it on the disk, and give it its name in one go.

    With `is_new` False is given, and nothing changed, where there is one. Raises `OSError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            # Drafts are made private; what is published is for other accounts too.
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not is_new:
            os.replace(draft, path)
            return True
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
        return True
    finally:
        Path(draft).unlink(missing_ok=True)
