"""What a page of the ministry is a copy of: key, dates, standing, stage, relevance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from transforms.mee.words import INDEX_NUMBER, document_number, number_in_lines, title_key
from transforms.model import Record, Refused
from transforms.text.dates import compact_day, day, iso_day
from transforms.text.plain import squeezed
from transforms.text.prose_dates import YEAR_FIRST

RANKS = (
    ("/xxgk2018/", 50),
    ("/zcwj/", 40),
    ("/zhengce/", 35),
    ("/gongbao/", 35),
    ("/ywgz/", 30),
    ("/hdjl/", 25),
    ("/ywdt/", 20),
    ("/gzk/", 10),
)
"""First folder -> standing: the greatest page is the master copy (mee.md 5.2)."""

_URL = re.compile(r"/t(\d{8})_(\d+)\.s?html$")
_ARTICLE = re.compile(r"(?:/t\d{8}|content)_(\d+)\.s?html?$")
_ADOPTED = re.compile(rf"已(?:经|于)?{YEAR_FIRST.pattern}[^。]{{0,60}}?通过")
_IN_FORCE = re.compile(rf"自{YEAR_FIRST.pattern}起(?:正式)?(?:施行|实施|执行|生效)")
_SIGNATURE_END = re.compile(r"此件(?:社会|主动)?公开|此件依申请公开")
_STRONG = re.compile(
    r"碳排放权|碳市场|碳排放配额|自愿减排|CCER|核证自愿减排量|重点排放单位|温室气体排放报告"
    r"|电力(?:平均)?二氧化碳排放因子|全国碳"
)
_WEAK = re.compile(r"配额|清缴|履约")
_CARBON = re.compile(r"碳排放|二氧化碳|温室气体")
_OTHER = re.compile(r"消耗臭氧层|氢氟碳化物|氢氯氟烃|HFCs?|排污权|排污许可")
CLIMATE = "应对气候变化"


@dataclass(frozen=True, slots=True)
class MinistryDocument:
    """A page's document. `key` is the number, else the index number, else title and day."""

    key: str
    title: str
    document_number: str | None
    index_number: str | None
    rank: int
    channel: str
    article_no: int | None
    published_on: date | None
    signed_on: date | None
    generated_on: date | None
    url_dated_on: date | None
    adopted_on: date | None
    effective_on: date | None
    lifecycle: str
    is_relevant: bool
    relevance: str

    @property
    def dated_on(self) -> date | None:
        return self.published_on or self.generated_on or self.url_dated_on


def read_document(record: Record) -> MinistryDocument:
    """What the page is a copy of. Raises `Refused`: `bad_date`, `unknown_channel`, `no_date`,
    `bad_index_number`, `bad_document_number`, `record_shape`."""
    path = urlsplit(record.url).path
    text, title = of(record, "text"), squeezed(of(record, "title"))
    lines = text.splitlines()
    printed_number = of(record, "document_number")
    number = document_number(printed_number) if printed_number else number_in_lines(lines)
    if printed_number and number is None and re.search(r"\d", printed_number):
        raise Refused("bad_document_number", printed_number, "a 文号 of no known form")
    index = _index_number(of(record, "index_number"))
    url_day = compact_day(found[1]) if (found := _URL.search(path)) else None
    published = _stated_day(of(record, "published"))
    generated = _stated_day(of(record, "generated"))
    signed = _signed_on(lines)
    dated = signed or published or generated or url_day
    if not (number or index) and dated is None:
        raise Refused("no_date", record.url, "neither a number nor any date to know it by")
    plain = squeezed(text)
    is_relevant, why = relevance(title, plain, of(record, "category"))
    is_own = number is not None or of(record, "template") == "formal"
    article = _ARTICLE.search(path)
    return MinistryDocument(
        key=number or index or f"{title_key(title)}|{dated}",
        title=of(record, "title").strip(),
        document_number=number,
        index_number=index,
        rank=_rank(record.url, path),
        channel=path.rsplit("/", 1)[0] + "/" if not url_day else path.rsplit("/", 2)[0] + "/",
        article_no=int(article[1]) if article else None,
        published_on=published,
        signed_on=signed,
        generated_on=generated,
        url_dated_on=url_day,
        adopted_on=_adopted_on(plain) if is_own else None,
        effective_on=_effective_on(plain) if is_own else None,
        lifecycle=lifecycle(title, is_own=is_own),
        is_relevant=is_relevant,
        relevance=why,
    )


def of(record: Record, name: str) -> str:
    """A text field of the record. Raises `Refused("record_shape")`."""
    value = record.fields.get(name)
    if not isinstance(value, str):
        raise Refused("record_shape", repr(value), f"a notice's {name} is a text")
    return value


def relevance(title: str, plain: str, category: str) -> tuple[bool, str]:
    """Whether a document is about the carbon market, and the words that say so.

    配额 alone is not enough: quotas of HFCs and permits for pollution have it too.
    """
    if (other := _OTHER.search(title)) and not _STRONG.search(title):
        return False, f"title: {other[0]}"
    if squeezed(category) == CLIMATE:
        return True, f"category: {CLIMATE}"
    for where, text in (("title", title), ("body", plain)):
        if found := _STRONG.search(text):
            return True, f"{where}: {found[0]}"
    weak = _WEAK.search(title) or _WEAK.search(plain)
    if weak and _CARBON.search(plain) and not _OTHER.search(plain):
        return True, f"body: {weak[0]}"
    if weak:
        return False, f"{weak[0]} alone"
    return False, "no word of the market"


def lifecycle(title: str, *, is_own: bool) -> str:
    """The stage that a title speaks of."""
    if re.search(r"征求意见|征集意见|公开征求", title):
        return "consultation"
    if re.search(r"原则通过|部务会议|部常务会议", title):
        return "adopted_in_principle"
    if re.search(r"废止|失效", title):
        return "repealed"
    if is_own and re.search(r"修改|修订|更新|更正|调整", title):
        return "amended"
    return "issued" if is_own else "news"


def _index_number(printed: str) -> str | None:
    plain = squeezed(printed)
    if not plain:
        return None
    if not INDEX_NUMBER.fullmatch(plain):
        raise Refused("bad_index_number", printed, "not of the form 000014672/2025-00154")
    return plain


def _stated_day(printed: str) -> date | None:
    """A day as pages print it (`2025-04-15`, with a time after it, or `2025年4月15日`)."""
    plain = printed.strip()
    if not plain:
        return None
    if found := YEAR_FIRST.match(squeezed(plain)):
        return day(*found.groups())
    return iso_day(plain[:10].replace("/", "-").replace(".", "-"))


def _signed_on(lines: list[str]) -> date | None:
    """The last line that is a day and nothing else, up to the note on publicity."""
    found = None
    for line in map(squeezed, lines):
        if _SIGNATURE_END.search(line):
            break
        if match := YEAR_FIRST.fullmatch(line):
            found = day(*match.groups())
    return found


def _adopted_on(plain: str) -> date | None:
    found = _ADOPTED.search(plain)
    return day(*found.groups()) if found else None


def _effective_on(plain: str) -> date | None:
    """The day from which it is in force, unless the text names several."""
    days = {day(*found.groups()) for found in _IN_FORCE.finditer(plain)}
    return days.pop() if len(days) == 1 else None


def _rank(url: str, path: str) -> int:
    for folder, rank in RANKS:
        if path.startswith(folder):
            return rank
    raise Refused("unknown_channel", url, "a folder that has no standing among copies")
