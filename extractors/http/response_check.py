"""What a response is worth: a pure function of its status, headers and bytes.

The archive's index can be rebuilt from the WARC files with it. Verdicts: `good`,
`not_modified`, `redirect`, `not_found`, `blocked`, `error`, `broken`, `too_large`,
`wrong_content`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from extractors import decoding as inflate
from extractors.source import PageKind

WALL_STATUSES = frozenset({403, 412, 420, 429, 521})
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
DEFAULT_MAX_BYTES = 8_000_000

SMALL_TEXT = 2000
"""Characters of visible text that no challenge page reaches; articles with menus do."""

_SCRIPTED_WALLS = (
    (b"_cf_chl_opt", "Cloudflare challenge"),
    (b"cf-browser-verification", "Cloudflare challenge"),
    (b"__jsl_clearance", "Knownsec (加速乐) challenge"),
    (b"acw_sc__v2", "Alibaba challenge"),
    (b"aliyun_waf_", "Alibaba challenge"),
    (b"_waf_is_mobile", "Alibaba challenge"),
    (b"TencentCaptcha", "Tencent challenge"),
    (b"turing.captcha.qcloud.com", "Tencent challenge"),
    (b"_Incapsula_Resource", "Imperva challenge"),
    (b"safeline_bot_challenge", "SafeLine challenge"),
)
"""Bytes that only a challenge's own script has. In a page of much text they may be quoted."""

_SUSPECT = (
    ("$_ts", "Ruishu challenge"),
    ("captcha", "captcha"),
    ("Captcha", "captcha"),
    ("Just a moment...", "Cloudflare challenge"),
    ("Attention Required!", "Cloudflare block"),
    ("Access Denied", "block page"),
    ("Request Rejected", "block page"),
    ("验证码", "captcha"),
    ("安全验证", "challenge"),
    ("人机验证", "challenge"),
    ("滑动验证", "challenge"),
    ("请完成验证", "challenge"),
    ("正在验证", "challenge"),
    ("浏览器安全检查", "challenge"),
    ("访问被拦截", "block page"),
    ("请求被拦截", "block page"),
    ("已被拦截", "block page"),
    ("被阻断", "block page"),
    ("访问过于频繁", "block page"),
    ("访问频繁", "block page"),
    ("操作过于频繁", "block page"),
    ("请求过于频繁", "block page"),
    ("非法访问", "block page"),
    ("禁止访问", "block page"),
    ("网站防火墙", "firewall page"),
    ("云防护", "firewall page"),
    ("异常访问", "block page"),
)
"""Words that a genuine page may have too: they count on a small page that lacks its marks."""

_ERROR_HEADING = re.compile(
    r"<(?:title|h1|h2)[^<>]*>\s*(?:"
    r"((?:(?:http|error|status|错误)[\s:]*){0,2}[45]\d\d\b[^<]{0,40})"
    r"|[^<]{0,60}?(bad gateway|gateway time-?out|service (?:temporarily )?unavailable"
    r"|internal server error|page not found|error page"
    r"|页面不存在|找不到|系统繁忙|系统错误|服务器错误|服务不可用|系统维护|出错了))",
    re.IGNORECASE,
)
_TAG = re.compile(rb"<[^<>]*>")
_UNSEEN = ((b"<script", b"</script"), (b"<style", b"</style"), (b"<!--", b"-->"))
_LARGEST_WALL = 262_144


def verdict_of(
    kind: PageKind | None,
    status: int,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes,
    truncated: str = "",
) -> str:
    """The verdict on a response.

    `body` is the entity as archived: still in the Content-Encoding that `headers`
    (names in any case) tell of. `truncated` is its WARC-Truncated reason.
    """
    return examine(kind, status, headers, body, truncated)[0]


