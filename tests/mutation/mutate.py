"""Small changes to the program, one at a time, and whether its tests notice: `python -m tests.mutation.mutate 20 [SEED] [MODULE…]`.

A mutant is one changed comparison, operator, constant, negation or condition of a module. It lives in a forked process that
imports the changed source instead of the file and runs the module's own examples and the tests named for it below; a mutant that
they pass survives.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import importlib
import io
import multiprocessing
import os
import random
import resource
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[2]
_LONGEST = 150  # seconds of processor time that the tests of a mutant may take; one that hangs is noticed
_CLEANING = ("tests/unit/test_cleaning_specs.py", "tests/unit/test_cleaning_properties.py")
_ANSWER = ("tests/unit/test_answer.py", "tests/unit/test_answer_property.py")
TESTS: dict[
    str, tuple[str, ...]
] = {  # module, or package of modules → the tests that should notice, the quick ones first
    "numerals": ("tests/unit/test_numerals.py", "tests/unit/test_quantities.py"),
    "reading.cleaning": _CLEANING,
    "reading.cleaning.posts": (*_CLEANING, "tests/forms/test_forms.py"),
    "reading.cleaning.terms": (*_CLEANING, "tests/unit/test_dated_terms.py"),
    "reading.cleaning.units": (*_CLEANING, "tests/unit/test_regions.py", "tests/forms/test_forms.py"),
    "counting.causes": ("tests/unit/test_compare.py",),
    "counting.clocks": ("tests/unit/test_answer.py", "tests/unit/test_periods.py"),
    "counting.compile": (
        "tests/unit/test_answer.py",
        "tests/unit/test_days_between.py",
        "tests/unit/test_dated_terms.py",
    ),
    "counting.folding": ("tests/unit/test_folding.py", "tests/unit/test_answer.py"),
    "counting.frames": (*_ANSWER, "tests/unit/test_restating.py"),
    "counting.groups": _ANSWER,
    "counting.known": ("tests/unit/test_known.py", "tests/unit/test_answer.py"),
    "counting.matching": ("tests/unit/test_matching.py",),
    "counting.meaning": _ANSWER,
    "counting.relations": ("tests/unit/test_balance.py",),
    "counting.reported": ("tests/unit/test_reported_figures.py", "tests/unit/test_reported_property.py"),
    "counting.status": ("tests/unit/test_status.py",),
    "counting.tally": ("tests/unit/test_answer.py", "tests/unit/test_folding.py"),
    "language.periods": ("tests/unit/test_periods.py", "tests/unit/test_periods_said.py"),
    "language.quantities": ("tests/unit/test_quantities.py",),
    "language.verdicts": ("tests/unit/test_verdicts.py",),
    "language.arithmetic": ("tests/unit/test_arithmetic.py", "tests/unit/test_arithmetic_tables.py"),
    "language.citing": ("tests/unit/test_citations.py",),
}


def modules() -> Iterator[str]:
    """The modules that are named above, and those of the packages that are."""
    package = ROOT / "zhengfa_stats"
    for name in TESTS:
        inner = sorted(p.stem for p in (package / name.replace(".", "/")).glob("[!_]*.py"))
        yield from (found for stem in inner if (found := f"{name}.{stem}") not in TESTS)
        if not inner:
            yield name


def tests_of(module: str) -> tuple[str, ...]:
    """The tests that should notice a change of a module: its own, or its package's."""
    return TESTS[module] if module in TESTS else tests_of(module.rpartition(".")[0])


_OTHER: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv, ast.BitOr: ast.BitAnd,
}  # fmt: skip


def changes(tree: ast.Module) -> list[tuple[ast.AST, str]]:
    """Every place that can be changed, with what is done there; annotations and docstrings are none."""
    found: list[tuple[ast.AST, str]] = []
    for node in _code(tree):
        match node:
            case ast.Compare() if type(node.ops[0]) in _OTHER:
                found.append((node, "comparison"))
            case ast.BoolOp() | ast.BinOp() if type(node.op) in _OTHER:
                found.append((node, "operator"))
            case ast.UnaryOp(op=ast.Not()):
                found.append((node, "negation"))
            case ast.Constant(value=bool() | int()):
                found.append((node, "constant"))
            case ast.If() | ast.IfExp():
                found.append((node, "condition"))
    return found


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below a node that do something."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (isinstance(child, ast.If) and _is_typing(child)):
                yield child
                yield from _code(child)


