"""Chinese units and counters: what each is in base units, and by what it is multiplied."""

from __future__ import annotations

_CO2 = ("二氧化碳当量", "二氧化碳", "CO2e", "CO2当量", "CO2", "碳", "")
_CURRENCIES = {"元": "CNY", "美元": "USD", "欧元": "EUR", "港元": "HKD", "英镑": "GBP"}
_MONEY = {**_CURRENCIES, "元人民币": "CNY", "港币": "HKD"}
_MASSES = {f"{ton}{gas}": "t" for ton in ("吨", "噸") for gas in _CO2}
_MASSES |= {"tCO2e": "t", "tCO2": "t"}
_PER_MASS = {
    f"{money}{per}{mass}": f"{unit}/t"
    for money, unit in _CURRENCIES.items()
    for per in ("/", "每")
    for mass in (*_MASSES, "t")
}
_RATES = {
    "tCO2/MWh": "tCO2/MWh",
    "tCO2e/MWh": "tCO2/MWh",
    "吨二氧化碳/兆瓦时": "tCO2/MWh",
    "吨CO2/兆瓦时": "tCO2/MWh",
    "kgCO2/kWh": "kgCO2/kWh",
    "kgCO2e/kWh": "kgCO2/kWh",
    "千克二氧化碳/千瓦时": "kgCO2/kWh",
    "tCO2/GJ": "tCO2/GJ",
    "吨二氧化碳/吉焦": "tCO2/GJ",
    "tCO2/t": "tCO2/t",
    "tCO2/万元": "tCO2/10kCNY",
    "克标准煤/千瓦时": "gce/kWh",
    "GJ/t": "GJ/t",
    "tC/GJ": "tC/GJ",
}
_PLAIN = {
    "%": "percent",
    "个百分点": "points",
    "百分点": "points",
    "‰": "permille",
    "倍": "times",
    "吨标准煤": "tce",
    "吨标煤": "tce",
    "千克": "kg",
    "公斤": "kg",
    "千瓦时": "kWh",
    "度电": "kWh",
    "兆瓦时": "MWh",
    "MWh": "MWh",
    "kWh": "kWh",
    "千瓦": "kW",
    "兆瓦": "MW",
    "MW": "MW",
    "kW": "kW",
    "GJ": "GJ",
    "立方米": "m3",
    "m3": "m3",
    "公顷": "ha",
    "亩": "mu",
    "平方公里": "km2",
    "公里": "km",
    "摄氏度": "C",
    "℃": "C",
}
UNITS: dict[str, str] = {**_MASSES, **_PER_MASS, **_RATES, **_MONEY, **_PLAIN}
"""Printed unit -> base unit. A scale word stands before it and is no part of it."""

DAYS = {"个自然日": "days", "个工作日": "days", "自然日": "days", "工作日": "days", "日内": "days"}
COUNTERS: dict[str, str] = {
    "个交易日": "trading days",
    **DAYS,
    **dict.fromkeys(
        (
            *"家个個户戶项項场場名位人起件次笔座台只种批本份类条款支所期宗组处部套",
            *("人次", "家次", "家企业"),
        ),
        "count",
    ),
}
"""Printed counter -> unit: what is counted is said by the words around it."""

DURATIONS = (
    "个月",
    "小时",
    "个小时",
    "天",
    "年",
    "周",
    "个星期",
    "分钟",
    "秒",
    "岁",
    "日",
    "周年",
    "年内",
)
"""What makes a number a length of time."""
