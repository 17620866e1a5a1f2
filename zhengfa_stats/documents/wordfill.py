"""A plan carried out in a .docx: figures written into content controls that carry their tags."""

from __future__ import annotations

from zhengfa_stats.documents.filling import EMPTY, Edit, Left, Plan
from zhengfa_stats.documents.word import Control, Paragraph, Word
from zhengfa_stats.documents.wordedit import append, delete, put_control, refill_control, replace, set_highlight

_FIELD = "这个数是 Word 的域，会自动更新；请在 Word 里改域的来源，或先按 Ctrl+Shift+F9 把它变成文字"


def carry_out(word: Word, plan: Plan) -> None:
    """Write every edit of the plan; those that can't be written move to what is left."""
    pending = {id(edit) for edit in plan.pending}
    done = [edit for edit in plan.from_the_right(*plan.pending) if _write(word, plan, edit, id(edit) in pending)]
    plan.edits = [edit for edit in reversed(done) if id(edit) not in pending]


def _write(word: Word, plan: Plan, edit: Edit, is_pending: bool) -> bool:
    paragraph = word.paragraphs[edit.passage]
    if paragraph.is_frozen(edit.start, edit.end):
        context = paragraph.text[max(0, edit.start - 20) : edit.end + 10]
        plan.left.append(Left(paragraph.where, context, _FIELD, False))
        return False
    if not edit.text:
        delete(paragraph, edit.start, edit.end)
        return True
    control = _own_control(paragraph, edit)
    if control is not None and control.element is not None and edit.tag:
        run = refill_control(paragraph, control, edit.text, edit.tag)
        if edit.was == EMPTY:
            set_highlight(run, False)
    else:
        is_gap = edit.end == edit.start
        run = append(paragraph, edit.text) if is_gap else replace(paragraph, edit.start, edit.end, edit.text)[0]
        if is_pending:
            set_highlight(run, True)
        if edit.tag:
            put_control(word, run, edit.tag, edit.key, marked=control is not None)
    return True


def _own_control(paragraph: Paragraph, edit: Edit) -> Control | None:
    """The content control that holds just the place."""
    return next((c for c in paragraph.controls if (c.start, c.end) == (edit.start, edit.end)), None)
