"""List pages of the sample in the ministry's three markups, and its search."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from html import escape

from extractors.sample.sites.mee.markup import footer, head, header
from extractors.sample.sites.mee.model import HOST, Doc

PER_PAGE = 15


def page_count(items: int) -> int:
    """Pages of a list, at least one."""
    return max(1, -(-items // PER_PAGE))


def list_page(folder: str, docs: Sequence[Doc], page: int, pages: int) -> str:
    """Page `page` (from 0) of a list; `docs` are those that it shows."""
    if folder.startswith("/ywdt/"):
        items = _news_items(folder, docs)
    elif folder.startswith("/hdjl/"):
        rows = "\n".join(
            f'<li>{_anchor(folder, doc)}<span class="date">{doc.published:%Y-%m-%d}</span></li>'
            for doc in docs
        )
        items = f'<div class="bd mobile_list"><div><ul>\n{rows}\n</ul></div></div>'
    else:
        rows = "\n".join(
            f'<li><span class="date">{doc.published:%Y-%m-%d}</span>{_anchor(folder, doc)}</li>'
            for doc in docs
        )
        items = f'<ul id="div">\n{rows}\n{_external(folder)}</ul>'
    script = (
        f"<script>var currentPage = {page};//所在页从0开始\nvar countPage = {pages}//共多少页\n"
        "createPageHTML(countPage, currentPage, 'index', 'shtml');</script>\n"
    )
    return (
        head("栏目", {"SiteName": "生态环境（样例）"}, is_simulated=True)
        + header()
        + f'<div class="main">\n{items}\n{script}</div>\n'
        + footer()
    )


def _external(folder: str) -> str:
    """An item that leads to another publisher's site."""
    if folder != "/zcwj/zyygwj/":
        return ""
    return (
        '<li><span class="date">2021-09-22</span>'
        '<a href="https://other.example/content_1.htm">碳达峰碳中和工作意见（外部链接）</a></li>\n'
    )


def _news_items(folder: str, docs: Sequence[Doc]) -> str:
    rows = "\n".join(
        f'<li><dl><dt><a class="cjcx_biaobnan" href="{relative(folder, doc)}">'
        f"{escape(doc.title)}</a></dt>"
        f'<dd><a class="cjcx_biaob" href="{relative(folder, doc)}">详情</a>'
        "<p>摘要（样例）</p></dd></dl>"
        f'<span class="cjcx_shijian">{doc.published:%Y-%m-%d}</span></li>'
        for doc in docs
    )
    return f'<ul class="cjcx_danduimg_list">\n{rows}\n</ul>'


def _anchor(folder: str, doc: Doc) -> str:
    short = doc.title if len(doc.title) < 40 else doc.title[:38] + "…"
    title = escape(doc.title)
    return f'<a href="{relative(folder, doc)}" title="{title}">{escape(short)}</a>'


def relative(folder: str, doc: Doc) -> str:
    """The address as lists print it: `./202501/t...`, `../../../xxgk2018/...`, or with http."""
    if doc.path.endswith("_1099975.shtml"):
        return f"http://{HOST}{doc.path}"  # lists of old print the plain scheme
    path = os.path.relpath(doc.path, folder)
    return path if path.startswith("..") else f"./{path}"


def search_page(docs: Sequence[Doc], word: str) -> str:
    """A fragment of ten hits, as the site's search answers."""
    rows = "\n".join(
        f'<li class="li"><a href="http://{doc.host}{doc.path}" target="_blank"><h2 class="h2">'
        f'<em class="fl ll_gjjs_list_title">[要闻动态]</em>{_marked(doc.title, word)}</h2></a>'
        f'<span class="span">{doc.published:%Y.%m.%d}\t<!-- x --></span><p class="p">摘要</p></li>'
        for doc in docs
    )
    return f'<ul id="list2">\n{rows}\n</ul>\n<input id="countPage" value="1">\n'


def _marked(title: str, word: str) -> str:
    return escape(title).replace(escape(word), f'<font color="red">{escape(word)}</font>')
