"""Content-decoding under a cap: 0.6 MB of gzip can be 600 MB of page."""

from __future__ import annotations

import importlib
import zlib

MAX_CODINGS = 3
MAX_GZIP_MEMBERS = 256
"""Real answers have one; every further one copies the rest, so thousands would be an attack."""

_GZIP_WBITS = 31
_RAW_WBITS = -15
_NO_CODING = {"", "identity"}


class InflateError(ValueError):
    """A body that its Content-Encoding does not describe."""


class DecodedTooLarge(InflateError):
    """The decoded body passes the cap; inflating stopped there."""


class Truncated(InflateError):
    """The encoded stream ends before its end mark."""


class Corrupt(InflateError):
    """The bytes are not in the declared encoding, or fail their checksum."""


class UnknownEncoding(InflateError):
    """A content coding we cannot decode."""


def inflate(wire: bytes, encoding: str, max_bytes: int) -> bytes:
    """The decoded body of `wire`, at most `max_bytes` long.

    `encoding` is the Content-Encoding header: gzip, deflate (zlib or raw), br where
    the `brotli` package is installed, identity or empty; several are undone last
    first (RFC 9110, 8.4). An empty body is empty in any coding.
    """
    codings = [c for c in (part.strip().lower() for part in encoding.split(",")) if c]
    if len(codings) > MAX_CODINGS:
        raise UnknownEncoding(f"{len(codings)} content codings on one body: {encoding!r}")
    for coding in reversed(codings):
        if wire and coding not in _NO_CODING:
            wire = _decode(wire, coding, max_bytes)
    if len(wire) > max_bytes:
        raise DecodedTooLarge(f"{len(wire)} bytes, more than {max_bytes}")
    return wire


def _decode(wire: bytes, coding: str, max_bytes: int) -> bytes:
    try:
        if coding in ("gzip", "x-gzip"):
            return _gunzip(wire, max_bytes)
        if coding == "deflate":
            return _stream(wire, _deflate_wbits(wire), max_bytes)[0]
    except zlib.error as error:
        raise Corrupt(f"not {coding}: {error}") from error
    if coding == "br":
        return _unbrotli(wire, max_bytes)
    raise UnknownEncoding(f"content coding {coding!r} is not one of gzip, deflate, br")


def _gunzip(wire: bytes, max_bytes: int) -> bytes:
    """All members of a gzip body one after another; NUL padding behind them is legal."""
    whole = bytearray()
    for _ in range(MAX_GZIP_MEMBERS):
        member, wire = _stream(wire, _GZIP_WBITS, max_bytes - len(whole))
        if not whole and not wire:
            return member
        whole += member
        if not wire.strip(b"\0"):
            return bytes(whole)
    raise Corrupt(f"more than {MAX_GZIP_MEMBERS} gzip members in one body")


def _stream(wire: bytes, wbits: int, max_bytes: int) -> tuple[bytes, bytes]:
    """One compressed stream and the bytes behind it; never inflates past the cap."""
    decoder = zlib.decompressobj(wbits)
    # One byte over the cap tells "too large" from "exactly as large as allowed".
    body = decoder.decompress(wire, max_bytes + 1)
    if len(body) > max_bytes:
        raise DecodedTooLarge(f"inflates to more than {max_bytes} bytes")
    if not decoder.eof:
        raise Truncated(f"the compressed stream ends early, after {len(body)} decoded bytes")
    return body, decoder.unused_data


def _deflate_wbits(wire: bytes) -> int:
    """Servers mean either zlib (RFC 1950) or raw deflate by the name: look at the header."""
    if len(wire) > 1 and wire[0] & 0x0F == 8 and (wire[0] << 8 | wire[1]) % 31 == 0:
        return zlib.MAX_WBITS
    return _RAW_WBITS


def _unbrotli(wire: bytes, max_bytes: int) -> bytes:
    """Brotli in bounded steps; saved pages may have it, we never ask for it."""
    try:
        brotli = importlib.import_module("brotli")
    except ImportError as error:
        raise UnknownEncoding("content coding 'br' needs the `brotli` package") from error
    decoder, whole, piece = brotli.Decompressor(), bytearray(), wire
    try:
        while not decoder.is_finished():
            part = decoder.process(piece, output_buffer_limit=max_bytes + 1 - len(whole))
            whole += part
            if len(whole) > max_bytes:
                raise DecodedTooLarge(f"inflates to more than {max_bytes} bytes")
            if not part and not piece:
                raise Truncated(f"the compressed stream ends early, after {len(whole)} bytes")
            piece = b""
    except brotli.error as error:
        raise Corrupt(f"not br: {error}") from error
    return bytes(whole)
