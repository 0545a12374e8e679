"""Simplified Chinese of the sample's texts, as the exchange's gateway makes it: by character."""

from __future__ import annotations

from dataclasses import replace

from extractors.sample.hkex_model import Text

_TRADITIONAL = (
    "並來個備億優兩動務勢區參員噸國場壇學實將幣庫廣徑擇攜數於時會標機權歡氣淨減準滙灣為營獲現環產發礎簽約結經綠總與舉萬號見計訊討託設註認調論諾證議豐財貨買費資賣購蹤"
    "較轄辦週進運過選銀銷錄門開間關際隻雙項題願顧騰黃"
)
_SIMPLIFIED = (
    "并来个备亿优两动务势区参员吨国场坛学实将币库广径择携数于时会标机权欢气净减准汇湾为营获现环产发础签约结经绿总与举万号见计讯讨托设注认调论诺证议丰财货买费资卖购踪"
    "较辖办周进运过选银销录门开间关际只双项题愿顾腾黄"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(text: Text) -> Text:
    """The text with each traditional character that the sample uses made simplified."""

    def turned(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each.translate(_TABLE) for each in words)

    return replace(
        text,
        title=text.title.translate(_TABLE),
        paragraphs=turned(text.paragraphs),
        bullets=turned(text.bullets),
        notes=turned(text.notes),
        table=tuple(turned(row) for row in text.table),
    )
