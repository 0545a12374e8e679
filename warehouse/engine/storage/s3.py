"""S3: bytes with conditional writes, and the options by which Delta tables lie there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.engine.storage.base import Address, Item, Place, Storage
from warehouse.errors import WarehouseError, in_a_line

if TYPE_CHECKING:
    from obstore.store import S3Store

CACHE_VARIABLE = "CARBONMART_CACHE"
RETRIES, RETRY_S = 4, 60
_REGION = {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"}
_PARTS_FROM = 32 * 2**20
"""Larger files go up in parts, so that they need not fit into memory."""


def delta_options(root: Place) -> dict[str, str] | None:
    """What deltalake is told beyond the environment: commits are conditional PUTs.

    A version is written by `If-None-Match: *`: of two writers one is refused, as on disk.
    """
    if isinstance(root, Path):
        return None
    options = {"aws_conditional_put": "etag"}
    if "AWS_ENDPOINT_URL" in os.environ and not _REGION & os.environ.keys():
        # Else deltalake looks for a region where only machines of AWS find one. To storages
        # of others it says nothing; this is the one that obstore takes, too.
        options["aws_region"] = "us-east-1"
    return options


def cache_of(address: Address) -> Path:
    """The folder on this machine in which files of an address are kept at hand.

    Below `CARBONMART_CACHE`, by default `~/.cache/carbonmart`; one for each address at
    each endpoint. Whoever deletes it loses time, and of a killed run what it fetched.
    """
    base = os.environ.get(CACHE_VARIABLE) or "~/.cache/carbonmart"
    where = f"{os.environ.get('AWS_ENDPOINT_URL', '')} {address}"
    digest = hashlib.sha256(where.encode()).hexdigest()[:12]
    return Path(base).expanduser().absolute() / f"{address.bucket}-{digest}"


class S3Storage(Storage):
    """A prefix in a bucket."""

    def __init__(self, root: Address) -> None:
        self.root: Address = root

    @cached_property
    def _store(self) -> S3Store:
        from obstore.store import S3Store

        retries = {"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_S)}
        with told(self.root, "used"):
            return S3Store.from_url(str(self.root), retry_config=retries)  # type: ignore[arg-type]

    def read_bytes(self, name: str) -> bytes | None:
        import obstore

        with told(self.root / name, "read"):
            try:
                return bytes(obstore.get(self._store, name).bytes())
            except FileNotFoundError as error:
                self._refuse_missing_bucket(error)
                return None

    def write_bytes(self, name: str, data: bytes | Path) -> None:
        import obstore

        size = data.stat().st_size if isinstance(data, Path) else len(data)
        with told(self.root / name, "written"):
            obstore.put(self._store, name, data, use_multipart=size > _PARTS_FROM)

    def write_if_absent(self, name: str, data: bytes) -> bool:
        import obstore
        from obstore.exceptions import AlreadyExistsError

        with told(self.root / name, "written"):
            try:
                obstore.put(self._store, name, data, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def fetch(self, name: str, target: Path) -> None:
        """Copy an object to a local file, which appears whole; raises for one that is gone."""
        import tempfile

        import obstore

        with told(self.root / name, "read"):
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(prefix=".part-", dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    for chunk in obstore.get(self._store, name).stream():
                        file.write(chunk)
                os.replace(draft, target)
            finally:
                Path(draft).unlink(missing_ok=True)

    def list(self, folder: str = "") -> Iterator[Item]:
        import obstore

        found = []
        with told(self.root / folder if folder else self.root, "listed"):
            for batch in obstore.list(self._store, prefix=folder or None):
                found += [Item(m["path"], m["size"], m["last_modified"]) for m in batch]
        yield from sorted(found, key=lambda item: item.name)

    def delete(self, name: str) -> None:
        import obstore

        with told(self.root / name, "deleted"):
            obstore.delete(self._store, name)

    def exists(self, name: str) -> bool:
        import obstore

        with told(self.root / name, "read"):
            try:
                obstore.head(self._store, name)
            except FileNotFoundError:
                return False
        return True

    def _refuse_missing_bucket(self, error: Exception) -> None:
        if "NoSuchBucket" in str(error):
            raise WarehouseError(f"{self.root}: there is no bucket {self.root.bucket}") from error


@contextmanager
def told(place: Address, done: str) -> Iterator[None]:
    """Errors of S3 as `WarehouseError`: what it said, in a line, without the request itself."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        if "NoSuchBucket" in str(error):
            raise WarehouseError(f"{place}: there is no bucket {place.bucket}") from error
        words = in_a_line(Exception(str(error).split("Debug source")[0]))
        raise WarehouseError(f"{place} can't be {done}: {words[:400]}") from error
