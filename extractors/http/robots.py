"""robots.txt (RFC 9309) through Protego: may this address be asked, and how often.

4xx means there are no rules; 5xx, 429 (asked too often: it is waited and asked again), a
broken answer or no answer means everything is disallowed, since rules may be there that we
cannot see.
"""

from __future__ import annotations

import codecs
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from extractors.errors import Blocked, FetchError, RobotsRefused
from extractors.source import PageKind
from extractors.url_guard import Target

ROBOTS = PageKind("robots", r"^/robots\.txt$", content_types=(), max_bytes=500_000)
"""The kind of robots.txt: 500 kB is what RFC 9309 asks a reader to cope with."""

MAX_CRAWL_DELAY_S = 120.0
"""A site that wants longer gaps does not want a nightly reader."""

TOO_OFTEN = (420, 429)
"""Statuses that say nothing of rules, only that we have to wait."""

_ASK_AGAIN_S = 300.0
_DEAD = ("dns", "tls", "timeout", "connection")
"""What is wrong then is the host, whose robots.txt is only the first thing asked for."""


@dataclass(frozen=True, slots=True)
class RobotsText:
    """The answer to /robots.txt: its text (None: there is none) and when it was fetched."""

    text: str | None
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    rules: Protego | None
    refusal: FetchError | None
    until: datetime


class Robots:
    """The rules of one source's hosts, each read once in `ttl_s` seconds.

    `load(origin)` fetches a host's robots.txt, or raises `FetchError`.
    """

    def __init__(
        self,
        source: str,
        user_agent: str,
        ttl_s: float,
        load: Callable[[str], RobotsText],
        now: Callable[[], datetime],
    ) -> None:
        self._source = source
        self._name = user_agent.partition("/")[0]
        self._ttl = timedelta(seconds=ttl_s)
        self._load = load
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def crawl_delay(self, target: Target) -> float | None:
        """The seconds that robots.txt wants between two requests, if it says so.

        Raises `RobotsRefused` if it disallows the address or cannot be had,
        `Blocked` if it is itself behind a bot wall.
        """
        known = self._rules(target.origin)
        if known.refusal is not None:
            raise self._again(known.refusal, target)
        if known.rules is None:
            return None
        if not known.rules.can_fetch(target.url, self._name):
            raise self._refuse(target.url, f"robots.txt of {target.host} disallows it")
        delay = _delay(known.rules, self._name)
        if delay is not None and delay > MAX_CRAWL_DELAY_S:
            raise self._refuse(
                target.url,
                f"robots.txt of {target.host} wants {delay:g} s between two requests; "
                f"more than {MAX_CRAWL_DELAY_S:g} s is no crawl",
            )
        return delay

    def _rules(self, origin: str) -> _Known:
        # The lock is held while fetching: other threads need the same answer first.
        with self._lock:
            known = self._known.get(origin)
            if known is None or known.until <= self._now():
                known = self._known[origin] = self._read(origin)
            return known

    def _read(self, origin: str) -> _Known:
        try:
            answer = self._load(origin)
        except FetchError as error:
            if error.cause == "budget":
                raise
            return _Known(None, error, self._now() + timedelta(seconds=_ASK_AGAIN_S))
        rules = None if answer.text is None else Protego.parse(answer.text)
        # An archived answer may be older than now by less than the ttl.
        return _Known(rules, None, max(answer.fetched_at + self._ttl, self._now()))

    def _again(self, refusal: FetchError, target: Target) -> FetchError:
        detail = f"robots.txt of {target.host} cannot be had: {refusal.cause}: {refusal.detail}"
        if isinstance(refusal, Blocked):
            return Blocked(self._source, target.url, "wall", detail, refusal.fetch_id)
        if refusal.cause in _DEAD:
            cause = refusal.cause
            return RobotsRefused(self._source, target.url, cause, detail, refusal.fetch_id)
        return self._refuse(target.url, detail, refusal.fetch_id)

    def _refuse(self, url: str, detail: str, fetch_id: str = "") -> RobotsRefused:
        return RobotsRefused(self._source, url, "robots", detail, fetch_id)


def _delay(rules: Protego, name: str) -> float | None:
    """Crawl-delay, or the gap that Request-rate comes to, whichever is longer."""
    delays = []
    if (delay := rules.crawl_delay(name)) is not None:
        delays.append(float(delay))
    if (rate := rules.request_rate(name)) is not None and rate.requests:
        delays.append(rate.seconds / rate.requests)
    return max(delays, default=None)


def decode_robots(body: bytes) -> str:
    """The rules as text: UTF-8 by RFC 9309; UTF-16 where its marks or zeros tell of it;
    latin-1, which takes any byte, for the rest."""
    encoding = "utf-8-sig"
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in body[:2]:
        encoding = "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return body.decode("latin-1")
