"""`zhengfa …`: one thin function a command; heavy imports stay inside, so that help is instant."""

from __future__ import annotations

import argparse
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
    wants_json = "--json" in argv
    try:
        args = _parser().parse_args(argv)
        result = args.run(args)
        if wants_json:
            json.dump(result, sys.stdout, ensure_ascii=False, indent=1, default=str)
            sys.stdout.write("\n")
        return 0
    except ZhengfaError as error:
        return _refuse(error, wants_json)
    except (OSError, MemoryError) as error:
        return _refuse(_system_error(error), wants_json)
    except Exception as error:  # a defect of ours: never a traceback before a clerk
        return _refuse(_defect(error), wants_json)
    except KeyboardInterrupt:
        return _refuse(ZhengfaError("已中断，没有改动已有的结果"), wants_json)


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


def _system_error(error: BaseException) -> ZhengfaError:
    if isinstance(error, MemoryError):
        return ZhengfaError("内存不够", do="请关掉别的程序后重试，或拆小工作簿")
    assert isinstance(error, OSError)
    causes = {2: "找不到文件或文件夹", 13: "没有权限，或文件正被 Excel、WPS 打开", 28: "磁盘已满", 30: "文件夹是只读的"}
    return ZhengfaError(causes.get(error.errno or 0, "读写文件时出错"), str(error.filename or ""), "请检查后重试")


def _parser() -> Parser:
    parser = Parser(prog="zhengfa", description="把各部门的台账变成总结里每一个可追溯的数字")
    commands = parser.add_subparsers(dest="command", metavar="命令", required=True, parser_class=Parser)
    _add(commands, "report", _report, "读台账、算指标，把全部结果写进 data/processed")
    _add(commands, "build", _build, "读 data/raw 的工作簿，写出干净的台账、改动记录和问题清单")
    look = _add(commands, "look", _look, "看程序怎样读一个工作簿（不要求是本项目的台账）", project=False)
    look.add_argument("file", metavar="文件", type=Path)
    _add(commands, "figures", _figures, "列出全部指标")
    _add(commands, "status", _status, "报送情况：各单位各类台账是已报、零报告还是未报，数据截至哪一天")
    trace = _add(commands, "trace", _trace, "列出一个指标背后的行和单元格")
    trace.add_argument("key", metavar="指标")
    trace.add_argument("--names", action="store_true", help="从原始文件读出姓名（要确认，并记入日志）")
    new = _add(commands, "new", _new, "新建一个城市的项目文件夹", project=False)
    new.add_argument("folder", metavar="文件夹", type=Path)
    return parser


def _add(commands: Any, name: str, run: Command, text: str, *, project: bool = True) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
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

    return report(_open(args), speak=not args.json)


def _build(args: argparse.Namespace) -> Any:
    from zhengfa_stats.report import summarise_build

    project = _open(args)
    manifest = project.build()
    if not args.json:
        print(summarise_build(manifest))
    return {"sheets": manifest["sheets"], "problems": manifest["n_problems"]}


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


def _new(args: argparse.Namespace) -> Any:
    from zhengfa_stats.newproject import make_project

    outputs = make_project(args.folder)
    if not args.json:
        print(f"已建好 {args.folder}：把各部门的台账放进 data/raw，改好 zhengfa.toml，然后运行 zhengfa report")
    return {"outputs": outputs}
