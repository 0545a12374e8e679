"""The exchange's releases on carbon up to the first weeks of Core Climate, in our own words.

Dates, parties and figures are those of the exchange's releases and of the press about them.
Ids that were never confirmed follow the grammar of ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from extractors.sample.sites.hkex.markup import Release, Text, release_id, simplified


def published(
    day: date,
    english: Text,
    chinese: Text | None,
    number: int = 1,
    categories: tuple[str, ...] = ("Corporate",),
    edited: tuple[date, Text] | None = None,
) -> Release:
    later = None
    if edited:
        later = (edited[0], in_languages(edited[1], chinese))
    return Release(
        release_id(day, number),
        day,
        in_languages(english, chinese),
        categories=categories,
        is_simulated=False,
        edited=later,
    )


def in_languages(english: Text, chinese: Text | None) -> dict[str, Text]:
    if chinese is None:
        return {"en": english}
    return {"en": english, "zh-HK": chinese, "zh-CN": simplified(chinese)}


def early_releases() -> Iterator[Release]:
    yield published(
        date(2021, 8, 27),
        Text(
            "HKEX and Guangzhou Futures Exchange Sign First MOU",
            (
                "Hong Kong Exchanges and Clearing Limited (HKEX) and Guangzhou Futures Exchange "
                "(GFEX) today (Friday) signed a Memorandum of Understanding (MOU), their first, to "
                "work together on green and low-carbon futures for the Greater Bay Area.",
                "The two sides will also look for ways to open the futures market further.",
                "HKEX holds a 7% stake in GFEX, for which it paid RMB210 million.",
            ),
        ),
        Text(
            "香港交易所與廣州期貨交易所首次簽署合作備忘錄",
            (
                "香港交易及結算所有限公司（香港交易所）與廣州期貨交易所今日（星期五）首次簽署合作備忘錄，"
                "雙方將攜手為大灣區發展綠色及低碳期貨。",
                "雙方亦會探討進一步開放期貨市場的途徑。",
                "香港交易所持有廣州期貨交易所7%股權，為此出資2.1億元人民幣。",
            ),
        ),
    )
    yield published(
        date(2021, 11, 3),
        Text(
            "HKEX Joins Glasgow Financial Alliance for Net Zero",
            (
                "HKEX today (Wednesday) joins the Glasgow Financial Alliance for Net Zero (GFANZ) "
                "as a "
                "member of the Net Zero Financial Service Providers Alliance.",
                "It aims at net zero in its own operations by 2050.",
            ),
        ),
        None,
    )
    yield published(
        date(2022, 3, 23),
        Text(
            "Hong Kong's First Carbon Futures ETF Lists on HKEX",
            (
                "The first carbon futures exchange traded fund in Hong Kong was listed today "
                "(Wednesday): the ETF of CICC Hong Kong Asset Management follows the ICE EUA "
                "Carbon "
                "Futures Index (stock codes: 3060 / 83060 / 9060).",
                "It is one of 157 exchange traded products. Those on environmental, social and "
                "governance themes had a market value of HK$4.5 billion at the end of 2021.",
            ),
        ),
        Text(
            "香港首隻碳期貨ETF上市",
            (
                "中國國際金融香港資產管理的碳期貨ETF今日（星期三）上市，"
                "是香港首隻碳期貨交易所買賣基金，"
                "追蹤ICE EUA碳期貨指數（股份代號：3060 / 83060 / 9060）。",
                "現時共有157隻交易所買賣產品。環境、社會及管治主題的ETF於2021年底市值45億港元。",
            ),
        ),
        categories=("Market Operations", "Corporate"),
    )
    yield published(
        date(2022, 3, 24),
        Text(
            "HKEX Signs MOU with China Emissions Exchange on Carbon Finance",
            (
                "HKEX and China Emissions Exchange, Guangzhou (CEEX) today (Thursday) signed a "
                "Memorandum of Understanding (MOU) on carbon finance.",
                "They will study a voluntary emission reduction programme for the Greater Bay "
                "Area.",
            ),
        ),
        Text(
            "香港交易所與廣州碳排放權交易中心簽署合作備忘錄",
            (
                "香港交易所與廣州碳排放權交易中心（廣州碳交所）今日（星期四）簽署合作備忘錄，"
                "共同發展碳金融。",
                "雙方將研究大灣區自願減排機制。",
            ),
        ),
    )
    yield published(
        date(2022, 7, 5),
        Text(
            "HKEX Launches Hong Kong International Carbon Market Council",
            (
                "HKEX today (Tuesday) launched the Hong Kong International Carbon Market Council. "
                "Its first members include ANZ, Bank of China, BNP Paribas, HSBC, ICBC, Standard "
                "Chartered, Cathay Pacific and Tencent.",
                "The council will advise on an international carbon market in Hong Kong.",
            ),
        ),
        Text(
            "香港交易所成立香港國際碳市場委員會",
            (
                "香港交易所今日（星期二）成立香港國際碳市場委員會。首批成員包括澳新銀行、中國銀行、"
                "法國巴黎銀行、滙豐、工商銀行、渣打、國泰航空及騰訊。",
                "委員會將就香港發展國際碳市場提供意見。",
            ),
        ),
    )
    yield published(
        date(2022, 10, 28),
        Text(
            "HKEX Launches International Carbon Marketplace Core Climate",
            (
                "HKEX today (Friday) launched Core Climate, its international carbon marketplace, "
                "with "
                "credits of projects under standards such as Verra's Verified Carbon Standard "
                "(VCS).",
                "Trades can be settled in Hong Kong dollars and in renminbi. Credits can be "
                "bought, "
                "held and retired on the platform.",
            ),
            bullets=(
                "A marketplace for voluntary carbon credits",
                "Settlement in Hong Kong dollars and renminbi",
            ),
        ),
        Text(
            "香港交易所推出國際碳市場Core Climate",
            (
                "香港交易所今日（星期五）推出國際碳市場Core Climate，"
                "所買賣的碳信用來自Verra核證碳標準（VCS）等國際標準下的項目。",
                "交易可以港元及人民幣交收。碳信用可在平台上購買、託管及註銷。",
            ),
            bullets=("自願碳信用的交易平台", "可以港元及人民幣交收"),
        ),
        categories=("Corporate", "Market Operations"),
    )
    yield published(
        date(2022, 11, 24),
        Text(
            "Core Climate Marks First Four Weeks of Trading",
            (
                "HKEX today (Thursday) looked back on the first four weeks of its carbon "
                "marketplace.",
                "From 28 October to 24 November 2022, more than 20 participants made over 40 "
                "trades "
                "on Core Climate, with a total volume of around 400,000 tonnes, and chose from "
                "more "
                "than 30 international carbon projects.",
                "Core Climate was launched on 28 October 2022.",
            ),
            notes=("Members of the council were among the first to trade.",),
        ),
        Text(
            "Core Climate 首四星期交易回顧",
            (
                "香港交易所今日（星期四）回顧其碳市場首四星期的運作。",
                "2022年10月28日至2022年11月24日期間，逾20名參與者在Core Climate完成超過40宗交易，"
                "總成交量約40萬噸，可供選擇的國際碳項目超過30個項目。",
                "Core Climate於2022年10月28日推出。",
            ),
            notes=("委員會成員亦參與首批交易。",),
        ),
    )
