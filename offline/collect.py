"""在能联网的电脑上，把安装所需的全部文件收进一个文件夹，拷到离线的电脑上安装。

    python3.11 offline/collect.py windows-x86_64

只用 Python 自带的库和 pip；各包的版本照 constraints.txt 的“运行”一节。
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
_GLIBC = range(28, 4, -1)  # the desktops' own: UOS 20 has 2.28, Kylin V10 SP1 2.31
PYTHON = "3.11.5"  # the oldest that every pinned package takes; install.py asks for it
_WHAT_GOES_ALONG = ("install.py", "安装.bat", "安装.sh", "README.txt")


def _linux(machine: str) -> tuple[str, ...]:
    """The tags of wheels that run on a Linux desktop of this machine, the newest C library first."""
    return (*(f"manylinux_2_{n}_{machine}" for n in _GLIBC), f"manylinux2014_{machine}", f"linux_{machine}")


PLATFORMS = {
    "windows-x86_64": ("win_amd64",),
    "linux-x86_64": (*_linux("x86_64"), "manylinux2010_x86_64", "manylinux1_x86_64"),
    "linux-aarch64": _linux("aarch64"),
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="把离线安装所需的全部文件收进一个文件夹")
    parser.add_argument("platform", choices=PLATFORMS, metavar="平台", help="、".join(PLATFORMS))
    parser.add_argument("-o", dest="out", type=Path, metavar="文件夹", help="默认是 zhengfa-离线安装-平台")
    args = parser.parse_args(argv)
    folder = args.out or Path(f"zhengfa-离线安装-{args.platform}")
    if folder.exists():
        return _say(f"{folder}：已经有这个文件夹，没有改动。请删掉它，或用 -o 换一个名字。")
    folder.mkdir(parents=True)
    if not collect(args.platform, folder):
        return _say("没有收齐：原因见上面的英文提示。请检查网络和 pip 的设置后重试。")
    n = len(list((folder / "wheels").iterdir()))
    print(f"收齐了：{folder}，{n}个文件。整个文件夹拷到离线的电脑上，双击“安装”（见其中的 README.txt）。")
    return 0


def _say(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def collect(platform: str, folder: Path) -> bool:
    """Fill the folder; whether everything was had."""
    wheels = folder / "wheels"
    listed = folder / "requirements.txt"
    listed.write_text("\n".join(requirements((ROOT / "constraints.txt").read_text("utf-8"), platform)) + "\n", "utf-8")
    if not (_pip("wheel", "--no-deps", "-w", wheels, ROOT) and _download(platform, listed, wheels)):
        return False
    for name in _WHAT_GOES_ALONG:
        shutil.copy(HERE / name, folder)
    (folder / "platform.txt").write_text(platform + "\n", "utf-8")
    sums = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(wheels.iterdir()))
    (folder / "sha256.txt").write_text("".join(sums), "utf-8")
    return True


def requirements(constraints: str, platform: str) -> Iterator[str]:
    """The lines of the section 运行 that hold on the platform, without their markers.

    pip would judge a marker by the computer that it runs on, not by that of the platform.
    """
    section = constraints.split("# ── 运行")[1].split("# ──")[0]
    for line in section.splitlines()[1:]:
        requirement, _, marker = line.partition(";")
        if requirement.strip() and (not marker or platform.startswith("windows")):
            yield requirement.strip()


def _download(platform: str, listed: Path, wheels: Path) -> bool:
    tags = [word for tag in (*PLATFORMS[platform], "any") for word in ("--platform", tag)]
    python = ("--python-version", PYTHON, "--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none")
    return _pip("download", "--no-deps", "--only-binary=:all:", *python, *tags, "-d", wheels, "-r", listed)


def _pip(*words: str | Path) -> bool:
    return subprocess.run([sys.executable, "-m", "pip", "-q", *map(str, words)], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
