"""What surrounds the text on every page of the sample site: head, menus, footer.

Our own words and styles, in the size and order of a real page of this kind, so
that reading one costs what reading a real one costs.
"""

from __future__ import annotations

from functools import cache

HOST = "overview.cneeex.example"
WALLED_HOST = "www.cneeex.example"
QUERY_HOST = "shyx.cneeex.example"

INFO_PATH = "/c/2025-02-19/488525.shtml"
"""A page that menus link to like an article, but that is no bulletin."""

FOLDERS = {
    "daily": ("每日概况", "/qgtpfqjy/mrgk/"),
    "weekly": ("每周概况", "/qgtpfqjy/mzgk/"),
    "monthly": ("每月概况", "/qgtpfqjy/jysj/ydgk/"),
    "yearly": ("年度概况", "/qgtpfqjy/jysj/ndgk/"),
}

_MENUS = {
    "关于市场": ("市场简介", "组织结构", "发展历程", "联系方式", "常见问题", "办事指南"),
    "交易规则": ("交易办法", "结算细则", "风险控制", "会员管理", "收费标准", "信息披露"),
    "市场行情": ("实时行情", "历史行情", "分年度行情", "行情说明", "价格指数", "图表工具"),
    "通知公告": ("休市安排", "系统测试", "业务通知", "培训通知", "招聘信息", "采购公告"),
    "会员服务": ("开户流程", "交易客户端", "下载中心", "服务热线", "账户查询", "意见反馈"),
    "能力建设": ("课程介绍", "师资队伍", "培训日程", "教材目录", "结业证书", "往期回顾"),
    "研究成果": ("市场周评", "专题报告", "国际动态", "政策解读", "数据说明", "术语表"),
    "地方市场": ("地方行情", "地方规则", "地方公告", "抵销机制", "自愿减排", "碳普惠"),
}


@cache
def head(title: str, is_simulated: bool) -> str:
    """The head: title, mark of the sample, styles and scripts."""
    mark = "simulated" if is_simulated else "published-aggregate"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="carbonmart-sample" content="{mark}">\n<title>{title}</title>\n'
        f"<style>\n{_style()}</style>\n<script>\n{_script()}</script>\n</head>\n"
    )


@cache
def _style() -> str:
    """Rules for the grid, menus, lists and articles, as a site of this age has them."""
    rules = [
        f".col-{size}-{n}{{float:left;width:{n * 100 / 12:.4f}%;padding:0 15px}}"
        for size in ("xs", "sm", "md", "lg")
        for n in range(1, 13)
    ]
    rules += [f".m-l-{n}{{margin-left:{n}px}}.m-t-{n}{{margin-top:{n}px}}" for n in range(2, 42, 2)]
    rules += [
        f".nav-{n} > li > a{{display:block;padding:{n}px {2 * n}px;color:#2{n:02d}45{n % 10};"
        "text-decoration:none;transition:color .2s ease-in-out}"
        for n in range(6, 26)
    ]
    rules += [
        ".articel-list li{line-height:36px;border-bottom:1px dashed #dcdcdc}",
        ".detail-con p{line-height:2;text-indent:2em;text-align:justify}",
        ".pageBar{padding:12px;color:#666}.z_num{padding:2px 8px;border:1px solid #ccc}",
    ]
    return "\n".join(rules) + "\n"


@cache
def _script() -> str:
    """A small menu script with its table of settings."""
    settings = ",\n".join(
        f'  {{"id": "menu-{n}", "delay": {120 + 5 * n}, "open": false, "width": {160 + n}}}'
        for n in range(60)
    )
    return (
        f"var menus = [\n{settings}\n];\n"
        "function toggle(id, open) {\n"
        "  for (var i = 0; i < menus.length; i++) {\n"
        "    if (menus[i].id === id) { menus[i].open = open; }\n"
        "    var node = document.getElementById(menus[i].id);\n"
        '    if (node) { node.style.display = menus[i].open ? "block" : "none"; }\n'
        "  }\n}\n"
        "window.addEventListener('load', function () { toggle('menu-0', false); });\n"
    )


@cache
def header() -> str:
    """Banner and menus. Some links look like articles and are none."""
    menus = []
    for n, (name, entries) in enumerate(_MENUS.items()):
        items = "".join(
            f'<li><a href="/page/{n}/{i}.shtml" title="{entry}" class="nav-link">{entry}</a></li>\n'
            for i, entry in enumerate(entries)
        )
        menus.append(
            f'<li class="dropdown"><a href="/page/{n}/index.shtml">{name}</a>\n'
            f'<ul class="dropdown-menu" id="menu-{n}">\n{items}</ul></li>\n'
        )
    folders = "".join(
        f'<li><a href="{path}index.shtml">{name}</a></li>\n' for name, path in FOLDERS.values()
    )
    return (
        '<body>\n<div class="top-bar"><a href="/">全国碳市场信息（样例站点）</a></div>\n'
        f'<ul class="nav nav-12 hidden-xs">\n{"".join(menus)}</ul>\n'
        f'<ul class="nav nav-6 visible-xs">\n{"".join(menus).replace("menu-", "small-")}</ul>\n'
        f'<ul class="nav nav-8 side">\n<li><a href="{INFO_PATH}">基本信息</a></li>\n'
        f"{folders}</ul>\n"
    )


@cache
def footer() -> str:
    """Links and legal lines at the bottom."""
    links = "".join(
        f'<a href="/link/{n}.shtml" target="_blank" rel="noopener">友情链接{n}</a>\n'
        for n in range(1, 31)
    )
    return (
        f'<div class="footer">\n<div class="links">\n{links}</div>\n'
        "<p>样例站点，仅供软件测试与演示，与任何交易机构无关。</p>\n"
        "<p>本站页面由程序生成，不构成投资建议。</p>\n</div>\n</body>\n</html>\n"
    )
