"""News pages of the sample in the markup of the site: list, article, the older template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from html import escape

from extractors.sample.sites.icap.news import NewsItem

HOST = "icapcarbonaction.example"
PAGE_SIZE = 6
_MONTHS = "January February March April May June July August September October November December"
_GAS = re.compile(r"\b(M?t?CO|CF|CH|N)(2|4)(e?)")


def head(title: str, links: str = "") -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)} | International Carbon Action Partnership</title>\n{links}"
        '</head>\n<body class="path-node">\n<header><nav><ul>'
        '<li><a href="/en">Home</a></li><li><a href="/en/ets">ETS</a></li>'
        '<li><a href="/en/news">News</a></li><li><a href="/en/publications">Publications</a></li>'
        "</ul></nav></header>\n"
    )


FOOT = (
    '<footer><p>Sample of carbonmart, not a page of the partnership.</p><a href="/en/terms-us">'
    "Terms of use</a></footer>\n</body>\n</html>\n"
)


def printed(day: date, form: str) -> str:
    """A date as the site prints it: `3 September 2026`, `September 3, 2026`, `Sep 03, 2026`."""
    month = _MONTHS.split()[day.month - 1]
    if form == "mdy":
        return f"{month} {day.day}, {day.year}"
    if form == "mon":
        return f"{month[:3]} {day.day:02}, {day.year}"
    return f"{day.day} {month} {day.year}"


def _time(item: NewsItem) -> str:
    if item.published is None:
        return ""
    text = printed(item.published, item.form)
    if item.form == "mon":
        return f"<span>{text}</span>"
    attribute = f"{item.published}T12:00:00Z" if item.form == "iso" else f"{item.published}"
    return f'<time datetime="{attribute}">{text}</time>'


def list_page(shown: Sequence[NewsItem], number: int) -> str:
    """A page of the news list, 0-based; past its end it has no item."""
    listed = [item for item in shown if item.is_listed]
    here = listed[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
    rows = "".join(
        '<article class="news-embed-grid">\n<h3 class="content-title"><a class="link-title" '
        f'href="{item.path}"><span>{escape(item.title)}</span></a></h3>\n{_time(item)}\n'
        '<div class="field-image"><a href="' + item.path + '"><img src="/x.jpg" alt=""></a></div>'
        "\n</article>\n"
        for item in here
    )
    following = ""
    if (number + 1) * PAGE_SIZE < len(listed):
        following = (
            '<nav class="pager" role="navigation"><ul class="pager__items">'
            f'<li class="pager__item pager__item--next"><a href="?page={number + 1}" rel="next" '
            'title="Go to next page">Next</a></li></ul></nav>\n'
        )
    body = f'<main><h1>News</h1>\n<div class="view-content news-list">\n{rows}</div>\n{following}'
    return head("News") + body + "</main>\n" + FOOT


def article_page(item: NewsItem) -> str:
    """An article; `template` "old" is that of the archive to 2021."""
    links = ""
    if item.node:
        links = (
            f'<link rel="canonical" href="https://{HOST}{item.canonical}">\n'
            f'<link rel="shortlink" href="https://{HOST}/en/node/{item.node}">\n'
        )
    if item.template == "old":
        main = (
            f'<main>\n<article class="node">\n<h1>{escape(item.title)}</h1>\n{_time(item)}\n'
            f'<div class="field-body">{_blocks(item.body)}</div>\n</article>\n</main>\n'
        )
        return head(item.title, links) + main + FOOT
    image = f"{item.path.rsplit('/', 1)[-1].split('-')[0]}_sample-unsplash.jpg"
    paragraphs = "".join(
        f'<div class="paragraph paragraph--type--text paragraph--view-mode--default">\n{part}</div>'
        "\n"
        for part in _parts(item.body)
    )
    main = (
        '<main>\n<article class="node node--type-news">\n<div class="node__content">\n'
        '<div class="field field--label-above field--type-datetime field-date"><div>Date</div>'
        f"<div>{_time(item)}</div></div>\n"
        '<div class="field field--label-above field--type-entity_reference field-news-category">'
        "<div>News Category</div><div>Policy</div></div>\n"
        f"<h1>{escape(item.title)}</h1>\n"
        f'<div class="field field-image"><div>Image</div><div>{image}</div></div>\n'
        f'<div class="field field-lightbox"><div>Lightbox Image (duplicate of Image)</div></div>\n'
        '<div class="field field-paragraphs"><div>Paragraphs</div>\n'
        f'<div class="field-content"><div>Content</div>\n{paragraphs}</div></div>\n'
        "</div>\n</article>\n</main>\n"
    )
    return head(item.title, links) + main + FOOT


def _parts(body: Sequence[str]) -> list[str]:
    """The text paragraphs of the page: a new one at each sub-heading."""
    parts: list[list[str]] = [[]]
    for block in body:
        if block.startswith("= ") and parts[-1]:
            parts.append([])
        parts[-1].append(block)
    return [_blocks(part) for part in parts]


def _blocks(body: Sequence[str]) -> str:
    html: list[str] = []
    for block in body:
        text = gases(escape(block, quote=False))
        if block.startswith("= "):
            html.append(f"<h3>{text[2:]}</h3>\n")
        elif block.startswith("- "):
            html.append(f"<ul><li>{text[2:]}</li></ul>\n")
        else:
            html.append(f"<p>{text}</p>\n")
    return "".join(html)


def gases(text: str) -> str:
    """Formulas with their figures set low, as an element of its own."""
    return _GAS.sub(r"\1<sub>\2</sub>\3", text)
