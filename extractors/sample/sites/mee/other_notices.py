"""The rest of the site: news around the market, pages that are none of its, odd ones.

Made up, and marked as simulated where they carry a figure that nobody published.
"""

from __future__ import annotations

from datetime import date, timedelta

from extractors.sample.sites.mee.model import (
    BGT_HAN,
    LISTS,
    NEWS,
    SYQHBH,
    WJ,
    WSQTKZ,
    XWFB,
    YJZJ,
    ZBFT,
    ZCJD,
    ZYY,
    Doc,
    File,
    file_name,
    path_of,
    xxgk,
)

VANISHING = path_of(WSQTKZ, date(2026, 9, 3), 11)
"""A page that the change `vanish` takes away when no other is named."""

_D = date
_TRAINING = ("北京", "上海", "湖北", "广东", "四川", "山东", "江苏", "河南", "辽宁", "陕西")


def _news(
    folder: str, day: date, title: str, *paragraphs: str, offset: int = 0, template: str = "N",
    files: tuple[File, ...] = (), lists: tuple[str, ...] = (), no: int = 0,
) -> Doc:  # fmt: skip
    return Doc(
        path_of(folder, day, offset, no=no), template, title, day, paragraphs,
        lists=lists or (folder,), issuer="生态环境部", files=files, is_simulated=True,
    )  # fmt: skip


def _trainings() -> tuple[Doc, ...]:
    """One training a quarter, by turns in the two climate channels."""
    docs = []
    for n, place in enumerate(_TRAINING * 2):
        day = _D(2021, 8, 18) + timedelta(days=91 * n)
        folder = WSQTKZ if n % 3 else SYQHBH
        docs.append(
            _news(
                folder, day, f"全国碳市场能力建设培训（第{n + 1}期）在{place}举办",
                f"样例：培训在{place}举办，讲解重点排放单位数据质量管理和交易规则，"
                f"学员来自企业和技术服务机构。",
                "编辑：样例编辑",
                offset=20 + n,
            )
        )  # fmt: skip
    return tuple(docs)


def _openings() -> tuple[Doc, ...]:
    """Each list's oldest item: no list is ever empty, and most titles are none of the market's."""
    day = _D(2020, 12, 1)
    return tuple(
        _news(
            folder,
            day,
            "栏目开通说明",
            "样例：本栏目自即日起开通，发布相关信息，内容由样例站点提供，仅供测试和演示使用。",
            offset=200 + n,
        )
        for n, folder in enumerate(LISTS)
    )


OTHERS: tuple[Doc, ...] = (
    *_openings(),
    *_trainings(),
    _news(
        ZYY, _D(2025, 8, 25),
        "中共中央办公厅 国务院办公厅关于推进绿色低碳转型加强全国碳市场建设的意见",
        "样例转述：意见对建设更加有效、更有活力的全国碳市场作出部署，"
        "涉及碳排放权交易和温室气体自愿减排。",
        template="W",
    ),
    _news(
        WSQTKZ, _D(2026, 3, 1), "国家温室气体排放因子数据库（第二版）正式发布",
        "样例转述：第二版数据库共收录576个因子，可供温室气体排放报告编制使用。", no=1_145_117,
    ),
    _news(
        WSQTKZ, _D(2026, 6, 17), "产品碳足迹管理体系建设进展报告（2026）",
        "全文见附件。", no=1_159_517,
        files=(File(file_name(_D(2026, 6, 17)), "产品碳足迹管理体系建设进展报告（2026）", (
            ("产品碳足迹管理体系建设进展报告（样例）", "报告介绍产品碳足迹核算，"
            "与全国碳市场衔接。"),
        )),),
    ),
    _news(
        NEWS, _D(2026, 8, 24), "生态环境部部务会议原则通过《2025、"
        "2026年度全国碳排放权交易市场发电行业以及"
        "2026年度钢铁、水泥、铝冶炼行业配额总量和分配方案》",
        "样例转述：会议审议并原则通过配额总量和分配方案，要求抓紧印发。",
    ),
    _news(
        WSQTKZ, _D(2026, 9, 3), "全国碳市场数据质量专题会召开",
        "样例：会议研究重点排放单位数据质量管理，要求做好月度信息化存证。", offset=11,
    ),
    *(
        # One document in the climate channel and in the news, which rank below it.
        _news(
            folder, _D(2026, 8, 28), "全国碳市场数据质量工作座谈会召开",
            "样例：会议总结重点排放单位数据质量管理经验，部署下一步工作，各方交流了意见。"
            "", offset=9 + n,
        )
        for n, folder in enumerate((WSQTKZ, NEWS))
    ),
    _news(
        XWFB, _D(2026, 8, 31), "8月例行新闻发布会谈碳市场",
        "样例：发言人介绍全国碳市场总体平稳，交易活跃，各项数据以年底的正式公报为准。",
    ),
    _news(
        ZBFT, _D(2024, 5, 6), "解读全国温室气体自愿减排交易市场启动",
        "样例：温室气体自愿减排交易市场与全国碳排放权交易市场互为补充。",
    ),
    _news(
        ZCJD, _D(2023, 10, 24), "《温室气体自愿减排交易管理办法（试行）》解读",
        "样例：办法明确项目登记、核证自愿减排量登记、交易和监督的要求。", template="W",
    ),
    _news(
        NEWS, _D(2025, 2, 10), "多地推进排污权交易与配额管理改革",
        "样例：多地推进排污权交易，初始配额按排污许可核定，不涉及其他市场。",
    ),
    _news(
        NEWS, _D(2024, 6, 5), "六五环境日主场活动介绍低碳生活",
        "样例：活动宣传低碳出行和节约用水，现场展示各地生态环境保护成果。",
    ),
    Doc(
        xxgk("06", _D(2025, 12, 8)), "X", "关于更正钢铁行业核算指南附表的通知", _D(2025, 12, 8),
        ("样例：更正温室气体排放报告指南附表一处笔误，更正后的附表见附件。",),
        lists=(BGT_HAN,), number="环办气候函〔2025〕410号", index="000014672/2025-00660",
        issuer="生态环境部办公厅", category="应对气候变化", signed=_D(2025, 12, 5),
        files=(
            File(file_name(_D(2025, 12, 8), 0, "docx"), "更正说明", (("更正说明（样例）"
            "", "附表第二行已更正。"),)),
            File(file_name(_D(2025, 12, 8), 1, "XLSX"), "更正后的附表", (("项目", "说明"),)),
            File(file_name(_D(2025, 12, 8), 2, "zip"), "全部附件", (("压缩包内的样例文件",),)),
        ),
        is_simulated=True,
    ),
    Doc(
        xxgk("03", _D(2022, 6, 8)), "X", "关于做好排污许可与配额衔接工作的通知", _D(2022, 6, 8),
        ("样例：做好排污许可与排污权配额的衔接，细化初始分配办法。",),
        lists=(WJ,), number="环环评〔2022〕40号", index="000014672/2022-00300",
        issuer="生态环境部", category="环境影响评价", is_simulated=True,
    ),
    Doc(
        path_of(YJZJ, _D(2024, 7, 3)), "W", "关于公开征求碳排放权交易第三方核查管理意见的"
        "通知", _D(2024, 7, 3),
        ("样例：2024年8月2日前，请将意见反馈我部。涉及重点排放单位的核查机构。",),
        lists=(YJZJ,), issuer="生态环境部办公厅", is_simulated=True,
    ),
)  # fmt: skip
