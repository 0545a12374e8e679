"""Days and periods as Chinese prose prints them, in either of which a year may be missing."""

from __future__ import annotations

import re

from transforms.text.figures.model import Stated

_TO = r"(?:-|\u2010|\u2011|\u2012|\u2013|\u2014{1,2}|\u2015|~|至|到)"
_Y = r"(?<![0-9])(?:19|20)[0-9]{2}"
_REL = "去年|上年|上一年|今年|本年|当年|明年|次年"
_RELATIVE = {"去年": -1, "上年": -1, "上一年": -1, "今年": 0, "本年": 0, "明年": 1}
_HOUR = r"(?:\(?(?P<h>[0-9]{1,2})(?:[时點点]|:00|:)(?:00)?(?:整)?\)?)?"
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4, "首": 1}
_M, _D = r"[0-9]{1,2}", r"[0-9]{1,2}"


def _year(n: str) -> str:
    return rf"(?:(?P<y{n}>{_Y})年|(?P<r{n}>{_REL})度?)"


_N = "(?:[一二两三四五六七八九十]{1,2}|[0-9]{1,2})"
_FORMS: tuple[tuple[str, str], ...] = (
    (
        "part",
        rf"{_year('a')}?(?:前{_N}个?(?:季度|月(?!{_D}日))|{_N}(?:{_TO}|、){_N}季度|[前后头]{_N}个?(?:周|星期|天))",
    ),
    (
        "span",
        rf"(?:{_year('a')}|(?<![0-9.年]))(?P<ma>{_M})月(?P<da>{_D})日(?:起)?(?:{_TO})"
        rf"(?:{_year('b')})?(?:(?P<mb>{_M})月)?(?P<db>{_D})日",
    ),
    (
        "span",
        rf"(?:{_year('a')}|(?<![0-9.年]))(?P<ma>{_M})月?(?:{_TO})(?:{_year('b')})?"
        rf"(?P<mb>{_M})月(?!{_D}日)(?:份|底|末)?",
    ),
    ("span", rf"(?P<ya>{_Y})年?(?:{_TO})(?P<yb>{_Y})年(?!度)"),
    ("emissions", rf"(?P<ys>{_Y}年?度?(?:[、和及,]{_Y}年?度?){{1,5}})(?<=年度)"),
    ("emission", rf"(?P<ya>{_Y})年?度?(?:{_TO})(?P<yb>{_Y})年?度"),
    ("each", rf"每年(?P<ma>{_M})月(?P<da>{_D})日{_HOUR}"),
    ("day", rf"(?:{_year('a')}|(?<![0-9.年]))(?P<ma>{_M})月(?P<da>{_D})日{_HOUR}"),
    ("quarter", rf"(?:{_year('a')})?(?:第(?P<q>[一二三四1-4])季度|(?P<q2>[一二三四])季度)"),
    ("half", rf"(?:{_year('a')})?(?P<half>[上下])半年"),
    (
        "month",
        rf"(?:{_year('a')}|(?<![0-9.年]))(?P<ma>{_M})月份?(?P<end>底|末)?(?!{_D}日)",
    ),
    (
        "cycle",
        r"(?:第(?P<c>[一二三四1-4])个?|(?P<c2>首)个)(?:全国碳市场)?履约周期",
    ),
    ("emission", rf"(?P<ya>{_Y})年度(?!(?:年?底|末))"),
    ("year", rf"(?P<ya>{_Y})年(?:度)?(?P<end>年?底|末)?(?!版)"),
    ("that", r"(?:本年|当年)度?(?P<end>年?底|末)?"),
    ("this", r"(?P<ra>今年)(?:度)?(?P<end>年?底|末)?"),
    ("year", rf"(?P<ra>{_REL})(?:度)?(?P<end>年?底|末)?"),
    (
        "worded",
        r"[一二][〇零一二三四五六七八九]{3}年(?:[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}日)?)?",
    ),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _FORMS)
_BEGINS = re.compile(
    rf"[0-9]{{1,4}}(?:年|月|日|度|[、和及,]|{_TO})|(?:{_REL})|每年|首个|第[一二三四1-4]个?(?:季度|履约|全国)"
    r"|[一二三四]季度|[一二三四](?:{_TO}|、)[一二三四]季度|[前后头]{_N}个?[季月周星天]|[上下]半年|[一二][〇零一二三四五六七八九]{3}年"
)
"""What every form begins with: most numbers are told to be none of them at once."""


def read_date(text: str, at: int) -> tuple[Stated | None, int] | None:
    """The day or period that begins at a place, and where it ends; None if there is none.

    A form that is no period of ours (a year in numerals) gives None for it and its end.
    """
    if not _BEGINS.match(text, at):
        return None
    for form, pattern in _PATTERNS:
        found = pattern.match(text, at)
        if found:
            return _stated(form, found), found.end()
    return None


def _stated(form: str, found: re.Match[str]) -> Stated | None:
    if form == "worded":
        return None
    group = found.groupdict()

    def whole(name: str) -> int | None:
        return int(group[name]) if group.get(name) else None

    part = group.get("q") or group.get("q2") or group.get("c") or group.get("c2")
    half = {"上": 1, "下": 2}.get(group.get("half") or "")
    relative = _RELATIVE.get(group.get("ra") or "")
    return Stated(
        form,
        year=whole("ya"),
        month=whole("ma"),
        day=whole("da"),
        year_to=whole("yb"),
        month_to=whole("mb"),
        day_to=whole("db"),
        part=_QUARTERS[part] if part else half,
        is_end=bool(group.get("end")),
        relative=relative,
        hour=whole("h"),
        years=tuple(map(int, re.findall(_Y, group.get("ys") or ""))),
    )
