"""The webhook: Slack's JSON, patient with passing faults, silent about its own address."""

from __future__ import annotations

import json
import socket

import pytest

from flows.core.settings import Settings
from flows.stages.monitor.channels import ATTEMPTS, NotSent, PrefectBlock, Webhook, channels_of
from tests.support.servers import LoopbackServer, Reply, Request, redirect

PATH = "/services/T0/very-secret"


def answers(*replies: Reply) -> LoopbackServer:
    """A server that gives one reply after the other, the last one for ever."""
    left = list(replies)

    def handler(request: Request) -> Reply:
        return left.pop(0) if len(left) > 1 else left[0]

    return LoopbackServer(handler)


def test_the_message_is_slacks_and_mentions_nobody() -> None:
    with answers(Reply(200, b"ok")) as server:
        Webhook(server.base + PATH).send("one to look at", ["<!channel> & <http://x|y>", "two"])
    (asked,) = server.requests
    assert (asked.method, asked.path) == ("POST", PATH)
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {
        "text": "*one to look at*\n• &lt;!channel&gt; &amp; &lt;http://x|y&gt;\n• two"
    }


@pytest.mark.parametrize("status", [503, 429])
def test_a_passing_fault_is_asked_again(status: int) -> None:
    with answers(Reply(status), Reply(204)) as server:
        Webhook(server.base + PATH).send("title", [])
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "told", "asked"),
    [
        (Reply(404, PATH.encode()), "HTTP 404", 1),
        (Reply(500), "HTTP 500", ATTEMPTS),
        (redirect("http://169.254.169.254/"), "HTTP 302", 1),
    ],
)
def test_a_refusal_is_told_without_the_address(reply: Reply, told: str, asked: int) -> None:
    with answers(reply) as server, pytest.raises(NotSent) as caught:
        Webhook(server.base + PATH).send("title", [])
    assert str(caught.value) == f"webhook at 127.0.0.1: {told}"
    assert len(server.requests) == asked


def test_a_dead_host_is_told_without_the_address() -> None:
    with socket.socket() as taken:  # bound, not listening: nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}{PATH}"
        with pytest.raises(NotSent) as caught:
            Webhook(url).send("title", [])
    assert str(caught.value) == "webhook at 127.0.0.1: ConnectionError"
    assert "very-secret" not in repr(caught.value) + repr(Webhook(url))


def test_prefects_blocks_need_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    settings = Settings(webhook_url="https://x.example/", notify_blocks="slack-webhook/ops, a/b")
    assert [each.name for each in channels_of(settings)] == ["webhook", "slack-webhook/ops", "a/b"]
    with pytest.raises(NotSent, match="slack-webhook/ops: PREFECT_API_URL is not set"):
        PrefectBlock("slack-webhook/ops").send("title", [])
