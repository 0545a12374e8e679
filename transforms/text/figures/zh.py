"""The figures of a plain Chinese sentence (NFKC, no blanks; both scripts).

Whatever begins first wins; at one place the alternatives are tried in a fixed order, in which
a number comes last, so that no number swallows a day. Patterns are linear: digits are taken in
one atomic group, and all else is bounded.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from transforms.model import Refused
from transforms.text.figures.model import FigureKind, PrintedFigure
from transforms.text.figures.zh_dates import read_date
from transforms.text.figures.zh_units import COUNTERS, DURATIONS, UNITS
from transforms.text.matching import one_of
from transforms.text.numbers import chinese_number, number
from transforms.text.quantities import SCALES

_DIGITS = r"(?>[0-9]+(?:[.,][0-9]+)*)"
_NUMERAL = "[〇零一二两兩三四五六七八九十百千]"
_SCALES = {
    **{word: SCALES[word] for word in ("万", "亿", "萬", "億", "百万")},
    "千万": 10**7,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
    "千": 1000,
}
_BEFORE = (
    "大约|约为|约|約|接近|将近|將近|近|超过|超過|超|逾|高于|突破|达到|達到|达|達|不超过|不超過|不低于"
    "|不少于|至少|多达|最多|高达|首破|首超|不足"
)
PASSING = frozenset({"超过", "超過", "超", "逾", "突破", "首破", "首超", "接近", "将近", "近"})
"""Hedges after which the amount itself may follow: 突破40亿元，达40.7亿元."""
_HEDGE = re.compile(
    rf"(?<![履条节签契违公协特预大])(?:大)?约为?$|(?<![附最临邻靠])近$|(?<![发到传下表直通])达$"
    rf"|(?:{'|'.join(w for w in _BEFORE.split('|') if w not in ('约', '约为', '近', '达'))})$"
)
_TO = "(?:-|\u2010|\u2011|\u2012|\u2013|\u2014{1,2}|\u2015|~|至|到)"
_UNIT = one_of((*UNITS, *COUNTERS, *DURATIONS))
_REST = re.compile(
    rf"(?:[×xX*·]10\^(?P<power>[0-9]{{1,2}}))?(?P<loose>余|餘|多|几)?(?P<scale>(?!千[克瓦])(?:{one_of(_SCALES)}))?(?P<loose2>余|餘|多)?(?P<unit>{_UNIT})?"
    r"(?P<behind>以上|以下|左右|上下)?"
)
_PER_TONNE = re.compile("每吨(?:二氧化碳(?:当量)?)?$")
"""What makes the money behind it a price: 每吨61.60元."""
_SECOND = re.compile(rf"{_TO}(?P<sign>[-+\u2212])?(?P<n>{_DIGITS})")
_NUMBER = re.compile(_DIGITS)
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_MONEY = frozenset({"CNY", "USD", "EUR", "HKD", "GBP"})
_WORDED = re.compile(rf"(?>{_NUMERAL}{{1,9}})")
_FRACTION = re.compile(
    rf"(?P<of>百|{_NUMERAL}{{1,3}}|[0-9]{{1,3}})分之(?P<n>{_NUMERAL}{{1,6}}|[0-9]{{1,3}})(?:点(?P<d>{_NUMERAL}{{1,4}}))?"
)
_LATIN = re.compile(r"[A-Za-z0-9_/.\u0370-\u03ff^-]{1,200}")
_N = rf"(?:[0-9]{{1,4}}|{_NUMERAL}{{1,5}})"
_ORDINAL_OF = "个批次届期条章节款项类部分笔季度版阶段位名家大轮年组卷场"
_OTHERS: tuple[tuple[FigureKind, str], ...] = (
    (FigureKind.ADDRESS, r"(?:https?://|www\.)[!-~]{1,300}"),
    (FigureKind.TITLE, r"《[^《》]{1,120}》"),
    (
        FigureKind.DOCUMENT,
        r"[〔\[【﹝(](?:19|20)[0-9]{2}[〕\]】﹞)](?:第)?[0-9]{1,4}号"
        r"|公告(?:19|20)[0-9]{2}年第[0-9]{1,3}号|(?:19|20)[0-9]{2}年第[0-9]{1,3}号"
        r"|第[0-9]{1,5}号令?"
        r"|(?:GB|HJ|DL|ISO|CETS|CCER|CM|DB|JJF|JJG)(?:/[A-Z])?[-\u2010-\u2015A-Z0-9.]{2,50}",
    ),
    (
        FigureKind.PHONE,
        r"\(0[0-9]{2,3}\)[-\u2014]?[0-9]{7,8}|(?<![0-9.])0[0-9]{2,3}[-\u2014][0-9]{7,8}"
        r"|(?<![0-9.])(?:1[3-9][0-9]{9}|12369)(?![0-9.万亿])",
    ),
    (FigureKind.PAGE, r"第[0-9]{1,4}页|共[0-9]{1,4}页"),
    (
        FigureKind.TIME,
        r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[0-9]{1,2}[时點点](?:[0-9]{1,2}分|整)?",
    ),
    (
        FigureKind.ORDINAL,
        rf"(?:第|前(?!一(?:交易日|日|天|年))){_N}(?:[{_ORDINAL_OF}]|(?![0-9.%万亿]))"
        r"|(?:表|图|附表|附件|附录|公式|式|注|步骤|版本|专栏)[0-9]{1,3}(?:[-.][0-9]{1,3}){0,2}(?![0-9%])"
        r"|[0-9]{1,3}(?:号|#)(?:机组|炉|线|机)?|十[三四五六]五|[0-9]{4}版",
    ),
    (FigureKind.VOTE, r"[0-9]{1,4}票"),
    (
        FigureKind.FORMULA,
        r"(?<![A-Za-z])(?:CO|N|SF|NF|CH|PM|HFC-|SO|CF|C)[0-9]{1,3}(?:\.[0-9])?(?:O|e|F[0-9])?(?![0-9.A-Za-z])"
        r"|1\.5(?:℃|度)|(?:1|一|每)(?:吨|个)(?:CO2e?|二氧化碳(?:当量)?)?(?=(?:等于|相当于))",
    ),
)
_OTHER = re.compile("|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(_OTHERS)))
_MARK = re.compile(
    r"(?:\([0-9]{1,2}\)|[0-9]{1,2}[.、)](?![0-9])|\([一二三四五六七八九十]{1,3}\)"
    r"|[一二三四五六七八九十]{1,3}、|[一二三四五六七八九十]{1,2}是|[0-9]{1,2}(?:\.[0-9]{1,2}){1,3}(?=[\u4e00-\u9fff]))"
)
_BEGINS = re.compile(
    r"[0-9]|[〇零一二两兩三四五六七八九十百]|《|https?:|www\.|[〔\[【﹝(](?=[0-9])|\((?=[一二三四五六七八九十])|公告(?=[12])|第|前(?=[0-9一二三四五六七八九十])"
    r"|共(?=[0-9]{1,4}页)|(?:表|图|附件|附录|公式|式|注|步骤|版本|专栏)(?=[0-9])|去年|上年|上一年|今年|本年|当年|明年|次年|每年|首个|[上下]半年"
    r"|(?<![A-Za-z])[A-Z](?=[-A-Za-z/0-9.]{1,12}[0-9])"
)


def scan(text: str) -> list[PrintedFigure]:
    """Every figure of a plain sentence, in order; each digit of it stands in one of them."""
    figures: list[PrintedFigure] = []
    at = 0
    if mark := _MARK.match(text):
        figures.append(PrintedFigure(0, mark.end(), FigureKind.MARK))
        at = mark.end()
    while begin := _BEGINS.search(text, at):
        figure = _figure(text, begin.start(), at)
        if figure is None:
            at = begin.start() + 1
        else:
            figures.append(_priced(text, figure, at))
            at = figure.end
    return _with_shared_units(text, figures)


def _priced(text: str, figure: PrintedFigure, floor: int) -> PrintedFigure:
    """The figure; money that stands behind 每吨 is a price."""
    start = figure.start
    if figure.unit not in _MONEY or not (
        per := _PER_TONNE.search(text, max(floor, start - 10), start)
    ):
        return figure
    return replace(figure, start=per.start(), unit=f"{figure.unit}/t")


def _figure(text: str, at: int, floor: int) -> PrintedFigure | None:
    """The figure that begins at a place; a hedge before it reaches back to `floor` at most."""
    if dated := read_date(text, at):
        stated, end = dated
        return PrintedFigure(at, end, FigureKind.DATE, stated=stated)
    if (found := _OTHER.match(text, at)) and found.lastgroup:
        return PrintedFigure(at, found.end(), _OTHERS[int(found.lastgroup[1:])][0])
    if found := _FRACTION.match(text, at):
        return _fraction(text, found, floor)
    if found := _NUMBER.match(text, at):
        return _measure(text, found, floor)
    if found := _WORDED.match(text, at):
        return _worded(text, found, floor)
    return None


def _hedge(text: str, at: int, floor: int) -> tuple[int, str]:
    """Where a figure begins with the hedge before it, and the hedge."""
    found = _HEDGE.search(text, max(floor, at - 4), at)
    return (found.start(), found[0]) if found else (at, "")


def _value(printed: str, scale: str | None) -> Decimal:
    value = number(printed) * _SCALES.get(scale or "", 1)
    if value >= 10**18 or value != value.quantize(Decimal("0.000001")):
        raise Refused("bad_number", f"{printed}{scale or ''}", "too great, or too many decimals")
    return value


def _measure(text: str, first: re.Match[str], floor: int) -> PrintedFigure:
    """A number in digits with its scale, unit and hedges, or a range of two."""
    at = first.start()
    before = text[at - 1] if at > floor else ""
    is_letter = before.isascii() and before.isalpha()
    if before and (before in "_^#¦" or before.isdigit() or is_letter):
        end = found.end() if (found := _LATIN.match(text, at)) else first.end()
        return PrintedFigure(at, max(end, first.end()), FigureKind.GLUED)
    is_negative = before in "-\u2212" and not text[at - 2 : at - 1].isalnum()
    number_at = at - 1 if before and before in "-\u2212+\u00b1" and _is_signed(text, at) else at
    start, hedge = _hedge(text, number_at, floor)
    rest = _REST.match(text, first.end())
    assert rest is not None
    second = _SECOND.match(text, rest.end() if rest["unit"] or rest["scale"] else first.end())
    if second and (pair := _range(text, first, rest, second)):
        return replace(pair, start=start, number=(number_at, pair.end), hedge=hedge)
    end = rest.end()
    if glued := _glued_to(text, end, has_unit=bool(rest["unit"])):
        return PrintedFigure(at, glued, FigureKind.GLUED)
    return _single(first[0], rest, (start, number_at, end), hedge, is_negative=is_negative)


def _glued_to(text: str, end: int, *, has_unit: bool) -> int | None:
    """The end of letters that are glued to a number and no unit of it; None if there are none."""
    after = text[end : end + 1]
    if after and (after == "¦" or (after.isdigit() and not has_unit)):
        return end + 1
    if not after.isascii():
        return None
    glued = _LATIN.match(text, end)
    is_letter = glued is not None and (glued[0][0].isalpha() or glued[0][0] in "_^/")
    return glued.end() if glued and is_letter and not (has_unit and glued[0][0] == "/") else None


def _is_signed(text: str, at: int) -> bool:
    """Whether the sign before a number is its own: nothing that is a number or word before it."""
    return not text[at - 2 : at - 1].isalnum() or text[at - 2] in "为至到取"


def _single(
    printed: str,
    rest: re.Match[str],
    places: tuple[int, int, int],
    hedge: str,
    *,
    is_negative: bool = False,
) -> PrintedFigure:
    start, number_at, end = places
    unit, kind = _unit(rest["unit"])
    if kind is FigureKind.BARE and _YEAR.fullmatch(printed):
        return PrintedFigure(start, end, FigureKind.DATE)
    loose = rest["loose"] or rest["loose2"] or rest["behind"] or ""
    try:
        value = _value(printed, rest["scale"]) * 10 ** int(rest["power"] or 0)
    except Refused:
        return PrintedFigure(start, end, FigureKind.MALFORMED, unit=unit, number=(number_at, end))
    return PrintedFigure(
        start,
        end,
        kind,
        value=-value if is_negative else value,
        unit=unit,
        counter=rest["unit"] or "",
        hedge=hedge or loose,
        passes=hedge in PASSING,
        number=(number_at, end),
    )


def _unit(printed: str | None) -> tuple[str, FigureKind]:
    if not printed:
        return "", FigureKind.BARE
    if printed in UNITS:
        return UNITS[printed], FigureKind.MEASURE
    if printed in COUNTERS:
        return COUNTERS[printed], FigureKind.MEASURE
    return "", FigureKind.DURATION


def _range(
    text: str, first: re.Match[str], rest: re.Match[str], second: re.Match[str]
) -> PrintedFigure | None:
    """A to B; a scale or a unit that only the second has is the first's too. None for two
    figures that are no range."""
    last = _REST.match(text, second.end())
    assert last is not None
    if rest["unit"] and last["unit"] and rest["unit"] != last["unit"]:
        return None
    if not last["unit"] and rest["unit"]:
        return None
    glued = _glued_to(text, last.end(), has_unit=bool(last["unit"]))
    unit, kind = _unit(last["unit"])
    try:
        low = _value(first[0], rest["scale"] or (None if rest["unit"] else last["scale"]))
        high = _value(second["n"], last["scale"])
    except Refused:
        return PrintedFigure(first.start(), last.end(), FigureKind.MALFORMED)
    if text[first.start() - 1 : first.start()] in ("-", "\u2212") and second["sign"] == "+":
        low = -low
    if glued:
        return PrintedFigure(first.start(), glued, FigureKind.GLUED)
    if kind is FigureKind.MEASURE and low > high:
        kind = FigureKind.MALFORMED
    return PrintedFigure(
        first.start(),
        last.end(),
        kind,
        low,
        high,
        unit,
        last["unit"] or "",
    )


def _worded(text: str, found: re.Match[str], floor: int) -> PrintedFigure | None:
    """A number in numerals, where a scale, a unit or a counter makes it one: 三百万吨, 五成.

    一 alone with a counter (一家, 一个) is an article.
    """
    rest = _REST.match(text, found.end())
    assert rest is not None
    printed = found[0]
    is_tenths = text.startswith("成", found.end()) and not text.startswith(
        ("成交", "成立", "成员", "成为", "成果", "成效", "成本", "成功", "成熟"), found.end()
    )
    if is_tenths and len(printed) == 1:
        start, hedge = _hedge(text, found.start(), floor)
        end = found.end() + 1
        more = (
            text[end : end + 2] if text[end : end + 2] in ("以上", "左右") else text[end : end + 1]
        )
        more = more if more in ("以上", "左右", "多") else ""
        value = Decimal(chinese_number(printed) * 10)
        return PrintedFigure(
            start, end + len(more), FigureKind.MEASURE, value, unit="percent", counter="成",
            hedge=hedge or more, passes=hedge in PASSING, number=(found.start(), end),
        )  # fmt: skip
    if not (rest["unit"] or rest["scale"]) or (printed == "一" and not rest["scale"]):
        return None
    start, hedge = _hedge(text, found.start(), floor)
    try:
        digits = str(chinese_number(printed))
    except Refused:
        return PrintedFigure(start, rest.end(), FigureKind.MALFORMED)
    return _single(digits, rest, (start, found.start(), rest.end()), hedge)


def _fraction(text: str, found: re.Match[str], floor: int) -> PrintedFigure:
    """百分之九十五 is a percentage; any other fraction a share that no column holds exactly."""
    start, hedge = _hedge(text, found.start(), floor)
    whole, of = chinese_number(found["n"]), found["of"]
    tenths = "".join(str(chinese_number(digit)) for digit in found["d"] or "")
    if of == "百":
        value, unit = Decimal(f"{whole}.{tenths or 0}"), "percent"
    else:
        value = (Decimal(whole) / max(chinese_number(of), 1)).quantize(Decimal("0.000001"))
        unit = "fraction"
    return PrintedFigure(
        start, found.end(), FigureKind.MEASURE, value, unit=unit, counter=unit, hedge=hedge,
        passes=hedge in PASSING, number=found.span(),
    )  # fmt: skip


def _with_shared_units(text: str, figures: list[PrintedFigure]) -> list[PrintedFigure]:
    """Bare numbers of a list take the unit that its last one has: 0.79、0.78、0.77tCO2/MWh.

    Not where that has a scale: 3、4亿吨 may be three or four.
    """
    for n in range(len(figures) - 2, -1, -1):
        this, after = figures[n], figures[n + 1]
        between = text[this.end : after.start]
        if (
            this.kind is not FigureKind.BARE
            or after.kind is not FigureKind.MEASURE
            or between not in "、,/和及"
        ):
            continue
        printed = text[after.number[0] : after.number[1]]
        if between and not any(scale in printed for scale in _SCALES):
            figures[n] = replace(
                this, kind=FigureKind.MEASURE, unit=after.unit, counter=after.counter
            )
    return figures
