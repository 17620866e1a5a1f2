"""The house keeps its shape: imports run one way, modules can be read at a sitting, all packages ship."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "zhengfa_stats"
MODULES = sorted(PACKAGE.rglob("*.py"))

STOREYS = (  # from the ground up; a module imports from its own storey or below
    ("errors", "records", "numerals", "query", "schema", "grammar", "overlay"),
    ("dated", "toml", "layers", "consistency", "borrowing", "declared", "config"),
    ("files", "shipped", "launchers"),
    ("store", "excel", "locking", "staging", "outcome", "apart"),
    ("reading", "counting"),
    ("language",),
    ("build", "gathering", "building", "checking", "snapshots"),
    ("exhibits",),
    ("comparing",),
    ("documents",),
    ("project",),
    ("pages", "lab", "looking", "compared", "newproject"),
    ("report",),
    ("cli",),
)
APART = {("reading", "counting"), ("counting", "reading")}  # on one storey, and neither knows the other


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def storey(name: str) -> int:
    return next(i for i, rooms in enumerate(STOREYS) if name in rooms)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("zhengfa_stats."):
            yield room(node.module)
        elif isinstance(node, ast.ImportFrom) and node.module == "zhengfa_stats":
            yield from (alias.name for alias in node.names if alias.name != "__version__")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if here == "__init__":
        return
    for there in imports(path):
        assert storey(there) <= storey(here), f"{here} imports {there}, which stands above it"
        assert (here, there) not in APART, f"{here} and {there} must not know each other"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_can_be_read_at_a_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 420


def test_no_exception_is_swallowed() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"bare except in {path.name}:{node.lineno}"
                silent = len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
                assert not silent, f"swallowed exception in {path.name}:{node.lineno}"


def test_every_package_is_named_in_pyproject() -> None:
    named = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"])
    there = {".".join(p.parent.relative_to(ROOT).parts) for p in PACKAGE.rglob("__init__.py")}
    data = {f"zhengfa_stats.{name}" for name in ("notebooks", "manual", "sample")}
    assert named == there | data, "notebooks, manual and sample ship as packages without modules"


def test_the_two_readmes_give_the_same_commands() -> None:
    def commands(name: str) -> list[str]:
        lines = (ROOT / name).read_text("utf-8").splitlines()
        return [line for line in lines if line.startswith("python3.11 -m venv")]

    assert len(commands("README.md")) == 2
    assert commands("README.md") == commands("README.en.md")


def test_no_registry_host_is_named() -> None:
    kept = ("*.toml", "*.txt", "*.md", "*.yaml", ".ci/run", "*.cfg")
    for path in (p for pattern in kept for p in ROOT.glob(pattern)):
        text = path.read_text("utf-8")
        assert "://" not in text, f"{path.name} names a host"
