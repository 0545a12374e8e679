"""Names of contact persons go, in whatever layout they stand; the text around them stays."""

from __future__ import annotations

import pytest

from extractors.parsing.private.text import without_private

NAMES = ("张三三", "張三三", "綦三三", "李四", "欧阳修远", "Zhang San", "买买提·艾力")
LAYOUTS = {
    "an institution before the names, phones below": (
        "联系人及联系方式：\n名录咨询：\n注册登记机构 张三三\n电话：（010）00000000\n"
        "气候中心 李四、欧阳修远\n电话：（010）00000001\n生态环境部办公厅\n2026年4月10日",
        ("注册登记机构", "气候中心", "生态环境部办公厅\n2026年4月10日"),
    ),
    "a line each": (
        "联系方式\n应对气候变化司\n张三三\n010-65645678\n李四\n65645678",
        ("应对气候变化司",),
    ),
    "no colon": ("业务联系人 张三三 李四\n清缴应按时完成。", ("清缴应按时完成。",)),
    "phone beside the name, no heading": (
        "配额清缴由各省负责。\n李四 010-65645678\n张三三（13812345678）",
        ("配额清缴由各省负责。",),
    ),
    "names above the phone, no heading": (
        "正文到此。\n张三三\n李四\n电话：010-65645678",
        ("正文到此。",),
    ),
    "a table of cells": (
        "单位\t姓名\t电话\n注册登记中心\t张三三\t027-12345678\n交易机构\t李四\t021-12345678",
        ("单位\t姓名\t电话\n注册登记中心\t", "交易机构\t"),
    ),
    "name, colon, phone": ("（三）咨询电话\n李四：010-65645678\n张三三：65645678", ("（三）",)),
    "in a sentence": (
        "请于3月底前反馈，联系李四，电话010-65645678。以上。",
        ("请于3月底前反馈", "以上。"),
    ),
    "titles": ("技术支持：李四女士 010-65645678\n张三三老师", ("技术支持",)),
    "blanks inside a name": ("联系人\n张　三　三\n李 四\n电话：010-65645678", ()),
    "glued to the institution": (
        "应对气候变化司李四张三三\n电话：010-65645678",
        ("应对气候变化司",),
    ),
    "English and other names": (
        "联系我们：\nZhang San\n买买提·艾力\n传真：010-65645678",
        ("联系我们",),
    ),
    "glued to the phone": ("气候司\n张三三010-65645678\n李四13812345678", ("气候司",)),
    "brackets": ("（联系人：李四，电话：010-65645678）\n正文。", ("正文。",)),
    "a mail address": ("张三三 zhangss@mee.gov.cn\n李四：li@mee.gov.cn", ()),
    "a phone before its name": ("联系电话：010-65645678（张三三）、李四", ("",)),
    "whom to turn to": (
        "如有问题，请与应对气候变化司李四同志联系，电话：65645678。",
        ("如有问题，请与应对气候变化司", "联系"),
    ),
    "an address for letters": (
        "寄送地址：北京市东安门大街82号生态环境部气候司李四收，邮编100038，电话010-65645678",
        ("东安门大街82号生态环境部气候司", "邮编100038"),
    ),
    "a mobile in groups": ("张三三 138-1234-5678\n李四 138 1234 5678", ("",)),
    "a phone with the country": ("李四 +86 10 6564 5678\n张三三 (86-10)65645678", ("",)),
    "an address that says at": ("邮箱：zhangsan（at）mee.gov.cn，李四\n全文完。", ("全文完。",)),
    "a rare surname": ("联系人：\n綦三三\n010-65645678", ("",)),
    "a title before the name": ("处长李四：010-65645678", ("处长",)),
    "English": ("Contact: Zhang San, Tel: 010-65645678, li@mee.gov.cn", ("",)),
    "traditional characters": ("聯繫人：張三三\n電話：010-65645678", ("",)),
    "a label without a colon": ("传真：（010）6564 5678 联系人张三三", ("",)),
    "who wrote it": (
        "本报记者 李四 北京报道\n配额清缴按时完成。\n（记者张三三 通讯员欧阳修远）",
        ("北京报道\n配额清缴按时完成。",),
    ),
    "editors": ("正文。\n（责任编辑：李四）\n（作者：张三三）", ("正文。",)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_name_stays_in_any_layout(layout: str) -> None:
    text, stays = LAYOUTS[layout]
    kept = without_private(text)
    plain = "".join(kept.split())
    for name in (*NAMES, "张三", "三三", "zhangsan"):
        assert "".join(name.split()) not in plain, kept
    assert not {"6564", "0000", "1234"} & {plain[at : at + 4] for at in range(len(plain))}
    for words in stays:
        assert words in kept


@pytest.mark.parametrize(
    "text",
    [
        "其中，发电行业2087家，钢铁行业232家。联系电话会议纪要另发。",
        "联系实际，各省 应当 按时 完成 清缴",
        "做好联系人信息报送\n其中，发电行业 重点 排放单位2087家，\n水泥 962家。",
        "华北 0.7120\n华东 0.5992\n南方 0.4042",
        "单位：万吨\n全国 发电 钢铁\n2024年 51 30",
        "记者从生态环境部获悉，全国碳市场运行平稳。记者问：配额何时发放？",
        "各省生态环境厅应及时联系企业，部门联系人名单另发。",
        "有关情况请与各省级生态环境部门联系。申报材料由交易所统一接收，登记机构代收。",
        "电话会议\n86 100 2024 2025\n138 1234 2024年",
        "司局和有关单位联系机制健全，\n国家税务总局征收，财政部门应收尽收。",
        "《中美联合声明》Contacts between the markets continue.",
    ],
)
def test_what_is_no_contact_stays_word_for_word(text: str) -> None:
    assert without_private(text) == text


@pytest.mark.timeout(60)
@pytest.mark.parametrize("before", ["电话", "联系方式\n"])
def test_the_time_grows_with_the_length_alone(before: str) -> None:
    """What is quadratic in any of these takes hours, not seconds."""
    for word in (
        " ",
        "1",
        "a",
        "配",
        "电话 ",
        "010 ",
        "a.",
        "@",
        "（0",
        "\n",
        "联系人：\n",
        "张 ",
        "、",
    ):
        assert len(without_private(before + word * (200_000 // len(word)) + "x@")) <= 200_010
