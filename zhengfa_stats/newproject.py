"""`zhengfa new`: a new city's project folder that explains itself."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from zhengfa_stats.errors import ProjectError
from zhengfa_stats.launchers import FOLDER, write_launchers
from zhengfa_stats.pages.notebooks import copy_into
from zhengfa_stats.shipped import folder_of

README = "README.txt"  # a desktop opens it by a double click; Windows' older Notepad wants the mark of UTF-8
_SAMPLE_PERIOD = date(2021, 1, 1), date(2021, 6, 30)

_TOML = """\
# 一个新城市只要写这三行。
city  = "{city}"
since = {since}
as_of = {as_of}

# 以下都可以不写，需要时去掉行首的 # 号：
# team = ["政法委", "公安局", "法院", "检察院", "司法局", "纪委监委"]   # 工作专班成员单位
# senders = ["公安局", "法院", "检察院", "司法局", "甲县公安局"]        # 应当报送的单位，用来查谁还没有报
#
# [mode]                  # 一个单位（或一类台账）先后报来的文件，是累计还是增量；不写的由程序判断
# "公安局" = "累计"
#
# [periods]               # 有自己统计期的指标，在指标里写 period = "近年来"
# "近年来" = {{ since = 2018-01-01, as_of = {as_of} }}
#
# [options]
# rank_by = "就高"        # 职级口径：就高、职级、领导职务
# "组织处理" = "宽"       # 宽：含谈话提醒、批评教育、诫勉等；严：只含停职检查等五种
# "四种形态" = "人"       # 四种形态按人计，还是按人次计
# "零值分句" = "写"       # 填文稿时，数是零的分句写还是删
#
# [ledgers.clues.fields.received_on]   # 表头不认识时，把它写在这里
# headers = ["来件时间"]
#
# [vocabularies.status]                # 用词不认识时，把它写在这里
# "已查结" = ["归档"]
"""
_README = """\
{city}政法队伍建设台账统计

这个文件夹是一个项目。不用懂编程，照下面做就行。

一、放台账
    把各部门报来的表（.xlsx .xls .xlsb .et .ods .csv 都可以）原样放进 data/raw，不用改。
    表里没有写县区的，按县区建文件夹放，例如 data/raw/甲县。
    哪个单位还没有表，用 zhengfa forms 写出空白表，发给他们填。

二、核对统计期
    用记事本打开 zhengfa.toml，看城市名、起始日 since、截止日 as_of 对不对。
    别的设置都可以不写，那个文件里有说明。

三、出结果
    双击“启动”文件夹里的“出结果”（Windows 是 .bat，麒麟、统信是 .sh），或者在命令行里运行 zhengfa report。
    结果在 data/processed：
        pages/index.html    目录，从这里看起
        总结.docx           数字已填好的工作总结
        figures.xlsx        全部指标和报送情况
        tables.xlsx         全部表格
        problems.xlsx       要请各部门核实的问题

四、自己分析
    双击“打开笔记本”，在浏览器里用 notebooks 里的笔记本；改过的不会被覆盖。

五、还有什么
    双击“看说明”（或运行 zhengfa help）打开使用手册：一小时入门、怎样办、指标口径。
    双击“命令行”，可以输入各种命令，例如：
        zhengfa status                  谁报了，谁没报
        zhengfa trace 线索.收到          一个数背后的每一行、每一格
        zhengfa look 文件               程序怎样读一个工作簿

保密
    data 文件夹里有原始台账；zhengfa.key 是人员代号的密钥。都不要外传，也不要提交到代码库（.gitignore 已经写好）。
    全部删掉，就是删掉整个文件夹。
"""
_IGNORE = "data/\nzhengfa.key\nnames.log\n"


def make_project(folder: Path, *, sample: bool = False) -> list[str]:
    """Make the folder with its settings, its data folders and an explanation; a folder that holds a project is left alone.

    With `sample`, an invented city's workbooks lie in data/raw, for learning.
    """
    if (folder / "zhengfa.toml").exists():
        raise ProjectError("这里已经有一个项目，没有改动", str(folder), "请换一个文件夹")
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    if sample:
        shutil.copytree(folder_of("sample"), raw, dirs_exist_ok=True)
    since, as_of = _SAMPLE_PERIOD if sample else _this_year()
    (folder / "zhengfa.toml").write_text(_TOML.format(city=_city(folder), since=since, as_of=as_of), "utf-8")
    (folder / README).write_text(_README.format(city=_city(folder)), "utf-8-sig", newline="\r\n")
    (folder / ".gitignore").write_text(_IGNORE, "utf-8")
    copy_into(folder)
    write_launchers(folder)
    return [str(folder / name) for name in ("zhengfa.toml", README, ".gitignore", "data/raw", "notebooks", FOLDER)]


def _city(folder: Path) -> str:
    """The city that a folder is named for, as it may stand in a TOML string."""
    return "".join(c for c in folder.resolve().name if c not in '"\\') or "某市"


def _this_year() -> tuple[date, date]:
    today = date.today()
    return date(today.year, 1, 1), today
