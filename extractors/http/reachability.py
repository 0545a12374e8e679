"""Whether a host can be reached at all: its name, and its certificate; and what time it has."""

from __future__ import annotations

import os
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies

from extractors import url_guard as guard
from extractors.http.transport import Timeouts, Transport, TransportError, transport_error
from extractors.url_guard import AddressRefused

HTTPS = 443
MAX_ROBOTS_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that was verified, and the protocol spoken under it."""

    valid_until: datetime
    issuer: str
    protocol: str


def is_proxied(host: str) -> bool:
    """Whether requests to the host go through a proxy: then names are resolved there."""
    return bool(get_environ_proxies(f"https://{host}/").get("https"))


def resolve(host: str) -> list[str]:
    """The public addresses of a name. Raises `TransportError`, `AddressRefused`."""
    try:
        found = socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)
    except OSError as error:
        raise transport_error(error) from error
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    public = [address for address in addresses if guard.is_public(address)]
    if not public:
        raise AddressRefused(f"{host} leads to {', '.join(addresses)}: not a public address")
    return public


def certificate(
    host: str,
    address: str,
    timeout_s: float,
    port: int = HTTPS,
) -> Certificate:
    """The host's verified certificate, from one of its addresses. Raises `TransportError`."""
    try:
        with (
            socket.create_connection((address, port), timeout_s) as plain,
            _context().wrap_socket(plain, server_hostname=host) as sealed,
        ):
            shown = sealed.getpeercert() or {}
            protocol = sealed.version() or ""
    except OSError as error:
        raise transport_error(error) from error
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
    # The issuer is a tuple of tuples of (name, value) pairs.
    names = dict(pair for part in shown.get("issuer", ()) for pair in part)  # type: ignore[misc]
    return Certificate(
        until, str(names.get("organizationName") or names.get("commonName")), protocol
    )


def server_time(host: str, user_agent: str, timeouts: Timeouts) -> datetime | None:
    """The instant that a host's `Date` header says, for an answer of any status to a request
    for its robots.txt; None where none came, or a cache may have kept it."""
    transport = Transport(timeouts, {})
    asked = {"Host": host, "User-Agent": user_agent, "Cache-Control": "no-cache"}
    try:
        target = guard.check_url(f"https://{host}/robots.txt", (host,))
        answer = transport.send(target, asked, None, MAX_ROBOTS_BYTES)
        if answer.header("age"):
            return None
        return parsedate_to_datetime(answer.header("date")).astimezone(UTC)
    except (TransportError, AddressRefused, ValueError):
        return None
    finally:
        transport.close()


def _context() -> ssl.SSLContext:
    """The trust that requests has: the CA bundle of the environment, else its own."""
    named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    is_folder = named is not None and Path(named).is_dir()
    return ssl.create_default_context(
        cafile=None if is_folder else named or DEFAULT_CA_BUNDLE_PATH,
        capath=named if is_folder else None,
    )
