"""The exchange's releases on carbon, 2021-2025, in our own words and with its published figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from extractors.sample.sites.hkex.markup import Release, Text
from extractors.sample.sites.hkex.releases_early import early_releases, published


def carbon_releases() -> list[Release]:
    """The twelve releases, oldest first."""
    return sorted([*early_releases(), *_later()], key=lambda release: release.day)


def _later() -> Iterator[Release]:
    yield published(
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
    yield published(
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
    yield published(
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
    yield published(
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
    yield published(
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
