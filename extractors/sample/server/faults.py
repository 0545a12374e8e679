"""Faults on demand: what can go wrong between a site and its reader.

| kind | what happens | arguments |
|---|---|---|
| `status` | that status with an error page | `status` |
| `not_found` | 404 | |
| `challenge` | a bot wall's page with 200 | `status` |
| `redirect` | redirect | `to`, `status` |
| `truncate` | body cut in half, then the connection is closed | |
| `reset` | connection reset in mid-body | |
| `drip` | body byte by byte | `pause_s` |
| `gzip_bomb` | a small gzip body that inflates to `megabytes` | `megabytes` |
| `replace` | another body | `body` or `body_base64`, `content_type` |
| `content_type` | the right body under a wrong type | `value` |
| `gb18030` | the page in GB18030, labelled gb2312 | |
| `nested` | `depth` nested tags before the text | `depth` |
| `empty_list` | a list page without an article | |

Beside these each site has `changes` of its contents. The Shanghai exchange's:

| kind | what happens | arguments |
|---|---|---|
| `revision` | the day's bulletin with other figures, in place | `date`, `changes` |
| `second_bulletin` | one more bulletin of the day, with other figures | `date`, `changes` |
| `closed_day` | a bulletin for a closed day | `date` |
| `shift` | lists that shift while they are paged (`pattern`: their folders) | `direction` |

The Hong Kong exchange's (`pattern` is the id of a release):

| kind | what happens | arguments |
|---|---|---|
| `rewrite` | other words in its texts | `old`, `new`, `language` (all without it) |
| `withdraw` | its pages and its list row are gone | |
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from extractors.sample.site import HTML, Response, Site, UnknownFault, error

DELIVERIES = ("truncate", "reset", "drip")
RESPONSE_KINDS = (
    *DELIVERIES,
    "status",
    "not_found",
    "challenge",
    "redirect",
    "gzip_bomb",
    "replace",
    "content_type",
    "gb18030",
    "nested",
    "empty_list",
)

_BODY = re.compile(r"<body[^<>]*>")
_CHALLENGE = (
    "<!DOCTYPE html><html><head><title>请稍候</title><script>"
    "document.cookie='__jsl_clearance=0.1|0|sample;max-age=3600;path=/';"
    "location.href=location.pathname;</script></head><body></body></html>"
)


@dataclass(slots=True)
class Fault:
    """A fault for the requests whose path, or host and path, match `pattern`.

    `times` is how often it strikes before it is over; None is without end.
    """

    pattern: re.Pattern[str]
    kind: str
    args: dict[str, Any] = field(default_factory=dict)
    times: int | None = None

    def strikes(self, host: str, target: str) -> bool:
        if self.times == 0:
            return False
        if not self.pattern.search(target) and not self.pattern.search(host + target):
            return False
        if self.times is not None:
            self.times -= 1
        return True


def make_fault(pattern: str, kind: str, times: int | None, args: dict[str, Any]) -> Fault:
    """A fault of a response. Raises `UnknownFault`."""
    if kind not in RESPONSE_KINDS:
        raise UnknownFault(f"unknown fault {kind!r}: not one of {RESPONSE_KINDS}")
    if kind == "redirect" and "to" not in args:
        raise UnknownFault("redirect needs `to`")
    if kind == "replace" and "body" not in args and "body_base64" not in args:
        raise UnknownFault("replace needs `body` or `body_base64`")
    return Fault(re.compile(pattern), kind, args, times)


def spoil(fault: Fault, site: Site, host: str, target: str, response: Response) -> Response:
    """The response as the fault leaves it."""
    args = fault.args
    if fault.kind in DELIVERIES:
        pause = float(args.get("pause_s", 0.2))
        return replace(response, delivery=fault.kind, pause_s=pause)
    if fault.kind == "status":
        return error(int(args.get("status", 500)), "出错了")
    if fault.kind == "not_found":
        return error(404, "not found")
    if fault.kind == "challenge":
        return Response(_CHALLENGE.encode(), status=int(args.get("status", 200)))
    if fault.kind == "redirect":
        moved = error(int(args.get("status", 302)), "moved")
        return replace(moved, headers={"Location": str(args["to"])})
    if fault.kind == "empty_list":
        return site.empty_list(host, target) or error(404, "not found")
    return _with_body(fault, response)


def _with_body(fault: Fault, response: Response) -> Response:
    args = fault.args
    if fault.kind == "gzip_bomb":
        bomb = gzip_bomb(int(args.get("megabytes", 600)))
        return Response(bomb, encoding="gzip")
    if fault.kind == "replace":
        body = args.get("body", b"")
        if "body_base64" in args:
            body = base64.b64decode(args["body_base64"])
        body = body.encode() if isinstance(body, str) else bytes(body)
        return replace(
            response,
            status=200,
            body=body,
            content_type=str(args.get("content_type", response.content_type)),
        )
    if fault.kind == "content_type":
        value = str(args.get("value", "application/octet-stream"))
        return replace(response, content_type=value)
    text = response.body.decode()
    if fault.kind == "gb18030":
        body = text.replace('charset="utf-8"', 'charset="gb2312"').encode("gb18030")
        return replace(response, body=body, content_type="text/html; charset=gb2312")
    depth = int(args.get("depth", 60_000))
    opened = _BODY.sub(lambda found: found[0] + "<div>" * depth, text, count=1)
    return replace(response, body=opened.encode(), content_type=HTML)


@cache
def gzip_bomb(megabytes: int) -> bytes:
    """Gzip bytes that inflate to so many megabytes of zeros (about a thousandth on the wire)."""
    megabyte = bytes(1_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    # A full flush makes the block independent of what was before, so it can be repeated.
    block = packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(megabytes):
        checksum = zlib.crc32(megabyte, checksum)
    header = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    trailer = struct.pack("<II", checksum, megabytes * len(megabyte) % 2**32)
    return header + block * megabytes + packer.flush() + trailer
