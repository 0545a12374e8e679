"""Names of contact persons, in whatever layout: below a heading, beside or above a phone.

A name has no form of its own. Below a contact heading every short word goes that is neither a
label nor an institution; elsewhere a word goes that begins with a surname and stands with a
phone number or a mail address, on its line or alone on the line before it.
"""

from __future__ import annotations

import re

MAX_LINES = 60
"""Lines below a contact heading that may belong to it."""
LONGEST_HEADING = 30
LONGEST = 60
"""Characters, blanks left out, of a heading and of a line of contacts; more is a sentence."""

_HAN = "\u3400-\u9fff"
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧肖尹姚邵湛汪祁毛禹狄米贝明"
    "臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱丘骆高夏蔡田樊胡凌霍虞万支柯管卢"
    "莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉龚程嵇邢滑裴陆荣翁荀羊甄曲封储靳段富巫乌焦巴弓牧谷车侯宓班仰仲"
    "伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸黎薄印白怀蒲鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳姬申扶冉宰郦"
    "雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎闫充慕连茹习艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡文寇欧"
    "綦亓佘佴冼呙尉忻昝朴檀牟甯瞿禚笪粟苌苑菅蒯蹇逄邸郇郗郜隗雒靖鞠鹿麦麻楼汲沐仉谌眭睢漆亢閆張陳劉楊黃趙吳"
    "沃利蔚越隆师巩聂晁勾敖融冷辛阚简饶曾沙关查后荆红游竺权盖益桓付代岳帅佟覃仝税晋苟"
)
_TITLES = "先生|女士|小姐|老师|同志|处长|主任|经理|博士|工程师|工"
NAME = rf"[{_SURNAMES}][{_HAN}]{{1,3}}?(?:{_TITLES})?"
"""A name by its surname, perhaps with a title, as a pattern."""
_IS_NAME = re.compile(NAME)
_GLUED = re.compile(
    r"\A(?P<kept>.*?(?:机构|中心|司|处|局|院|所|部|厅|会|室|公司|大学|联系|联络|咨询|致电|询问|请与|请找|"
    r"[联聯][系络繫絡]人|经办人|[处司局科部院所]长|主任|经理))"
    rf"(?:{NAME}){{1,4}}"
)
"""A name that a layout left no blank before."""
_HINT = re.compile(
    r"[联聯]\s*+[系络繫絡]|咨\s*+询|[电電]\s*+[话話]|手\s*+机|[传傳]\s*+真|邮箱|姓名|经办|通讯录|技术支持|[@＠]"
    r"|0\d\d|1[3-9]\d[-\s]?\d{4}|86[-\s]?1"
)
"""A text without any of these has nobody to be contacted."""
_HEADING = re.compile(
    "联系人|联络人|聯[繫絡]人|联系方式|联系单位|联系部门|联系信息|联系我们|联络方式|咨询人|咨询方式|咨询联系|"
    "业务咨询|技术咨询|政策咨询|技术支持|经办人|通讯录|姓名|咨询电话|联系电话|联系[:：]$|联系如下|人员如下"
)
_REACHED = re.compile(
    r"(?:[电電][话話]|手机|[传傳]真|邮箱|邮件|座机)[:：]?[（(+]?\d|[@＠]|[（(\[]at[)）\]]|(?:\+|[（(])86-?\d{2,3}[)）]?\d{7,8}|"
    r"(?<![\d.])[（(]?0\d{2,3}[)）]?[-—–－]?\d{7,8}(?!\d)"
    r"|(?<![\d.])1[3-9]\d-?\d{4}-?\d{4}(?!\d)"
)
"""Where somebody can be reached, in a line without its blanks."""
_STARTS_REACHED = re.compile(
    r"(?:联系|咨询|办公)?(?:[电電][话話]|手机|传真|邮箱|邮件|座机|电子邮[箱件])[:：]?|[（(+]?[01]\d|[\w.+-]{1,64}[@＠]"
)
_ENDS = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|附件|[（(]此件|抄送|第[一二三四五六七八九十百]{1,9}[章节条]|[一二三四五六七八九十]{1,9}、"
)
_KEPT = re.compile(
    r"\A.*(?:机构|中心|司|处|局|院|所|部|厅|会|室|公司|大学|单位|部门|行业|集团|平台|交易|登记|咨询|地址|方式|"
    r"姓名|电话|手机|传真|邮箱|邮编|职务|序号|备注|人员|名称|支持|[省市区县])"
)
_WORDS = re.compile(rf"([\s、，,;；/|]+|(?<=[:：)）])|(?=[（(])|(?<=[{_HAN}])(?=1?\d{{7}}|0\d\d))")
_FOREIGN_OR_PHONE = re.compile(r"[A-Z][a-z]++(?:-[a-z]++)?|\d{7,8}")
_HAN_WORD = re.compile(rf"[{_HAN}·•]+")


