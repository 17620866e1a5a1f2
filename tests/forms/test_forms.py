"""Every form of a messy workbook, one tiny project each, with the ledger that must come of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.forms.building import Labels, build_form, changes_of, rows_of, said, table_of
from tests.forms.drawn import FOLDER, Form, forms
from zhengfa_stats.build import Built

GROUPS = sorted(p.name for p in FOLDER.iterdir() if p.is_dir() and not p.name.startswith("_"))
ALL = [pytest.param(form, id=f"{group}/{form.name}") for group in GROUPS for form in forms(group)]


@pytest.mark.parametrize("form", ALL)
def test_form(form: Form, tmp_path: Path) -> None:
    built = build_form(form, tmp_path)
    assert _problems(form, built) == []
    assert _ledgers(form, built) == {id_: rows[1:] for id_, rows in form.ledgers.items()}
    assert form.ledgers.keys() == built.frames.keys()
    if "changes" in form.told:
        assert sorted(changes_of(built)) == sorted(filter(None, form.told["changes"]))
    if "rows" in form.told:
        assert list(rows_of(built)) == list(filter(None, form.told["rows"]))


def _ledgers(form: Form, built: Built) -> dict[str, list[list[str]]]:
    """The stored ledgers in the columns that the form draws."""
    labels, found = Labels(), {}
    for id_, (columns, *rows) in form.ledgers.items():
        frame = built.frames.get(id_)
        if frame is None:
            continue
        for name in {"person", "subjects"} & set(columns):
            for row, value in zip(rows, frame[name], strict=False):
                labels.learn(row[columns.index(name)], value)
        found[id_] = table_of(frame, columns, labels)
    return found


def _problems(form: Form, built: Built) -> list[str]:
    """Expected problems that are missing, and problems that are not expected."""
    wanted = [line for line in form.told.get("problems", ()) if line.strip()]
    wrong = []
    for problem in built.problems:
        line, text = said(problem), f"{problem.what} {problem.do}"
        known = next((w for w in wanted if _is(line, text, w)), None)
        if known is None:
            wrong.append(f"not expected: {line}: {text}")
        else:
            wanted.remove(known)
    return wrong + [f"missing: {line}" for line in wanted]


def _is(line: str, text: str, wanted: str) -> bool:
    """Whether a problem is the one that a line expects: `level kind cell`, then words that its text must hold."""
    head, *words = wanted.split(" : ")
    return line == head.strip() and all(word.strip() in text for word in words)


def test_forms_stand_there() -> None:
    assert len(ALL) > 90
