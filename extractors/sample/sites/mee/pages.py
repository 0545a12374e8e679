"""Detail pages of the sample in the ministry's three templates, and the State Council's."""

from __future__ import annotations

from html import escape

from extractors.sample.sites.mee.markup import footer, head, header, recommendations
from extractors.sample.sites.mee.model import Doc

_INDENT = "\u3000\u3000"
_COLUMNS = {
    "/ywgz/ydqhbh/wsqtkz/": "温室气体控制",
    "/ywgz/ydqhbh/syqhbh/": "适应气候变化",
    "/ywdt/hjywnews/": "环境要闻",
    "/ywdt/xwfb/": "新闻发布",
}


def detail_page(doc: Doc) -> str:
    """The page of a document."""
    return {"N": _news, "X": _formal, "W": _library, "G": _state_council}[doc.template](doc)


def _paragraphs(doc: Doc, tag: str = "p") -> str:
    lines = [f"<{tag}>{_INDENT}{escape(text)}</{tag}>" for text in doc.paragraphs]
    if doc.table:
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n"
            for row in doc.table
        )
        lines.append(f"<table>\n{rows}</table>")
    if doc.files:
        lines.append(f"<{tag}>附件：</{tag}>")
        lines += [
            f'<{tag}><a href="./{file.name}" OLDSRC="{file.name}">{escape(file.text)}</a></{tag}>'
            for file in doc.files
        ]
    if doc.signed:
        day = f"{doc.signed.year}年{doc.signed.month}月{doc.signed.day}日"
        lines += [f"<{tag}>{escape(doc.issuer)}</{tag}>", f"<{tag}>{day}</{tag}>"]
    if doc.template == "X":
        lines += [f"<{tag}>（此件社会公开）</{tag}>", f"<{tag}>抄送：样例单位。</{tag}>"]
    return "\n".join(lines)


def _metas(doc: Doc) -> dict[str, str]:
    number = doc.path.rsplit("_", 1)[-1].split(".")[0]
    return {
        "SiteName": "中华人民共和国生态环境部（样例）",
        "SiteDomain": "www.mee.gov.example",
        "ColumnName": _COLUMNS.get(doc.lists[0] if doc.lists else "", "样例栏目"),
        "ArticleTitle": escape(doc.title),
        "PubDate": f"{doc.published:%Y-%m-%d} 09:30:00",
        "ContentSource": escape(doc.issuer),
        "Keywords": "",
        "Author": "",
        "Url": f"http://{doc.host}{doc.path}",
        "contentid": number,
        "publishdate": f"{doc.published:%Y-%m-%d}",
        "author": "样例编辑",
    }


def _news(doc: Doc) -> str:
    day = f"{doc.published:%Y-%m-%d}"
    # Older pages use div, newer ones p; the attribute's quotes come and go.
    tag, token = ("div", "") if doc.published.year < 2024 else ("p", " clearHtml")
    return (
        head(escape(doc.title), _metas(doc), is_simulated=doc.is_simulated)
        + header()
        + '<div class="crumbsNav"><a class="CurrChnlCls" href="../">'
        f"{_metas(doc)['ColumnName']}</a></div>\n"
        f'<div class="neiright"><h2 class="neiright_Title">{escape(doc.title)}</h2>\n'
        f'<p class="ydLyZzBox"><span>{day}</span><span>来源：{escape(doc.issuer)}</span></p>\n'
        f'<span class="xqLyPc time">{day}</span>'
        f'<span class="xqLyPc">来源：{escape(doc.issuer)}</span>\n'
        f'<div class="neiright_JPZ_GK_CP{token}"><div class=TRS_Editor>'
        f'<div class="Custom_UnionStyle">\n{_paragraphs(doc, tag)}\n</div></div>\n'
        f"{recommendations()}</div></div>\n" + footer()
    )


def _formal(doc: Doc) -> str:
    day = f"{doc.published:%Y-%m-%d}"
    title = escape(doc.title)
    return (
        head(title, {}, is_simulated=doc.is_simulated)
        + header()
        + '<div class="content_top_box"><ul>\n'
        f'<li class="first"><div><span>名　　称</span><p>{title}</p></div></li>\n'
        f"<li><div><span>索 引 号</span>{doc.index}</div>"
        f"<div><span>分　　类</span>{doc.category}</div></li>\n"
        f"<li><div><span>发布机关</span><i>{escape(doc.issuer)}</i></div>"
        f"<div><span>生成日期</span>{day}</div></li>\n"
        f'<li class="last"><div><span>文　　号</span>{escape(doc.number)}</div>'
        "<div><span>主 题 词</span></div></li>\n</ul></div>\n"
        f'<div class="content_box" id="print_html"><div class="content_body"><h1>{title}</h1>\n'
        f'<div class="content_body_box"><div class="Custom_UnionStyle">\n{_paragraphs(doc)}\n'
        f"</div></div>{recommendations()}</div></div>\n" + footer()
    )


def _library(doc: Doc) -> str:
    title = escape(doc.title)
    return (
        head(title, _metas(doc), is_simulated=doc.is_simulated)
        + header()
        + f'<div class="content_body"><h1 class="cjcs_phone_title">{title}</h1>\n'
        f'<div class="wjkFontBox"><em>发布时间：{doc.published:%Y-%m-%d}</em>'
        f"<em>来源：{escape(doc.issuer)}</em></div>\n"
        f'<div class="content_body_box"><div class="TRS_Editor">\n{_paragraphs(doc)}\n'
        f"</div></div>{recommendations()}</div>\n" + footer()
    )


def _state_council(doc: Doc) -> str:
    title = escape(doc.title)
    metas = {"firstpublishedtime": f"{doc.published:%Y-%m-%d}-10:00:00", "source": doc.issuer}
    return (
        head(title, metas, is_simulated=doc.is_simulated)
        + header()
        + f'<div class="article"><h1 id="ti">{title}</h1>\n'
        f'<div class="pages_content" id="UCAP-CONTENT">\n{_paragraphs(doc)}\n</div></div>\n'
        + footer()
    )
