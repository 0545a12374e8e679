"""Who a release speaks of: canonical names, and the names they go by in three scripts.

Names drift (Macao/Macau, Green/Emissions Exchange), so they are mapped by this table and
never by likeness: CEEX and GFEX are different bodies in one city.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HKEX = "HKEX"


@dataclass(frozen=True, slots=True)
class Party:
    """A body: its canonical name, what it is, and every name it goes by."""

    name: str
    role: str
    aliases: tuple[str, ...]


PARTIES = (
    Party(
        "CEEX",
        "exchange",
        (
            "China Emissions Exchange",
            "Guangzhou Emissions Exchange",
            "CEEX",
            "廣州碳排放權交易中心",
            "广州碳排放权交易中心",
            "廣州碳交所",
            "广州碳交所",
        ),
    ),
    Party(
        "GFEX",
        "exchange",
        (
            "Guangzhou Futures Exchange",
            "GFEX",
            "廣州期貨交易所",
            "广州期货交易所",
            "廣期所",
            "广期所",
        ),
    ),
    Party(
        "Shenzhen Green Exchange",
        "exchange",
        (
            "Shenzhen Green Exchange",
            "China Shenzhen Emissions Exchange",
            "Shenzhen Emissions Exchange",
            "深圳綠色交易所",
            "深圳绿色交易所",
            "深圳排放權交易所",
            "深圳排放权交易所",
        ),
    ),
    Party(
        "Macao International Carbon Emission Exchange",
        "exchange",
        (
            "Macao International Carbon Emission Exchange",
            "Macau International Carbon Emission Exchange",
            "Macao International Carbon Exchange",
            "Macau International Carbon Exchange",
            "澳門國際碳排放權交易所",
            "澳门国际碳排放权交易所",
        ),
    ),
    Party(
        "FSTB",
        "government",
        (
            "Financial Services and the Treasury Bureau",
            "FSTB",
            "財經事務及庫務局",
            "财经事务及库务局",
            "財庫局",
            "财库局",
        ),
    ),
    Party(
        "FSDC",
        "government",
        ("Financial Services Development Council", "FSDC", "金融發展局", "金融发展局", "金發局"),
    ),
    Party(
        "Towngas",
        "company",
        (
            "The Hong Kong and China Gas Company",
            "Hong Kong and China Gas",
            "Towngas",
            "中華煤氣",
            "中华煤气",
        ),
    ),
    Party(
        "Cathay Pacific",
        "company",
        (
            "Cathay Pacific Airways",
            "Cathay Pacific",
            "Cathay",
            "國泰航空",
            "国泰航空",
            "國泰集團",
            "国泰集团",
            "國泰",
            "国泰",
        ),
    ),
    Party("Tencent", "company", ("Tencent", "騰訊", "腾讯")),
    Party(
        "ANZ", "bank", ("ANZ", "Australia and New Zealand Banking Group", "澳新銀行", "澳新银行")
    ),
    Party("Bank of China", "bank", ("Bank of China", "中國銀行", "中国银行")),
    Party("BNP Paribas", "bank", ("BNP Paribas", "法國巴黎銀行", "法国巴黎银行")),
    Party(
        "HSBC",
        "bank",
        ("HSBC", "Hongkong and Shanghai Banking Corporation", "滙豐", "匯豐", "汇丰"),
    ),
    Party(
        "ICBC", "bank", ("ICBC", "Industrial and Commercial Bank of China", "工商銀行", "工商银行")
    ),
    Party(
        "Standard Chartered",
        "bank",
        ("Standard Chartered Bank", "Standard Chartered", "渣打銀行", "渣打银行", "渣打"),
    ),
    Party("Verra", "standard", ("Verra", "Verified Carbon Standard")),
    Party("Gold Standard", "standard", ("Gold Standard", "黃金標準", "黄金标准")),
    Party(
        "CICC Hong Kong Asset Management",
        "issuer",
        (
            "CICC Hong Kong Asset Management",
            "China International Capital Corporation Hong Kong Asset Management",
            "中國國際金融香港資產管理",
            "中国国际金融香港资产管理",
            "中金香港資產管理",
            "中金香港资产管理",
        ),
    ),
    Party(
        "SBTi",
        "alliance",
        ("Science Based Targets initiative", "SBTi", "科學基礎目標倡議", "科学基础目标倡议"),
    ),
    Party(
        "GFANZ",
        "alliance",
        (
            "Glasgow Financial Alliance for Net Zero",
            "GFANZ",
            "格拉斯哥淨零金融聯盟",
            "格拉斯哥净零金融联盟",
        ),
    ),
    Party(
        "Net Zero Financial Service Providers Alliance",
        "alliance",
        (
            "Net Zero Financial Service Providers Alliance",
            "淨零金融服務提供者聯盟",
            "净零金融服务提供者联盟",
        ),
    ),
)

_PARTY_OF = {alias.lower(): party for party in PARTIES for alias in party.aliases}
_ALIASES = re.compile(
    "|".join(
        rf"\b{re.escape(alias)}\b" if alias.isascii() else re.escape(alias)
        for alias in sorted(_PARTY_OF, key=len, reverse=True)
    ),
    re.IGNORECASE | re.ASCII,
)


def named_in(text: str) -> tuple[set[str], str]:
    """Canonical names of all that a text names, whatever they are, and the text without them."""
    found = {_PARTY_OF[match[0].lower()].name for match in _ALIASES.finditer(text)}
    return found, _ALIASES.sub("", text)


def name_at(text: str, place: int) -> int:
    """Where the name of a known party that begins at a place ends; the place itself for none."""
    found = _ALIASES.match(text, place)
    return found.end() if found else place


def parties_in(text: str, roles: frozenset[str]) -> list[str]:
    """Canonical names of those with one of the roles that a text names, each once, sorted."""
    found = {_PARTY_OF[match[0].lower()] for match in _ALIASES.finditer(text)}
    return sorted(party.name for party in found if party.role in roles)
