"""The `published` place of a home: whole folders, files replaced in one go, one pointer.

A folder counts as published once its `datapackage.json` is there, which comes with or
after all its other files. The pointer `latest.json` is replaced after that, so whoever
follows it finds a whole release.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from warehouse.engine.storage.base import Address, Place
from warehouse.engine.storage.storage import digest_of, storage
from warehouse.errors import WarehouseError

PACKAGE = "datapackage.json"
POINTER = "latest.json"
EXPORTS = "exports"
"""In a descriptor: the files for spreadsheets."""
SEAL = "sealed_sha256"
"""Of a JSON document: SHA-256 of all else in it, as JSON with sorted keys."""
_DRAFT = ".draft-"
_READ_ONLY = 0o444
_ABANDONED_S = 86_400.0
"""A draft this old was left behind by a killed process."""


class Shelf(ABC):
    """What is published under one home."""

    def __init__(self, root: Place) -> None:
        self.root = root
        self._held = storage(root)

    def package(self, name: str) -> dict[str, Any] | None:
        """A release's descriptor, None if it is not published, or damaged."""
        return self._json(f"{name}/{PACKAGE}")

    def pointer(self) -> dict[str, Any] | None:
        """What `latest.json` says, None if nothing was published yet, or if it is damaged: it
        follows from the store's own releases."""
        return self._json(POINTER)

    def point(self, document: Mapping[str, Any]) -> None:
        """Replace the pointer."""
        self._held.write_bytes(POINTER, as_json(document).encode())

    def put_file(self, draft: Path, name: str) -> None:
        """Replace a file beside the releases; who has the old one open goes on reading it."""
        self._held.write_bytes(name, draft)

    @abstractmethod
    def folders(self) -> list[str]:
        """The names of the published releases."""

    @abstractmethod
    def draft(self) -> Any:
        """An empty folder of our own on this machine, as a context; gone afterwards."""

    @abstractmethod
    def put_folder(self, draft: Path, name: str) -> None:
        """Publish a finished draft under a name, in place of an older folder."""

    @abstractmethod
    def folder(self, name: str, draft: Path) -> Path:
        """A published folder to read from on this machine; a copy in `draft` if need be."""

    @abstractmethod
    def digest(self, name: str) -> str | None:
        """SHA-256 of a published file, None if there is no such file."""

    def beside(self, name: str) -> list[str]:
        """Side files of a file: what some program keeps under its name and another ending."""
        return []

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a published release: out of sight at once, then its files."""

    @abstractmethod
    def sweep(self) -> None:
        """Remove the drafts of processes that were killed."""

    def _json(self, name: str) -> dict[str, Any] | None:
        data = self._held.read_bytes(name)
        if data is None:
            return None
        try:
            document = json.loads(data)
        except ValueError:
            return None
        return document if isinstance(document, dict) and is_sealed(document) else None


def shelf(root: Place) -> Shelf:
    """The shelf at a place."""
    return RemoteShelf(root) if isinstance(root, Address) else LocalShelf(root)


class LocalShelf(Shelf):
    """A folder: releases get their names by renaming."""

    root: Path

    def folders(self) -> list[str]:
        if not self.root.is_dir():
            return []
        found = (f for f in self.root.iterdir() if not f.name.startswith("."))
        return sorted(f.name for f in found if (f / PACKAGE).is_file())

    @contextmanager
    def draft(self) -> Iterator[Path]:
        path = self.root / f"{_DRAFT}{uuid.uuid4().hex}"
        try:
            path.mkdir(parents=True)
        except OSError as error:
            raise WarehouseError(f"{self.root} can't be written: {error}") from error
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def put_folder(self, draft: Path, name: str) -> None:
        """Give the draft its name. Of two processes at it, the second leaves the first one's."""
        target = self.root / name
        for file in sorted(draft.iterdir()):
            _to_disk(file)
        _to_disk(draft)
        old = self.root / f"{_DRAFT}{uuid.uuid4().hex}"
        if target.exists():
            target.rename(old)
        try:
            draft.rename(target)
        except OSError:
            if self.package(name) is None:
                raise
        _to_disk(self.root)
        shutil.rmtree(old, ignore_errors=True)

    def put_file(self, draft: Path, name: str) -> None:
        """In the same move the old file's side files go: no reader finds them by the new one."""
        _to_disk(draft)
        self._clear(name)
        os.replace(draft, self.root / name)
        self._clear(name)
        _to_disk(self.root)

    def beside(self, name: str) -> list[str]:
        return sorted(path.name for path in self.root.glob(f"{name}.*"))

    def _clear(self, name: str) -> None:
        for other in self.beside(name):
            path = self.root / other
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def point(self, document: Mapping[str, Any]) -> None:
        super().point(document)
        (self.root / POINTER).chmod(_READ_ONLY)
        _to_disk(self.root)

    def folder(self, name: str, draft: Path) -> Path:
        return self.root / name

    def digest(self, name: str) -> str | None:
        path = self.root / name
        return digest_of(path) if path.is_file() else None

    def remove(self, name: str) -> None:
        away = self.root / f"{_DRAFT}{uuid.uuid4().hex}"
        (self.root / name).rename(away)
        shutil.rmtree(away)

    def sweep(self) -> None:
        for path in self.root.glob(f"{_DRAFT}*"):
            if time.time() - path.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(path)


class RemoteShelf(Shelf):
    """A prefix in S3: a release's descriptor is its last file to come and its first to go."""

    root: Address

    def folders(self) -> list[str]:
        names = (item.name.split("/") for item in self._held.list())
        return sorted(parts[0] for parts in names if len(parts) == 2 and parts[1] == PACKAGE)

    @contextmanager
    def draft(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="carbonmart-") as path:
            yield Path(path)

    def put_folder(self, draft: Path, name: str) -> None:
        for file in sorted(draft.iterdir(), key=lambda file: (file.name == PACKAGE, file.name)):
            self._held.write_bytes(f"{name}/{file.name}", file)

    def folder(self, name: str, draft: Path) -> Path:
        for item in list(self._held.list(name)):
            self._held.fetch(item.name, draft / item.name)
        return draft / name

    def digest(self, name: str) -> str | None:
        data = self._held.read_bytes(name)
        return None if data is None else hashlib.sha256(data).hexdigest()

    def remove(self, name: str) -> None:
        self._held.delete(f"{name}/{PACKAGE}")
        for item in list(self._held.list(name)):
            self._held.delete(item.name)

    def sweep(self) -> None:
        """Nothing to do: drafts lie in this machine's temporary folder."""


def as_json(document: Mapping[str, Any]) -> str:
    """A document as people can read it too, with its own digest as its last word."""
    sealed = {**document, SEAL: _digest(document)}
    return json.dumps(sealed, ensure_ascii=False, indent=2) + "\n"


def is_sealed(document: Mapping[str, Any]) -> bool:
    """Whether a document says what it said when it was written; one without a seal, of before
    there were any, is taken as it is."""
    return SEAL not in document or document[SEAL] == _digest(document)


def _digest(document: Mapping[str, Any]) -> str:
    said = {name: value for name, value in document.items() if name != SEAL}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _to_disk(path: Path) -> None:
    """Have the file or folder on disk before anything points at it; a file for good as it is."""
    if path.is_file():
        path.chmod(_READ_ONLY)
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
