"""Nights over the ministry's sample: what comes, what goes, and what is broken on the way."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.mee.model import VANISHING
from extractors.sample.sites.mee.pdf import pdf
from tests.support.nights import World
from tests.support.stores import store
from transforms.mee.checks import CHECKS
from warehouse.store.store import Warehouse

SITE = "https://www.mee.gov.example"
FIRST, NEXT, HALF = date(2026, 8, 31), date(2026, 9, 3), date(2025, 6, 30)
BULLETIN = "/ywgz/ydqhbh/wsqtkz/202601/t20260101_1139528.shtml"
NOTICE_2025 = "关于做好2025年全国碳排放权交易市场有关工作的通知"
QUIET_PAGES = 40
"""More than a quiet night asks: its lists and the pages of a month."""


@pytest.fixture(scope="module")
def mee_first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that has seen the ministry's sample up to `FIRST`; not to be written to."""
    return store("mee", _first_night, tmp_path_factory.mktemp("stores")) / "home"


def _first_night(folder: Path) -> None:
    with SampleServer(until=FIRST) as server:
        told = World(folder / "home", server, source="mee").night()
    assert told.outcome == "changed", told.text


@pytest.fixture
def mee(mee_first: Path, tmp_path: Path) -> Iterator[World]:
    """A copy of that store, and a server on a later evening."""
    home = tmp_path / "home"
    shutil.copytree(mee_first, home)
    with SampleServer(until=NEXT) as server:
        yield World(home, server, source="mee")


def facts(world: World, where: str) -> list[tuple[object, ...]]:
    return world.ask(f"select metric, value, period from mee_facts where {where} order by all")


def step(world: World, days: int = 1) -> None:
    """Another night: the calendar of the sample moves on."""
    world.server.until = world.server.until + timedelta(days=days)


def test_the_first_night_takes_every_document_and_its_files(mee_first: Path) -> None:
    with SampleServer(until=FIRST) as server:
        world = World(mee_first, server, source="mee")
    assert world.ask("select count(*) >= 60 from mee_notices") == [(True,)]
    assert world.quarantine("url") == []
    assert world.ask("select distinct template from mee_aliases order by 1") == [
        ("formal",),
        ("library",),
        ("news",),
        ("state_council",),
    ]
    unlinked = (
        "select count(*) from mee_attachments anti join mee_attachment_links using(file_name)"
    )
    assert world.ask(unlinked) == [(0,)]
    assert world.ask("select bool_and(refused_for is null) from mee_attachments") == [(True,)]
    checks = world.ask("select name, verdict from ops_checks where name like 'mee_%'")
    assert len(checks) == len([c for c in CHECKS if c.name.startswith("mee_")])
    assert {verdict for _, verdict in checks} == {"pass"}


def test_one_document_under_four_addresses_is_one_row_read_from_the_best(mee_first: Path) -> None:
    with SampleServer(until=FIRST) as server:
        world = World(mee_first, server, source="mee")
    asked = "select template, source_url like '%/xxgk2018/%', title from mee_notices "
    assert world.ask(asked + "where document_key = '部令第19号'") == [
        ("formal", True, "碳排放权交易管理办法（试行）")
    ]
    asked = "select rank from mee_aliases where document_key = '部令第19号' order by 1"
    assert [rank for (rank,) in world.ask(asked)] == [10, 30, 40, 50]
    asked = "select source_url from mee_aliases where document_key = '国务院令第775号' order by 1"
    assert [url for (url,) in world.ask(asked)] == [
        "https://www.gov.example/zhengce/content/202402/content_6930137.htm",
        f"{SITE}/zcwj/gwywj/202402/t20240205_1065850.shtml",
    ]
    title = "2024年全国碳排放权交易市场配额交易及清缴工作结束"
    asked = f"select rank from mee_aliases where title = '{title}' order by 1"
    assert world.ask(asked) == [(20,), (30,)]
    assert world.ask(f"select count(*) from mee_notices where title = '{title}'") == [(1,)]


