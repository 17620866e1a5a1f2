"""`zhengfa compare` and `zhengfa returns`: which two sides are meant, what is said of them and of what goes back."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from zhengfa_stats import snapshots
from zhengfa_stats.counting.clocks import shift_month
from zhengfa_stats.documents.returns import FOLDER, Returned
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.excel import write_workbook
from zhengfa_stats.project import Project
from zhengfa_stats.query import Clock

Said = tuple[dict[str, Any], Sequence[str]]


def compare_as_asked(project: Project, args: Namespace) -> Said:
    """Compare what the options name."""
    before, after = _sides(project, args)
    changes = project.compare(before, after, speak=not args.json)
    if args.xlsx:
        if args.xlsx.suffix.lower() != ".xlsx":
            raise ProjectError("只能另存为 .xlsx", str(args.xlsx), "请把文件名写成 变动.xlsx 这样")
        write_workbook(args.xlsx, changes.pages())
    lines = changes.prose()
    return changes.as_json(), [*lines, *([f"逐条原因在 {args.xlsx}"] if args.xlsx else [])]


def _sides(project: Project, args: Namespace) -> tuple[Clock | int, Clock | int | None]:
    asked = [name for name in ("from_", "by", "from_build") if getattr(args, name)]
    if len(asked) != 1:
        raise ProjectError(
            "没有写明比较什么" if not asked else "一次只能作一种比较",
            do="请用 --from 日期 [--to 日期]、--by 同比、--by 环比、--from-build 次 [--to-build 次] 中的一种",
        )
    clock = project.clock
    if args.from_build:
        return args.from_build, args.to_build
    if args.by == "同比":
        return Clock(shift_month(clock.since, -12), shift_month(clock.as_of, -12, keep_end=True)), clock
    if args.by == "环比":
        return _period_before(clock), clock
    after = Clock(clock.since, args.to or clock.as_of)
    before = Clock(clock.since, args.from_)
    for one in (before, after):
        if one.as_of < one.since:
            raise ProjectError(f"截止日 {one.as_of} 早于起始日 {one.since}", do="请改正日期，或用 --since 另定起始日")
    return before, after


def _period_before(clock: Clock) -> Clock:
    """The period just before, as long: whole months before whole months, else as many days.

    >>> from datetime import date
    >>> _period_before(Clock(date(2021, 4, 1), date(2021, 6, 30))).since.isoformat()
    '2021-01-01'
    """
    end = clock.since - timedelta(1)
    whole = clock.since.day == 1 and (clock.as_of + timedelta(1)).day == 1
    if not whole:
        return Clock(end - (clock.as_of - clock.since), end)
    after = clock.as_of + timedelta(1)
    months = (after.year - clock.since.year) * 12 + after.month - clock.since.month
    return Clock(shift_month(clock.since, -months), end)


def list_builds(project: Project) -> Said:
    """The kept builds."""
    builds = snapshots.kept(project.processed)
    lines = [
        f"第{k.number}次  {k.when:%Y-%m-%d %H:%M}  统计期{k.since}至{k.as_of}  文件{len(k.inputs)}个，台账{len(k.ledgers)}本"
        for k in builds
    ]
    found = [{"build": k.number, "since": str(k.since), "as_of": str(k.as_of), "files": len(k.inputs)} for k in builds]
    return {"builds": found}, lines or ["还没有保存过构建：运行一次 zhengfa build 就会保存"]


def purge_builds(project: Project, n: int) -> Said:
    """Delete all kept builds but the last few."""
    gone = snapshots.purge(project.processed, n)
    return {"purged": gone}, [f"删去了{gone}次构建，保留着{len(snapshots.kept(project.processed))}次"]


def say_returned(root: Path, found: Returned) -> str:
    """What was written for whom, and what could not be returned."""
    lines = [f"写出{len(found.outputs)}个退回核实的工作簿，在 {root / FOLDER}："]
    lines += [f"  {path.relative_to(root / FOLDER)}" for path in found.outputs]
    lines += [f"  没有退回 {file}：{why}" for file, why in found.left]
    lines.append("请各单位在原表上改好，用原文件名报回，放进 data/raw 替换原文件；下次构建会说明改正了几处。")
    return "\n".join(lines) if found.outputs or found.left else "没有需要退回核实的问题。"
