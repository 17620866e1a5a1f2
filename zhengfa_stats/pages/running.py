"""Notebooks are executed in kernels of this very Python, a few at a time, untouched by the user's own settings."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import write_kernel_spec
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from zhengfa_stats import errors
from zhengfa_stats.building import REPORTING
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.pages import notebooks

_TIMEOUT = 600  # seconds a cell
_MOST = 4  # kernels at a time: each takes about 300 MB
_QUIET = ("--log-level=ERROR", "--HistoryManager.enabled=False")
_OURS = frozenset({*vars(errors), "NotUnderstood"})  # they speak Chinese
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Failure:
    """A notebook that stopped: which cell (counted from 1 over all cells), its first line, and why."""

    notebook: str
    why: str
    cell: int = 0
    line: str = ""

    def __str__(self) -> str:
        at = f"第{self.cell}格（{self.line}）" if self.cell else ""
        return f"{self.notebook}{at}：{self.why}"


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a notebook: the executed notebook, or a failure."""

    path: Path
    notebook: NotebookNode
    failure: Failure | None
    seconds: float


def run_all(
    paths: Sequence[Path], root: Path, values: Mapping[str, Any], done: Callable[[Run], None], jobs: int | None = None
) -> list[Run]:
    """Execute notebooks in the project folder with the parameters' values; `done` hears of each as it ends."""
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # a failure is told by us, in Chinese
    with tempfile.TemporaryDirectory(prefix="zhengfa-") as private:
        return asyncio.run(_run_all(paths, root, values, done, Path(private), jobs or os.cpu_count() or 1))


async def _run_all(
    paths: Sequence[Path],
    root: Path,
    values: Mapping[str, Any],
    done: Callable[[Run], None],
    private: Path,
    jobs: int,
) -> list[Run]:
    specs = _specs(private)
    room = asyncio.Semaphore(min(jobs, _MOST))

    async def one(path: Path) -> Run:
        async with room:
            run = await _run(path, root, values, specs, private)
            done(run)
            return run

    return list(await asyncio.gather(*map(one, paths)))


def _specs(private: Path) -> KernelSpecManager:
    """Only one kernel, the running Python with the program that runs: not what lies in the home or the project folder."""
    options = [*_QUIET, "--InteractiveShellApp.ignore_cwd=True"]
    write_kernel_spec(private / "kernels" / "python3", {"metadata": {}}, extra_arguments=options)
    return KernelSpecManager(kernel_dirs=[str(private / "kernels")], ensure_native_kernel=False)


def _environment(private: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """No startup files, history or settings of the user; `zs.open()` finds the parameters where no cell says them."""
    own = {f"ZHENGFA_{name.upper()}": value for name, value in values.items()}
    return {**os.environ, **own, REPORTING: "1", "IPYTHONDIR": str(private / "ipython"), "PYTHONWARNINGS": "ignore"}


async def _run(path: Path, root: Path, values: Mapping[str, Any], specs: KernelSpecManager, private: Path) -> Run:
    start = time.monotonic()
    notebook, failure = notebooks.blank(), None
    begun: list[int] = []  # the cells that were begun, the last of them where it stopped
    try:
        notebook = notebooks.with_parameters(notebooks.read(path), values, path.name)
        await _execute(notebook, root, specs, _environment(private, values), begun)
    except ProjectError as error:
        failure = Failure(path.name, str(error))
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        failure = _failure(path.name, notebook, error, begun)
    return Run(path, notebook, failure, time.monotonic() - start)


async def _execute(
    notebook: NotebookNode, root: Path, specs: KernelSpecManager, environment: Mapping[str, str], begun: list[int]
) -> None:
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=_TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(root)}},
        on_cell_execute=lambda cell, cell_index: begun.append(cell_index),
    )
    try:
        await client.async_execute(env=dict(environment))
    finally:
        await manager.shutdown_kernel(now=True)


def _failure(name: str, notebook: NotebookNode, error: Exception, begun: Sequence[int]) -> Failure:
    """Where and why it stopped."""
    if not begun:
        return Failure(name, _why(error, None))
    cell = notebook.cells[begun[-1]]
    line = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return Failure(name, _why(error, _error_in(cell)), begun[-1] + 1, line)


def _error_in(cell: NotebookNode) -> NotebookNode | None:
    return next((output for output in cell.get("outputs", ()) if output.output_type == "error"), None)


def _why(error: Exception, output: NotebookNode | None) -> str:
    """Our own errors speak Chinese; of others, what they say and their kind."""
    if isinstance(error, CellTimeoutError):
        return f"运行超过{_TIMEOUT}秒"
    if output is None:
        return "内核意外退出，可能是内存不够"
    said = next(iter(_ANSI.sub("", output.evalue).strip().splitlines()), "")
    return said if output.ename in _OURS else f"{output.ename}：{said}"
