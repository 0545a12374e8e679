"""The markup of the exchange's pages: list, load-more answer, article, feed.

What a release of the sample is.

Simplified Chinese of the sample's texts, as the exchange's gateway makes it: by character.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import groupby

from extractors.model import SIMULATED_META

HOST = "www.hkex.com.example"
FIRST_ROWS = 20
TAB_ITEM = "{5E1A0C5B-0000-4000-8000-00000000CAFE}"
"""The sample's own: the live value is not known."""

_MONTHS_ZH = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_MONTHS_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_INPUTS = {
    "TopicFieldName": "News Topic",
    "DateFieldName": "News Date",
    "FilesFieldName": "News Files",
    "ImageFieldName": "News Image",
    "ContentFieldName": "News Description",
    "Category1FieldName": "News Category1",
    "Category2FieldName": "News Category2",
    "Category3FieldName": "News Category3",
    "isCardView": "N",
    "isHideDay": "False",
    "tabItemSourceID": TAB_ITEM,
    "category": "",
    "category2": "",
    "keyword": "",
    "urlHost": HOST,
}
_ABOUT = {
    "en": (
        "About HKEX",
        "HKEX runs equity, derivatives and commodity markets. It launched Core Climate in October "
        "2022, which has more than 100 participants and over 60 projects.",
    ),
    "zh-HK": (
        "有關香港交易所",
        "香港交易所營運股票、衍生產品及商品市場，並於2022年10月推出Core Climate，"
        "現有逾100名參與者。",
    ),
    "zh-CN": (
        "有关香港交易所",
        "香港交易所营运股票、衍生产品及商品市场，并于2022年10月推出Core Climate，"
        "现有逾100名参与者。",
    ),
}
_END = {"en": "Ends", "zh-HK": "完", "zh-CN": "完"}
_NOTES = {"en": "Notes:", "zh-HK": "附註：", "zh-CN": "附注："}
_UPDATED = {"en": "Updated", "zh-HK": "更新日期", "zh-CN": "更新日期"}
_HONG_KONG = timedelta(hours=8)


def list_day(day: date, language: str = "en") -> tuple[str, str]:
    """The two nodes of a date in a list."""
    month = _MONTHS_EN[day.month - 1] if language == "en" else f"{_MONTHS_ZH[day.month - 1]}月"
    return f"{day.day:02d}", f"{month} {day.year}"


def long_day(day: date, language: str) -> str:
    """A date on an article's page."""
    if language == "en":
        return f"{day.day:02d} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def rows_html(releases: Sequence[SampleRelease], until: date) -> str:
    """Date blocks with all their items, newest first."""
    blocks = []
    for day, items in groupby(releases, key=lambda release: release.day):
        number, month = list_day(day)
        inner = "".join(_item(release, until) for release in items)
        blocks.append(
            '<div class="whats_on_tdy_row"><div class="whats_on_tdy_ball">'
            f'<div class="whats_on_tdy_ball_number"><div>{number}</div></div>'
            f"<div>{month}</div></div>"
            f'<div class="whats_on_tdy_right">{inner}</div></div>\n'
        )
    return "".join(blocks)


def _item(release: SampleRelease, until: date) -> str:
    text = release.text("en", until)
    assert text is not None
    categories = "".join(
        f'<div class="whats_on_tdy_text_1"><a href="/News/News-Release?sc_lang=en&amp;Category='
        f'{escape(name.replace(" ", "-"))}">{escape(name)}</a></div>'
        for name in release.categories
    )
    href = escape(release.path())
    return (
        '<div class="whats_on_tdy_row_in"><div class="whats_on_tdy_text_container w-inline-block">'
        f'{categories}<div class="whats_on_tdy_text_2"><a href="{href}" '
        f'title="{escape(text.title)}" target="_blank">{escape(text.title)}<span> </span></a></div>'
        '<div class="whats_on_tdy_text_3"><div></div></div></div>'
        '<div class="whats_on_tdy_btn_set"></div></div>'
    )


def list_page(
    releases: Sequence[SampleRelease], first: str, last: str, target: str, until: date
) -> str:
    """A dated list: its first rows, and the hidden inputs that load-more is asked with."""
    inputs = _INPUTS | {
        "pageUrl": target,
        "currentLoadCount": str(FIRST_ROWS),
        "LoadMoreCount": str(FIRST_ROWS),
        "datefrom": first,
        "dateto": last,
    }
    hidden = "\n".join(
        f'<input type="hidden" id="{name}" value="{escape(value)}">'
        for name, value in inputs.items()
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>News Release</title>'
        f"</head><body>\n{_chrome()}\n{hidden}\n"
        '<div class="section_container_in whats_on_tdy">\n'
        f"{rows_html(releases[:FIRST_ROWS], until)}"
        '<div class="whats_on_tdy_more_row grid"></div></div></body></html>\n'
    )


def load_more(releases: Sequence[SampleRelease], until: date) -> bytes:
    """The answer to a load-more POST; null where nothing is left."""
    html = rows_html(releases, until) if releases else None
    return json.dumps({"d": html}, ensure_ascii=False).encode()


