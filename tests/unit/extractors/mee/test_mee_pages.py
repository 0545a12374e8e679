"""The ministry's markup: three templates, three lists, and all that stands around the text."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest

from extractors.mee.lists import read_list
from extractors.mee.notice import read_notice
from extractors.mee.source import SOURCE as MEE
from extractors.mee.source import follow, search_hits
from extractors.model import LayoutError, Page, Record, Signal
from extractors.parsing.private.text import without_private

NEWS = "https://www.mee.gov.cn/ywgz/ydqhbh/wsqtkz/202601/t20260101_1139528.shtml"
FORMAL = "https://www.mee.gov.cn/xxgk2018/xxgk/xxgk06/202504/t20250415_1106700.html"
LIST = "https://www.mee.gov.cn/hdjl/yjzj/zjyj/"
TEXT = "样例文字，讲的是全国碳市场的一件事情，足够长，可以当作一篇正文来读。"
_HIDDEN = '<div id="recommend-rel" style="display: none">收盘价999元/吨</div>'


def page(html: str, url: str = NEWS, kind: str = "notice") -> Page:
    body = html.encode()
    return Page(
        source="mee",
        kind=kind,
        url=url,
        status=200,
        headers={"content-type": "text/html"},
        body=body,
        fetch_id="f",
        run_id="r",
        retrieved_at=datetime(2026, 1, 2, tzinfo=UTC),
        payload_sha256=hashlib.sha256(body).hexdigest(),
    )


def news(body: str, head: str = "", title: str = "标题") -> Page:
    return page(
        f"<html><head>{head}</head><body><h2 class='x neiright_Title y'>{title}</h2>"
        "<p class=ydLyZzBox><span>2026-01-01</span></p><span class='xqLyPc time'>2026-01-01</span>"
        "<span class=xqLyPc>来源：生态环境部</span>"
        f"<div class='neiright_JPZ_GK_CP clearHtml'><div class=TRS_Editor>{body}</div></div>"
        "<div class=footer>页脚 电话 12369</div></body></html>"
    )


def formal(labels: str, body: str = f"<p>{TEXT}</p>") -> Page:
    html = (
        f"<div class='content_top_box w'><ul>{labels}</ul></div>"
        "<div class=content_box id=print_html><div class='content_body'><h1>真标题</h1>"
        f"<div class=content_body_box><div class=Custom_UnionStyle>{body}</div></div></div></div>"
        "<div class=link-url-wrapper><h1>您即将离开本站</h1></div>"
    )
    return page(html, FORMAL)


LABELS = (
    "<li class=first><div><span>名　　称</span><p>真标题</p></div></li>"
    "<li><div><span>索 引 号</span> 000014672/2025-00154</div>"
    "<div><span>分&nbsp;&nbsp;类</span>应对气候变化</div></li>"
    "<li><div><span>发布机关：</span><i>生态环境部办公厅</i></div>"
    "<div><span>生成日期</span>2025-04-15</div></li>"
    "<li class=last><div><span>文　号</span>环办气候函〔2025〕140号</div>"
    "<div><span>主 题 词</span></div></li>"
)


def test_news_without_any_meta_tag_is_read() -> None:
    notice = read_notice(news(f"<div>　　{TEXT}</div>{_HIDDEN}<script>var x = '2亿吨';</script>"))
    assert (notice.template, notice.title) == ("news", "标题")
    assert (notice.published, notice.issuer) == ("2026-01-01", "生态环境部")
    assert notice.text == TEXT


def test_meta_tags_are_taken_where_they_are_and_the_editor_never() -> None:
    head = (
        '<meta name="PubDate"  content="2026-01-01 09:30:00"  />'
        '<meta name="author" content="甲乙"/>'
    )
    notice = read_notice(news(f"<p>{TEXT}</p><p>（责任编辑：丙丁）</p><p>编辑：戊己</p>", head))
    assert notice.published == "2026-01-01 09:30:00"
    assert all(name not in repr(notice) for name in ("甲乙", "丙丁", "戊己"))


def test_the_label_table_is_read_whatever_blanks_its_labels_hold() -> None:
    notice = read_notice(formal(LABELS))
    assert notice.template == "formal"
    assert notice.title == "真标题"
    assert notice.index_number == "000014672/2025-00154"
    assert notice.category == "应对气候变化"
    assert notice.issuer == "生态环境部办公厅"
    assert notice.generated == "2025-04-15"
    assert notice.document_number == "环办气候函〔2025〕140号"
    assert notice.subject_words == ""
    assert notice.unknown_labels == {}
    assert notice.text == TEXT


def test_a_label_that_no_field_has_is_a_signal_beside_the_record() -> None:
    strange = LABELS + "<li><div><span>有 效 性</span>现行有效</div></li>"
    signal, record = MEE.parse(formal(strange))
    assert isinstance(signal, Signal)
    assert (signal.rule, signal.value) == ("unknown_label", "有效性")
    assert isinstance(record, Record)


def test_the_library_template_names_date_and_source() -> None:
    html = (
        "<div class=content_body><h1 class='cjcs_phone_title'>条例</h1><div class=wjkFontBox>"
        "<em>发布时间：2024-02-05</em><em>来源：中国政府网</em></div>"
        f"<div class=TRS_Editor><p>{TEXT}</p></div></div>"
    )
    notice = read_notice(page(html))
    told = (notice.template, notice.title, notice.published, notice.issuer, notice.text)
    assert told == ("library", "条例", "2024-02-05", "中国政府网", TEXT)


def test_words_behind_a_dropped_block_stay() -> None:
    inner = f"<p>前文{_HIDDEN}后文，{TEXT}</p>"
    assert "后文" in read_notice(news(inner)).text
    assert "999" not in read_notice(news(inner)).text


def test_files_are_found_once_made_absolute_and_in_any_case() -> None:
    name = "W020250927515316322073"
    body = (
        f"<p>{TEXT}</p><a href='./{name}.pdf' OLDSRC='{name}.pdf'>报告 \n 全文</a>"
        f"<a href='./{name}.pdf'>再次</a><a href='./W020250927515316322074.XLSX'>附表</a>"
        "<a href='https://other.example/W020250927515316322075.pdf'>别处</a>"
        "<a href='./readme.pdf'>不是附件</a>"
    )
    there = news(body)
    urls = [link.url for link in follow(there)]
    folder = NEWS.rsplit("/", 1)[0]
    assert urls == [f"{folder}/{name}.pdf", f"{folder}/W020250927515316322074.XLSX"]
    assert all(MEE.kind_of(url).name == "attachment" for url in urls)  # type: ignore[union-attr]
    assert read_notice(there).files[0].text == "报告 全文"


def test_a_page_of_nothing_but_a_file_is_a_document() -> None:
    body = "<p><a href='./W020250927515316322073.pdf'>全文</a></p>"
    assert read_notice(news(body)).text == "全文"


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><h1>别的</h1><div class=TRS_Editor>没有模板</div></body></html>",
        "<div class=neiright_JPZ_GK_CP>短</div>",
        f"<div class=neiright_JPZ_GK_CP>{TEXT}</div>",
        "<h2 class=neiright_Title>标题</h2>",
        "<div class=content_top_box></div>",
        "",
        "<div>" * 3000,
    ],
)
def test_what_is_no_document_is_refused_whole(html: str) -> None:
    with pytest.raises(LayoutError, match=r"mee: https://"):
        read_notice(page(html))


@pytest.mark.parametrize(
    "item",
    [
        '<li><span class="date">2025-04-15</span><a href="{href}" title="全名">名…</a></li>',
        '<li><a href="{href}">全 名</a><span class="date">[2025-4-15]</span></li>',
        '<li><dl><dt><a class=cjcx_biaobnan href="{href}">全名</a></dt><dd><a href="{href}">'
        "详情</a><p>摘要</p></dd></dl><span class='cjcx_shijian b'>2025年4月15日</span></li>",
        '<li><a href="javascript:void(0)">打开</a><a href="{href}">全名</a>'
        "<span class='x date'>2025.04.15</span></li>",
    ],
)
@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("./202504/t20250415_1.shtml", f"{LIST}202504/t20250415_1.shtml"),
        (
            "../../../xxgk2018/xxgk/xxgk06/202504/t20250415_1.html",
            "https://www.mee.gov.cn/xxgk2018/xxgk/xxgk06/202504/t20250415_1.html",
        ),
        ("http://www.mee.gov.cn/a/t20250415_1.shtml", "http://www.mee.gov.cn/a/t20250415_1.shtml"),
    ],
)
def test_an_item_is_a_link_and_a_date_in_any_markup(item: str, href: str, url: str) -> None:
    html = f"<ul><li><a href='/menu/'>导航</a></li>{item.replace('{href}', href)}</ul>"
    html += "<script>countPage = 34//共多少页</script>"
    listed = read_list(LIST, page(html, LIST, "list"), 1)
    (found,) = listed.items
    assert (found.url, found.title, found.day) == (url, "全名", date(2025, 4, 15))
    assert listed.pages == 34
    assert [link.url for link in listed.following] == [f"{LIST}index_1.shtml"]


def test_the_templates_number_is_read_from_the_pager() -> None:
    for told in ("createPageHTML(3, 0, 'index_8597', 'shtml')", '<a href="index_8597_1.shtml">'):
        shown = read_list(LIST, page(f"<ul></ul>{told}", LIST, "list"), 3)
        names = [link.url.removeprefix(LIST) for link in shown.following]
        assert names == ["index_3.shtml", "index_8597_3.shtml"]


@pytest.mark.parametrize(
    "item",
    [
        '<li><span class="date">昨天</span><a href="./a.shtml">名</a></li>',
        '<li><span class="date">2025-02-30</span><a href="./a.shtml">名</a></li>',
        '<li><span class="date">2025-02-03</span></li>',
        '<li><span class="date">2025-02-03</span><a href="javascript:x()">名</a></li>',
    ],
)
def test_a_dated_item_that_can_not_be_read_refuses_the_list(item: str) -> None:
    with pytest.raises(LayoutError):
        read_list(LIST, page(f"<ul>{item}</ul>", LIST, "list"), 1)


def test_the_search_gives_canonical_addresses() -> None:
    html = (
        '<ul id="list2"><li class="li"><a href="http://www.mee.gov.cn/a/202501/t20250105_1.shtml">'
        '<h2 class=h2><em>要闻</em>全国<font color="red">碳市场</font></h2></a></li>'
        '<li class="li"><a href="http://other.example/t20250105_2.shtml">x</a></li></ul>'
    )
    found = list(search_hits(MEE, page(html, kind="search")))
    assert found == [("https://www.mee.gov.cn/a/202501/t20250105_1.shtml", "要闻全国碳市场")]
    assert list(search_hits(MEE, page('<ul id="list2"></ul>', kind="search"))) == []
    with pytest.raises(LayoutError):
        list(search_hits(MEE, page("<p>出错</p>", kind="search")))


@pytest.mark.parametrize(
    "url",
    [
        NEWS.replace("https:", "http:"),
        "https://big5.mee.gov.cn/gate/big5/www.mee.gov.cn"
        + NEWS.removeprefix("https://www.mee.gov.cn"),
        NEWS.replace("www.", "") + "#top",
    ],
)
def test_a_page_has_one_address_through_whatever_gateway(url: str) -> None:
    assert MEE.owns(url)
    assert MEE.canonical(url) == NEWS


def test_every_kind_of_address_is_known() -> None:
    known = {
        "/ywgz/ydqhbh/wsqtkz/": "list",
        "/zcwj/bwj/wj/index_3.shtml": "list",
        "/ywdt/xwfb/index_8597_1.shtml": "list",
        NEWS.removeprefix("https://www.mee.gov.cn"): "notice",
        "/xxgk2018/xxgk/xxgk01/202105/t20210519_833574.html": "notice",
        "/zhengce/content/202402/content_6930137.htm": "regulation",
        "/ywgz/ydqhbh/wsqtkz/202509/W020250927515316322073.PDF": "attachment",
        "/was5/web/search?channelid=270514&searchword=x": "search",
    }
    for path, name in known.items():
        kind = MEE.kind_of("https://www.mee.gov.cn" + path)
        assert kind is not None, path
        assert kind.name == name
    assert MEE.kind_of("https://www.mee.gov.cn/hjzl/") is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("联系人：张三、李四\n正文。", "\n正文。"),
        ("联系人：\n张三\n正文。", "\n正文。"),
        ("正文。联系人：张三，电话：（010）6564 5678。另一句。", "正文。。另一句。"),
        ("联系电话：010-65645678、65645679\n正文", "\n正文"),
        ("请发至 zhang.san@mee.gov.cn 邮箱", "请发至  邮箱"),
        ("手机 13812345678 找人", "找人"),
        ("电话：010-65645678\n2024年成交量1.89亿吨", "\n2024年成交量1.89亿吨"),
        ("记者：这次扩围有什么变化？", "记者：这次扩围有什么变化？"),
        ("（责任编辑：王五）\n正文", "\n正文"),
        ("成交额181.14亿元，2024年12月31日", "成交额181.14亿元，2024年12月31日"),
        ("累计成交量 8650000吨，电话会议召开", "累计成交量 8650000吨，电话会议召开"),
        ("索引号 000014672/2025-00154", "索引号 000014672/2025-00154"),
        ("编号CETS-AG-01.01-V04-2026", "编号CETS-AG-01.01-V04-2026"),
    ],
)
def test_contact_data_goes_and_figures_stay(text: str, kept: str) -> None:
    assert without_private(text) == kept