def without_contacts(text: str) -> str:
    """The text without the names of those to be contacted; its lines stay where they are."""
    if not _HINT.search(text):
        return text
    lines = text.split("\n")
    plain = ["".join(line.split()) for line in lines]
    reached = _reached(lines, plain)
    left = 0
    for at, words in enumerate(plain):
        if not words:
            continue
        if _is_sentence(words) or _ENDS.match(words):
            left = 0
        if len(words) <= LONGEST_HEADING and _HEADING.search(words):
            left = MAX_LINES
        if left or reached[at]:
            lines[at] = _without_names(lines[at], is_listed=left > 0)
            left = max(left - 1, 0)
    return "\n".join(lines)


def _is_sentence(words: str) -> bool:
    """Whether a line is no line of contacts, which has a comma only where it has a phone."""
    return (
        len(words) > LONGEST
        or words[-1] in "。！？；"
        or ("，" in words and not _REACHED.search(words))
    )


def _reached(lines: list[str], plain: list[str]) -> list[bool]:
    """Of each line whether somebody's phone or address stands on it, or right below his name."""
    found = [False] * len(lines)
    is_above = False
    for at in range(len(lines) - 1, -1, -1):
        words = plain[at]
        if not words:
            continue
        is_names = is_above and len(words) <= LONGEST and _is_only_names(lines[at])
        found[at] = is_names or bool(_REACHED.search(words))
        is_above = is_names or bool(_STARTS_REACHED.match(words))
    return found


def _is_only_names(line: str) -> bool:
    words = [each for each in _WORDS.split(line)[::2] if each]
    joined = "".join(words)
    return all(
        not _KEPT.fullmatch(each) and (_IS_NAME.fullmatch(each) or _GLUED.fullmatch(each))
        for each in words
    ) or bool(len(joined) <= 3 and _IS_NAME.fullmatch(joined))


def _without_names(line: str, *, is_listed: bool) -> str:
    """A line without names; `is_listed` below a heading, where any short word may be one, unless
    it stands alone."""
    pieces = _WORDS.split(line)
    is_alone = sum(map(bool, pieces[::2])) == 1
    single = 0
    for at in range(0, len(pieces), 2):
        word = pieces[at]
        single = single + 1 if len(word) == 1 and _HAN_WORD.fullmatch(word) else 0
        if single >= 2:  # 张 三: set apart to be as wide as a longer name
            pieces[at - 2] = pieces[at] = ""
            continue
        pieces[at] = _kept(word, is_listed=is_listed, is_alone=is_alone)
        if at and word and not pieces[at] and not (pieces[at - 1] or "").isspace():
            pieces[at - 1] = ""
    return "".join(filter(None, pieces))


def _kept(word: str, *, is_listed: bool, is_alone: bool) -> str:
    """What is kept of a word: all, nothing, or what stands before a name."""
    bare = word.strip("（()）。：:")
    if not _HAN_WORD.fullmatch(bare):
        return "" if is_listed and _FOREIGN_OR_PHONE.fullmatch(bare) else word
    if _KEPT.fullmatch(bare) or len(bare) > LONGEST:
        return word
    if _IS_NAME.fullmatch(bare):
        return ""
    if is_listed and ("·" in bare or (2 <= len(bare) <= 4 and not is_alone)):
        return ""
    if glued := _GLUED.fullmatch(bare):
        return word.replace(bare, glued["kept"], 1)
    return word
