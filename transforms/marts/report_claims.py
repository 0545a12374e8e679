"""The figures of the market report of 2024 as it printed them, to be held against the tables."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure as the report printed it.

    It is looked for among the key figures `figure` of `period` (any, where empty).
    `value` is in the figure's unit, rounded to `step`; `least` says that the report gives a
    lower bound. `text` is what the figure's words must hold instead. `note_*` says what has
    to be known beside the verdict; `cites` are further figures (name, period) that show it.
    """

    id: str
    says_zh: str
    says_en: str
    figure: str
    period: str = ""
    value: Decimal | None = None
    step: Decimal = Decimal(1)
    least: bool = False
    text: str = ""
    note_zh: str = ""
    note_en: str = ""
    cites: tuple[tuple[str, str], ...] = ()


_MILLION, _BILLION = Decimal(10**6), Decimal(10**9)

REPORT_YEAR = 2024
CLAIMS: tuple[Claim, ...] = (
    Claim(
        "cumulative_volume",
        "累计成交量超过6亿吨",
        "more than 600 million t since the launch",
        "cumulative_volume",
        "2024",
        600 * _MILLION,
        least=True,
    ),
    Claim(
        "cumulative_turnover",
        "累计成交额超过430亿元",
        "more than CNY 43 billion since the launch",
        "cumulative_turnover",
        "2024",
        43 * _BILLION,
        least=True,
    ),
    Claim(
        "annual_volume",
        "2024年成交量1.89亿吨",
        "189 million t in 2024",
        "annual_volume",
        "2024",
        189 * _MILLION,
        _MILLION,
    ),
    Claim(
        "annual_volume_before",
        "2023年成交量1.08亿吨（增幅75%的基数）",
        "108 million t in 2023 (the base of its +75%)",
        "annual_volume",
        "2023",
        108 * _MILLION,
        _MILLION,
    ),
    Claim(
        "volume_growth",
        "2024年成交量同比增长75%",
        "volume of 2024 up 75% on the year before",
        "volume_growth",
        "2024",
        Decimal(75),
        cites=(("annual_volume", "2024"), ("annual_volume", "2023")),
        note_zh="报告由1.08亿吨增至1.89亿吨算得75%；按表中2023年成交量，应为下降。",
        note_en="The report has 108 million t grow to 189 million t, which is 75%; "
        "by the tables' volume of 2023 it fell.",
    ),
    Claim(
        "annual_turnover",
        "2024年成交额181亿元",
        "CNY 18.1 billion in 2024",
        "annual_turnover",
        "2024",
        Decimal("18.1") * _BILLION,
        _BILLION / 10,
    ),
    Claim(
        "price_low",
        "价格区间下限69.67元/吨",
        "prices from CNY 69.67/t",
        "low_close",
        "2024",
        Decimal("69.67"),
        Decimal("0.01"),
        note_zh="这是最低收盘价，最低价另有其值。",
        note_en="This is the lowest close; the lowest price is another figure.",
    ),
    Claim(
        "price_high",
        "价格区间上限106.02元/吨",
        "prices up to CNY 106.02/t",
        "high_price",
        "2024",
        Decimal("106.02"),
        Decimal("0.01"),
        note_zh="这是最高价，最高收盘价另有其值：区间两端口径不一。",
        note_en="This is the highest price, not the highest close: the range mixes the two.",
    ),
    Claim(
        "national_share",
        "覆盖全国排放量40%以上",
        "more than 40% of national emissions",
        "national_share",
        "",
        Decimal(40),
        least=True,
    ),
    Claim("key_emitters", "重点排放单位2257家", "2,257 firms", "key_emitters", "", Decimal(2257)),
    Claim(
        "fine",
        "罚款最高200万元",
        "fines up to CNY 2,000,000",
        "fine_max_report",
        "",
        Decimal(2_000_000),
        note_zh="这是对重点排放单位数据弄虚作假的罚款上限；操纵市场的罚款上限更高。",
        note_en="This is the fixed limit for false reports of emitters; "
        "market manipulation has a higher one.",
    ),
    Claim(
        "cut_least",
        "核减配额50%以上",
        "cuts of allowances from 50%",
        "allowance_cut_min",
        "",
        Decimal(50),
    ),
    Claim(
        "cut_most", "核减配额至100%", "cuts of up to 100%", "allowance_cut_max", "", Decimal(100)
    ),
    Claim(
        "in_force",
        "《条例》自2024年5月1日起施行",
        "Regulations in force from 1 May 2024",
        "regulation_in_force",
        text="2024-05-01",
    ),
    Claim("articles", "第二十一至二十六条", "articles 21 to 26", "penalty_articles", text="-26"),
    Claim(
        "monthly_reports",
        "按月存证（月度报告）",
        "monthly reports",
        "monthly_evidence_days",
        "",
        Decimal(1),
        least=True,
    ),
    Claim(
        "phase_one",
        "2024—2026年为熟悉阶段",
        "2024 to 2026 to become familiar",
        "expansion_phase",
        text="2024-2026",
    ),
    Claim("phase_two", "2027年起趋严", "stricter from 2027", "expansion_phase", text="2027"),
    Claim(
        "expansion_companies",
        "扩围新增约1500家",
        "1,500 firms join",
        "expansion_companies",
        "",
        Decimal(1500),
    ),
    Claim(
        "expansion_emissions",
        "新增覆盖排放量30亿吨",
        "3 billion t added",
        "expansion_emissions",
        "",
        3 * _BILLION,
    ),
    Claim(
        "expansion_share",
        "约占全球排放量5%",
        "about 5% of global emissions",
        "expansion_world_share",
        "",
        Decimal(5),
    ),
    Claim(
        "participants",
        "Core Climate 参与者逾90家",
        "over 90 participants of Core Climate",
        "core_climate_participants",
        "2024-12-18",
        Decimal(90),
    ),
    Claim(
        "projects",
        "Core Climate 项目逾50个",
        "over 50 projects",
        "core_climate_projects",
        "2024-12-18",
        Decimal(50),
    ),
    Claim(
        "settlement",
        "国泰航空交收5万吨",
        "50,000 t settled for Cathay Pacific",
        "hkex_settlement",
        "2024-12-18",
        Decimal(50_000),
        text="Cathay Pacific",
    ),
    Claim("vcs", "采用 Verra VCS 标准", "credits under Verra's VCS", "hkex_launch", text="Verra"),
    Claim(
        "gold_standard",
        "采用 Gold Standard 标准",
        "credits under Gold Standard",
        "hkex_product_added",
        text="Gold Standard",
    ),
    Claim(
        "gfex",
        "2021年8月27日与广期所签署备忘录",
        "memorandum of HKEX and GFEX of 27 August 2021",
        "hkex_mou",
        "2021-08-27",
        text="GFEX",
    ),
)
