"""Where alarms go: a plain webhook in Slack's JSON, and notification blocks of Prefect.

The webhook is no Apprise (Prefect's blocks are): that answers no more than "not sent", and asks
again after a 404 as after a 503.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Protocol
from urllib.parse import urlsplit

from flows.core.settings import Settings

ATTEMPTS, PAUSE_S, TIMEOUT_S = 3, 0.5, 10
LONGEST = 20
"""Lines of a message; `carbonmart check` has them all."""


class NotSent(RuntimeError):
    """A channel that did not take a message. Says nothing of its address but the host."""


class Channel(Protocol):
    """A way to somebody who looks."""

    @property
    def name(self) -> str: ...

    def send(self, title: str, lines: Sequence[str]) -> None:
        """Tell; raises `NotSent`."""


def channels_of(settings: Settings) -> list[Channel]:
    """The channels that are set."""
    found: list[Channel] = [PrefectBlock(slug) for slug in settings.notify_blocks]
    if settings.webhook_url:
        found.insert(0, Webhook(settings.webhook_url.get_secret_value()))
    return found


@dataclass(frozen=True)
class Webhook:
    """An incoming webhook that takes `{"text": ...}`: Slack, Mattermost, Rocket.Chat, Zulip,
    Discord (its `/slack` address), or a script of one's own. The address is a secret."""

    url: str
    name: str = "webhook"

    def __repr__(self) -> str:
        return f"Webhook({urlsplit(self.url).hostname})"

    def send(self, title: str, lines: Sequence[str]) -> None:
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.util import Retry

        retry = Retry(
            total=ATTEMPTS - 1,
            backoff_factor=PAUSE_S,
            backoff_jitter=PAUSE_S,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=None,
            raise_on_status=False,
        )
        text = "\n".join([f"*{escaped(title)}*", *(f"• {escaped(line)}" for line in lines)])
        host = urlsplit(self.url).hostname
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(scheme, HTTPAdapter(max_retries=retry))
            try:
                answer = session.post(
                    self.url, json={"text": text}, timeout=TIMEOUT_S, allow_redirects=False
                )
            except (requests.RequestException, ValueError) as error:
                # Its text would repeat the address.
                raise NotSent(f"webhook at {host}: {type(error).__name__}") from None
        if not 200 <= answer.status_code < 300:
            raise NotSent(f"webhook at {host}: HTTP {answer.status_code}")


@dataclass(frozen=True)
class PrefectBlock:
    """A notification block of the Prefect server, named `TYPE/NAME` as in `slack-webhook/ops`."""

    slug: str

    @property
    def name(self) -> str:
        return self.slug

    def send(self, title: str, lines: Sequence[str]) -> None:
        if not os.environ.get("PREFECT_API_URL"):
            raise NotSent(f"Prefect block {self.slug}: PREFECT_API_URL is not set")
        from prefect.blocks.abstract import NotificationBlock
        from prefect.blocks.core import Block

        try:
            block = Block.load(self.slug)
            if not isinstance(block, NotificationBlock):
                raise NotSent(f"Prefect block {self.slug} is no notification block")
            with block.raise_on_failure():
                body = "\n".join(f"- {line}" for line in lines)
                # Declared as a coroutine; outside of an event loop it has run when it returns.
                sent: Any = block.notify(body, subject=title)
                if isawaitable(sent):
                    asyncio.run(_finished(sent))
        except NotSent:
            raise
        except Exception as error:  # noqa: BLE001 - blocks are of many makers, and so are their errors
            # Its text might repeat a secret of the block.
            raise NotSent(f"Prefect block {self.slug}: {type(error).__name__}") from None


async def _finished(sent: Awaitable[None]) -> None:
    await sent


def escaped(text: str) -> str:
    """Text in which Slack reads no mention, link or markup: `<!channel>` may stand on a page."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
