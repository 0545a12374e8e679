"""Why a fetch failed: one class per kind of ending, one word per cause, and what to do next."""

from __future__ import annotations

CAUSES = {
    "dns": "Check the network and the host's name; the next run asks again.",
    "tls": "Check the clock, the CA bundle (REQUESTS_CA_BUNDLE) and the site's certificate; "
    "verification is never turned off.",
    "timeout": "The site is slow: the next run asks again; if it stays so, raise the timeouts.",
    "connection": "The connection broke: the next run asks again.",
    "not_found": "The publisher has no such page (any more): look whether its list still names it.",
    "moved": "Open the page in a browser and correct the source's addresses.",
    "wall": "The site refuses programs: save the page in a browser and give it to "
    "`carbonmart ingest`; do not ask more often.",
    "robots": "robots.txt keeps us out or cannot be had: ask the publisher, or save the page in a "
    "browser and give it to `carbonmart ingest`.",
    "host": "The address is not one of the source's public hosts: if the site has moved, add the "
    "new host to the source's declaration.",
    "too_large": "Look at the archived part; if the page is genuine, raise the kind's max_bytes.",
    "layout": "The page is not what it was: compare the archived bytes with a good page and mend "
    "the source's declaration.",
    "budget": "The day's page budget is spent: run again tomorrow, or raise it in the source.",
    "server": "The site has a fault of its own: the next run asks again.",
}
"""Every cause, with the next step in words."""


class FetchError(Exception):
    """A fetch that brought no usable page.

    `cause` is one of `CAUSES`; `fetch_id` names the archived response, if there is one.
    All parts are positional, so that the error survives pickling between processes.
    """

    def __init__(self, source: str, url: str, cause: str, detail: str, fetch_id: str = "") -> None:
        if cause not in CAUSES:
            raise ValueError(f"unknown cause {cause!r} for {url}")
        super().__init__(source, url, cause, detail, fetch_id)
        self.source = source
        self.url = url
        self.cause = cause
        self.detail = detail
        self.fetch_id = fetch_id

    @property
    def next_step(self) -> str:
        return CAUSES[self.cause]

    def __str__(self) -> str:
        return f"{self.source}: {printable(self.url)}: {self.cause}: {self.detail}"


def printable(url: str) -> str:
    """A URL as it may stand in a log: a refused one may hold line breaks."""
    return url if url.isprintable() else ascii(url)


class Unreachable(FetchError):
    """No usable answer: dns, tls, timeout, connection, or a server error."""


class NotFound(FetchError):
    """The publisher says 404 or 410."""


class Blocked(FetchError):
    """A bot wall: its status, or a challenge or error page behind a 200."""


class RobotsRefused(FetchError):
    """robots.txt disallows the address, or cannot be had, which counts as the same."""


class HostRefused(FetchError):
    """An address we will not ask: foreign host, private network, malformed, downgraded."""


class BudgetSpent(FetchError):
    """The source's pages for today have been asked for."""


class TooLarge(FetchError):
    """More bytes than the cap, on the wire or once inflated."""


class Broken(FetchError):
    """The body ended early or does not decode, at every attempt."""


class Drifted(FetchError):
    """A page came, and it is not the one this address used to give."""
