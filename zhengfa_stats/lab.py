"""`zhengfa lab`: JupyterLab on the project's notebooks, in Chinese, asking nothing of any host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhengfa_stats.errors import ProjectError
from zhengfa_stats.pages.notebooks import FOLDER, copy_into
from zhengfa_stats.project import Project

_SETTINGS: Mapping[str, Mapping[str, Any]] = {  # what a first start finds; what the user then changes stays
    "@jupyterlab/translation-extension/plugin": {"locale": "zh_CN"},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"autoStartDefaultKernel": True},
}
_OPTIONS = (
    "--LabApp.news_url=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--Application.log_level=WARN",
    "--allow-root",  # it listens to this machine alone, and asks for its token
)


def lab(project: Project, *, browser: bool = True, options: Sequence[str] = ()) -> None:
    """Open JupyterLab and wait until it ends; the notebooks are copied into the project where it has none."""
    copied = copy_into(project.root)
    if copied:
        print(f"已放进 {FOLDER}：{'、'.join(path.name for path in copied)}", file=sys.stderr)
    project.build()  # once, here, rather than in the first cell that an analyst runs
    _settle(_home(project))
    print("正在打开 JupyterLab，用完后在这里按 Ctrl+C 结束。", file=sys.stderr)
    try:
        code = subprocess.call([*_command(project, browser), *options], env=_environment(project))
    except KeyboardInterrupt:
        return
    if code:
        raise ProjectError(f"JupyterLab 没有正常结束（{code}）", do="原因见上面的英文提示")


def _home(project: Project) -> Path:
    """Where this project's JupyterLab keeps its settings: not in the user's home."""
    return project.processed / "jupyter"


def _command(project: Project, browser: bool) -> list[str]:
    folder = project.root / FOLDER
    if not any(folder.glob("*.ipynb")):
        raise ProjectError("没有笔记本", str(folder), "请重新安装 zhengfa_stats")
    window = () if browser else ("--no-browser",)
    return [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *_OPTIONS, *window]


def _environment(project: Project) -> dict[str, str]:
    """The settings' places; and the days, where others than those of zhengfa.toml were asked for, for `zs.open()`."""
    home, clock = _home(project), project.clock
    days = {"ZHENGFA_SINCE": clock.since.isoformat(), "ZHENGFA_AS_OF": clock.as_of.isoformat()}
    return {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        **(days if clock != project.config.clock else {}),
    }


def _settle(home: Path) -> None:
    """Write the settings that are not there yet."""
    for plugin, settings in _SETTINGS.items():
        path = home / "settings" / f"{plugin}.jupyterlab-settings"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings, indent=1) + "\n", "utf-8")
