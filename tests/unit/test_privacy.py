"""Private values are found and hidden; what merely looks alike is left."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.reading.cleaning.normal import tight
from zhengfa_stats.reading.privacy import Named, elsewhere, has_secrecy_mark, mask, mask_code, pseudonym

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def card(region: str, birthday: str, serial: str) -> str:
    """An invented card number with its right check digit."""
    body = region + birthday + serial
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


@given(
    st.sampled_from(["110101", "440300", "650100"]),
    st.dates().filter(lambda d: 1920 <= d.year <= 2020),
    st.integers(0, 999),
)
def test_cards_are_hidden_wherever_they_stand(region: str, day: object, serial: int) -> None:
    number = card(region, str(day).replace("-", ""), f"{serial:03}")
    for text in (
        number,
        f"张三（{number}）",
        f"身份证：{number}。",
        number.lower(),
        f"{number[:6]} {number[6:14]} {number[14:]}",
    ):
        hidden, found = mask(text)
        assert found
        assert number[6:14] not in hidden


@pytest.mark.parametrize(
    "text",
    ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "联系电话１３８００１３８０００", "0755-26881234", "(010)62881234",
     "电话010-6288123", "110101900307123", "6222 0212 3456 7890 128", "11010119900307123" + "4"],
)  # fmt: skip
def test_hidden(text: str) -> None:
    hidden, found = mask(text)
    assert found
    assert sum(c.isdigit() for c in hidden) < 4


@pytest.mark.parametrize(
    "text",
    ["", "无", "2021-03-05", "20210305", "2021年3月5日至2021年3月7日", "XS-2021-00001234", "330100202103050012", "202103050000010001",
     "示政纪〔2021〕3号", "12337平台", "共1234567元", "A13800138000123"],
)  # fmt: skip
def test_left(text: str) -> None:
    assert mask(text) == (text, False)


@given(st.text())
def test_text_without_digits_is_never_touched(text: str) -> None:
    plain = "".join(c for c in text if not c.isdecimal())
    assert mask(plain) == (plain, False)


@pytest.mark.parametrize(
    "text",
    [
        "秘密★",
        "机密★1年",
        "绝密★长期",
        "机 密 ★",
        "秘密",
        "（机密）",
        "密级：秘密",
        "绝密",
        "机密 1年",
        "秘密★１年",
        "★秘密",
        "线索台账（秘密★）",
    ],
)
def test_marks_of_secrecy(text: str) -> None:
    assert has_secrecy_mark(text)


@pytest.mark.parametrize(
    "text", ["泄露工作秘密", "涉及国家秘密的线索", "保守秘密承诺书", "", "密切联系群众", "机密文件管理办法", "秘密举报"]
)
def test_prose_bears_no_mark(text: str) -> None:
    assert not has_secrecy_mark(text)


def test_pseudonyms() -> None:
    key = b"k" * 32
    same = {pseudonym(key, "name", text) for text in ("张三", "张　三", " 张 三 ")}
    assert len(same) == 1
    assert pseudonym(key, "card", "11010119900307123x") == pseudonym(
        key, "card", "１１０１０１１９９００３０７１２３Ｘ"
    )
    name = same.pop()
    assert len(name) == 20
    assert name not in {
        pseudonym(b"other", "name", "张三"),
        pseudonym(key, "staff", "张三"),
        pseudonym(key, "name", "李四"),
        elsewhere(key, "张三"),
    }
    assert elsewhere(key, "张三") == elsewhere(key, "张 三") != elsewhere(b"other", "张三")


@given(st.text("张三 　ａAbß1", max_size=4))
def test_a_file_knows_each_name_as_it_is_stored_and_as_other_files_do(name: str) -> None:
    named = Named(b"k" * 32)
    assert named.pseudonyms([name]) == (pseudonym(b"k" * 32, "name", name),)
    assert named.elsewhere([name]) == {elsewhere(b"k" * 32, name)}
    written = f"name\0{tight(name).upper()}".encode()
    hashed = hmac.digest(b"k" * 32, written, "sha256").hex()
    assert pseudonym(b"k" * 32, "name", name) + elsewhere(b"k" * 32, name) == hashed[:40]


@pytest.mark.parametrize(
    "text",
    ["举报人秦晓枫反映该所收费", "举报人：兰亭序，电话不详", "来信人（贺岁寒）要求保密", "据控告人姓名：纪晓", "检举人欧阳锋称其违规", "举报人是汪见海",
     "（信访人 易见天）已答复", "举报人丁一、住城南", "反映人邵一海等3人", "投诉者:武见天"],
)  # fmt: skip
def test_whoever_reported_is_hidden(text: str) -> None:
    hidden, found = mask(text)
    assert found and "〔姓名已隐去〕" in hidden
    assert not [
        n
        for n in ("秦晓枫", "兰亭序", "贺岁寒", "纪晓", "欧阳锋", "汪见海", "易见天", "丁一", "邵一海", "武见天")
        if n in hidden
    ]


@pytest.mark.parametrize(
    "text",
    ["举报人要求保密", "举报人：匿名", "举报人高度关注此事", "关于保护举报人的若干规定", "举报人权益保护办法", "举报人奖励办法", "被举报人王小明", "被反映人李四",
     "举报人对结果满意", "举报人未署名", "举报人和被举报人", "答复举报人情况", "举报人：同上", "群众反映强烈", "信访人员安置办法", "来访人员登记制度", "举报人于3月来访",
     "市检察院控告人接待室", "举报者众多", "上访人员稳控方案", "举报人解除顾虑", "举报人为群众", "举报人不明"],
)  # fmt: skip
def test_words_about_those_who_report_are_left(text: str) -> None:
    assert mask(text) == (text, False)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("示法〔2021〕1号 13800138000", "示法〔2021〕1号 〔电话号码已隐去〕"), ("XS-001（电话138-0013-8000）", "XS-001（电话〔电话号码已隐去〕）"),
     ("14010000001", "14010000001"), ("XS14010000001", "XS14010000001"), ("330100202103050012", "330100202103050012"), (card("110101", "20210305", "001"),) * 2,
     (card("110101", "19900307", "777"), None), (f"编号{card('110101', '19900307', '777')}", None), ("XS-001", "XS-001")],
)  # fmt: skip
def test_codes_are_kept_without_personal_numbers(written: str, kept: str | None) -> None:
    assert mask_code(written) == kept
