"""The offline installation: what is collected for each platform is all that the program needs, and what install.py refuses."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
OFFLINE = ROOT / "offline"
CONSTRAINTS = (ROOT / "constraints.txt").read_text("utf-8")
POSIX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
NT = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}
PLATFORMS = {
    "windows-x86_64": {**NT, "platform_machine": "AMD64"},
    "linux-x86_64": {**POSIX, "platform_machine": "x86_64"},
    "linux-aarch64": {**POSIX, "platform_machine": "aarch64"},
}
PYTHON = {"python_version": "3.11", "python_full_version": "3.11.9", "implementation_name": "cpython"}


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"offline_{name}", OFFLINE / f"{name}.py")
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def needed(environment: Mapping[str, str]) -> set[str]:
    """What the installed program requires on a platform, and what that requires, and so on."""
    found: set[tuple[str, str]] = set()
    todo = [("zhengfa-stats", "")]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for requirement in map(Requirement, _requires(name)):
            if requirement.marker is None or requirement.marker.evaluate({**environment, "extra": extra}):
                todo += [(canonicalize_name(requirement.name), e) for e in ("", *requirement.extras)]
    return {name for name, _ in found} - {"zhengfa-stats"}


def _requires(name: str) -> list[str]:
    """A package's requirements; one of the other system's is not installed here, and those in question need nothing more."""
    try:
        return requires(name) or []
    except PackageNotFoundError:
        assert name in ("colorama", "pywinpty")
        return []


@pytest.mark.parametrize("name", PLATFORMS)
def test_all_that_the_program_needs_is_collected(name: str) -> None:
    collected = [*module("collect").requirements(CONSTRAINTS, name)]
    names = {canonicalize_name(line.split("==")[0]) for line in collected}
    assert all("==" in line and ";" not in line for line in collected)
    wanted = needed({**PYTHON, **PLATFORMS[name]})
    assert wanted - names == set()
    assert names - wanted <= {"pip", "pexpect", "ptyprocess"}, "the rest is for tests, and is not carried along"


def test_the_platforms_are_those_that_are_promised() -> None:
    tags = module("collect").PLATFORMS
    assert set(tags) == set(PLATFORMS)
    assert tags["windows-x86_64"] == ("win_amd64",)
    assert "manylinux_2_28_aarch64" in tags["linux-aarch64"]
    assert "manylinux_2_29_x86_64" not in tags["linux-x86_64"], "UOS 20 has glibc 2.28"


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert module("collect").main(["linux-x86_64", "-o", str(tmp_path)]) == 1
    assert "没有改动" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["安装.bat", "安装.sh", "README.txt"])
def test_what_a_desktop_reads_is_as_it_reads_it(name: str) -> None:
    content = (OFFLINE / name).read_bytes()
    dos = not name.endswith(".sh")
    assert content.count(b"\r\n") == (content.count(b"\n") if dos else 0)
    assert content.startswith(b"\xef\xbb\xbf") == name.endswith(".txt")
    if name.endswith(".bat"):
        first, second, *_ = content.splitlines()
        assert first.isascii() and second == b"chcp 65001 >nul"


# -- what install.py refuses, before it writes anything


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder as collect.py leaves it, with one wheel, for this computer."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "a.whl").write_bytes(b"wheel")
    (tmp_path / "platform.txt").write_text(f"{platform.system().lower()}-{machine}\n", "utf-8")
    (tmp_path / "sha256.txt").write_text(f"{hashlib.sha256(b'wheel').hexdigest()}  a.whl\n", "utf-8")
    return tmp_path


def refusal(here: Path, capsys: pytest.CaptureFixture[str], target: Path | None = None) -> str:
    install = module("install")
    install.HERE, install.WHEELS = here, here / "wheels"
    assert install.main(["--to", str(target or here / "to")]) == 1
    assert not (here / "to").exists()
    return capsys.readouterr().err


def test_another_platform_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "platform.txt").write_text("windows-ppc\n", "utf-8")
    assert "是给 windows-ppc 收的" in refusal(here, capsys)


def test_a_damaged_or_lost_file_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "wheels" / "a.whl").write_bytes(b"whee")
    assert "缺失或损坏：a.whl" in refusal(here, capsys)
    (here / "wheels" / "a.whl").unlink()
    assert "缺失或损坏：a.whl" in refusal(here, capsys)


def test_a_folder_with_other_things_is_never_cleared(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (target := here / "文档").mkdir()
    (target / "我的.docx").write_text("", "utf-8")
    assert "里有别的文件" in refusal(here, capsys, target)
    assert (target / "我的.docx").exists()


def test_another_python_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ((3, 10, 9), (3, 11, 4), (3, 12, 0)):
        monkeypatch.setattr(sys, "version_info", version)
        assert f"这里运行的是 {'.'.join(map(str, version))}" in refusal(here, capsys)
