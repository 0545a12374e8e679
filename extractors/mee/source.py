"""Ministry of Ecology and Environment: rules, yearly figures and reports of the carbon market.

Its channels are plain lists; a formal document has one page that several lists name. The State
Council's own page of a regulation is one more copy of the same document.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode, urljoin, urlsplit

from extractors.errors import FetchError
from extractors.mee.lists import NOTICE, notice_links
from extractors.mee.notice import files_of, read_notice
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.html import Tree
from extractors.source import Crawl, PageKind, Source

STATE_COUNCIL = ((date(2024, 2, 4), "/zhengce/content/202402/content_6930137.htm"),)
"""The State Council's own pages of regulations on this market, from their day on: Order 775."""

SEARCHED = ("碳排放权", "碳市场", "自愿减排")
"""Words of the weekly question to the site's search, which may know what no list names."""
_MONDAY = 0


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Everything worth fetching for a night whose window opens at `crawl.since`."""
    listed = list(notice_links(crawl, source))
    yield from listed
    is_weekly = crawl.today.weekday() == _MONDAY
    for published, path in STATE_COUNCIL:
        link = Link(f"https://{source.hosts[1]}{path}", "regulation")
        if published <= crawl.today and (is_weekly or not crawl.is_known(link)):
            _watch(crawl, link)
    if is_weekly:
        _cross_check(crawl, source, {link.url for link in listed})


def _watch(crawl: Crawl, link: Link) -> None:
    """Ask for a copy on another host; that it can't be had holds up nothing of the ministry's,
    whose own copy ranks above it."""
    try:
        if crawl.page(link) is None:
            crawl.remark("copy_missing", link.url, "404", "the State Council's copy is not there")
    except FetchError as error:
        crawl.remark("copy_missing", link.url, error.cause, str(error))


def _cross_check(crawl: Crawl, source: Source, listed: set[str]) -> None:
    """A remark for each hit of the site's search that is neither held nor listed."""
    for word in SEARCHED:
        query = {"channelid": "270514", "searchword": word, "page": "1", "orderby": "-docreltime"}
        url = f"https://{source.hosts[0]}/was5/web/search?{urlencode(query)}"
        try:
            page = crawl.page(Link(url, "search"))
        except FetchError as error:
            crawl.signal("search_failed", url, error.cause, str(error))
            return
        if page is None:
            crawl.signal("search_failed", url, "404", "the site's search is gone")
            return
        for hit, title in search_hits(source, page):
            if hit not in listed and not crawl.is_known(Link(hit, "notice")):
                crawl.remark("search_hit_not_held", hit, title, "the search knows it, no list does")


def search_hits(source: Source, page: Page) -> Iterator[tuple[str, str]]:
    """The notices that a page of the search names: canonical address, title."""
    tree = Tree(page)
    if tree.by_id("list2") is None:
        raise LayoutError(page, "no list of hits in the search's answer")
    for li in tree.by_class("li"):
        for anchor in li.iter("a"):
            url = urljoin(page.url, str(anchor.get("href", "")).strip())
            if source.owns(url) and NOTICE.search(urlsplit(url).path):
                title = "".join(map(str, anchor.itertext()))
                yield source.canonical(url), "".join(title.split())
            break


def follow(page: Page) -> Iterator[Link]:
    """The files that a notice links to, where they are on the ministry's own site."""
    for file in files_of(page):
        url = SOURCE.canonical(file.url)
        if urlsplit(url).netloc == urlsplit(page.url).netloc:
            yield Link(url, "attachment")


def _notice(page: Page) -> Iterator[Record | Signal]:
    notice = read_notice(page)
    for label, value in notice.unknown_labels.items():
        yield Signal("unknown_label", page.url, label, f"a label that no field has: {value!r}")
    files = [{"url": SOURCE.canonical(file.url), "text": file.text} for file in notice.files]
    yield record_of(
        page,
        page.kind,
        template=notice.template,
        title=notice.title,
        published=notice.published,
        generated=notice.generated,
        issuer=notice.issuer,
        category=notice.category,
        subject_words=notice.subject_words,
        document_number=notice.document_number,
        index_number=notice.index_number,
        text=notice.text,
        prose=notice.prose,
        tables=notice.tables,
        files=files,
    )


