"""The doctor: what a source answers, step by step; and that it leaves nothing behind."""

from __future__ import annotations

import json
import re
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from extractors import url_guard as guard
from extractors.http.reachability import certificate, resolve
from extractors.http.transport import TransportError
from extractors.sample.server.server import SampleServer
from flows.core.context import Sample
from flows.core.settings import Settings
from flows.jobs.doctor.doctor import Checkup, examine
from flows.jobs.doctor.report import exit_code
from tests.e2e.commands import answer, carbonmart
from tests.support.certificates import certificate as self_signed
from tests.support.nights import OVERVIEW, article
from tests.support.servers import LoopbackServer, html

UNTIL = date(2021, 7, 30)
LISTED = "/qgtpfqjy/mrgk/2021n/index.shtml"


@pytest.fixture(scope="module")
def running() -> Iterator[SampleServer]:
    with SampleServer(until=UNTIL) as server:
        yield server


@pytest.fixture
def server(running: SampleServer) -> Iterator[SampleServer]:
    yield running
    running.clear()
    running.requests.clear()


def examined(server: SampleServer, **settings: object) -> Checkup:
    chosen = Settings(**{"retries": 0, "backoff_s": 0.0, **settings})  # type: ignore[arg-type]
    (checkup,) = examine(chosen, ["seee"], Sample(server.routes, UNTIL))
    return checkup


def steps(checkup: Checkup, verdict: str) -> dict[str, str]:
    return {step.step: step.told for step in checkup.steps if step.verdict == verdict}


def test_a_source_that_is_well_is_unproven_all_the_same(server: SampleServer) -> None:
    checkup = examined(server)
    assert (checkup.verdict, exit_code([checkup])) == ("unproven", 0)
    well = steps(checkup, "ok")
    assert well["first list page"].endswith(OVERVIEW + LISTED)
    assert well["terms"].startswith("Credit required")
    assert well["robots overview.cneeex.example"] == well["robots shyx.cneeex.example"] == "allowed"
    assert well["parse bulletin"] == f"1 rows of {OVERVIEW}{article(UNTIL).path}"
    assert {"parse quotes", "parse method_totals"} <= well.keys()
    assert well["newest item"] == f"{UNTIL}, 0 days old"
    assert "live layout" in steps(checkup, "unproven")
    assert "tls overview.cneeex.example" in steps(checkup, "skipped")
    assert len(server.requests) < 12, "it asks little"


@pytest.mark.parametrize(
    ("pattern", "kind", "step"),
    [
        ("^overview.*/qgtpfqjy/", "challenge", "first list page"),
        ("^shyx.*/gateway/", "challenge", "parse method_totals"),
    ],
)
def test_a_wall_is_blocked(server: SampleServer, pattern: str, kind: str, step: str) -> None:
    server.fault(pattern, kind)
    checkup = examined(server)
    assert (checkup.verdict, exit_code([checkup])) == ("blocked", 3)
    assert steps(checkup, "blocked")[step].startswith("wall: ")
    (bad,) = [each for each in checkup.steps if each.verdict == "blocked"]
    assert "carbonmart ingest" in bad.next_step
    if step == "first list page":
        asked = [target for _, host, target, _ in server.requests if host.startswith("overview")]
        assert asked == ["/robots.txt", LISTED], "nobody hammers on a closed door"
        assert "parse method_totals" in steps(checkup, "ok"), "the other host is open"


NEW = "<html><body><h2>全国碳市场</h2><p>发布时间：2021-07-30</p></body></html>"


@pytest.mark.parametrize(
    ("pattern", "body", "step"),
    [
        (
            re.escape(LISTED),
            "<html><body>" + "欢迎光临。" * 900 + "</body></html>",
            "first list page",
        ),
        (re.escape(article(UNTIL).path), NEW, "parse bulletin"),
        ("hiskline.json", '[{"day": 1}]', "parse quotes"),
    ],
)
def test_another_layout_is_drifted(
    server: SampleServer, pattern: str, body: str, step: str
) -> None:
    server.fault(pattern, "replace", body=body)
    checkup = examined(server)
    assert (checkup.verdict, exit_code([checkup])) == ("drifted", 3)
    assert step in steps(checkup, "drifted")


