"""Bytes under a home, be it a folder or an address `s3://bucket/prefix`.

What must not be half there is written so that it appears whole or not at all, in both.
Credentials, region and endpoint of S3 come from the environment (`AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP` and others),
which the libraries below read themselves: they never pass through here.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from warehouse.engine.storage.base import Item, Place, Storage
from warehouse.errors import WarehouseError


def storage(root: Place) -> Storage:
    """The storage of a place."""
    if isinstance(root, Path):
        return LocalStorage(root)
    from warehouse.engine.storage.s3 import S3Storage

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


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