def _attachment(page: Page) -> Iterator[Record]:
    from extractors.parsing.documents import read_document

    name = urlsplit(page.url).path.rsplit("/", 1)[-1]
    document = read_document(name, page.body)
    yield record_of(
        page,
        "attachment",
        file_name=name,
        file_type=document.file_type,
        bytes=len(page.body),
        pages=list(document.pages),
        prose=list(document.prose),
        tables=list(document.tables),
        remarks=[list(remark) for remark in document.remarks],
        refused_for=document.refused_for,
        members=list(document.members),
        sha256=document.sha256,
    )


SOURCE = Source(
    name="mee",
    title="National carbon market: rules, yearly figures, reports",
    publisher="Ministry of Ecology and Environment of the People's Republic of China",
    short_names={"en": "Ministry of Ecology and Environment", "zh": "生态环境部"},
    credit={"en": "Policy: Ministry of Ecology and Environment", "zh": "政策数据：生态环境部"},
    homepage="https://www.mee.gov.cn/",
    terms="Public notices: cite the page. Trading figures in them come from the Shanghai exchange.",
    hosts=("www.mee.gov.cn", "www.gov.cn"),
    aliases=("mee.gov.cn", "big5.mee.gov.cn"),
    gateway=r"^/gate/big5/[\w.-]+(?=/)",
    timezone="Asia/Shanghai",
    calendar="none: documents come when there is something to say",
    cadence="notices at any time; the yearly bulletin between 31 December and 6 January",
    first_day=date(2020, 12, 1),
    parser_version="mee-4",
    rate_per_second=0.4,
    # The widest silence between known documents since 2024 is 168 days (2024-02-05 to 07-22);
    # there was one longer, of 217, in 2023, before there were ten and more a year. The lists
    # have press items besides. The weeks of the Lunar New Year are far below it.
    quiet_days=180,
    kinds=(
        PageKind(
            "list",
            r"^/(?:zcwj|ywgz|ywdt|hdjl|gzk)/(?:[\w-]+/)*(?:index(?:_\d+){0,2}\.shtml)?$",
            must_contain=('class="date"', "class=date", "cjcx_shijian", "countPage"),
        ),
        PageKind(
            "notice",
            NOTICE.pattern,
            must_contain=("neiright", "content_body", "wjkFontBox", "TRS_Editor", "print_html"),
            parse=_notice,
            gone="page and rows",
            leads_on=True,
        ),
        PageKind(
            "regulation",
            r"^/(?:zhengce|gongbao)/(?:[\w-]+/)*content_\d+\.html?$",
            must_contain=("UCAP-CONTENT",),
            parse=_notice,
            gone="page and rows",
        ),
        PageKind(
            "attachment",
            r"(?i)/W0\d{8}\d{12}\.(?:pdf|docx?|xlsx?|zip)$",
            content_types=(
                "application/pdf",
                "application/octet-stream",
                "application/x-",
                "application/zip",
                "application/msword",
                "application/vnd.",
                "binary/octet-stream",
            ),
            parse=_attachment,
            max_bytes=15_000_000,
        ),
        PageKind(
            "search",
            r"^/was5/web/search\?",
            must_contain=("list2",),
        ),
    ),
    links=links,
    follow=follow,
    unproven=(
        "whether the site answers a foreign address at all, and what its robots.txt says",
        "class names under /ywdt/ today, and the archive folder of past consultations",
        "whether formal documents carry meta tags",
        "the State Council's own page of Order 775 (two numbers are in circulation)",
        "pages from before 2018",
    ),
)
