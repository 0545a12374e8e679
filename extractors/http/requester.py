"""One address, asked as often as a passing fault warrants, each answer archived and judged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from extractors.archive.archive import Archive, ArchiveWriter
from extractors.errors import BudgetSpent, HostRefused, Unreachable
from extractors.http.identity import another
from extractors.http.rate_limit import DayBudget, Pacer
from extractors.http.response_check import examine
from extractors.http.retry import RETRY_STATUSES, Attempts
from extractors.http.robots import ROBOTS, TOO_OFTEN
from extractors.http.transport import Answer, Timeouts, Transport, TransportError
from extractors.model import Link
from extractors.source import PageKind, Source
from extractors.url_guard import AddressRefused, Target
from extractors.warc.exchange import Entry, Exchange

log = logging.getLogger("carbonmart.web")


@dataclass(frozen=True)
class WebSettings:
    """How the client behaves. `user_agent` is product/version, `contact` an address or URL
    under which its operator can be reached; times are seconds."""

    user_agent: str
    contact: str
    connect_timeout_s: float = 10
    read_timeout_s: float = 30
    total_timeout_s: float = 120
    retries: int = 3
    backoff_s: float = 1.0
    max_wire_bytes: int = 16_000_000
    robots_ttl_s: float = 86_400

    def header(self) -> str:
        """The User-Agent as sent: `product/version (+contact)`."""
        name = f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent
        if not name.isascii() or not name.isprintable():
            raise ValueError(f"the User-Agent has to be printable ASCII: {name!r}")
        return name


@dataclass(frozen=True, slots=True)
class Asked:
    """An archived answer with its verdict, and the archived page it was compared with."""

    answer: Answer
    entry: Entry
    verdict: str
    why: str
    known: Entry | None

    @property
    def is_transient(self) -> bool:
        """A server's passing fault, or a body that broke off other than by taking all our
        time."""
        if self.verdict == "broken":
            return self.answer.truncated != "time"
        if self.entry.kind == ROBOTS.name and self.answer.status in TOO_OFTEN:
            return True
        return self.verdict == "error" and self.answer.status in RETRY_STATUSES


class Requester:
    """Sends a source's requests: budget, pace, validators, retries, archive, verdict."""

    def __init__(
        self,
        source: Source,
        archive: Archive,
        writer: ArchiveWriter,
        settings: WebSettings,
        pacer: Pacer,
        routes: Mapping[str, str],
        now: Callable[[], datetime],
    ) -> None:
        self._source, self._archive, self._writer = source, archive, writer
        self._settings, self._pacer, self._now = settings, pacer, now
        self._user_agent = settings.header()
        timeouts = Timeouts(
            settings.connect_timeout_s, settings.read_timeout_s, settings.total_timeout_s
        )
        self._transport = Transport(timeouts, routes)
        self._budget = DayBudget(
            source.page_budget_per_day,
            source.timezone,
            lambda midnight: archive.count_since(source.name, midnight),
            now,
        )

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def ask(self, target: Target, link: Link, kind: PageKind, gap_s: float | None) -> Asked:
        """The last answer to the link at `target`, its checked address.

        `gap_s` is the least time between two requests to the host. Raises
        `Unreachable` if no answer came, `BudgetSpent`, `HostRefused`.
        """
        known = self._archive.latest(link.key)
        headers = self._headers(target, link, known)
        attempts = Attempts(self._settings.retries, self._settings.backoff_s)
        while True:
            self._take_budget(link)
            self._pacer.wait(target.host, gap_s)
            try:
                asked = self._keep(link, kind, headers, self._send(target, link, kind, headers))
            except TransportError as error:
                pause_s = attempts.pause(link.url) if error.is_transient else None
                if pause_s is None:
                    raise self._unreachable(link, error, attempts) from error
                why = f"{error.cause}: {error.detail}"
            else:
                asked = replace(asked, known=known)
                if not asked.is_transient:
                    return asked
                pause_s = attempts.pause(link.url, asked.answer.header("retry-after"))
                if pause_s is None:
                    return replace(asked, why=f"{asked.why} (attempts: {attempts.made})")
                why = asked.why
            log.info("again in %.1f s: %s", pause_s, why, extra=self._said(link))
            self._pacer.hold(target.host, pause_s)

    def _headers(self, target: Target, link: Link, known: Entry | None) -> dict[str, str]:
        headers = {
            "Host": target.host,
            "User-Agent": self._user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        headers.update((*self._source.headers, *link.headers))
        if link.body is not None:
            headers["Content-Type"] = link.content_type
            headers["Content-Length"] = str(len(link.body.encode()))
        elif known is not None:
            validators = {
                "If-None-Match": known.etag,
                "If-Modified-Since": known.last_modified,
            }
            # A validator that no header can carry is left out: the page just comes whole.
            headers.update(
                (k, v) for k, v in validators.items() if v and v.isascii() and v.isprintable()
            )
        return headers

    def _take_budget(self, link: Link) -> None:
        if not self._budget.take():
            detail = f"{self._budget.limit} requests were made today ({self._source.timezone})"
            raise BudgetSpent(self._source.name, link.url, "budget", detail)

    def _send(
        self, target: Target, link: Link, kind: PageKind, headers: Mapping[str, str]
    ) -> Answer:
        body = None if link.body is None else link.body.encode()
        cap = min(self._settings.max_wire_bytes, kind.max_bytes)
        try:
            return self._transport.send(target, headers, body, cap)
        except AddressRefused as error:
            raise HostRefused(self._source.name, link.url, "host", str(error)) from error

    def _keep(
        self, link: Link, kind: PageKind, headers: Mapping[str, str], answer: Answer
    ) -> Asked:
        """Archive first, then judge."""
        exchange = Exchange(
            link=link,
            source=self._source.name,
            kind=kind.name,
            status=answer.status,
            reason=answer.reason,
            request_headers=tuple(headers.items()),
            response_headers=answer.headers,
            body=answer.body,
            retrieved_at=self._now(),
            http_version=answer.http_version,
            ip=answer.ip,
            truncated=answer.truncated,
        )
        entry = self._writer.write(exchange)
        verdict, why = examine(kind, answer.status, answer.headers, answer.body, answer.truncated)
        if verdict == "good":
            why = another(kind, (link.url, link.body), answer.headers, answer.body)
            verdict = "wrong_content" if why else verdict
        self._archive.judge(entry.fetch_id, verdict)
        log.debug("HTTP %d, %s", answer.status, verdict, extra=self._said(link))
        return Asked(answer, replace(entry, verdict=verdict), verdict, why, None)

    def _said(self, link: Link) -> dict[str, str]:
        """What each line of the log says of the request."""
        return {"run_id": self._writer.run_id, "source": self._source.name, "url": link.url}

    def _unreachable(self, link: Link, error: TransportError, attempts: Attempts) -> Unreachable:
        detail = f"{error.detail} (attempts: {max(attempts.made, 1)})"
        return Unreachable(self._source.name, link.url, error.cause, detail)