def test_a_figure_that_is_not_understood_is_drifted(server: SampleServer) -> None:
    path = article(UNTIL).path
    page = server.sites["seee"].respond("overview.cneeex.example", path).body.decode()
    assert "成交均价" not in page
    body = page.replace("声明", "另有成交均价55.55元/吨。声明", 1)
    server.fault(re.escape(path), "replace", body=body)
    checkup = examined(server)
    assert checkup.verdict == "drifted"
    assert path in steps(checkup, "drifted")["parse bulletin"]


def test_robots_that_keep_us_out_fail_it(server: SampleServer) -> None:
    server.fault(
        "/robots.txt", "replace", body="User-agent: *\nDisallow: /", content_type="text/plain"
    )
    checkup = examined(server)
    assert (checkup.verdict, exit_code([checkup])) == ("failed", 3)
    assert "disallows it" in steps(checkup, "failed")["first list page"]
    assert {target for _, _, target, _ in server.requests} == {"/robots.txt"}


def test_a_list_that_has_stopped_is_told(server: SampleServer) -> None:
    late = UNTIL + timedelta(days=10)
    (checkup,) = examine(Settings(retries=0), ["seee"], Sample(server.routes, late))
    assert "trading days have passed" in steps(checkup, "warn")["newest item"]


def test_a_source_that_is_switched_off_is_not_asked(server: SampleServer) -> None:
    checkup = examined(server, disabled=("seee",))
    assert (checkup.verdict, exit_code([checkup])) == ("skipped", 0)
    assert list(server.requests) == []


def test_it_leaves_nothing_behind(
    server: SampleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    examined(server, home=str(tmp_path / "home"))
    assert list(tmp_path.rglob("*")) == [tmp_path / "tmp"]


def test_a_live_host_without_a_name_has_failed(tmp_path: Path) -> None:
    def unknown(*args: object, **options: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            patch.delenv(name, raising=False)
        patch.setattr(socket, "getaddrinfo", unknown)
        settings = Settings(contact="tests@market.example", retries=0)
        (checkup,) = examine(settings, ["seee"], None)
    assert (checkup.verdict, exit_code([checkup])) == ("failed", 3)
    failed = steps(checkup, "failed")
    assert failed["dns overview.cneeex.com"].startswith("dns: ")
    assert failed["first list page"].startswith("dns: "), "the host, and not its robots.txt"


def test_a_name_that_leads_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: inside)
    with pytest.raises(guard.AddressRefused, match=r"10\.0\.0\.1: not a public address"):
        resolve("bulletins.market.test")


def test_a_certificate_is_verified_and_its_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, ca = self_signed("bulletins.market.test", tmp_path)
    with LoopbackServer(lambda request: html("x"), tls=context) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
        found = certificate("bulletins.market.test", "127.0.0.1", 5, server.port)
        assert found.issuer == "bulletins.market.test"
        assert found.protocol.startswith("TLSv1.")
        left = found.valid_until - datetime.now(UTC)
        assert timedelta(hours=23) < left < timedelta(hours=25)
        for name, trust in (("other.market.test", str(ca)), ("bulletins.market.test", "")):
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", trust)
            with pytest.raises(TransportError) as caught:
                certificate(name, "127.0.0.1", 5, server.port)
            assert caught.value.cause == "tls"


def test_the_command_on_the_sample(tmp_path: Path) -> None:
    told = answer(tmp_path / "home", "doctor", "--sample", "--until", "2021-07-30", "seee")
    assert (told["exit_code"], told["sources"][0]["verdict"]) == (0, "unproven")
    assert list(tmp_path.iterdir()) == []
    live = carbonmart(tmp_path / "home", "doctor")
    assert live.returncode == 2
    assert "CARBONMART_CONTACT" in live.stderr
    assert json.dumps(told)
