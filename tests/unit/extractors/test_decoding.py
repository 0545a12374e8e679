"""Content-decoding: every coding, every kind of damage, and the cap."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.decoding import Corrupt, DecodedTooLarge, Truncated, UnknownEncoding, inflate

TEXT = "成交 56.20 元/吨".encode() * 100


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ENCODED = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT),
    "X-GZip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    " deflate ": raw_deflate(TEXT),
    "deflate, gzip": gzip.compress(zlib.compress(TEXT)),
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_codings(encoding: str) -> None:
    wire = ENCODED[encoding]
    assert inflate(wire, encoding, len(TEXT)) == TEXT
    with pytest.raises(DecodedTooLarge):
        inflate(wire, encoding, len(TEXT) - 1)


@pytest.mark.parametrize("encoding", [e for e in ENCODED if e.strip() not in ("", "identity")])
def test_an_empty_body_is_empty_and_a_cut_one_is_truncated(encoding: str) -> None:
    assert inflate(b"", encoding, 10) == b""
    with pytest.raises(Truncated):
        inflate(ENCODED[encoding][:-5], encoding, len(TEXT))


def test_gzip_members_are_joined_and_padding_is_passed_over() -> None:
    two = gzip.compress(b"one ") + gzip.compress(b"two")
    assert inflate(two, "gzip", 100) == b"one two"
    assert inflate(two + b"\0" * 20, "gzip", 100) == b"one two"
    with pytest.raises(DecodedTooLarge):
        inflate(two, "gzip", 6)
    with pytest.raises(Corrupt):
        inflate(two + b"rubbish", "gzip", 100)
    with pytest.raises(Corrupt, match="members"):
        inflate(gzip.compress(b"") * 300, "gzip", 100)


def test_a_flipped_bit_is_noticed() -> None:
    wire = bytearray(gzip.compress(TEXT))
    wire[-6] ^= 1  # in the checksum
    with pytest.raises(Corrupt):
        inflate(bytes(wire), "gzip", len(TEXT))


@pytest.mark.parametrize("encoding", ["zstd", "compress", "gzip, zebra", "gzip, gzip, gzip, gzip"])
def test_unknown_codings_are_named(encoding: str) -> None:
    with pytest.raises(UnknownEncoding):
        inflate(b"x", encoding, 10)


def test_brotli_where_it_is_installed() -> None:
    brotli = pytest.importorskip("brotli")
    wire = brotli.compress(TEXT)
    assert inflate(wire, "br", len(TEXT)) == TEXT
    with pytest.raises(DecodedTooLarge):
        inflate(wire, "br", len(TEXT) - 1)
    with pytest.raises(Truncated):
        inflate(wire[:-3], "br", len(TEXT))
    with pytest.raises(Corrupt):
        inflate(b"\xff" * 50, "br", len(TEXT))


@given(st.binary(max_size=5000), st.sampled_from(["gzip", "deflate"]))
def test_round_trip(data: bytes, coding: str) -> None:
    wire = gzip.compress(data) if coding == "gzip" else zlib.compress(data)
    assert inflate(wire, coding, max(len(data), 1)) == data
