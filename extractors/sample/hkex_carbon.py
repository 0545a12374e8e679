"""The exchange's releases on carbon, 2021-2025, in our own words and with its published figures.

Dates, parties and figures are those of the exchange's releases and of the press about them.
Ids that were never confirmed follow the grammar of ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from extractors.sample.hkex_model import Release, Text, release_id
from extractors.sample.hkex_simplified import simplified


def carbon_releases() -> list[Release]:
    """The twelve releases, oldest first."""
    return sorted(_all(), key=lambda release: release.day)


def _of(
    day: date,
    english: Text,
    chinese: Text | None,
    number: int = 1,
    categories: tuple[str, ...] = ("Corporate",),
    edited: tuple[date, Text] | None = None,
) -> Release:
    later = None
    if edited:
        later = (edited[0], _texts(edited[1], chinese))
    return Release(
        release_id(day, number),
        day,
        _texts(english, chinese),
        categories=categories,
        is_simulated=False,
        edited=later,
    )


def _texts(english: Text, chinese: Text | None) -> dict[str, Text]:
    if chinese is None:
        return {"en": english}
    return {"en": english, "zh-HK": chinese, "zh-CN": simplified(chinese)}


def _all() -> Iterator[Release]:
    yield _of(
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
    yield _of(
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
    yield _of(
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
    yield _of(
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
    yield _of(
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
    yield _of(
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
    yield _of(
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
    yield _of(
        date(2023, 11, 27),
        Text(
            "HKEX Commits to Carbon Neutrality by 2024 and Net Zero by 2040",
            (
                "HKEX today (Monday) said that it commits to carbon neutrality by 2024 and to net "
                "zero "
                "by 2040, ten years earlier than before. The Science Based Targets initiative "
                "(SBTi) "
                "is to validate the targets.",
                "As at 25 November 2023, around 900,000 tonnes had been traded on Core Climate "
                "since it "
                "was launched in October 2022, and its participants had grown from just over 20 to "
                "almost 80.",
            ),
            table=(("Target", "Year"), ("Carbon neutrality", "2024"), ("Net zero", "2040")),
        ),
        Text(
            "香港交易所承諾於2024年實現碳中和、2040年實現淨零",
            (
                "香港交易所今日（星期一）承諾於2024年實現碳中和，並於2040年實現淨零排放，"
                "較原定目標提前十年。"
                "有關目標將交科學基礎目標倡議（SBTi）核實。",
                "截至2023年11月25日，Core Climate自2022年10月推出以來累計成交約90萬公噸，"
                "參與者由逾20名增至近80名。",
            ),
            table=(("目標", "年份"), ("碳中和", "2024"), ("淨零", "2040")),
        ),
    )
    yield _of(
        date(2024, 8, 1),
        Text(
            "HKEX Adds Gold Standard Credits to Core Climate",
            (
                "HKEX today (Thursday) added carbon credits under Gold Standard to Core Climate, "
                "alongside those under Verra's Verified Carbon Standard (VCS).",
                "Core Climate was launched in October 2022 as an international carbon marketplace.",
            ),
        ),
        Text(
            "香港交易所Core Climate新增黃金標準碳信用",
            (
                "除Verra核證碳標準（VCS）外，香港交易所今日（星期四）在Core "
                "Climate新增黃金標準（Gold "
                "Standard）下的碳信用。",
                "Core Climate於2022年10月推出，為國際碳市場。",
            ),
        ),
    )
    yield _of(
        date(2024, 12, 18),
        Text(
            "Cathay Pacific Settles 50,000 Tonnes of Voluntary Carbon Credits through Core Climate",
            (
                "HKEX today (Wednesday) welcomed the settlement of 50,000 tonnes of voluntary "
                "carbon "
                "credits by Cathay Pacific Airways (stock code: 293) through Core Climate, its "
                "international carbon marketplace.",
                "The Financial Services and the Treasury Bureau said that the settlement of "
                "50,000\u00a0tonnes shows what Hong Kong can do for green finance.",
                "Core Climate was launched in October 2022. It now has more than 90 participants "
                "and "
                "offers credits from over 50 internationally certified projects.",
            ),
            notes=("Core Climate offers trading, custody, settlement and retirement.",),
        ),
        Text(
            "國泰航空透過Core Climate交收5萬噸自願碳信用",
            (
                "香港交易所今日（星期三）歡迎國泰航空（股份代號：293）透過國際碳市場Core Climate"
                "交收50,000公噸自願碳信用。",
                "財經事務及庫務局表示，是次交收5萬噸碳信用，展示香港在綠色金融方面的優勢。",
                "Core Climate於2022年10月推出，現有逾90名參與者，"
                "提供超過50個獲國際認證項目的碳信用。",
            ),
            notes=("Core Climate提供交易、託管、交收及註銷服務。",),
        ),
        number=2,
    )
    guide = Text(
        "HKEX Publishes Carbon Credit Buyers' Guide at Climate Finance Forum",
        (
            "HKEX today (Wednesday) held a climate finance forum and published a guide for the "
            "buyers "
            "of carbon credits.",
            "Core Climate, launched in October 2022, has over 100 participants and more than 60 "
            "internationally certified projects.",
        ),
    )
    yield _of(
        date(2025, 9, 10),
        guide,
        Text(
            "香港交易所舉行氣候金融論壇並發布碳信用指引",
            (
                "香港交易所今日（星期三）舉行氣候金融論壇，並發布《碳信用：買方指引》。",
                "Core Climate於2022年10月推出，現有逾100多名參與者及60多個獲國際認證的項目。",
            ),
        ),
        edited=(
            date(2025, 9, 12),
            replace(
                guide,
                paragraphs=(
                    guide.paragraphs[0],
                    "The guide explains how credits are made, rated and retired.",
                    guide.paragraphs[1],
                ),
            ),
        ),
    )
    yield _of(
        date(2025, 9, 23),
        Text(
            "HKEX and Three Exchanges of the Greater Bay Area Sign MOU on Carbon Market",
            (
                "HKEX, Guangzhou Emissions Exchange, Shenzhen Green Exchange and Macao "
                "International "
                "Carbon Emission Exchange today (Tuesday) signed a four-party Memorandum of "
                "Understanding (MOU) on the carbon market and green finance of the Greater Bay "
                "Area.",
                "Core Climate has more than 100 participants and over 60 projects.",
            ),
        ),
        Text(
            "香港交易所與大灣區三間交易所簽署碳市場合作備忘錄",
            (
                "香港交易所、廣州碳排放權交易中心、"
                "深圳綠色交易所及澳門國際碳排放權交易所今日（星期二）"
                "簽署四方合作備忘錄，共同推動大灣區碳市場及綠色金融發展。",
                "Core Climate現有超過100名參與者及逾60個項目。",
            ),
        ),
    )