def examine(
    kind: PageKind | None,
    status: int,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes,
    truncated: str = "",
) -> tuple[str, str]:
    """The verdict and why, for a person to read."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    fields = {name.lower(): value for name, value in pairs}
    by_status = _by_status(status, fields)
    if by_status and by_status[0] != "error":
        return by_status
    if truncated:
        verdict = "too_large" if truncated == "length" else "broken"
        return by_status or (verdict, f"the body was cut after {len(body)} bytes ({truncated})")
    max_bytes = kind.max_bytes if kind else DEFAULT_MAX_BYTES
    try:
        page = inflate.inflate(body, fields.get("content-encoding", ""), max_bytes)
    except inflate.DecodedTooLarge as error:
        return by_status or ("too_large", str(error))
    except inflate.InflateError as error:
        return by_status or ("broken", str(error))
    return _by_content(kind, fields, page, by_status)


def _by_status(status: int, fields: Mapping[str, str]) -> tuple[str, str] | None:
    """What the status alone decides; None for a 200, whose bytes must be looked at."""
    if status in WALL_STATUSES or fields.get("cf-mitigated", "").lower() == "challenge":
        return "blocked", f"HTTP {status}, a bot wall"
    if status in (404, 410):
        return "not_found", f"HTTP {status}"
    if status == 304:
        return "not_modified", "HTTP 304"
    if status in REDIRECT_STATUSES and fields.get("location"):
        return "redirect", f"HTTP {status} to {fields['location'][:200]!r}"
    return None if status == 200 else ("error", f"HTTP {status}")


def _by_content(
    kind: PageKind | None,
    fields: Mapping[str, str],
    page: bytes,
    by_status: tuple[str, str] | None,
) -> tuple[str, str]:
    is_marked = kind is not None and bool(kind.must_contain) and _has_one(kind.must_contain, page)
    if wall := _wall(page, is_marked):
        return "blocked", f"{wall} in the answer's body"
    if by_status:
        return by_status
    if not is_marked and (heading := _error_heading(page)):
        return "blocked", f"an error page with HTTP 200: {heading!r}"
    if kind is None:
        return "good", ""
    content_type = fields.get("content-type", "").strip().lower()
    if kind.content_types and not content_type.startswith(kind.content_types):
        return "wrong_content", f"Content-Type {content_type!r}, expected {kind.content_types}"
    if kind.must_contain and not is_marked:
        told = f"none of {kind.must_contain} in {len(page)} bytes"
        if page[:256].count(0) > _NULS:
            told += ": text of two bytes a letter (UTF-16); save it as UTF-8"
        return "wrong_content", told
    return "good", ""


_NULS = 32
"""So many zero bytes among the first are no text of one byte a letter."""


def _wall(page: bytes, is_marked: bool) -> str:
    """The wall that a page is, or an empty string.

    Challenge scripts give a small page away even if it carries the kind's marks;
    mere words do so only where the marks are missing. A page with much visible
    text is never taken for a wall: it may be an article about them.
    """
    wall = next((name for mark, name in _SCRIPTED_WALLS if mark in page), "")
    if not wall and not is_marked:
        wall = next((name for mark, name in _suspects() if mark in page), "")
    return wall if wall and _is_small(page) else ""


def _is_small(page: bytes) -> bool:
    """Whether little text is left once markup, scripts and blanks are gone.

    Counted in bytes at three to a character, as UTF-8 has it for Chinese. Every
    step is linear in the page, however crooked its markup is.
    """
    if len(page) > _LARGEST_WALL:
        return False
    text = page.lower()
    for opening, closing in _UNSEEN:
        text = _without(text, opening, closing)
    return len(b"".join(_TAG.sub(b"", text).split())) < SMALL_TEXT * 3


def _without(text: bytes, opening: bytes, closing: bytes) -> bytes:
    """The text without what lies between the marks; an unclosed one hides the rest."""
    first, *others = text.split(opening)
    return first + b"".join(other.partition(closing)[2] for other in others)


def _error_heading(page: bytes) -> str:
    if not _is_small(page):
        return ""
    found = _ERROR_HEADING.search(page[:65_536].decode("utf-8", "replace"))
    return (found[1] or found[2]).strip() if found else ""


def _has_one(texts: tuple[str, ...], page: bytes) -> bool:
    return any(mark in page for mark in _encoded(texts))


@lru_cache(maxsize=256)
def _encoded(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    """Each text as UTF-8 and as gb18030: a page may be in either, whatever it declares."""
    both = (text.encode(encoding) for text in texts for encoding in ("utf-8", "gb18030"))
    return tuple(dict.fromkeys(both))


@lru_cache(maxsize=1)
def _suspects() -> tuple[tuple[bytes, str], ...]:
    return tuple((mark, name) for text, name in _SUSPECT for mark in _encoded((text,)))
