"""Article and list pages of the sample site, in the layout of 2026."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from extractors.sample.sites.seee.markup import (
    FOLDERS,
    HOST,
    WALLED_HOST,
    footer,
    head,
    header,
)

PAGE_SIZE = 15
STATIC_PAGES = 10

_OPEN = '<span style="color:#000000">'
_SPLITS = (
    "</span>" + _OPEN,
    "</span>\n" + _OPEN,
    "</span> " + _OPEN,
    '</span><span style="color:#000000;font-size:16px">',
    "</span>&nbsp;" + _OPEN,
)


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """A published bulletin. `paragraphs` are its text, without markup."""

    number: int
    kind: str
    title: str
    published: date
    paragraphs: tuple[str, ...]
    is_simulated: bool

    @property
    def path(self) -> str:
        return f"/c/{self.published:%Y-%m-%d}/{self.number}.shtml"


def article_page(article: ArticlePage) -> str:
    """The page of a bulletin.

    Spans, line breaks and blanks split words and numbers at places that depend on
    the article's number alone.
    """
    rng = Random(article.number)  # noqa: S311 - the same page every time
    body = "\n".join(_paragraph(rng, text) for text in article.paragraphs)
    name, folder = FOLDERS[article.kind]
    return (
        head(article.title, article.is_simulated)
        + header()
        + f'<div class="container"><div class="crumb"><a href="/">首页</a> &gt; '
        f'<a href="{folder}index.shtml">{name}</a></div>\n'
        f'<div class="detail"><h3>{article.title}</h3>\n'
        f'<div class="info">发布时间：{article.published}</div>\n'
        f'<div class="detail-con">\n{_images(article)}{body}\n</div>\n'
        f"{_statement(article.is_simulated)}</div></div>\n" + footer()
    )


def _paragraph(rng: Random, text: str) -> str:
    cuts = sorted({rng.randrange(1, len(text)) for _ in range(2 + len(text) // 40)})
    pieces = [text[i:j] for i, j in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    marked = pieces[0]
    for piece in pieces[1:]:
        marked += _SPLITS[rng.randrange(len(_SPLITS))] + piece
    return f'<p style="line-height: 2; text-indent: 2em">\u3000{_OPEN}{marked}</span></p>'


def _images(article: ArticlePage) -> str:
    """Tables that the real pages show as pictures: here only their tags."""
    if article.kind != "daily":
        return ""
    day = article.published
    return "".join(
        f'<p style="text-align: center"><img src="/upload/resources/image/{day:%Y/%m/%d}/'
        f'{article.number}{n}.png" title="{day:%Y%m%d}-{n}" width="680"></p>\n'
        for n in (1, 2)
    )


def _statement(is_simulated: bool) -> str:
    source = (
        "本页为模拟数据：各项数字由程序按固定种子生成，并非任何交易机构公布的行情。"
        if is_simulated
        else "本页汇总数字来源于上海环境能源交易所公布的数据，引用须注明来源，未经同意不得转载。"
    )
    return (
        f'<div class="statement"><p><strong>声明</strong></p>\n<p>{source}</p>\n'
        "<p>本页文字为样例站点自行撰写，仅供软件测试与演示使用。</p></div>\n"
    )


def list_page(
    kind: str, articles: Sequence[ArticlePage], page: int, folder: str, catalogue: int
) -> str:
    """Page `page` (from 1) of a list, newest first, 15 articles a page.

    Pages 1 to 10 are static files in `folder`; from page 11 on they come from
    `/zcms/ui/catalog/{catalogue}/pc/`, where article links are absolute and name
    the walled host, as does the pager of page 10.
    """
    pages = page_count(len(articles))
    shown = articles[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    base = f"https://{WALLED_HOST}" if page > STATIC_PAGES else ""
    items = "".join(_item(article, base) for article in shown)
    return page_of_items(kind, items, page, pages, folder, catalogue)


def page_of_items(kind: str, items: str, page: int, pages: int, folder: str, catalogue: int) -> str:
    """A list page around ready-made items."""
    name = FOLDERS[kind][0]
    return (
        head(f"{name}_样例站点", True)
        + header()
        + f'<div class="container"><div class="crumb"><a href="/">首页</a> &gt; {name}</div>\n'
        f"{_years(folder)}"
        f'<ul class="list-unstyled articel-list">\n{items}</ul>\n'
        f"{_pager(page, pages, folder, catalogue)}</div>\n" + footer()
    )


def page_count(articles: int) -> int:
    return max(1, -(-articles // PAGE_SIZE))


def _item(article: ArticlePage, base: str) -> str:
    href, title, day = base + article.path, article.title, article.published
    return (
        '<li class="text-ellipsis  hidden-xs">\n'
        f'<span class="pull-right m-l-sm">{day}</span>\n'
        f'<a href="{href}" target="_blank" title="{title}">{title}</a>\n</li>\n'
        '<li class="hidden-lg hidden-sm hidden-md">\n'
        f'<a href="{href}" target="_blank">{title}</a>\n'
        f'<span style="float:right;color:#999;font-size:12px">{day}</span>\n</li>\n'
    )


def _years(folder: str) -> str:
    """The side menu of year folders."""
    items = "".join(
        f'<li class="list-group-item"><a href="{path}{year}n/index.shtml">{year}年{name}</a></li>\n'
        for kind, (name, path) in FOLDERS.items()
        if kind != "yearly"
        for year in range(2021, 2026)
    )
    return f'<ul class="list-group" data-folder="{folder}">\n{items}</ul>\n'


def page_href(page: int, folder: str, catalogue: int) -> str:
    """Path of a list page: a static file to page 10, the dynamic pager after it."""
    if page > STATIC_PAGES:
        return f"/zcms/ui/catalog/{catalogue}/pc/index_{page}.shtml"
    return f"{folder}index.shtml" if page == 1 else f"{folder}index_{page}.shtml"


def _pager(page: int, pages: int, folder: str, catalogue: int) -> str:
    # Static pages before the tenth name static pages only.
    last = pages if page >= STATIC_PAGES else min(pages, STATIC_PAGES)
    base = f"https://{WALLED_HOST}" if page >= STATIC_PAGES else ""
    numbers = range(max(1, page - 3), min(last, page + 3) + 1)
    links = [(str(n), n) for n in numbers if n != page]
    if page > 1:
        links = [("首页", 1), ("上一页", page - 1), *links]
    if page < last:
        links.append(("下一页", page + 1))
    anchors = "\n".join(
        f'<a class="z_num" href="{base}{page_href(n, folder, catalogue)}">{label}</a>'
        for label, n in links
    )
    return (
        f'<div class="pagination" data-host="{HOST}">\n{anchors}\n'
        f'<span class="z_num current">{page}</span>\n</div>\n'
        f'<table><tr><td><div class="pageBar">{page}/{pages}页</div></td></tr></table>\n'
    )
