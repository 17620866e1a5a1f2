"""The sample city goes back to its departments, they mend some cells in what was returned, and the build takes it in again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl

from tests.city import build_city
from zhengfa_stats.project import open_project

TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
MENDS = {  # as a clerk would: by the coloured cell, in the sheet that came back
    "公安局线索办理台账.xlsx": {"D13": "2021-03-15", "J29": "正在核查"},
    "法院线索登记（2021年）.xlsx": {"D14": datetime(2021, 2, 28)},
    "司法局线索台账.xlsx": {"C10": "2021-04-10"},
}


def test_mended_cells_are_gone_and_nothing_else_changed(tmp_path: Path) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    build_city(1).write(raw)
    project = open_project(tmp_path)
    before = {f["key"]: f["value"] for f in project.figures()["figures"]}
    returned = {p.name: p for p in project.write_returns().outputs}
    for name, cells in MENDS.items():
        book = openpyxl.load_workbook(returned[name])
        for cell, value in cells.items():
            sheet = next(s for s in book.worksheets[1:] if s[cell].comment)
            sheet[cell].value = value
        (original,) = [p for p in raw.rglob("*") if p.stem == Path(name).stem]
        original.unlink()
        book.save(original.with_suffix(".xlsx"))
    again = open_project(tmp_path)
    after = {f["key"]: f["value"] for f in again.figures()["figures"]}
    assert again.returned is not None
    assert (len(again.returned.mended), again.returned.new) == (4, ()), str(again.returned)
    changes = {f["key"]: f for f in again.compare(1, 2).as_json()["figures"]}
    assert {k: (f["from"], f["to"]) for k, f in changes.items()} == {k: (before[k], after[k]) for k in after}
    for key, found in changes.items():
        assert abs(sum(c["n"] for c in found["contributions"]) - (found["change"] or 0)) < 1e-9
        whys = {c["why"].split("：")[-1] for c in found["contributions"]}
        assert whys <= {"补填", "更正"}, (key, whys)
        assert not whys or key.startswith("线索"), key
    assert changes["线索.收到"]["change"] == 3
