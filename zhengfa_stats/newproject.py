"""`zhengfa new`: a new city's project folder that explains itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from zhengfa_stats.errors import ProjectError
from zhengfa_stats.pages.notebooks import copy_into

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
# {city}政法队伍建设台账统计

1. 把各部门报来的台账（.xlsx、.xls、.et、.ods、.csv 都可以）原样放进 `data/raw`，不用改。
2. 打开 `zhengfa.toml`，核对城市名、起始日和截止日。
3. 在这个文件夹里运行 `zhengfa report`。结果在 `data/processed`：
   先看 `pages/index.html`；`figures.xlsx` 是全部指标，`problems.xlsx` 是要请各部门核实的问题。
4. 自己分析，运行 `zhengfa lab`：在浏览器里打开 `notebooks` 里的笔记本，可以改；改过的不会被覆盖。

`zhengfa trace 线索.收到` 列出一个数背后的行和单元格；`zhengfa look 文件` 看程序怎样读一个工作簿。
`zhengfa.key` 是人员代号的密钥，请妥善保管，不要外传，也不要提交到版本库。
"""
_IGNORE = "data/\nzhengfa.key\nnames.log\n"


def make_project(folder: Path) -> list[str]:
    """Make the folder with its settings, its data folders and an explanation; a folder that holds a project is left alone."""
    if (folder / "zhengfa.toml").exists():
        raise ProjectError("这里已经有一个项目，没有改动", str(folder), "请换一个文件夹")
    today = date.today()
    words = {"city": folder.resolve().name, "since": date(today.year, 1, 1), "as_of": today}
    (folder / "data" / "raw").mkdir(parents=True, exist_ok=True)
    texts = {"zhengfa.toml": _TOML, "README.md": _README, ".gitignore": _IGNORE}
    for name, text in texts.items():
        (folder / name).write_text(text.format(**words) if "{" in text else text, "utf-8")
    copy_into(folder)
    return [str(folder / name) for name in ("zhengfa.toml", "README.md", ".gitignore", "data/raw", "notebooks")]
