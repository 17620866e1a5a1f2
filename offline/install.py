"""在离线的电脑上，从这个文件夹安装；双击“安装”就是运行它。只用 Python 3.11 自带的库，不联网。"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
WHEELS = HERE / "wheels"
_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


class Stop(Exception):
    """The installation can't go on; the text says what is wrong and what to do."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="从这个文件夹离线安装")
    parser.add_argument("--to", type=Path, default=_home(), metavar="文件夹", help=f"装在哪里，默认是 {_home()}")
    target = parser.parse_args(argv).to.absolute()
    try:
        _check_python()
        _check_platform()
        _check_files()
        _check_target(target)
        print(f"正在安装到 {target}，大约要两分钟……", flush=True)
        python = _install(target)
        window = _finish(python)
    except (Stop, OSError) as error:
        print(f"没有装好：{error}", file=sys.stderr)
        return 1
    print(f"装好了。双击 {window} 打开命令行，输入 zhengfa new 某市，新建一个项目；输入 zhengfa help，看使用手册。")
    return 0


def _home() -> Path:
    """Where programs of a user's own are kept."""
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "zhengfa"
    return Path.home() / ".local" / "share" / "zhengfa"


# -- before anything is written


def _check_python() -> None:
    if not (3, 11, 5) <= sys.version_info < (3, 12):
        here = ".".join(map(str, sys.version_info[:3]))
        raise Stop(f"需要 Python 3.11（3.11.5 以上），这里运行的是 {here}。请先安装它，再双击“安装”。")


def _check_platform() -> None:
    collected = (HERE / "platform.txt").read_text("utf-8").strip()
    here = f"{platform.system().lower()}-{_MACHINES.get(platform.machine().lower(), platform.machine())}"
    if here != collected:
        raise Stop(f"这个文件夹是给 {collected} 收的，这台电脑是 {here}。请在联网的电脑上为 {here} 重新收一份。")


def _check_files() -> None:
    """Stop where a file was lost or damaged on its way here."""
    lines = (HERE / "sha256.txt").read_text("utf-8").splitlines()
    spoilt = [name for digest, name in (line.split("  ") for line in lines) if _digest(WHEELS / name) != digest]
    if spoilt:
        raise Stop(f"wheels 文件夹里的文件缺失或损坏：{'、'.join(spoilt)}。请把整个文件夹重新拷一遍。")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _check_target(target: Path) -> None:
    """Stop where the folder holds something else: an installation clears it first."""
    if target.exists() and not (target / "pyvenv.cfg").is_file() and any(target.iterdir()):
        raise Stop(f"{target} 里有别的文件，没有改动。请用 --to 换一个文件夹。")


# -- installing


def _install(target: Path) -> Path:
    """Make the environment anew and install into it; its Python."""
    venv.EnvBuilder(clear=True, with_pip=False, symlinks=os.name != "nt").create(target)
    python = target / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (pip,) = WHEELS.glob("pip-*.whl")  # run from its wheel: some desktops' Python comes without pip
    words = ("install", "-q", "--no-index", "--no-cache-dir", "--find-links", WHEELS, "-c", HERE / "requirements.txt")
    _run([python, pip / "pip", *words, "zhengfa-stats", "pip"])
    return python


def _finish(python: Path) -> Path:
    """See that the program runs, and put a command window onto the desktop; its place."""
    manual = python.parents[1] / "manual"
    _run([python.with_name("zhengfa"), "help", "--json", "--no-browser", "-o", manual], quiet=True)
    desktop = next((p for name in ("桌面", "Desktop") if (p := Path.home() / name).is_dir()), HERE)
    code = "import sys; from zhengfa_stats.launchers import write_window; print(write_window(sys.argv[1]))"
    return Path(_run([python, "-X", "utf8", "-c", code, desktop], quiet=True).strip())


def _run(words: Sequence[str | Path], *, quiet: bool = False) -> str:
    """Run a program, blind to the user's own settings of pip and Python; what it said, where it is to be quiet."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    environment = {**own, "PIP_CONFIG_FILE": os.devnull, "PYTHONNOUSERSITE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    out = subprocess.PIPE if quiet else None
    done = subprocess.run([*map(str, words)], env=environment, stdout=out, encoding="utf-8", check=False)
    if done.returncode:
        raise Stop("原因见上面的提示。请把它拍下来，交给维护人。")
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main())
