"""`zhengfa …`: one thin function a command; heavy imports stay inside, so that help is instant."""

from __future__ import annotations

import argparse
import atexit
import errno
import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from zhengfa_stats.errors import ZhengfaError

Command = Callable[[argparse.Namespace], Any]


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese and leaves with 2."""

    def error(self, message: str) -> NoReturn:
        raise ZhengfaError(f"命令写得不对：{_chinese(message)}", "", f"用法见 {self.prog} --help")

    def format_help(self) -> str:
        words = {
            "usage:": "用法：",
            "positional arguments:": "参数：",
            "options:": "选项：",
            "show this help message and exit": "显示本说明",
        }
        text = super().format_help()
        for english, chinese in words.items():
            text = text.replace(english, chinese)
        return text


def _chinese(message: str) -> str:
    """argparse's English complaints in Chinese."""
    words = (
        ("the following arguments are required:", "缺少参数"),
        ("unrecognized arguments:", "不认识的参数"),
        ("expected one argument", "后面要跟一个值"),
        ("invalid choice:", "没有这个命令"),
        ("choose from", "可用的有"),
        ("argument ", "参数"),
    )
    for english, chinese in words:
        message = message.replace(english, chinese)
    return message


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 something differs (verify, check), 2 it could not be done."""
    argv = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8()
    atexit.register(gc.freeze)  # Python would look for circles among all that it holds before it lets go of it
    wants_json = "--json" in argv
    try:
        args = _parser().parse_args(argv)
        if args.run is not _lab:  # nothing of ours multiplies matrices: numpy need not start threads for it
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        result = args.run(args)
        if wants_json:
            json.dump(result, sys.stdout, ensure_ascii=False, indent=1, default=str)
            sys.stdout.write("\n")
        return int(args.code)
    except ZhengfaError as error:
        return _refuse(error, wants_json)
    except (OSError, MemoryError) as error:
        return _refuse(_system_error(error), wants_json)
    except Exception as error:  # a defect of ours: never a traceback before a clerk
        return _refuse(_defect(error), wants_json)
    except KeyboardInterrupt:
        return _refuse(ZhengfaError("已中断，没有改动已有的结果", do="需要时再运行一次"), wants_json)


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _refuse(error: ZhengfaError, wants_json: bool) -> int:
    if wants_json:
        json.dump({"error": {"what": error.what, "where": error.where, "do": error.do}}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    print(f"未能完成：{error}", file=sys.stderr)
    return 2


def _defect(error: Exception) -> ZhengfaError:
    """An error that we did not foresee; its text may quote a cell, so only its kind and place are told."""
    import traceback

    spot = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(spot.filename).name} 第{spot.lineno}行"
    return ZhengfaError(
        f"程序出错（{type(error).__name__}），没有改动已有的结果", where, "这是程序的缺陷，请把这一行反馈给开发者"
    )


_CAUSES = {
    errno.ENOENT: "找不到文件或文件夹",
    errno.EACCES: "没有权限，或文件正被 Excel、WPS 打开",
    errno.EPERM: "没有权限，或文件正被 Excel、WPS 打开",
    errno.EFBIG: "磁盘不让写这么大的文件",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EROFS: "文件夹是只读的",
}


def _system_error(error: BaseException) -> ZhengfaError:
    if isinstance(error, MemoryError):
        return ZhengfaError("内存不够", do="请关掉别的程序后重试，或拆小工作簿")
    assert isinstance(error, OSError)
    return ZhengfaError(_CAUSES.get(error.errno or 0, "读写文件时出错"), str(error.filename or ""), "请检查后重试")


def _parser() -> Parser:
    parser = Parser(prog="zhengfa", description="把各部门的台账变成总结里每一个可追溯的数字")
    commands = parser.add_subparsers(
        dest="command", metavar="命令", help="要做的事", required=True, parser_class=Parser
    )
    report = _add(commands, "report", _report, "读台账、算指标，把全部结果写进 data/processed")
    report.add_argument("--open", action="store_true", help="写完后在浏览器里打开结果的目录")
    _add(commands, "build", _build, "读 data/raw 的工作簿，写出干净的台账、改动记录和问题清单")
    look = _add(commands, "look", _look, "看程序怎样读一个工作簿（不要求是本项目的台账）", project=False)
    look.add_argument("file", metavar="文件", type=Path, help="任何工作簿，不必在 data/raw 里")
    _add(commands, "figures", _figures, "列出全部指标")
    _add(commands, "status", _status, "报送情况：各单位各类台账是已报、零报告还是未报，数据截至哪一天")
    trace = _add(commands, "trace", _trace, "列出一个指标背后的行和单元格")
    trace.add_argument("key", metavar="指标", help="指标的名字，如 线索.收到")
    trace.add_argument("--names", action="store_true", help="从原始文件读出姓名（要确认，并记入日志）")
    ask = _add(commands, "ask", _ask, "用一句话提问，当场回答：今年公安局科级干部受纪律处分多少人？")
    ask.add_argument("question", metavar="问题", help="一句话，加引号")
    ask.add_argument("--rows", action="store_true", help="列出答案背后的数据行")
    ask.add_argument("--xlsx", type=Path, metavar="文件", help="把答案和数据行另存为工作簿")
    _compare_options(_add(commands, "compare", _compare, "比较两个截止日、两个时期或两次构建：哪些数变了，因为哪些行"))
    lab = _add(commands, "lab", _lab, "用中文界面的 JupyterLab 打开本项目的笔记本")
    lab.add_argument("--no-browser", action="store_true", help="不打开浏览器，只给出网址")
    _fill_options(_add(commands, "fill", _fill, "把文稿或表格里的空、标签和旧数字填成现在的数，写成一份新文件"))
    _verify_options(_add(commands, "verify", _verify, "逐个核对文稿或表格里的数字：与数据是否相符，前后是否对得上"))
    _add(commands, "returns", _returns, "把要核实的问题标在各单位自己报来的表上，写进 data/returns，退回核实")
    forms = _add(commands, "forms", _forms, "写出各类台账的空白表（带下拉列表），发给各单位填报")
    forms.add_argument("--dictionary", action="store_true", help="改写数据字典：全部台账、栏目、词表、指标")
    _add(commands, "check", _check, "核对：台账、定义和结果自上次运行以来有没有变动，哪些结果过时了")
    manual = _add(commands, "help", _help, "打开使用手册：一小时入门、怎样办、口径和参考", project=False)
    manual.add_argument("--project", type=Path, default=Path("."), metavar="文件夹", help="参考部分按这个项目的定义写")
    manual.add_argument("-o", dest="out", type=Path, metavar="文件夹", help="手册写在哪里")
    manual.add_argument("--no-browser", action="store_true", help="不打开浏览器，只给出位置")
    new = _add(commands, "new", _new, "新建一个城市的项目文件夹", project=False)
    new.add_argument("folder", metavar="文件夹", type=Path, help="建在哪里；文件夹的名字就是城市名")
    new.add_argument("--sample", action="store_true", help="放进一个虚构城市的台账，供学习和演示")
    return parser


def _add(commands: Any, name: str, run: Command, text: str, *, project: bool = True) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run, code=0)  # a command that finds a difference sets code to 1
    parser.add_argument("--json", action="store_true", help="在标准输出给出一份 JSON")
    parser.add_argument(
        "--password", default=os.environ.get("ZHENGFA_PASSWORD"), metavar="密码", help="加密工作簿的密码"
    )
    if project:
        parser.add_argument(
            "--project", type=Path, default=Path("."), metavar="文件夹", help="项目文件夹，默认是当前文件夹"
        )
        parser.add_argument("--as-of", type=_day, metavar="日期", help="统计截止日，如 2021-06-30")
        parser.add_argument("--since", type=_day, metavar="日期", help="统计起始日")
        parser.add_argument(
            "--jobs", type=_jobs, default=None, metavar="个数", help="同时读几个工作簿，默认是处理器个数"
        )
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ZhengfaError(f"“{text}”不是日期", "", "日期写成 2021-06-30 这样") from None


def _jobs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ZhengfaError(f"“{text}”不是个数", "", "--jobs 后面写 1、2、4 这样的整数")
    return int(text)


def _open(args: argparse.Namespace) -> Any:
    from zhengfa_stats.project import open_project

    return open_project(args.project, since=args.since, as_of=args.as_of, password=args.password, jobs=args.jobs)


def _report(args: argparse.Namespace) -> Any:
    from zhengfa_stats.report import report

    project = _open(args)
    found = report(project, speak=not args.json)
    if args.open:
        from zhengfa_stats.launchers import show_page

        show_page(project.processed / "pages" / "index.html")
    return found


def _build(args: argparse.Namespace) -> Any:
    from zhengfa_stats.outcome import summarise_build

    manifest, returned = _built(args)
    if not args.json:
        print(summarise_build(manifest))
        print(returned or "", end="\n" if returned else "")
    found = {"sheets": manifest["sheets"], "problems": manifest["n_problems"]}
    return {**found, "returned": returned.as_json()} if returned else found


def _built(args: argparse.Namespace) -> tuple[Any, Any]:
    """The manifest, and what became of returned problems; a build alone needs nothing of what answers and shows."""
    from zhengfa_stats.building import current, has_returns, rebuilt

    root = args.project.resolve()
    if args.since or args.as_of or has_returns(root):
        project = _open(args)
        return project.build(), project.returned
    manifest, stands = current(root, args.password)  # where nothing has changed: without a look at the definitions
    if not stands:
        from zhengfa_stats.config import load_config

        manifest = rebuilt(root, load_config(root), args.password, args.jobs)
    return manifest, None


def _look(args: argparse.Namespace) -> Any:
    from zhengfa_stats.looking import look, show

    seen = look(args.file, password=args.password)
    if not args.json:
        print(show(seen))
    return seen


def _figures(args: argparse.Namespace) -> Any:
    from zhengfa_stats.report import show_figures

    figures = _open(args).figures()
    if not args.json:
        print(show_figures(figures))
    return figures


def _status(args: argparse.Namespace) -> Any:
    from zhengfa_stats.report import show_status

    project = _open(args)
    if not args.json:
        print(show_status(project))
    return project.status()


def _trace(args: argparse.Namespace) -> Any:
    from zhengfa_stats.report import show_trace

    project = _open(args)
    found = project.trace(args.key)
    if args.names:
        _confirm_names()
        project.add_names(found)
    if not args.json:
        print(show_trace(found))
    return found


def _confirm_names() -> None:
    print("将从原始文件读出姓名，并记入日志 names.log。确认请输入 是：", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("是", "y", "yes"):
        raise ZhengfaError("没有确认，姓名没有读出", do="需要姓名时，请在提示后输入“是”")


def _ask(args: argparse.Namespace) -> Any:
    from zhengfa_stats.language.asking.asked import ask_as_asked

    found, lines, args.code = ask_as_asked(_open(args).ask, args.question, rows=args.rows, xlsx=args.xlsx)
    if not args.json:
        print("\n".join(lines), file=sys.stderr if args.code else sys.stdout)
    return found


def _compare_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="from_", type=_day, metavar="日期", help="前一个截止日")
    parser.add_argument("--to", type=_day, metavar="日期", help="后一个截止日，默认是项目的截止日")
    parser.add_argument("--by", choices=("同比", "环比"), help="与去年同期比，或与上一个等长的时期比")
    parser.add_argument("--from-build", type=_jobs, metavar="次", help="前一次构建的次序号")
    parser.add_argument("--to-build", type=_jobs, metavar="次", help="后一次构建的次序号，默认是现在的数据")
    parser.add_argument("--builds", action="store_true", help="列出保存着的各次构建")
    parser.add_argument("--purge", type=_jobs, metavar="个数", help="只保留最近几次构建")
    parser.add_argument("--xlsx", type=Path, metavar="文件", help="另存为工作簿：变动和逐条原因")


def _compare(args: argparse.Namespace) -> Any:
    from zhengfa_stats.compared import compare_as_asked, list_builds, purge_builds

    project = _open(args)
    if args.builds or args.purge:
        found, lines = purge_builds(project, args.purge) if args.purge else list_builds(project)
    else:
        found, lines = compare_as_asked(project, args)
    if not args.json:
        print("\n".join(lines))
    return found


def _lab(args: argparse.Namespace) -> Any:
    from zhengfa_stats.lab import lab

    lab(_open(args), browser=not args.no_browser)


def _fill_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="文件", type=Path, help=".docx、.xlsx 或 .txt")
    parser.add_argument("-o", dest="out", type=Path, metavar="输出文件", help="默认是同一文件夹里的 …（已填）")
    parser.add_argument("--force", action="store_true", help="输出文件已存在时覆盖它（原文件永不覆盖）")


def _fill(args: argparse.Namespace) -> Any:
    from zhengfa_stats.documents.fill import show

    found = _open(args).fill(args.file, args.out, force=args.force)
    if not args.json:
        print(show(found))
    return found


def _verify_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="文件", type=Path, help=".docx、.xlsx 或 .txt")
    parser.add_argument("--mark", type=Path, metavar="批注稿", help="另存一份，在每个不符或存疑的数上加批注")
    parser.add_argument("--mark-all", action="store_true", help="批注稿里相符的数也加批注，写明口径和来源")
    parser.add_argument("--no-data", action="store_true", help="不看数据，只查文中数字前后是否对得上（不要求有项目）")
    parser.add_argument("--force", action="store_true", help="批注稿已存在时覆盖它（原文件永不覆盖）")


def _verify(args: argparse.Namespace) -> Any:
    from zhengfa_stats.documents.verify import differs, show, verify_alone

    if args.no_data:
        found = verify_alone(args.file, mark=args.mark, force=args.force, password=args.password)
    else:
        found = _open(args).verify(args.file, mark=args.mark, everything=args.mark_all, force=args.force)
    args.code = int(differs(found))
    if not args.json:
        print(show(found))
    return found


def _returns(args: argparse.Namespace) -> Any:
    from zhengfa_stats.compared import say_returned

    project = _open(args)
    found = project.write_returns()
    if not args.json:
        print(say_returned(project.root, found))
    left = [{"file": file, "why": why} for file, why in found.left]
    return {"outputs": [p.relative_to(project.root).as_posix() for p in found.outputs], "left": left}


def _forms(args: argparse.Namespace) -> Any:
    project = _open(args)
    outputs = [p.relative_to(project.root).as_posix() for p in project.write_forms(dictionary=args.dictionary)]
    if not args.json:
        print("\n".join(["写出：", *(f"  {name}" for name in outputs)]))
    return {"outputs": outputs}


def _check(args: argparse.Namespace) -> Any:
    from zhengfa_stats.checking import check

    project = _open(args)
    stale = check(project.root, project.clock.since.isoformat(), project.clock.as_of.isoformat())
    args.code = int(bool(stale))
    if not args.json:
        lines = [f"过时：{entry['output']}：{entry['why']}" for entry in stale]
        print("\n".join(lines or ["台账、定义和结果一致，没有过时的。"]))
    return {"stale": stale}


def _help(args: argparse.Namespace) -> Any:
    from zhengfa_stats.config import load_config
    from zhengfa_stats.declared import load_schema
    from zhengfa_stats.launchers import show_page
    from zhengfa_stats.pages.manual import place_of, write_manual

    inside = (args.project / "zhengfa.toml").is_file()
    schema = load_config(args.project).schema if inside else load_schema()
    page = write_manual(args.out or place_of(args.project if inside else None), schema, _parser())
    if not args.json:
        print(f"使用手册在 {page}，用浏览器打开。")
    if not args.no_browser:
        show_page(page)
    return {"outputs": [str(page)]}


def _new(args: argparse.Namespace) -> Any:
    from zhengfa_stats.newproject import make_project

    outputs = make_project(args.folder, sample=args.sample)
    if not args.json:
        what = "里面有示例台账" if args.sample else "把各部门的台账放进 data/raw，核对 zhengfa.toml 里的统计期"
        print(
            f"已建好 {args.folder}：{what}；然后双击“启动”里的“出结果”，或进入这个文件夹运行 zhengfa report。"
            "说明见其中的 README.txt。"
        )
    return {"outputs": outputs}
