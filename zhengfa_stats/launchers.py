"""Files to double-click: make the results, open the notebooks, open a command window; for Windows and for Linux desktops."""

from __future__ import annotations

import os
import shlex
import sysconfig
import webbrowser
from pathlib import Path

FOLDER = "启动"
_COMMANDS = {"出结果": "zhengfa report --open", "打开笔记本": "zhengfa lab", "看说明": "zhengfa help"}
_WINDOW = "命令行"
_LOST = "找不到程序 zhengfa。请在这台电脑上重新安装，再把 {folder} 文件夹里的文件换成新装时建的。"

# Windows reads a .bat in the console's own code page until chcp says otherwise, and wants CRLF.
_BAT = """\
@echo off
chcp 65001 >nul
cd /d "%~dp0.."
{path}{command}
if errorlevel 9009 echo {lost}
pause
"""
_BAT_WINDOW = """\
@echo off
chcp 65001 >nul
cd /d "%~dp0.."
{path}cmd /k echo 在这里输入命令，例如 zhengfa --help
"""
# A file manager runs a script without a window: then it opens one for itself.
_SH = """\
#!/bin/sh
[ -t 1 ] || exec x-terminal-emulator -e "$0"
cd "$(dirname "$0")/.." || exit
{path}command -v zhengfa >/dev/null || echo '{lost}'
{command}
printf '按回车键关闭窗口。'
read -r _
"""
_SH_WINDOW = """\
#!/bin/sh
[ -t 1 ] || exec x-terminal-emulator -e "$0"
cd "$(dirname "$0")/.." || exit
{path}echo '在这里输入命令，例如 zhengfa --help'
exec "${{SHELL:-/bin/sh}}"
"""


def write_launchers(project: Path) -> list[Path]:
    """Write the launchers into a folder of the project; they run the program that wrote them, else the one on PATH."""
    folder = project / FOLDER
    folder.mkdir(exist_ok=True)
    commands = [path for name in _COMMANDS for path in (_write_bat(folder, name), _write_sh(folder, name))]
    return [*commands, _write_bat(folder, _WINDOW), _write_sh(folder, _WINDOW)]


def write_window(folder: str | Path) -> Path:
    """Write a command window of this system into a folder, to begin with; the file to double-click."""
    write = _write_bat if os.name == "nt" else _write_sh
    return write(Path(folder), f"政法统计{_WINDOW}")


def show_page(path: Path) -> None:
    """Open a page in the user's browser."""
    webbrowser.open(path.as_uri())


def _write_bat(folder: Path, name: str) -> Path:
    own = _programs().replace("%", "%%")
    text = (_BAT if name in _COMMANDS else _BAT_WINDOW).format(
        path=f'set "PATH={own};%PATH%"\n' if os.name == "nt" else "",
        command=_COMMANDS.get(name),
        lost=_LOST.format(folder=FOLDER),
    )
    path = folder / f"{name}.bat"
    path.write_text(text, "utf-8", newline="\r\n")
    return path


def _write_sh(folder: Path, name: str) -> Path:
    text = (_SH if name in _COMMANDS else _SH_WINDOW).format(
        path=f'PATH={shlex.quote(_programs())}:"$PATH"\nexport PATH\n' if os.name != "nt" else "",
        command=_COMMANDS.get(name),
        lost=_LOST.format(folder=FOLDER),
    )
    path = folder / f"{name}.sh"
    path.write_text(text, "utf-8", newline="\n")
    path.chmod(0o755)
    return path


def _programs() -> str:
    """Where the installed commands are."""
    return sysconfig.get_path("scripts")
