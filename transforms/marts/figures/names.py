"""The figures of the market report: names, units, and in which order they are told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that the report may tell. `section` groups figures in the report."""

    id: str
    section: str
    label_zh: str
    label_en: str
    unit: str


def _f(section: str, rows: str) -> tuple[Figure, ...]:
    """Figures of a section: lines of `id | zh | en | unit`."""
    return tuple(
        Figure(part[0], section, part[1], part[2], part[3])
        for line in rows.strip().splitlines()
        if (part := [cell.strip() for cell in line.split("|")])
    )


_PILOTS = {
    "beijing": "北京",
    "tianjin": "天津",
    "shanghai": "上海",
    "chongqing": "重庆",
    "hubei": "湖北",
    "guangdong": "广东",
    "shenzhen": "深圳",
    "fujian": "福建",
}

FIGURES: tuple[Figure, ...] = (
    *_f(
        "market",
        """
        annual_volume | 全年成交量 | Volume of the year | t
        annual_turnover | 全年成交额 | Turnover of the year | CNY
        volume_growth | 成交量同比 | Volume on the year before | %
        turnover_growth | 成交额同比 | Turnover on the year before | %
        cumulative_volume | 累计成交量 | Volume since the launch | t
        cumulative_turnover | 累计成交额 | Turnover since the launch | CNY
        year_end_close | 年末收盘价 | Close at the year's end | CNY/t
        close_growth | 收盘价较上年末 | Close on the year's end before | %
        mean_price | 成交均价 | Mean price | CNY/t
        mean_price_growth | 成交均价同比 | Mean price on the year before | %
        high_price | 最高价 | Highest price | CNY/t
        low_price | 最低价 | Lowest price | CNY/t
        high_close | 最高收盘价 | Highest close | CNY/t
        low_close | 最低收盘价 | Lowest close | CNY/t
        listed_volume | 挂牌协议成交量 | Listed trades | t
        listed_turnover | 挂牌协议成交额 | Turnover of listed trades | CNY
        block_volume | 大宗协议成交量 | Block trades | t
        block_turnover | 大宗协议成交额 | Turnover of block trades | CNY
        auction_volume | 单向竞价成交量 | One-way auctions | t
        auction_turnover | 单向竞价成交额 | Turnover of auctions | CNY
        q4_share | 第四季度成交量占比 | Share of the fourth quarter in the volume | %
        trading_days | 交易日 | Trading days | days
        no_trade_days | 无成交日 | Days without a trade | days
        auctions | 单向竞价场次 | Auctions held | count
        """,
    ),
    *_f(
        "coverage",
        """
        key_emitters | 重点排放单位 | Key emitters | count
        covered_emissions | 年覆盖排放量 | Yearly emissions covered | t
        national_share | 占全国排放量比重 | Share of national emissions | %
        threshold | 纳入门槛（年排放量） | Threshold of yearly emissions | t
        surrender_due | 应清缴配额总量 | Allowances due for surrender | t
        surrender_rate | 配额清缴完成率 | Share surrendered | %
        monthly_evidence_days | 月度存证期限 | Days to store a month's evidence | days
        """,
    ),
    *_f(
        "expansion",
        """
        expansion_companies | 扩围新增单位 | Companies added by the expansion | count
        expansion_companies_reported | 扩围实际新增单位 | Companies added, as reported | count
        expansion_emissions | 扩围新增覆盖排放量 | Emissions added by the expansion | t
        expansion_world_share | 占全球排放量比重 | Share of global emissions | %
        expansion_phase | 扩围阶段 | Phases of the expansion |
        """,
    ),
    *_f(
        "ccer",
        """
        ccer_volume | CCER 全年成交量 | CCER: volume of the year | t
        ccer_turnover | CCER 全年成交额 | CCER: turnover of the year | CNY
        ccer_mean_price | CCER 成交均价 | CCER: mean price | CNY/t
        ccer_volume_growth | CCER 成交量同比 | CCER: volume on the year before | %
        ccer_turnover_growth | CCER 成交额同比 | CCER: turnover on the year before | %
        ccer_high_average | CCER 最高日均价 | CCER: highest mean price of a day | CNY/t
        ccer_low_average | CCER 最低日均价 | CCER: lowest mean price of a day | CNY/t
        ccer_cumulative_volume | CCER 累计成交量 | CCER: volume since the launch | t
        ccer_cumulative_turnover | CCER 累计成交额 | CCER: turnover since the launch | CNY
        ccer_trading_days | CCER 交易日 | CCER: trading days | days
        ccer_no_trade_days | CCER 无成交日 | CCER: days without a trade | days
        ccer_projects_registered | CCER 已登记项目 | CCER: projects registered | count
        ccer_reductions_registered | CCER 已登记减排量 | CCER: reductions registered | count
        ccer_reductions_issued | CCER 已签发减排量批次 | CCER: reductions issued | count
        """,
    ),
    *_f(
        "pilots",
        "".join(
            f"""
        {pilot}_held_volume | {name}成交量（所载各日） | {pilot.title()}: volume, days held | t
        {pilot}_last_price | {name}年末价格 | {pilot.title()}: last price of the year | CNY/t
        """.strip()
            + "\n"
            for pilot, name in _PILOTS.items()
        ),
    ),
    *_f(
        "penalties",
        """
        regulation_in_force | 《暂行条例》施行日期 | Interim Regulations in force from |
        penalty_articles | 罚则条款 | Articles with penalties |
        fine_max_report | 数据弄虚作假罚款上限 | Highest fine for false reports | CNY
        fine_max | 罚款上限 | Highest fine of all | CNY
        allowance_cut_min | 配额核减下限 | Least cut of allowances | %
        allowance_cut_max | 配额核减上限 | Greatest cut of allowances | %
        """,
    ),
    *_f(
        "hongkong",
        """
        core_climate_participants | Core Climate 参与者 | Participants of Core Climate | count
        core_climate_projects | Core Climate 项目 | Projects on Core Climate | count
        core_climate_trades | Core Climate 交易宗数 | Trades on Core Climate | count
        core_climate_tonnes | Core Climate 累计成交量 | Volume on Core Climate | t
        hkex_settlement | Core Climate 交收 | Settlement on Core Climate | t
        hkex_trade | Core Climate 交易 | Trade on Core Climate | t
        hkex_launch | Core Climate 推出 | Launch of Core Climate |
        hkex_product_added | 新增碳信用标准 | Standard added |
        hkex_mou | 合作备忘录 | Memorandum of understanding |
        hkex_council | 国际碳市场委员会 | Carbon market council |
        hkex_listing | 产品上市 | Product listed |
        hkex_commitment | 减碳承诺 | Commitment |
        hkex_guide | 指引 | Guide |
        """,
    ),
)