def article_page(release: SampleRelease, language: str, until: date) -> str:
    """A release's page as it stands on the evening of a day."""
    text = release.text(language, until)
    assert text is not None
    updated = release.edited[0] if release.edited and release.is_edited(until) else release.day
    stamp = datetime(updated.year, updated.month, updated.day, release.hour, tzinfo=UTC)
    epoch = int((stamp - _HONG_KONG).timestamp())
    mark = SIMULATED_META.decode() if release.is_simulated else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">{mark}'
        f"<title>{escape(text.title)}</title>"
        f'<meta property="og:title" content="{escape(text.title)}"></head><body>\n{_chrome()}\n'
        f"<main><h1>{escape(text.title)}</h1>\n"
        f'<div class="news-timetag-container" data-news-last-updated="{epoch}"> '
        f"{long_day(release.day, language)}</div>\n"
        '<div class="listing-committee__brief"><div>\n'
        f"{_body(release, text, language)}\n</div></div>\n"
        '<div class="container loadMore__timetag-container"><p class="loadMore__timetag">'
        f"{_UPDATED[language]} {long_day(updated, language)}</p></div></main></body></html>\n"
    )


def _body(release: SampleRelease, text: Text, language: str) -> str:
    parts = []
    if text.bullets:
        parts.append(f"<ul>{''.join(f'<li>{escape(b)}</li>' for b in text.bullets)}</ul>")
    marks = iter(["<sup>1</sup>"] if text.notes else [])
    for paragraph in text.paragraphs:
        words = escape(paragraph, quote=False).replace("'", "&rsquo;").replace("\u00a0", "&nbsp;")
        parts.append(f'<p class="spanHeading"><span>{words}{next(marks, "")}</span></p>')
        parts.append("<p>&nbsp;</p>")
    if text.table:
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in text.table
        )
        parts.append(f'<table class="migrate"><tbody>{rows}</tbody></table>')
    if release.attachment:
        parts.append(f'<p><a href="{escape(release.attachment)}">PDF</a></p>')
    heading, words = _ABOUT[language]
    parts += [f"<p><strong>{heading}</strong></p>", f"<p>{words}</p>"]
    parts.append(f"<p>{_END[language]}</p>")
    if text.notes:
        notes = "".join(f"<li>{escape(note)}</li>" for note in text.notes)
        parts.append(f"<p>{_NOTES[language]}</p><ol>{notes}</ol>")
    return "\n".join(parts)


def feed(releases: Sequence[SampleRelease], until: date) -> bytes:
    """The RSS feed of the newest releases."""
    items = []
    for release in releases:
        text = release.text("en", until)
        assert text is not None
        moment = datetime(*release.day.timetuple()[:3], release.hour, tzinfo=UTC) - _HONG_KONG
        items.append(
            f"<item><title>{escape(text.title)}</title>"
            f"<link>http://{HOST}{escape(release.path())}</link>"
            f"<description></description><pubDate>{format_datetime(moment, usegmt=True)}</pubDate>"
            "</item>"
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>News Releases</title><link>https://{HOST}/</link><description></description>"
        f"{''.join(items)}</channel></rss>\n"
    ).encode()


def _chrome() -> str:
    return (
        '<header><nav><a href="/?sc_lang=en">Home</a><a href="/News?sc_lang=en">News</a>'
        '<a href="/Products?sc_lang=en">Products</a></nav></header>'
    )


LANGUAGES = ("en", "zh-HK", "zh-CN")


@dataclass(frozen=True)
class Text:
    """A release in one language. `table` is rows of cells; `notes` stand behind the end mark."""

    title: str
    paragraphs: tuple[str, ...]
    bullets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class SampleRelease:
    """A release: its id, its texts by language (those it was written in), its list row.

    `edited` is a later version of texts, shown from its day on. `updated_at` is the
    Hong Kong hour of its last-updated stamp.
    """

    release_id: str
    day: date
    texts: Mapping[str, Text]
    categories: tuple[str, ...] = ("Corporate",)
    section: str = "News-Release"
    attachment: str = ""
    is_simulated: bool = True
    hour: int = 17
    edited: tuple[date, Mapping[str, Text]] | None = field(default=None)

    @property
    def number(self) -> int:
        return int(self.release_id[6:-4] or 1)

    def path(self, language: str = "en") -> str:
        return f"/News/{self.section}/{self.day.year}/{self.release_id}?sc_lang={language}"

    def is_edited(self, until: date) -> bool:
        return self.edited is not None and self.edited[0] <= until

    def text(self, language: str, until: date) -> Text | None:
        """The text in a language as it stands on the evening of a day."""
        texts = self.edited[1] if self.edited and self.is_edited(until) else self.texts
        return texts.get(language)


def release_id(day: date, number: int = 1) -> str:
    """`YYMMDD[n]news`."""
    return f"{day:%y%m%d}{number if number > 1 else ''}news"


_TRADITIONAL = (
    "並來個備億優兩動務勢區參員噸國場壇學實將幣庫廣徑擇攜數於時會標機權歡氣淨減準滙灣為營獲現環產發礎簽約結經綠總與舉萬號見計訊討託設註認調論諾證議豐財貨買費資賣購蹤"
    "較轄辦週進運過選銀銷錄門開間關際隻雙項題願顧騰黃"
)
_SIMPLIFIED = (
    "并来个备亿优两动务势区参员吨国场坛学实将币库广径择携数于时会标机权欢气净减准汇湾为营获现环产发础签约结经绿总与举万号见计讯讨托设注认调论诺证议丰财货买费资卖购踪"
    "较辖办周进运过选银销录门开间关际只双项题愿顾腾黄"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(text: Text) -> Text:
    """The text with each traditional character that the sample uses made simplified."""

    def turned(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each.translate(_TABLE) for each in words)

    return replace(
        text,
        title=text.title.translate(_TABLE),
        paragraphs=turned(text.paragraphs),
        bullets=turned(text.bullets),
        notes=turned(text.notes),
        table=tuple(turned(row) for row in text.table),
    )
