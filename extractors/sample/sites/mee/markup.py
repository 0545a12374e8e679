"""What surrounds the text on the ministry's pages: head, menus, share bar, dialog, footer.

Our own words, in the order and size of a real page, with all that a careless reader trips over:
a second h1 in the leave-site dialog, hidden recommendations, menus of undated items.
"""

from __future__ import annotations

from functools import cache

_MENUS = {
    "要闻动态": ("时政要闻", "环境要闻", "地方快讯", "新闻发布", "公示公告", "在线访谈"),
    "政策文件": ("中央文件", "国务院文件", "部令", "部公告", "部文件", "办公厅文件"),
    "业务工作": ("大气环境", "水生态", "海洋生态", "土壤生态", "应对气候变化", "核与辐射"),
    "环境质量": ("空气质量", "水质", "声环境", "公报", "年报", "数据中心"),
    "互动交流": ("意见征集", "部长信箱", "在线咨询", "举报", "投诉", "问卷"),
}
_LINKS = ("中央部门", "地方厅局", "直属单位", "派出机构", "驻部机构", "社会组织")


def head(title: str, metas: dict[str, str], *, is_simulated: bool) -> str:
    """The head; `metas` in the site's own spelling, blanks before the closing slash."""
    mark = "simulated" if is_simulated else "published-aggregate"
    told = "".join(
        f'<meta name="{name}"  content="{value}"   />\n' for name, value in metas.items()
    )
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="UTF-8">\n'
        f'<meta name="carbonmart-sample" content="{mark}">\n{told}'
        f"<title>{title}_中华人民共和国生态环境部（样例）</title>\n"
        f"<style>\n{_style()}</style>\n<script>\n{_script()}</script>\n</head>\n"
    )


@cache
def _style() -> str:
    rules = [f".w{n}{{width:{n}%;float:left}}.p{n}{{padding:{n}px}}" for n in range(1, 60)]
    return "\n".join(rules) + "\n"


@cache
def _script() -> str:
    rows = ",\n".join(f'  {{"id": "m{n}", "wait": {100 + n}}}' for n in range(60))
    banner = "function banner(name) { document.write('<h2>' + name + '</h2>'); }\n"
    return f"var menus = [\n{rows}\n];\n{banner}"


@cache
def header() -> str:
    """Banner and menus: list items without a date."""
    menus = "".join(
        f'<li class="nav"><a href="/menu/{n}/">{name}</a><ul>'
        + "".join(
            f'<li><a href="/menu/{n}/{i}/">{entry}</a></li>\n' for i, entry in enumerate(each)
        )
        + "</ul></li>\n"
        for n, (name, each) in enumerate(_MENUS.items())
    )
    logo = '<div class="logo">生态环境（样例站点）</div>'
    return f'<body>\n{logo}\n<ul class="mainnav">\n{menus}</ul>\n'


@cache
def recommendations() -> str:
    """The hidden blocks that scripts fill: figures in them belong to other pages."""
    return (
        '<div id="recommend-rel" style="display:none"><ul><li>'
        '<a href="/ywdt/hjywnews/209901/t20990101_9999999.shtml">'
        "相关：成交量99亿吨（隐藏推荐）</a></li></ul></div>\n"
        '<div id="recommend-int" style="display: none"><p>收盘价999.99元/吨（隐藏推荐）</p></div>\n'
        '<div class="bdsharebuttonbox"><a href="#">分享</a>'
        '<a href="javascript:void(0)">打印</a></div>\n'
    )


@cache
def footer() -> str:
    """The leave-site dialog with its own h1, the long list of links, legal lines."""
    links = "".join(
        f'<li><a href="https://link{n}.example/">{_LINKS[n % len(_LINKS)]}{n}</a></li>\n'
        for n in range(40)
    )
    return (
        '<div class="link-url-wrapper" style="display:none"><h1>您即将离开本站</h1>'
        "<p>是否继续？</p></div>\n"
        f'<div class="footer"><ul>\n{links}</ul>\n'
        "<p>样例站点，仅供软件测试与演示，与任何机构无关。</p>\n"
        "<p>网站标识码：样例</p></div>\n</body>\n</html>\n"
    )
