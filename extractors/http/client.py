"""The polite web client: one source's hosts, asked slowly, conditionally and into the archive."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from urllib.parse import urljoin

from extractors import errors
from extractors.archive.archive import Archive, ArchiveWriter
from extractors.http.rate_limit import Pacer
from extractors.http.requester import Asked, Requester, WebSettings
from extractors.http.robots import ROBOTS, TOO_OFTEN, Robots, RobotsText, decode_robots
from extractors.http.transport import Answer
from extractors.model import Link
from extractors.source import PageKind, Source
from extractors.url_guard import AddressRefused, Target, check_routes, check_url
from extractors.warc.exchange import Entry

__all__ = ["Fetched", "WebClient", "WebSettings", "kind_named"]

MAX_REDIRECTS = 5
_SAME_METHOD_STATUSES = (307, 308)

log = logging.getLogger("carbonmart.web")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A good page in the archive; `is_new` is False for a 304 and for an equal payload."""

    entry: Entry
    is_new: bool


def kind_named(source: Source, name: str) -> PageKind | None:
    """The source's page kind of that name, robots.txt's own included; None if unknown."""
    if name == ROBOTS.name:
        return ROBOTS
    return next((kind for kind in source.kinds if kind.name == name), None)


class WebClient:
    """Fetches one source's links; `fetch` may be called from several threads.

    `routes` maps hosts that end in `.example` to a loopback base; such a request
    is archived under its own https URL. All else of the client's manners holds for
    it too, except that a pacer switched off (rate 0) also switches off Crawl-delay.
    """

    def __init__(
        self,
        source: Source,
        archive: Archive,
        writer: ArchiveWriter,
        settings: WebSettings,
        pacer: Pacer,
        *,
        routes: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source, self._archive, self._settings = source, archive, settings
        self._pacer, self._now, self._run_id = pacer, now, writer.run_id
        self._routes = check_routes(routes or {})
        if not settings.contact and not self._routes.keys() >= set(source.hosts):
            raise ValueError(f"{source.name}: real sites are not asked without a contact")
        if source.rate_per_second <= 0:
            raise ValueError(f"{source.name}: rate_per_second has to be positive")
        self._asker = Requester(source, archive, writer, settings, pacer, self._routes, now)
        self._robots = Robots(
            source.name, settings.user_agent, settings.robots_ttl_s, self._load_robots, now
        )

    def __enter__(self) -> WebClient:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; archive and writer stay their owner's."""
        self._asker.close()

    def fetch(self, link: Link) -> Fetched:
        """The page of a link, in the archive and judged good.

        Every response on the way is archived with its verdict before it is acted
        on. Raises a `FetchError` for whatever else came, `ArchiveError` if the
        archive cannot take it, ValueError for a kind that the source does not have.
        """
        kind = kind_named(self._source, link.kind)
        if kind is None:
            raise ValueError(f"{self._source.name} has no page kind {link.kind!r}: {link.url}")
        try:
            hop, asked = self._follow(link, kind)
            return self._accept(hop, asked)
        except errors.FetchError as error:
            url = errors.printable(error.url)
            said = {"run_id": self._run_id, "source": error.source, "url": url}
            # Whether a page may be gone is for the caller to say: some lists may.
            level = logging.INFO if isinstance(error, errors.NotFound) else logging.WARNING
            level = logging.DEBUG if link.may_be_missing and level == logging.INFO else level
            log.log(level, "%s: %s (%s)", error.cause, error.detail, error.next_step, extra=said)
            raise

    def permission(self, url: str) -> float | None:
        """The seconds between two requests that robots.txt asks for, None where it asks for
        none. Raises `RobotsRefused`, or `Blocked` if it is itself behind a wall."""
        return self._robots.crawl_delay(self._checked(url, url))

    def _follow(self, link: Link, kind: PageKind) -> tuple[Link, Asked]:
        """The end of the link's redirects; host, robots and pace are checked at every hop."""
        hop = link
        for _ in range(MAX_REDIRECTS + 1):
            target = self._checked(hop.url, hop.url)
            asked = self._asker.ask(target, hop, kind, self._gap_s(target, kind))
            if asked.verdict != "redirect":
                return hop, asked
            hop = self._next_hop(hop, asked)
        detail = f"more than {MAX_REDIRECTS} redirects, the last one to {hop.url}"
        raise errors.Drifted(self._source.name, link.url, "moved", detail)

    def _next_hop(self, hop: Link, asked: Asked) -> Link:
        url = urljoin(hop.url, _location(asked.answer))
        if hop.url.startswith("https:") and not url.startswith("https:"):
            detail = f"redirect away from https, to {url!r}"
            raise errors.HostRefused(
                self._source.name, hop.url, "host", detail, asked.entry.fetch_id
            )
        if hop.body is not None and asked.answer.status not in _SAME_METHOD_STATUSES:
            detail = f"HTTP {asked.answer.status} would turn the query into a GET of {url!r}"
            raise errors.Drifted(self._source.name, hop.url, "moved", detail, asked.entry.fetch_id)
        return replace(hop, url=self._checked(url, hop.url, asked.entry.fetch_id).url)

    def _checked(self, url: str, asked_url: str, fetch_id: str = "") -> Target:
        try:
            return check_url(url, self._source.hosts)
        except AddressRefused as error:
            detail = f"redirect refused: {error}" if fetch_id else str(error)
            raise errors.HostRefused(
                self._source.name, asked_url, "host", detail, fetch_id
            ) from error

    def _accept(self, hop: Link, asked: Asked) -> Fetched:
        """The fetched page, or the error that its verdict stands for."""
        if asked.verdict == "good":
            return Fetched(asked.entry, asked.entry.is_new)
        if asked.verdict == "not_modified" and asked.known is not None:
            return Fetched(asked.entry, is_new=False)
        failure, cause = _FAILURES.get(asked.verdict, (errors.Unreachable, "server"))
        if asked.answer.truncated == "time":
            cause = "timeout"
        raise failure(self._source.name, hop.url, cause, asked.why, asked.entry.fetch_id)

    def _gap_s(self, target: Target, kind: PageKind) -> float | None:
        """Seconds between requests that robots.txt and the source want, beside the pacer's."""
        delay = None if kind is ROBOTS else self._robots.crawl_delay(target)
        if target.host in self._routes:
            return delay if self._pacer.rate_per_second else None
        return max(delay or 0.0, 1 / self._source.rate_per_second)

    def _load_robots(self, origin: str) -> RobotsText:
        """robots.txt from the archive if it is young enough, else from the site."""
        link = Link(f"{origin}/robots.txt", ROBOTS.name)
        known, seen_at = self._archive.latest(link.key), self._archive.last_seen(link.key)
        ttl = timedelta(seconds=self._settings.robots_ttl_s)
        if known is not None and seen_at is not None and self._now() - seen_at < ttl:
            return RobotsText(decode_robots(self._archive.page(known).body), seen_at)
        hop, asked = self._follow(link, ROBOTS)
        if 400 <= asked.answer.status < 500 and asked.answer.status not in TOO_OFTEN:
            return RobotsText(None, asked.entry.retrieved_at)
        entry = self._accept(hop, asked).entry
        return RobotsText(decode_robots(self._archive.page(entry).body), entry.retrieved_at)


_FAILURES: dict[str, tuple[type[errors.FetchError], str]] = {
    "not_found": (errors.NotFound, "not_found"),
    "blocked": (errors.Blocked, "wall"),
    "too_large": (errors.TooLarge, "too_large"),
    "wrong_content": (errors.Drifted, "layout"),
    "broken": (errors.Broken, "connection"),
}
"""What each verdict that is no page is raised as; any other is the server's own fault."""


def _location(answer: Answer) -> str:
    """The Location header; raw UTF-8 in it, which HTTP reads as latin-1, is read as meant."""
    place = answer.header("location")
    try:
        return place.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return place
