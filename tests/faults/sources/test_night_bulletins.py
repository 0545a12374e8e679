"""Bulletins that say something wrong, through a whole night: refused one by one, nothing lost."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.seee.pages import article_page
from tests.support.nights import NEXT, OVERVIEW, Told, World, article

BROKEN = {
    "missing_turnover": (NEXT[0], "seee_bulletins"),
    "bad_number": (NEXT[1], "seee_bulletins"),
    "unclaimed_figure": (NEXT[2], "seee_bulletins"),
    "legs_add_up_volume": (NEXT[3], "seee_bulletins"),
    "unknown_clause": (date(2021, 10, 14), "seee_bulletins"),
    "closed_day": (date(2021, 10, 1), "seee_bulletins"),
    "date_mismatch": (date(2021, 10, 15), "seee_bulletins"),
}
"""The rule that each broken bulletin of the night is to be refused by."""

Broken = tuple[World, Told, dict[str, str]]


def _no_amount(text: str) -> str:
    return re.sub(r"(挂牌协议交易成交量[\d,]+吨)，成交额[\d,.]+元", r"\1", text)


def _cut_number(text: str) -> str:
    return re.sub(r"(总成交额[\d,]+)\d\.(\d\d)元", r"\1.\2元", text)


def _unknown_figure(text: str) -> str:
    return f"{text}今日远期品种成交1,234吨。" if "今日" in text[:3] else text


def _wrong_sum(text: str) -> str:
    return re.sub(r"总成交量[\d,]+吨", "总成交量999,999,999吨", text)


def _unknown_word(text: str) -> str:
    return f"{text}今日午后暂停。" if "今日" in text[:3] else text


def _other_day(text: str) -> str:
    return text.replace("截至今日", "截至2021年10月14日")


@pytest.fixture(scope="module")
def broken(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    """A night on which seven bulletins are broken, each in its way, among good ones."""
    home = tmp_path_factory.mktemp("broken") / "home"
    shutil.copytree(first_night, home)
    edits = {
        "missing_turnover": _no_amount,
        "bad_number": _cut_number,
        "unclaimed_figure": _unknown_figure,
        "legs_add_up_volume": _wrong_sum,
        "unknown_clause": _unknown_word,
        "date_mismatch": _other_day,
    }
    with SampleServer(until=date(2021, 10, 18)) as server:
        world = World(home, server)
        urls = {rule: world.serve(BROKEN[rule][0], edit) for rule, edit in edits.items()}
        closed = server.fault("", "closed_day", date=BROKEN["closed_day"][0])
        urls["closed_day"] = OVERVIEW + closed
        yield world, world.pipeline(), urls


def test_each_is_refused_by_its_rule_with_value_and_address(broken: Broken) -> None:
    world, _, urls = broken
    found = world.quarantine("url, rule, table_name")
    assert found == sorted((urls[rule], rule, BROKEN[rule][1]) for rule in BROKEN)
    values = dict(world.quarantine("rule, value"))
    assert values["missing_turnover"].endswith("吨")
    assert "成交额" not in values["missing_turnover"]
    assert re.fullmatch(r"[\d,]+,\d\d\.\d\d", values["bad_number"])
    assert values["unclaimed_figure"] == "今日远期品种成交1,234吨。"
    assert values["unknown_clause"] == "今日午后暂停。"
    assert values["closed_day"].endswith("20211001")
    assert values["date_mismatch"] == "2021年10月14日"
    legs = json.loads(values["legs_add_up_volume"])
    assert legs["total_volume_t"] == "999999999"
    assert legs.keys() == {f"{leg}_volume_t" for leg in ("listed", "block", "auction", "total")}


def test_the_refused_record_is_kept_whole(broken: Broken) -> None:
    world, _, _ = broken
    records = dict(world.quarantine("rule, record"))
    assert "今日远期品种" in json.loads(records["unclaimed_figure"])["text"]
    row = json.loads(records["legs_add_up_volume"])
    assert row["total_volume_t"] == 999_999_999
    assert row["close_cny_per_t"]


def test_all_else_of_the_night_is_accepted(broken: Broken) -> None:
    world, told, _ = broken
    held = {day for (day,) in world.days()}
    assert held.isdisjoint(day for day, _ in BROKEN.values())
    assert date(2021, 10, 18) in held
    quotes = "select distinct trade_date from seee_quotes where trade_date > '2021-09-30'"
    totals = quotes.replace("seee_quotes", "seee_method_totals")
    assert len(world.ask(quotes)) == len(world.ask(totals)) == 7
    assert told.run.tally.quarantined == len(BROKEN)


def test_the_report_says_it_and_the_night_is_not_called_good(broken: Broken) -> None:
    world, told, urls = broken
    assert (told.outcome, told.exit_code) == ("partial", 3)
    for rule, url in urls.items():
        line = told.line(f"{rule}: ")
        assert line.startswith("- seee: ")
        assert url in line
        assert "carbonmart quarantine" in line, "no next step"
    assert "今日午后暂停。" in told.line("unknown_clause")
    assert "999999999" in told.line("legs_add_up_volume")
    booked = world.ask("select cause, detail from ops_runs order by started_at desc limit 1")
    assert booked[0][0] in BROKEN
    assert OVERVIEW in booked[0][1]


def test_the_missing_days_are_named(broken: Broken) -> None:
    world, _, _ = broken
    missing = world.ask(
        "select scope, verdict from ops_checks where name = 'bulletin_coverage' "
        "and verdict <> 'pass' order by 1"
    )
    days = sorted(day for rule, (day, _) in BROKEN.items() if rule != "closed_day")
    assert missing == [(f"{day}", "warn") for day in days]


def test_corrected_pages_are_taken_and_released(broken: Broken) -> None:
    """The publisher mends his pages: the next night takes them, and nothing stays in quarantine."""
    before, _, urls = broken
    home = before.home.with_name("mended")
    shutil.copytree(before.home, home)
    with SampleServer(until=date(2021, 10, 18)) as server:
        world = World(home, server)
        told = world.pipeline()
        assert told.outcome == "changed", told.text
        held = {day for (day,) in world.days()}
        assert held >= {day for rule, (day, _) in BROKEN.items() if rule != "closed_day"}
        assert world.quarantine("url, rule") == [(urls["closed_day"], "closed_day")]
        assert told.run.failed_checks == []
        again = world.pipeline()
        assert (again.outcome, again.exit_code) == ("unchanged", 0), again.text


FIGURES = (
    "period_end, close_cny_per_t, listed_volume_t, total_turnover_cny, cumulative_turnover_cny"
)


def test_numbers_cut_by_tags_and_pages_in_gbk_read_right(world: World, tmp_path: Path) -> None:
    """Every character in a tag of its own, then gb2312 on the label and GB18030 in the bytes."""
    with SampleServer(until=NEXT[1]) as server:
        plain = World(tmp_path / "plain", server)
        plain.pipeline()
    world.server.until = NEXT[1]
    cut = article(NEXT[0])
    html = article_page(cut)
    for text in cut.paragraphs:
        html = html.replace(
            '</div>\n<div class="statement">',
            f'<p>{_crumbled(text)}</p></div>\n<div class="statement">',
        )
    start = html.index('<p style="line-height')
    end = html.index("<p>", start)
    world.serve_page(cut, html[:start] + html[end:])
    world.server.fault(re.escape(article(NEXT[1]).path), "gb18030")
    told = world.pipeline()
    assert told.outcome == "changed", told.text
    assert world.days(FIGURES) == plain.days(FIGURES)
    assert {NEXT[0], NEXT[1]} <= {day for (day,) in world.days()}


def _crumbled(text: str) -> str:
    return "".join(f"<span>{character}</span>\n&nbsp;" for character in text)


def test_a_wrong_running_figure_is_kept_and_told(world: World) -> None:
    """Strictly read, it is what was published; that it can't be is for the checks to say."""
    printed = article(NEXT[0]).paragraphs[-1]
    found = re.search(r"累计成交量([\d,]+)吨", printed)
    assert found
    right = int(found[1].replace(",", ""))
    wrong = right + 7
    world.serve(NEXT[0], lambda text: text.replace(found[1], f"{wrong:,}"))
    told = world.pipeline()
    assert world.days("period_end, cumulative_volume_t")[-1] == (NEXT[0], wrong)
    assert told.run.tally.quarantined == 0
    assert told.exit_code == 5
    assert "cumulative_chain_cumulative_volume" in told.run.failed_checks
    verdicts = world.ask(
        "select scope, expected, found, difference, verdict from ops_checks "
        "where name = 'cumulative_chain_cumulative_volume' and verdict <> 'pass'"
    )
    assert verdicts == [(f"{NEXT[0]}", f"{right}", f"{wrong}", "7", "fail")]
    note = [n for n in told.text.splitlines() if "cumulative_chain" in n and "note" in n]
    assert len(note) == 1
    for part in (f"{NEXT[0]}", f"{right}", f"{wrong}"):
        assert part in note[0], "the report should name day, expected and found"
    again = world.pipeline()
    assert again.exit_code == 5, "a wrong figure stays wrong until it is mended"
