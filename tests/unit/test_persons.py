"""Who a person is: by name and unit as the sheet is read, by the roster where it knows better."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.forms.building import KEY, build_folder
from zhengfa_stats.reading.coded import coded
from zhengfa_stats.reading.privacy import keyed, pseudonym, tidied
from zhengfa_stats.reading.veiling import by_name

NAMES = [pseudonym(KEY, "name", name) for name in ("张三", "李四", "王五")]
CREWS = st.lists(st.lists(st.sampled_from(NAMES), max_size=3).map(tuple), min_size=1, max_size=6)
UNITS = st.sampled_from([None, "公安局", "甲县 公安局", "法院Ａ"])


@given(st.lists(st.text(max_size=6), max_size=4))
def test_many_texts_are_keyed_as_one_by_one(texts: list[str]) -> None:
    assert keyed(KEY, "name", map(tidied, texts)) == [pseudonym(KEY, "name", text) for text in texts]
    assert tidied("".join(texts)) == "".join(map(tidied, texts))


@given(CREWS, st.data())
def test_each_name_is_keyed_with_its_unit(crews: list[tuple[str, ...]], data: st.DataObject) -> None:
    units: list[Any] = [data.draw(UNITS) for _ in crews]
    each = np.arange(len(crews))
    found = by_name(coded(each, crews), coded(each, units), KEY)
    told = [
        tuple(pseudonym(KEY, "person", f"{n}|{u or ''}|") for n in crew) for crew, u in zip(crews, units, strict=True)
    ]
    assert list(found.spread()) == told
    alone = by_name(coded(each, crews), None, KEY)
    assert list(alone.spread()) == [tuple(pseudonym(KEY, "person", f"{n}||") for n in crew) for crew in crews]


def test_the_roster_says_who_is_meant_where_it_has_one_of_that_name_in_the_unit(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "政法委花名册.csv").write_text(
        "姓名,警号,单位,职务\n张三,000101,公安局,民警\n王五,000102,公安局,民警\n王五,000103,公安局,民警\n", "utf-8"
    )
    (raw / "政法委线索台账.csv").write_text(
        "线索编号,收到日期,被反映人,被反映人单位\nX1,2021-03-01,张三、李四,公安局\nX2,2021-03-02,张三,法院\nX3,2021-03-03,王五,公安局\n",
        "utf-8",
    )
    frames = build_folder(tmp_path).frames
    who = dict(zip(frames["clues"]["clue_no"], map(tuple, frames["clues"]["subjects"]), strict=True))
    zhang, li, wang = NAMES

    def unlisted(name: str, unit: str) -> str:
        return pseudonym(KEY, "person", f"{name}|{unit}|")

    assert who["X1"] == (frames["roster"]["person"].iloc[0], unlisted(li, "公安局"))
    assert who["X2"] == (unlisted(zhang, "法院"),) and who["X3"] == (unlisted(wang, "公安局"),)
