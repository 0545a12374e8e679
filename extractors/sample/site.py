"""What one site of the sample is: the web server and the faults know nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from extractors.sample.response import Response


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
