"""The words by which a bulletin says that it corrects (更正) an earlier one about its period.

They are read like the rest: a sentence with the word is made of known words alone, and the days
and titles that it names are those of the page's own period. Any other sentence with it ("should
there be a 更正 ...") refuses the page, since nobody understood what of it is corrected.
"""

from __future__ import annotations

import re
from dataclasses import replace

from transforms.model import Refused
from transforms.seee.period import Period
from transforms.text.dates import compact_day, day
from transforms.text.plain import PlainText

WORD = "更正"
_DAY = "(?:20[0-9]{2}年)?[0-9]{1,2}月[0-9]{1,2}日|20[0-9]{2}-[0-9]{2}-[0-9]{2}"
_TITLE = (
    "(?:【CEA】)?全国碳市场每[日周月年](?:成交数据|综合价格行情及成交信息)"
    r"(?:20[0-9]{6}(?:[-\u2013\u2014~至]20[0-9]{6})?)?"
)
_WORDS = (
    rf"{_TITLE}|{_DAY}|{WORD}|我所|本所|上海环境能源交易所"
    "|公告|说明|启事|信息|数据|内容|行情|正文|标题|文章|网站|官网|系统|技术|工作|人员|编辑|录入|统计|故障|原因"
    "|每[日周月年]|[本当原前上此][日周月年天前]?|综合价格|成交|交易|总|累计|挂牌协议|大宗协议|单向竞价|量|额"
    "|(?:开盘|最高|最低|收盘)价|疏忽|失误|有误|错误|误|发布|公布|披露|刊登|特此|如有不便|敬请谅解|深表歉意"
    '|予以|进行|以|为准|现|将|就|对|因|由于|于|在|已|所|的|中|一|处|与|和|及|为|后|版|稿|:|,|、|《|》|"|“|”'
    r"|\(|\)|\[|\]|【|】"
)
# Whole words only, each taken for good: a sentence that holds another one is not understood.
_SAID = re.compile(rf"(?:{_WORDS})++(?:如下[:,]?|(?=[。;!?])|$|(?<=:)|(?<=\({WORD}\)))")
_NAMED = re.compile(
    r"(?:(20[0-9]{2})年)?([0-9]{1,2})月([0-9]{1,2})日|(20[0-9]{2})-([0-9]{2})-([0-9]{2})"
    r"|(20[0-9]{6})"
)
_SENTENCE = re.compile("[^。;!?]+")


def take_correction(text: PlainText, period: Period) -> tuple[str, PlainText]:
    """The printed words that say so, of the text or else the title (empty if neither does), and
    the text without them, at the same places.

    Raises `Refused`: `unknown_correction`, `date_mismatch` (it names another day).
    """
    said: list[str] = []
    plain = text.plain
    for sentence in _SENTENCE.finditer(plain) if WORD in plain else ():
        if WORD not in sentence[0]:
            continue
        found = _SAID.match(plain, sentence.start())
        if not found or WORD not in found[0] or WORD in plain[found.end() : sentence.end()]:
            told = f"what is said of a {WORD} is not understood"
            raise Refused("unknown_correction", text.sentence(sentence.start()), told)
        quote = text.quote(*found.span())
        _require_own(found[0], period, quote)
        said.append(quote)
        plain = plain[: found.start()] + "。" * len(found[0]) + plain[found.end() :]
    if not said and WORD in period.title:
        said.append(period.title)
    return "".join(said), replace(text, plain=plain)


def _require_own(words: str, period: Period, quote: str) -> None:
    for found in _NAMED.finditer(words):
        year, month, on, *iso, compact = found.groups()
        if compact:
            named = compact_day(compact)
        elif iso[0]:
            named = day(*iso)
        else:
            named = day(year or str(period.end.year), month, on)
        if named not in (period.start, period.end):
            told = f"it corrects what was said of {named}, under the title of {period.end}"
            raise Refused("date_mismatch", quote, told)