def test_what_is_none_of_the_markets_is_kept_with_the_reason_and_without_its_text(
    mee_first: Path,
) -> None:
    with SampleServer(until=FIRST) as server:
        world = World(mee_first, server, source="mee")
    told = world.ask("select title, relevance, body from mee_notices where not is_relevant")
    reasons = {title: (why, body) for title, why, body in told}
    hfc = next(title for title in reasons if "氢氟碳化物" in title)
    assert reasons[hfc] == ("title: 消耗臭氧层", None)
    permits = next(title for title in reasons if "排污权" in title)
    assert reasons[permits] == ("title: 排污权", None)


def test_drafts_and_finals_share_their_matter(mee_first: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(mee_first, home)
    with SampleServer(until=date(2026, 9, 2)) as server:
        world = World(home, server, source="mee")
        world.pipeline()
    asked = (
        "select lifecycle from mee_notices where matter = (select matter from mee_notices "
        "where document_number = '国环规气候〔2026〕1号') order by published_on"
    )
    assert world.ask(asked) == [("consultation",), ("adopted_in_principle",), ("issued",)]


def test_names_phones_and_mail_of_contact_persons_reach_no_table(mee_first: Path) -> None:
    with SampleServer(until=FIRST) as server:
        world = World(mee_first, server, source="mee")
    for table in ("mee_notices", "mee_attachments", "mee_facts", "ops_quarantine"):
        rows = world.ask(f"select * from {table}__history") if table[:3] == "mee" else []
        told = " ".join(str(row) for row in rows)
        for private in ("样例甲", "样例丙", "12345678", "87654321", "@mee", "样例编辑"):
            assert private not in told, (table, private)


def test_a_quiet_night_asks_lists_and_the_pages_of_a_month_only(mee: World) -> None:
    mee.pipeline()
    step(mee)
    mee.server.requests.clear()
    before = mee.versions()
    told = mee.pipeline()
    assert told.outcome == "empty_expected", told.text
    asked = [target for _, _, target, _ in mee.server.requests]
    assert len(asked) < QUIET_PAGES
    details = [target for target in asked if re.search(r"/t\d{8}_", target)]
    assert details
    oldest = f"{mee.server.until - timedelta(days=31):%Y%m%d}"
    assert all(re.search(r"/t(\d{8})_", t)[1] >= oldest for t in details)  # type: ignore[index]
    assert not any("/W0" in target for target in asked)
    assert mee.versions() == before


def test_a_revised_page_revises_its_facts_and_what_it_no_longer_states_is_gone_after_two_nights(
    mee: World,
) -> None:
    mee.server.fault(
        "t20260831", "revise", old="交易活跃", new="2026年成交量1.00亿吨，成交额70.00亿元"
    )
    assert mee.pipeline().outcome == "changed"
    where = "metric like 'annual_%' and period = '2026'"
    assert [value for _, value, _ in facts(mee, where)] == [7_000_000_000, 100_000_000]
    mee.server.fault("t20260831", "revise", old="1.00亿吨，成交额70.00亿元", new="1.25亿吨")
    step(mee)
    told = mee.pipeline()
    assert "100000000.000000 -> 125000000" in told.text.replace(",", "")
    assert len(facts(mee, where)) == 2, "one night alone proves nothing"
    step(mee)
    told = mee.pipeline()
    assert "disappeared from mee_facts" in told.text
    assert [(m, int(v)) for m, v, _ in facts(mee, where)] == [("annual_volume", 125_000_000)]  # type: ignore[call-overload]


def test_a_page_that_states_no_figure_any_more_loses_all_its_facts(mee: World) -> None:
    mee.server.fault("t20260831", "revise", old="交易活跃", new="2026年成交量1.00亿吨")
    mee.pipeline()
    mee.server.fault("t20260831", "revise", old="2026年成交量1.00亿吨", new="交易活跃")
    for _ in range(2):
        step(mee)
        mee.pipeline()
    assert facts(mee, "period = '2026' and metric = 'annual_volume'") == []


def test_a_vanished_page_is_a_tombstone_after_two_nights(mee: World) -> None:
    mee.pipeline()
    key = f"source_url like '%{VANISHING}'"
    assert mee.ask(f"select count(*) from mee_notices where {key}") == [(1,)]
    mee.server.fault("", "vanish")
    step(mee)
    assert mee.pipeline().outcome == "partial"
    assert mee.ask(f"select count(*) from mee_notices where {key}") == [(1,)]
    step(mee)
    mee.pipeline()
    assert mee.ask(f"select count(*) from mee_notices where {key}") == [(0,)]
    assert mee.ask(f"select count(*) from mee_aliases where {key}") == [(0,)]
    assert mee.ask(
        f"select is_deleted from mee_notices__history where {key} order by revision"
    ) == [
        (False,),
        (True,),
    ]


def test_a_document_of_which_a_copy_is_left_stays(mee: World) -> None:
    mee.pipeline()
    mee.server.fault(r"wsqtkz/202608/t20260828_", "vanish")
    for _ in range(2):
        step(mee)
        told = mee.pipeline()
    remarks = [remark.detail for remark in told.run.tally.remarks]
    assert any("another still states it" in detail for detail in remarks)
    title = "title = '全国碳市场数据质量工作座谈会召开'"
    assert mee.ask(f"select count(*) from mee_notices where {title}") == [(1,)]
    asked = f"select source_url like '%/ywdt/%' from mee_aliases where {title}"
    assert mee.ask(asked) == [(True,)]


def test_a_page_that_only_left_its_list_stays(mee: World) -> None:
    mee.pipeline()
    mee.server.fault(VANISHING, "unlist")
    for _ in range(2):
        step(mee)
        assert mee.pipeline().outcome == "empty_expected"
    where = f"where source_url like '%{VANISHING}'"
    assert mee.ask(f"select count(*) from mee_notices {where}") == [(1,)]


def test_list_pages_in_the_templates_form_are_found(tmp_path: Path) -> None:
    with SampleServer(until=HALF) as server:
        server.fault("", "templated")
        world = World(tmp_path / "home", server, source="mee")
        told = world.pipeline()
        assert told.outcome == "changed", told.text
        assert any("index_8597_1.shtml" in target for _, _, target, _ in server.requests)
        world_rows = world.ask("select count(*) from mee_aliases where channel like '%wsqtkz%'")
    assert world_rows[0][0] > 15


@pytest.mark.parametrize(
    ("kind", "args", "outcome", "rule"),
    [
        ("empty_list", {}, "partial", "empty_list"),
        (
            "replace",
            {"body": '<li><span class="date">2025-02-30</span><a href="./x.shtml">碳</a></li>'},
            "drifted",
            "layout",
        ),
    ],
)
def test_a_broken_list_is_told_of_and_takes_nothing_away(
    mee: World, kind: str, args: dict[str, Any], outcome: str, rule: str
) -> None:
    before = mee.ask("select count(*) from mee_notices")
    mee.server.fault(r"/ywgz/ydqhbh/wsqtkz/$", kind, **args)
    told = mee.pipeline()
    assert told.outcome == outcome, told.text
    assert rule in told.text
    assert mee.ask("select count(*) from mee_notices")[0][0] >= before[0][0]


def test_a_list_that_ends_before_its_last_page_is_told_of(tmp_path: Path) -> None:
    with SampleServer(until=HALF) as server:
        server.fault(r"wsqtkz/index_1\.shtml", "not_found")
        told = World(tmp_path / "home", server, source="mee").pipeline()
    assert told.outcome == "partial"
    assert "1 of " in told.line("list_truncated")


LATEST = r"t20260831_"


@pytest.mark.parametrize(
    ("kind", "args", "outcome", "rule"),
    [
        ("gzip_bomb", {"megabytes": 60}, "partial", "too_large"),
        ("redirect", {"to": "http://169.254.169.254/latest"}, "partial", "host"),
    ],
)
def test_a_broken_detail_changes_no_row(
    mee: World, kind: str, args: dict[str, Any], outcome: str, rule: str
) -> None:
    where = "where source_url like '%t20260831_%'"
    before = mee.ask(f"select body_sha256, revision from mee_notices {where}")
    assert before
    mee.server.fault(LATEST, kind, **args)
    told = mee.pipeline()
    assert told.outcome == outcome, told.text
    assert rule in told.text
    assert mee.ask(f"select body_sha256, revision from mee_notices {where}") == before


def test_a_page_in_gb18030_is_read_as_what_it_says(mee: World) -> None:
    mee.server.fault(LATEST, "gb18030")
    mee.pipeline()
    words = "body like '%全国碳市场总体平稳%'"
    asked = f"select {words} from mee_notices where source_url like '%t20260831_%'"
    assert mee.ask(asked) == [(True,)]


ATTACHED = r"W020210519400000633565\.pdf"
FILE = "file_name like 'W0202105194000%'"
EARLY = date(2021, 7, 16)


def test_a_hostile_file_is_held_with_the_reason_and_told_of_once(tmp_path: Path) -> None:
    with SampleServer(until=EARLY) as server:
        server.fault(ATTACHED, "replace", body=pdf([["页"]] * 900))
        world = World(tmp_path / "home", server, source="mee")
        told = world.pipeline()
        assert told.outcome == "partial", told.text
        assert "too_many_pages" in told.line("file_refused")
        asked = f"select text, refused_for from mee_attachments where {FILE}"
        assert world.ask(asked) == [(None, "too_many_pages")]
        assert world.pipeline().outcome == "empty_expected"


@pytest.mark.parametrize(
    ("kind", "args", "rule"),
    [("not_found", {}, "not_found"), ("content_type", {"value": "text/html"}, "layout")],
)
def test_a_file_that_can_not_be_had_is_asked_for_again(
    tmp_path: Path, kind: str, args: dict[str, Any], rule: str
) -> None:
    with SampleServer(until=EARLY) as server:
        server.fault(ATTACHED, kind, **args)
        world = World(tmp_path / "home", server, source="mee")
        told = world.pipeline()
        assert told.outcome in ("partial", "drifted"), told.text
        assert rule in told.text
        missing = "select found from ops_checks where name = 'mee_files_held' and verdict = 'warn'"
        assert len(world.ask(missing)) == 1
        server.clear()
        assert world.pipeline().outcome == "changed"
        held = world.ask(f"select text like '%登记管理规则%' from mee_attachments where {FILE}")
        assert held == [(True,)]


MONDAY = date(2026, 9, 7)


def test_the_state_councils_wall_holds_up_nothing_of_the_ministrys(mee: World) -> None:
    mee.server.until = MONDAY
    mee.server.fault(r"www\.gov\.example/zhengce", "status", status=403)
    told = mee.pipeline()
    assert told.outcome == "changed", told.text
    assert "www.gov.example" in told.line("copy_missing")


def test_what_only_the_weekly_search_knows_is_reported(mee: World) -> None:
    mee.server.until = MONDAY
    mee.server.fault("t20260903_", "unlist")
    told = mee.pipeline()
    assert told.outcome == "changed"
    assert "t20260903_" in told.line("search_hit_not_held")


@pytest.mark.parametrize(
    ("check", "spoilt", "scope"),
    [
        ("mee_cumulative_chain_turnover", "metric = 'annual_turnover' and period = '2022'", "2022"),
        ("mee_cumulative_chain_turnover", "metric = 'annual_turnover' and period = '2023'", "2023"),
        ("mee_cumulative_chain_turnover", "metric = 'annual_turnover' and period = '2024'", "2024"),
        ("mee_cumulative_chain_turnover", "metric = 'annual_turnover' and period = '2025'", "2025"),
        ("mee_cumulative_chain_volume", "metric = 'annual_volume' and period = '2024'", "2024"),
        ("mee_emitters_add_up", "metric = 'key_emitters' and sector = '水泥'", "2025"),
        ("mee_mean_price_is_turnover_over_volume", "metric = 'mean_price' and scope='CEA'", "2025"),
        ("mee_close_growth", "metric = 'year_end_close' and period = '2024'", "2024"),
        ("mee_figures_agree", "metric = 'annual_volume' and file_name <> ''", "annual_volume 2024"),
    ],
)
def test_a_spoilt_figure_fails_its_check_and_the_published_ones_pass(
    mee_first: Path, check: str, spoilt: str, scope: str
) -> None:
    (sql,) = [one.sql for one in CHECKS if one.name == check]
    other = f"select * replace (case when {spoilt} then value * 2 else value end as value)"
    for text, failed in ((sql, False), (sql.replace("from mee_facts", "from spoilt"), True)):
        asked = f"with spoilt as ({other} from mee_facts) select scope from ({text})"
        with Warehouse(mee_first).query(asked) as answer:
            scopes = [str(one) for (one,) in answer.fetchall()]
        assert any(scope in one for one in scopes) is failed, scopes
