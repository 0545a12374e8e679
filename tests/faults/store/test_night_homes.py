"""Which pages a store takes, and by which way: homes, ingest, path dates, released records."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extractors.model import Record
from extractors.sample.sites.seee.pages import article_page
from flows.core.context import archive_of
from flows.core.settings import Settings
from flows.core.sources import Pipeline
from flows.jobs.ingest import ingest
from flows.jobs.nightly import UsageError, refresh
from flows.jobs.report.report import as_markdown
from flows.jobs.report.result import RunReport
from flows.stages import source_run as pipelines
from tests.support.nights import NEXT, OVERVIEW, World, article
from transforms.model import Row
from warehouse.store.home import open_home
from warehouse.store.store import WrongHome

REAL = "https://overview.cneeex.com"


def settings(home: Path) -> Settings:
    return Settings(home=str(home), contact="tests@carbonmart.example", publish=False)


def saved(folder: Path, edit: Callable[[str], str] = str) -> Path:
    """The page of the next bulletin, saved by a person; its paragraphs edited."""
    known = article(NEXT[0])
    changed = replace(known, paragraphs=tuple(edit(text) for text in known.paragraphs))
    file = folder / "saved.html"
    file.write_text(article_page(changed), encoding="utf-8")
    return file


def path_of(day: Any, number: int = 491_512) -> str:
    return f"/c/{day}/{number}.shtml"


def take(home: Path, file: Path, url: str) -> RunReport:
    return ingest(settings(home), [file], [url])


# --- sample and live never meet


def test_a_sample_store_refuses_a_live_refresh(world: World) -> None:
    versions = world.versions()
    with pytest.raises(WrongHome, match="never mixed") as refusal:
        refresh(settings(world.home))
    assert str(world.home) in str(refusal.value)
    assert "add --sample" in str(refusal.value)
    assert world.versions() == versions


def test_a_sample_store_refuses_a_real_page(world: World, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="never mixed") as refusal:
        take(world.home, saved(tmp_path), REAL + path_of(NEXT[0]))
    assert REAL in str(refusal.value)
    assert "--home ./live" in str(refusal.value)


def test_a_live_store_refuses_the_sample(tmp_path: Path) -> None:
    home = tmp_path / "live"
    open_home(home, "live")
    with pytest.raises(WrongHome, match="leave out --sample"):
        refresh(settings(home), is_sample=True)
    with pytest.raises(UsageError, match=r"cneeex\.example"):
        take(home, saved(tmp_path), OVERVIEW + path_of(NEXT[0]))
    assert not (home / "tables").exists()


def test_a_sample_page_under_a_real_address_is_refused(tmp_path: Path) -> None:
    """The mark inside the page survives that a person saved it under another name."""
    home = tmp_path / "live"
    with pytest.raises(UsageError, match="a page of the embedded sample"):
        take(home, saved(tmp_path), REAL + path_of(NEXT[0]))
    assert not home.exists()


def test_a_home_that_goes_away_ends_the_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = pipelines._ask

    def and_gone(*args: Any) -> None:
        asked(*args)
        shutil.rmtree(world.home)

    monkeypatch.setattr(pipelines, "_ask", and_gone)
    with pytest.raises(WrongHome, match="went away during the run"):
        world.night()
    assert not (world.home / "tables").exists(), "nothing is written where no home is"


def test_two_homes_on_one_archive_are_refused(world: World, tmp_path: Path) -> None:
    """By a link; a copy, and a home that was moved with its archive, are homes like any."""
    other, copied, moved = tmp_path / "other", tmp_path / "copied", tmp_path / "moved"
    written_to(world.home)
    open_home(other, "sample")
    (other / "archive").symlink_to(world.home / "archive")
    for job in (lambda: World(other, world.server).pipeline(), lambda: written_to(other)):
        with pytest.raises(WrongHome, match="two homes on one archive") as refusal:
            job()
        assert str(world.home) in str(refusal.value)
    assert not (other / "tables").exists()
    shutil.copytree(world.home, copied)
    written_to(copied)
    world.home.rename(moved)
    written_to(moved)


def written_to(home: Path) -> None:
    with archive_of(open_home(home, None)).writer("seee", "r1", datetime.now(UTC)):
        pass


# --- what a path, a line and a title say of the day


def outcome(report: RunReport) -> tuple[str, int]:
    (run,) = report.runs
    return str(run.outcome), report.exit_code


@pytest.mark.parametrize("day", ["2021-10-07", "2021-10-09"])
def test_a_page_of_another_day_than_its_address_is_not_taken(
    world: World, tmp_path: Path, day: str
) -> None:
    report = take(world.home, saved(tmp_path), OVERVIEW + path_of(day))
    assert outcome(report) == ("partial", 3)
    text = as_markdown(report)
    for part in ("wrong_content", day, str(NEXT[0]), "nothing read from it"):
        assert part in text
    assert world.days()[-1] != (NEXT[0],)


def test_a_title_of_another_day_than_the_text_refuses_the_page(
    world: World, tmp_path: Path
) -> None:
    file = saved(tmp_path, edit=lambda text: text.replace("截至今日", "截至2021年9月30日"))
    url = OVERVIEW + path_of(NEXT[0])
    report = take(world.home, file, url)
    assert outcome(report) == ("partial", 3)
    assert world.quarantine("url, rule, value") == [(url, "date_mismatch", "2021年9月30日")]
    text = as_markdown(report)
    assert "the text says 2021-09-30, the title 2021-10-08" in text
    assert url in text


def test_a_saved_challenge_is_archived_and_not_read(world: World, tmp_path: Path) -> None:
    file = tmp_path / "wall.html"
    file.write_text("<html><title>请稍候</title><script>__jsl_clearance</script></html>")
    versions = world.versions()
    url = OVERVIEW + path_of(NEXT[0])
    try:
        text = as_markdown(take(world.home, file, url))
    except UsageError as error:
        text = str(error)
    assert url in text
    assert "blocked" in text or "wall" in text
    assert world.versions() == versions


SPOILT: dict[str, tuple[Callable[[str], str], str]] = {
    "cut short": (lambda html: html[: html.index("声明")], "the page may be cut short"),
    "nested": (lambda html: html.replace("<h3>", "<div>" * 60_000 + "<h3>"), "nested too deep"),
    "no title": (lambda html: html.replace("h3", "h5"), "no title in h3"),
    "no page": (lambda html: "<!-- 发布时间 -->", "not a page"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_saved_page_that_cannot_be_read_is_kept_and_told(
    world: World, tmp_path: Path, how: str
) -> None:
    edit, words = SPOILT[how]
    file = saved(tmp_path)
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    url = OVERVIEW + path_of(NEXT[0])
    report = take(world.home, file, url)
    assert report.exit_code == 3
    text = as_markdown(report)
    assert words in text
    assert url in text
    assert world.quarantine("url, rule") == [(url, "layout")]
    report = take(world.home, saved(tmp_path), url)
    assert outcome(report) == ("changed", 0), as_markdown(report)
    assert world.quarantine("url") == []


def test_a_saved_page_in_gbk_reads_right(world: World, tmp_path: Path) -> None:
    file = saved(tmp_path)
    html = file.read_text(encoding="utf-8").replace('charset="utf-8"', 'charset="gb2312"')
    file.write_bytes(html.encode("gb18030"))
    report = take(world.home, file, OVERVIEW + path_of(NEXT[0]))
    assert outcome(report) == ("changed", 0), as_markdown(report)
    assert world.days("period_end, title")[-1] == (NEXT[0], article(NEXT[0]).title)


# --- a quarantined record comes out once it is understood


def test_a_record_is_released_by_the_parser_that_understands_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = world.serve(NEXT[0], lambda text: text + ("今日午后暂停。" if "今日" in text[:3] else ""))
    assert world.pipeline().outcome == "partial"
    before = world.ask("select quarantine_id, run_id, fetch_id, parser_version from ops_quarantine")
    assert world.pipeline().outcome in ("empty_suspicious", "partial"), (
        "still missing, not forgotten"
    )

    known = pipelines.pipeline_of  # type: ignore[attr-defined]

    def understands(name: str, *, is_sample: bool = False) -> Pipeline:
        pipeline = known(name, is_sample=is_sample)

        def transform(record: Record) -> list[Row]:
            text = record.fields.get("text")
            if isinstance(text, str) and "今日午后暂停。" in text:
                fields = {**record.fields, "text": text.replace("今日午后暂停。", "")}
                return pipeline.transform(replace(record, fields=fields))
            return pipeline.transform(record)

        source = replace(pipeline.source, parser_version="seee-next")
        return replace(pipeline, source=source, transform=transform)

    monkeypatch.setattr(pipelines, "pipeline_of", understands)
    rows = world.ask("select count(*) from seee_bulletins__history")[0][0]
    asked = len(world.server.requests)
    told = world.pipeline()
    assert told.exit_code == 0, told.text
    assert world.days()[-1] == (NEXT[0],)
    assert world.ask(
        "select source_url, parser_version from seee_bulletins "
        f"where period='day' and period_end = '{NEXT[0]}'"
    ) == [(url, "seee-next")]
    assert world.quarantine("url") == []
    states = world.ask("select quarantine_id, status from ops_quarantine")
    assert states == [(before[0][0], "released")]
    assert (told.run.tally.new, told.run.tally.revised) == (1, 0), "a reading alone revises nothing"
    assert world.ask("select count(*) from seee_bulletins__history")[0][0] == rows + 1
    assert told.run.tally.parsed > 300, "all archived pages were read again"
    bulletin = [r for r in list(world.server.requests)[asked:] if r[2] in url and r[3] != 304]
    assert bulletin == [], "from the archived bytes, not from the site"
