"""Which addresses may be asked: the shape of a URL, its host, and where the host leads."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from requests.utils import requote_uri

MAX_URL_LENGTH = 4096

_URL = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#\\]*)(?P<path>[^?#]*)(?P<rest>.*)")
_AUTHORITY = re.compile(r"(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?P<port>\d{1,5}))?")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_LOOPBACK_BASE = re.compile(r"http://127\.0\.0\.1:\d{1,5}")
_DEFAULT_PORT = {"https": "443", "http": "80"}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IETF_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")


class AddressRefused(ValueError):
    """A URL, host or IP address that is not asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: `host` is plain and allowed, `path` is quoted and holds the query."""

    scheme: str
    host: str
    path: str

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def url(self) -> str:
        return self.origin + self.path


def check_url(url: str, hosts: Iterable[str]) -> Target:
    """The address split and checked, or `AddressRefused`.

    The grammar is narrower than RFC 3986 on purpose: no user info, no other port
    than the scheme's own, no control character, space or backslash, no dot
    segments. What passes is read the same way by every URL parser, so that the
    host checked here is the host that is asked.
    """
    if len(url) > MAX_URL_LENGTH:
        raise AddressRefused(f"URL of {len(url)} characters: {url[:80]!r}...")
    if bad := _FORBIDDEN.search(url):
        raise AddressRefused(f"character {bad.group()!r} in URL {url!r}")
    parts = _URL.fullmatch(url)
    if parts is None:
        raise AddressRefused(f"not an http(s) URL: {url!r}")
    authority = _AUTHORITY.fullmatch(parts["authority"].lower())
    if authority is None:
        raise AddressRefused(f"not a plain host name: {parts['authority']!r} in {url!r}")
    host, port, scheme = authority["host"], authority["port"], parts["scheme"]
    if host not in hosts:
        raise AddressRefused(f"host {host!r} is not one of the source's: {url!r}")
    if port is not None and port != _DEFAULT_PORT[scheme]:
        raise AddressRefused(f"port {port} is not the one of {scheme}: {url!r}")
    if {".", ".."}.intersection(parts["path"].replace("%2e", ".").replace("%2E", ".").split("/")):
        raise AddressRefused(f"dot segments in path: {url!r}")
    rest = parts["rest"].partition("#")[0]
    return Target(scheme, host, requote_uri((parts["path"] or "/") + rest))


def check_routes(routes: Mapping[str, str]) -> dict[str, str]:
    """The routes as given, or ValueError: only reserved `.example` names (RFC 2606) may be
    sent to loopback, and nowhere else, so that no real host can ever be impersonated."""
    for host, base in routes.items():
        if not host.endswith(".example") or not _AUTHORITY.fullmatch(host):
            raise ValueError(f"only hosts that end in .example can be routed: {host!r}")
        if not _LOOPBACK_BASE.fullmatch(base):
            raise ValueError(f"a route leads to http://127.0.0.1:PORT: {host!r} -> {base!r}")
    return dict(routes)


def is_public(ip: str) -> bool:
    """Whether an IP address belongs to the public internet.

    Private, loopback, link-local (169.254.169.254 too), carrier-grade, reserved,
    multicast and unspecified ones do not, nor do IPv6 addresses that carry one of
    those inside (mapped, 6to4, Teredo, NAT64).
    """
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not (
            address.is_multicast or address.is_reserved or address in _IETF_PROTOCOLS
        )
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address.teredo:
        inner = address.teredo[1]
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if inner is not None:
        return is_public(str(inner))
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_site_local
    )
