"""A response of the sample server: bytes, and what the headers say about them.

What one site of the sample is: the web server and the faults know nothing else of it.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, Protocol

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Response:
    """A response before it is sent.

    `last_modified` is None where no validators are given (errors, answers to a
    POST). `delivery` is empty, or how the body is to be spoilt on its way:
    `truncate`, `reset`, `drip`. `encoding` is set where `body` is already encoded.
    """

    body: bytes
    content_type: str = HTML
    status: int = 200
    last_modified: datetime | None = None
    is_simulated: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    delivery: str = ""
    pause_s: float = 0.0

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.body, 6, mtime=0)

    @cached_property
    def digest(self) -> str:
        return sha256(self.body).hexdigest()[:32]

    def etag(self, zipped: bool) -> str:
        """A strong validator: another one for the compressed form."""
        return f'"{self.digest}-gz"' if zipped else f'"{self.digest}"'

    @cached_property
    def modified(self) -> str:
        """The Last-Modified header, or an empty string."""
        if self.last_modified is None:
            return ""
        return format_datetime(self.last_modified.astimezone(UTC), usegmt=True)


def error(status: int, text: str) -> Response:
    """A short error page."""
    body = (
        f"<!DOCTYPE html>\n<html><head><title>{status}</title></head><body>{text}</body></html>\n"
    )
    return Response(body.encode(), status=status)


class UnknownFault(ValueError):
    """A fault that this server can't play, or one with wrong arguments."""


class Site(Protocol):
    """One source's web site on the evening of a day; nothing later exists.

    `hosts` are its `.example` names. `changes` are the faults that belong to the site's
    contents and not to a response (a page revised in place ...): `change` plays them.
    """

    until: date

    @property
    def hosts(self) -> tuple[str, ...]: ...

    @property
    def changes(self) -> tuple[str, ...]: ...

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET (`body` None) or a POST; `target` is path and query."""

    def empty_list(self, host: str, target: str) -> Response | None:
        """A list without an item, where there is a list at the target; else None."""

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        """Play one of `changes`; gives the path of the page it made, if any.

        Raises ValueError (`UnknownFault`) for arguments that do not fit.
        """

    def clear(self) -> None:
        """Take back all changes."""