def _is_typing(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def change(node: ast.AST, how: str) -> str:
    """Change a node in place; what was done."""
    before = ast.unparse(node) if not isinstance(node, ast.If) else f"if {ast.unparse(node.test)}"
    match node, how:
        case ast.Compare(), _:
            node.ops[0] = _OTHER[type(node.ops[0])]()
        case ((ast.BoolOp() | ast.BinOp()), _):
            node.op = _OTHER[type(node.op)]()
        case ast.UnaryOp(), _:
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(), _:
            node.value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]
        case ((ast.If() | ast.IfExp()), _):
            node.test = ast.UnaryOp(ast.Not(), node.test)
    after = ast.unparse(node) if not isinstance(node, ast.If) else f"if {ast.unparse(node.test)}"
    return f"line {node.lineno}: {before[:90]} → {after[:90]}"  # type: ignore[attr-defined]


class Changed(MetaPathFinder, Loader):
    """Imports one module from a changed tree."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self.name, self.path, self.tree = name, path, tree

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return spec_from_loader(name, self, origin=str(self.path)) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.path)
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)


def outcome(name: str, n: int | None) -> tuple[str, str]:
    """What came of the nth mutant of a module, and what it changed; None changes nothing, and should pass."""
    path = ROOT / "zhengfa_stats" / f"{name.replace('.', '/')}.py"
    tree = ast.parse(path.read_text("utf-8"))
    told = change(*changes(tree)[n]) if n is not None else "nothing"
    child = multiprocessing.get_context("fork").Process(
        target=_test, args=(name, path, ast.fix_missing_locations(tree))
    )
    child.start()
    child.join()
    return ("survives" if child.exitcode == 0 else "killed"), told


def _test(name: str, path: Path, tree: ast.Module) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (_LONGEST, _LONGEST))
    settings.register_profile("patient", deadline=None)  # a slow machine notices nothing
    settings.load_profile("patient")
    sys.meta_path.insert(0, Changed(f"zhengfa_stats.{name}", path, tree))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        plain = (
            "-x",
            "-q",
            "-n0",
            "-k",
            "not pyspark",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            "--hypothesis-seed=1",
        )
        module = importlib.import_module(f"zhengfa_stats.{name}")
        code = int(doctest.testmod(module).failed > 0) or pytest.main([*plain, *tests_of(name)])
    os._exit(int(code))


def main(most: int, seed: int, names: Sequence[str]) -> int:
    """Try some mutants of each module; how many were noticed, and those that were not."""
    import pandas  # noqa: F401 — loaded once, before the forks, as is the next
    import pyarrow.parquet  # noqa: F401

    survivors = tried = 0  # a module whose tests fail by themselves counts as one
    for name in names or modules():
        path = ROOT / "zhengfa_stats" / f"{name.replace('.', '/')}.py"
        there = range(len(changes(ast.parse(path.read_text("utf-8")))))
        if outcome(name, None)[0] != "survives":
            print(f"{name}: its tests do not pass as it stands", flush=True)
            survivors += 1
            continue
        chosen = sorted(random.Random(f"{seed}{name}").sample(there, min(most, len(there))))
        ends = [outcome(name, n) for n in chosen]
        alive = [told for end, told in ends if end == "survives"]
        survivors, tried = survivors + len(alive), tried + len(ends)
        print(f"{name}: {len(ends)} of {len(there)} mutants, {len(alive)} survive", flush=True)
        for told in alive:
            print(f"  {told}", flush=True)
    print(f"{tried} mutants, {tried - survivors} noticed, {survivors} survive")
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1, sys.argv[3:]))
