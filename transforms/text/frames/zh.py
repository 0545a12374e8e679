"""Chinese: which words belong to a figure, and what of them changes its meaning.

A figure owns its head (from the clause's beginning, or the figure before, up to it) and its tail
(to the clause's end, or the next figure).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

from transforms.text.figures import FigureKind, PrintedFigure, Stated
from transforms.text.figures.zh import scan
from transforms.text.frames.model import Around, Fate, Language
from transforms.text.frames.paragraphs import paragraphs
from transforms.text.frames.words import IDLE, Word, vocabulary
from transforms.text.frames.zh_clauses import Clause, Token, clauses, tokens
from transforms.text.plain import prose
from transforms.text.sentences import spans

_STOPS = re.compile(r"[。!?|]")
_ABBREVIATED = re.compile(r"\((?:以下|下)?(?:统称|简称|称)[^()]{0,40}\)|\(含[^()0-9]{0,30}\)")
_PLACES = "北京|天津|上海|重庆|湖北|武汉|广东|深圳|福建"
_HELD_AT = re.compile(rf"[在从](?:{_PLACES})市?(?=举行|召开|举办|发布|正式发布|开幕|启动)")
_DATELINE = re.compile(
    rf"(?:{_PLACES}|广州)(?=[0-9]{{1,2}}月[0-9]{{1,2}}日(?:电|讯)|等[0-9]{{1,2}}个?(?:省|市|地区))"
)
"""Where something was held, told from, or one of many places: no market."""
_SECTORS = "发电|钢铁|水泥|铝冶炼|电解铝|石化|化工|建材|有色|造纸|航空|民航"
_TAKING = re.compile(rf"将(?=(?:全国[0-9]|{_SECTORS})[^。;将]{{0,60}}?(?:纳入|列入))")
"""将 before what is taken in (将钢铁行业纳入), which tells of no future."""
_FROM = ("从", "由", "自")
_PART_OF_YEAR = re.compile(
    "[旬]|(?<!履约)周(?!年)|前夕|前后|截止|年初|年中|月[初中末底]|期[内间中]"
)
_BASE_FORMS = frozenset({"year", "that", "this", "emission", "month", "day"})
_CHANGES = frozenset({"rises", "falls", "level"})
_THRESHOLD_UNITS = frozenset({"t", "tce", "kWh", "MWh", "CNY"})
_MARKETS = {"allowance": "CEA"}
_REACHED = _THRESHOLD_UNITS | {"percent"}
_OVER_ALL = frozenset({"except", "condition", "future", "will", "estimate"})
"""Meanings of a clause without a figure that hold for all that follows in its sentence."""
_TRADED = frozenset({"volume", "turnover", "mean", "close"})
_VOLUNTARY = ("projects", "reductions", "methods")
"""What only the voluntary market has: what is traded, told behind it, need not be allowances."""
_ABOVE = re.compile(r"(?:\([^()]{0,40}\))?(?:(?:及|或)?(?:其)?以上的|者)")
"""Behind a figure that makes what follows the ones that reach it."""
_WITHOUT_TRADED = "不包括市场化交易非化石能源电量的"
"""The region whose name says of which electricity of the whole country it is."""
_MARKS_PASSED = frozenset({"突破", "首破", "首超"})
_LIMITS = frozenset({"不超过", "不低于", "不高于"})
_OWN_RESTRICTION = frozenset({"listed", "block", "fourth_quarter"})


def around(sentence: str, figures: list[PrintedFigure]) -> list[Around]:
    """Every figure of a sentence with the words of its clause, in order."""
    text = _ABBREVIATED.sub(lambda m: " " * len(m[0]), sentence)
    for nothing in (_HELD_AT, _DATELINE, _TAKING):
        text = nothing.sub(lambda m: " " * len(m[0]), text)
    figures = [f for f in figures if text[f.start : f.end].strip()]
    asides = [f for f in figures if _is_aside(text, f)]
    for aside in asides:
        start, end = aside.start - 1, aside.end + 1
        text = text[:start] + " " * (end - start) + text[end:]
    figures = [f for f in figures if f not in asides]
    parts = clauses(tokens(text, figures))
    is_example = any(t.is_of("example") for part in parts for t in part.tokens)
    everywhere = frozenset(t.word.name for part in parts for t in part.tokens if t.word)
    since = is_of_projects = False
    parted: frozenset[str] = frozenset()
    over_all: frozenset[str] = frozenset()
    found: list[Around] = []
    last: Around = Around(PrintedFigure(0, 0, FigureKind.MARK))
    markets: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    is_named = False
    for part in parts:
        markets += tuple(_market_of(t.word) for t in part.tokens if t.word and _market_of(t.word))
        is_named = is_named or any(t.is_of("CEA", "CCER") for t in part.tokens)
        subject = _subject(part) or subject
        since = since or any(t.is_of("since_launch") for t in part.tokens)
        over_all |= {t.word.name for t in part.tokens if t.word} & {"future"}
        if not part.measures():
            over_all |= {t.word.name for t in part.tokens if t.word} & _OVER_ALL
        for item in _of_clause(part, last):
            if item.figure.kind is FigureKind.MEASURE:
                item.meanings |= over_all
            if item.figure.stated is not None and not item.is_base:
                since = False  # a period of its own ends 启动以来
            elif since and item.figure.kind is FigureKind.MEASURE:
                item.meanings |= {"since_launch"}
            item.is_of_projects = is_of_projects and not markets and bool(item.measures & _TRADED)
            item.markets, item.sentence = markets, everywhere
            item.is_named, item.subject = is_named, subject
            own = item.sectors or item.has_own_period or item.meanings & _OWN_RESTRICTION
            if "part" in item.meanings:
                parted = item.measures & _TRADED
            elif parted and item.measures == parted and not own:
                item.meanings |= {"part"}  # 其中A成交1亿吨，B成交2亿吨: both are parts
            elif item.figure.kind is FigureKind.MEASURE:
                parted = frozenset()
            if item.figure.unit in _REACHED and _ABOVE.match(text, item.figure.end):
                item.meanings |= {"condition"}
            if "condition" in item.meanings and not item.sectors and "sector" in everywhere:
                item.meanings |= {"above"}  # of sectors that are named elsewhere
            if is_example and item.figure.kind is FigureKind.MEASURE:
                item.fate = Fate.CONTEXT, "example"
            found.append(item)
            last = item
        is_of_projects = is_of_projects or any(t.is_of(*_VOLUNTARY) for t in part.tokens)
    found += [Around(figure, is_base=True) for figure in asides]
    found.sort(key=lambda item: item.figure.start)
    _due(text, found)
    _passed_marks(parts, found)
    return _respectively(text, found)


def _is_aside(text: str, figure: PrintedFigure) -> bool:
    """Whether a day stands alone in brackets: it explains what is before it, and dates nothing."""
    return (
        figure.kind is FigureKind.DATE
        and text[figure.start - 1 : figure.start] == "("
        and text[figure.end : figure.end + 1] == ")"
    )


def _market_of(word: Word) -> str:
    """The market that a word names; empty for none."""
    if word.group == "market":
        return _MARKETS.get(word.name, word.name)
    is_voluntary = word.name == "ccers" or "自愿减排" in word.text
    return "CCER" if is_voluntary else ""


def is_of_other(title: str) -> bool:
    """Whether a text is about another market than the national ones, by its title."""
    named = {t.word.name for t in tokens(title, []) if t.word}
    return "other" in named and "全国" not in title and "生态环境部" not in title


def _subject(part: Clause) -> tuple[str, ...]:
    """The sectors that a clause without figures begins with, and says nothing else of."""
    words = [t for t in part.tokens if not t.is_mark and not t.is_of(IDLE)]
    if part.measures() or not words or not words[0].is_of("sector"):
        return ()
    if any(t.is_of("meaning") for t in words):
        return ()
    return tuple(t.text for t in words if t.is_of("sector"))


def _of_clause(part: Clause, last: Around) -> Iterator[Around]:
    """The figures of a clause; periods go on from the one before."""
    places = part.measures()
    is_lent = last.is_lent or (last.has_own_period and last.figure.kind is FigureKind.MEASURE)
    period, is_as_of, as_of = last.period, last.is_as_of, last.as_of
    has_own = False
    base_until = -1
    begin = 0
    for n, token in enumerate(part.tokens):
        figure = token.figure
        if token.is_of("comparison") and token.text not in ("同比", "环比"):
            base_until = _base_end(part.tokens, n)
        if figure is None:
            continue
        if figure.kind is FigureKind.MEASURE:
            end = next((p for p in places if p > n), len(part.tokens))
            item = _measured(part, begin, n, end)
            begin = n + 1
        else:
            item = Around(figure)
            item.is_base = n <= base_until or _is_since(part.tokens, n)
            if figure.stated is not None and not item.is_base:
                period, has_own = _narrowed(part, n, figure.stated), True
                is_as_of = any(t.is_of("up_to") for t in part.tokens[max(n - 1, 0) : n])
                if is_as_of or (period.is_end and period.form in ("month", "year", "that", "this")):
                    as_of = period
        item.period, item.is_as_of, item.as_of = period, is_as_of, as_of
        item.has_own_period, item.is_lent = has_own, is_lent and not has_own
        yield item


def _narrowed(part: Clause, at: int, stated: Stated) -> Stated:
    """A year whose clause goes on to say which part of it (2024年清缴截止日前一周，…) is a part."""
    words = "".join(t.text for t in part.tokens[at + 1 :] if t.figure is None)
    is_year = stated.form in ("year", "that", "this", "emission") and not stated.is_end
    return Stated("part") if is_year and _PART_OF_YEAR.search(words) else stated


def _is_since(words: list[Token], at: int) -> bool:
    """Whether a day is one since which (自…起, 2021年7月16日启动以来): no day counted up to."""
    figure = words[at].figure
    stated = figure.stated if figure else None
    if stated is None or stated.form == "span":
        return False
    begins = at > 0 and words[at - 1].text in _FROM
    return begins or any("以来" in t.text or t.text == "起" for t in words[at + 1 : at + 8])


def _base_end(words: list[Token], at: int) -> int:
    """The last token of what is compared with: up to the word of the change, or the figure."""
    for n in range(at + 1, len(words)):
        figure = words[n].figure
        if words[n].is_of("rises", "falls", "level") or (
            figure and figure.kind is FigureKind.MEASURE
        ):
            return n - 1
    return len(words) - 1


def _measured(part: Clause, begin: int, at: int, end: int) -> Around:
    """A measure with the words of its head and tail."""
    figure = part.tokens[at].figure
    assert figure is not None
    head, tail = part.tokens[begin:at], part.tokens[at + 1 : end]
    if end < len(part.tokens):
        stop = next((n for n, t in enumerate(tail) if t.is_of("comparison")), len(tail))
        tail = tail[:stop]
    head, base = _without_base(head)
    words = [*head, *tail]
    meanings = {t.word.name for t in words if t.word and t.word.group == "meaning"}
    meanings |= {f"base_{name}" for name in base[0]}
    unknown = [t.text for t in words if t.is_unknown]
    if any(t.is_of("name_end") for t in head) and figure.unit == "count":
        stop = max(n for n, t in enumerate(head) if t.is_of("name_end"))
        unknown = [t.text for t in (*head[stop:], *tail) if t.is_unknown]
    lead = next((t for t in head if not t.is_mark and not t.is_of(IDLE)), None)
    if lead is not None and lead.text.startswith(("占", "约占")):
        meanings.add("of_before")
    if head and head[-1].text in _FROM:
        meanings.add("from")
    if head and head[-1].text == "将":
        meanings.add("will_reach")
    if any(t.figure and t.figure.kind is FigureKind.ORDINAL and "批" in t.text for t in head):
        meanings.add("batch")  # 第二批2项: a part of what there is
    if tail and tail[0].text == "的" and figure.unit in _THRESHOLD_UNITS:
        meanings.add("condition")
    is_of_year = bool(meanings & {"whole_year", "yearly"})
    if figure.hedge in _MARKS_PASSED and "sum" in meanings and not is_of_year:
        meanings.add("running")
    if figure.hedge in _LIMITS and figure.unit == "percent":
        meanings.add("bound")
    sectors = [_sector(t) for t in words if t.is_of("sector", "region")]
    if "causes" in meanings:  # 钢铁行业的纳入使得全国…达到3700家: the sector is not of the figure
        sectors = []
    if _WITHOUT_TRADED in sectors:
        sectors = [_WITHOUT_TRADED]
    dated = any(t.figure and t.figure.stated for t in head)
    if "part" in meanings and (sectors or dated or meanings & _OWN_RESTRICTION):
        meanings.discard("part")
    measures = frozenset(t.word.name for t in words if t.word and t.word.group == "measure")
    if not measures and any(t.text == "总数" for t in words):
        meanings.add("overall")  # 新增3家，总数达到9家: what is new does not go on
    return Around(
        figure,
        measures,
        frozenset(meanings),
        unknown=tuple(unknown),
        sectors=tuple(sectors),
        base=base[1],
        is_total=any(t.is_of("total") for t in words),
    )


def _sector(token: Token) -> str:
    """A sector as printed; a region or kind of electricity by its one name."""
    assert token.word is not None
    return token.text if token.word.group == "sector" else token.word.name


def _without_base(head: list[Token]) -> tuple[list[Token], tuple[set[str], Stated | None]]:
    """A head without the words that are compared with, and what those are."""
    at = next((n for n, t in enumerate(head) if t.is_of("comparison")), None)
    if at is None:
        return head, (set(), None)
    if head[at].text in ("同比", "环比"):
        name = "year" if head[at].text == "同比" else "before"
        return head[:at] + head[at + 1 :], ({name}, None)
    stop = next((n for n in range(at, len(head)) if head[n].is_of(*_CHANGES)), len(head))
    base = head[at + 1 : stop]
    names: set[str] = set()
    stated = None
    for token in base:
        if token.figure is not None:
            stated = token.figure.stated or stated
        elif token.word is not None and token.word.group.startswith("base_"):
            names.add(token.word.name.removeprefix("base_"))
        elif token.is_of("year_end"):
            names.add("last")
        elif token.is_of("open"):
            names.add("open")
        elif token.is_unknown:
            names.add("other")
    names.discard("of")
    if stated is not None and not names & {"open", "launch"}:
        names.add("year" if stated.form in _BASE_FORMS else "other")
    if stop == len(head):
        names.add("itself")
    return head[:at] + head[stop:], (names or {"other"}, stated)


def _due(sentence: str, found: list[Around]) -> None:
    """Days that something is due by, with the words behind and before them."""
    for n, item in enumerate(found):
        figure = item.figure
        if figure.kind is not FigureKind.DATE or figure.stated is None:
            continue
        later = (f.figure.start for f in found[n + 1 :] if _is_due(sentence, f.figure))
        if _is_due(sentence, figure):
            stop = min([len(sentence), *later])
            item.due, item.before = True, sentence[: figure.start]
            if stop < len(sentence):  # what stands before the next day in its clause is its own
                ahead = max(sentence.rfind(mark, figure.end, stop) for mark in ",;")
                stop = ahead if ahead > 0 else stop
            item.behind = sentence[figure.end : stop]
            mark = _DUE.match(sentence, figure.end)
            item.due_mark = mark[0] if mark else ""


_DUE = re.compile(r"(?:\(含\))?(?:日)?(?:之前|以前|前(?!述|一|三|两)|止(?!损))")
_ENDS = re.compile(
    r"(?:截止(?:时间|日期)|时限|期限)(?:为|是|:)?(?:自|从|于)?$"
    r"|(?:时间|期限|(?<!周)期)(?:为|是|:)?(?:自|从)?$"
)


def _is_due(sentence: str, figure: PrintedFigure) -> bool:
    if figure.kind is not FigureKind.DATE or figure.stated is None:
        return False
    form = figure.stated.form
    if form in ("day", "each", "month") or figure.stated.is_end:
        if _DUE.match(sentence, figure.end):
            return True
        return bool(re.search(r"截止(?:时间|日期)?(?:为|是|:)?$", sentence[: figure.start]))
    is_span = form == "span" and figure.stated.month is not None
    return is_span and bool(_ENDS.search(sentence[: figure.start]))


def _passed_marks(parts: list[Clause], found: list[Around]) -> None:
    """A mark that was passed is no amount where the amount itself follows: 突破40亿元，达40.7."""
    measured = [item for item in found if item.figure.kind is FigureKind.MEASURE]
    for this, after in pairwise(measured):
        bare = not after.measures and not after.meanings and not after.unknown
        if this.figure.passes and bare and this.figure.unit == after.figure.unit:
            this.fate = Fate.CONTEXT, "mark passed"


def _respectively(sentence: str, found: list[Around]) -> list[Around]:
    """分别: as many years or sectors as figures, each its own; else the word stays, and blocks."""
    at = max(sentence.find("分别"), sentence.find("依次"))
    if at < 0:
        return found
    listed: list[Around] = []
    for item in found:
        if item.figure.kind is FigureKind.MEASURE and item.figure.start > at:
            gap = sentence[listed[-1].figure.end : item.figure.start] if listed else ""
            if listed and not re.fullmatch(r"[、,和及以]{1,2}", gap):
                break
            listed.append(item)
    if len(listed) < 2:
        return found  # 分别同比增长3%、下降2%: of several measures, each its own
    first = listed[0]
    years = _years_before(found, at)
    for n, item in enumerate(listed):
        meanings = first.meanings - {"respectively"}
        if len(years) == len(listed):
            item.period = replace(years[n], years=())
        elif len(first.sectors) == len(listed):
            item.sectors = (first.sectors[n],) if n else first.sectors
        else:
            meanings = first.meanings
        item.measures, item.unknown = first.measures, first.unknown
        item.meanings = meanings
    if len(years) != len(listed) and len(first.sectors) == len(listed):
        first.sectors = first.sectors[:1]
    return found


def _years_before(found: list[Around], at: int) -> list[Stated]:
    """Each year of the periods named before a place, in order."""
    years: list[Stated] = []
    for item in found:
        stated = item.figure.stated
        if stated is not None and item.figure.end <= at:
            if stated.years:
                years += [replace(stated, form="emission", year=y) for y in stated.years]
            else:
                years.append(stated)
    return years


def market(text: str) -> str:
    """The one market that a text without blanks names; empty for none or several."""
    found = [name for name, words in _market_words() if any(word in text for word in words)]
    return found[0] if len(found) == 1 else ""


@cache
def _market_words() -> list[tuple[str, tuple[str, ...]]]:
    """Our markets with their words, those left out that hold a shorter one."""
    words: dict[str, list[str]] = {}
    for word in sorted(vocabulary("zh"), key=lambda word: len(word.text)):
        name = _market_of(word)
        if name not in ("", "other") and not any(w in word.text for w in words.get(name, ())):
            words.setdefault(name, []).append(word.text)
    return [(name, tuple(texts)) for name, texts in words.items()]


def sentences(plain: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a plain paragraph begin and end."""
    return spans(plain, _STOPS)


CHINESE = Language("zh", prose, paragraphs, sentences, scan, around, market, is_of_other)
