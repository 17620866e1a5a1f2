"""A project folder: its settings, its built ledgers, and every figure asked of them; what notebooks import."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengfa_stats.config import Config, load_config
from zhengfa_stats.counting.answer import Answer, Session
from zhengfa_stats.counting.status import Status, as_rows, lacking, statuses
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.exhibits import display
from zhengfa_stats.exhibits.viewing import Viewer
from zhengfa_stats.language.wording import said, whole
from zhengfa_stats.query import Clock, Expr, queries
from zhengfa_stats.schema import Indicator
from zhengfa_stats.store import Stored, read_ledger

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from zhengfa_stats.comparing import Changes
    from zhengfa_stats.counting.sides import Side
    from zhengfa_stats.documents.desk import Desk
    from zhengfa_stats.documents.returns import Progress, Returned
    from zhengfa_stats.language.asking.questions import Asker
    from zhengfa_stats.language.asking.replying import Reply
    from zhengfa_stats.records import Problem


def open_project(
    folder: str | Path | None = None,
    *,
    since: date | str | None = None,
    as_of: date | str | None = None,
    password: str | None = None,
    jobs: int | None = None,
) -> Project:
    """Open a project folder; since and as_of, days or "2021-06-30", stand in for those of zhengfa.toml.

    Without a folder, as in a notebook: the nearest project at or above the current folder, at the days that
    `zhengfa report` or `zhengfa lab` was given.
    """
    if folder is None:
        since, as_of = since or os.environ.get("ZHENGFA_SINCE"), as_of or os.environ.get("ZHENGFA_AS_OF")
    root = _nearest(Path.cwd()) if folder is None else Path(folder).resolve()
    config = load_config(root)
    clock = Clock(_day(since) or config.clock.since, _day(as_of) or config.clock.as_of)
    if clock.since > clock.as_of:
        raise ProjectError(f"起始日 {clock.since} 晚于截止日 {clock.as_of}", do="请改正 --since 或 --as-of")
    display.register()
    return Project(root, config, clock, password, jobs)


def _nearest(folder: Path) -> Path:
    """The folder, or the first above it, that holds a project; the folder itself where none does."""
    return next((place for place in (folder, *folder.parents) if (place / "zhengfa.toml").is_file()), folder)


def _day(given: date | str | None) -> date | None:
    try:
        return date.fromisoformat(given) if isinstance(given, str) and given else given or None
    except ValueError:
        raise ProjectError(f"“{given}”不是日期", do="日期写成 2021-06-30 这样") from None


class Project(Viewer):
    """A city's ledgers at a clock; `city.clues` is a pandas frame, `city.figure(key)` an Answer."""

    def __init__(self, root: Path, config: Config, clock: Clock, password: str | None, jobs: int | None) -> None:
        self.root, self.config, self.clock = root, config, clock
        self.schema = config.schema
        self._password, self.jobs = password, jobs

    @property
    def raw(self) -> Path:
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        return self.root / "data" / "processed"

    # ── building ─────────────────────────────────────────────────────────────────────────────────────────────────
    def build(self, executor: Executor | None = None) -> dict[str, Any]:
        """Build the ledgers if anything has changed since the last build; the manifest.

        `executor`: who reads the workbooks, for our own processes: a cluster's `Client.get_executor()`, say. Its
        workers must see the project folder under the same path, and keep to limits of their own.
        """
        from zhengfa_stats.building import current, rebuilt

        manifest, stands = current(self.root, self._password)
        if stands:
            return manifest
        for name in ("manifest", "frames", "statuses", "_session"):
            self.__dict__.pop(name, None)
        return rebuilt(self.root, self.config, self._password, self.jobs, executor)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def manifest(self) -> dict[str, Any]:
        return self.build()

    @cached_property
    def frames(self) -> dict[str, Stored]:
        """The stored ledgers that there are; a column is read when it is first asked for."""
        assert self.manifest
        found = {id_: read_ledger(self.processed, ledger) for id_, ledger in self.schema.ledgers.items()}
        return {id_: frame for id_, frame in found.items() if frame is not None}

    def __getattr__(self, name: str) -> Any:
        if isinstance(own := type(self).__dict__.get(name), cached_property):
            return own.func(self)  # its own AttributeError brought us here: let it out
        if name.startswith("_") or name not in self.schema.ledgers:
            raise AttributeError(name)
        if name not in self.frames:
            raise ProjectError(f"没有《{self.schema.ledgers[name].name}》的数据", do="请把这类台账放进 data/raw")
        return self.frames[name].whole().copy()  # whoever changes it changes no figure

    @cached_property
    def _session(self) -> Session:
        return Session(self.frames, self.schema, self.config.clock)

    def count(self, expr: Expr) -> Answer:
        """Evaluate an expression at the project's clock."""
        answer = self._session.evaluate(expr, self.clock)
        return replace(answer, missing=self._missing(expr, answer))

    def ask(self, question: str) -> Reply:
        """The answer to a question in Chinese, with its rows; NotUnderstood names the words that were not understood."""
        from zhengfa_stats.language.asking.several import reply

        return reply(self._asker.understand(question), self._asker, self.count, self.show)

    @cached_property
    def _asker(self) -> Asker:
        from zhengfa_stats.documents.desk import regions_of
        from zhengfa_stats.language.asking.data import disputed_of, spans_of, texts_of, units_of, values_of
        from zhengfa_stats.language.asking.questions import Asker

        regions = {region for found in regions_of(self.frames).values() for region in found}
        known = spans_of(self.frames)
        return Asker(
            self.schema,
            self.clock,
            regions=sorted(regions),
            city=self.config.city,
            project=self.root,
            known=known,
            units=units_of(self.frames, self.schema),
            values=values_of(self.frames, self.schema),
            texts=texts_of(self.frames, self.schema),
            disputed=disputed_of(self.problems, self.schema),
        )

    # ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────
    def indicator(self, key: str) -> Indicator:
        """The indicator of a key; ProjectError names the nearest keys when there is none."""
        if key not in self.schema.indicators:
            near = get_close_matches(key, self.schema.indicators, n=3, cutoff=0.3)
            raise ProjectError(
                f"没有指标“{key}”", do=f"是不是：{'、'.join(near)}" if near else "zhengfa figures 列出全部指标"
            )
        return self.schema.indicators[key]

    def figure(self, key: str) -> Answer:
        """The Answer of an indicator; where a ledger that it needs is absent, of the one that it names instead, said so."""
        indicator = self.indicator(key)
        answer = self.count(indicator.of)
        answer = replace(answer, indicator=indicator, missing=self._missing(indicator.of, answer, key))
        absent = any(query.ledger not in self.frames for query in queries(indicator.of))
        if not (absent and indicator.otherwise) or answer.reported:
            return answer
        stand_in = self.figure(indicator.otherwise)
        if stand_in.value is None:
            return answer
        remark = f"{answer.why}，改用“{indicator.otherwise}”：{self.schema.indicators[indicator.otherwise].definition}"
        missing = self._missing(indicator.of, stand_in, key)
        return replace(stand_in, remarks=(*stand_in.remarks, remark), missing=missing)

    def figures(self) -> dict[str, Any]:
        """Every indicator, as `zhengfa figures --json` gives it."""
        clock = self.clock
        found = [self._figure(indicator) for indicator in self.schema.indicators.values()]
        return {"since": clock.since.isoformat(), "as_of": clock.as_of.isoformat(), "figures": found}

    def _figure(self, indicator: Indicator) -> dict[str, Any]:
        answer = self.figure(indicator.key)
        value = whole(answer.value)
        figure: dict[str, Any] = {
            "key": indicator.key,
            "value": value,
            "unit": indicator.unit,
            "text": said(value, indicator.unit),
            "definition": indicator.definition,
            "n_rows": answer.n_rows,
            "n_uncounted": answer.n_uncounted,
            "n_reported": len(answer.reported),
            "missing_from": list(answer.missing),
            "remarks": list(answer.remarks),
        }
        return figure if value is not None else {**figure, "why": answer.why}

    @cached_property
    def statuses(self) -> list[Status]:
        """报送情况: who has sent which ledger, and who has not."""
        m = self.manifest
        apart = {of.id for of in self.schema.ledgers.values() if of.tabulated or not of.has_senders}
        return statuses(m["sent"], m["sent_within"], m["senders"], m["formerly"], apart)

    def status(self) -> dict[str, Any]:
        """报送情况, as `zhengfa status --json` gives it."""
        return {"senders": as_rows(self.statuses)}

    def _missing(self, expr: Expr, answer: Answer, key: str = "") -> tuple[str, ...]:
        """Who has not sent what a figure needs; of those that sent only totals, the totals say it."""
        told = {m.office.name: str(m) for m in answer.lacking}
        by_totals = {*told, *(c.office.name for c in answer.reported)}
        others = (text for text in self._lacking(expr, key) if text.split("（")[0] not in by_totals)
        return (*others, *told.values())

    def _lacking(self, expr: Expr, key: str) -> list[str]:
        """Who has not sent what a figure needs, and whose data end before the cut-off date."""
        asked = set(queries(expr))
        parts = {name for name, other in self.schema.indicators.items() if other.of in asked}
        worked_out = parts if len(parts) >= len(asked) else ()
        return lacking(self.statuses, {q.ledger for q in asked}, self.clock.as_of, key, worked_out)

    def compare(self, before: Clock | int, after: Clock | int | None = None, *, speak: bool = False) -> Changes:
        """What changed between two clocks, or two kept builds by their numbers; `after` is the project as it is now."""
        from zhengfa_stats.comparing import compare

        sides = [self._side(of) for of in (before, self.clock if after is None else after)]
        remarks = tuple(dict.fromkeys(why for _, why in sides if why))
        return compare(sides[0][0], sides[1][0], remarks, speak=speak)

    def _side(self, of: Clock | int) -> tuple[Side, str]:
        from zhengfa_stats import snapshots
        from zhengfa_stats.counting.sides import Side

        if isinstance(of, int):
            return snapshots.side(self.processed, of, None, self.schema)
        files = self.manifest["state"]["inputs"]
        return Side(self.frames, self.schema, of, self.config.clock, files), ""

    # ── documents ────────────────────────────────────────────────────────────────────────────────────────────────
    def fill(self, path: str | Path, out: str | Path | None = None, *, force: bool = False) -> dict[str, Any]:
        """Fill a document (.docx, .xlsx, .txt) into a copy, as `zhengfa fill --json` gives it."""
        from zhengfa_stats.apart import alone

        assert self.manifest  # built here, where it can be seen
        return alone(_filled, Path(path), self, Path(out) if out else None, force)

    def verify(
        self, path: str | Path, *, mark: str | Path | None = None, everything: bool = False, force: bool = False
    ) -> dict[str, Any]:
        """Check every number of a document, as `zhengfa verify --json` gives it; `mark` gets a copy with comments."""
        from zhengfa_stats.apart import alone

        assert self.manifest
        return alone(_verified, Path(path), self, Path(mark) if mark else None, everything, force)

    def __getstate__(self) -> dict[str, Any]:
        """The project as another process has it, which reads the ledgers of the same build for itself."""
        kept = ("root", "config", "clock", "schema", "_password", "jobs", "manifest")
        return {name: self.__dict__[name] for name in kept if name in self.__dict__}

    def write_summary(self, folder: Path | None = None) -> dict[str, Any]:
        """Write data/processed/总结.docx, or into another folder what is to take its place; what was filled and what was left."""
        from zhengfa_stats.documents.summary import deliver, template_of

        template = template_of(self.root, self.config.summary)
        return deliver(self.processed / "总结.docx", self.desk(), template, folder)

    def desk(self) -> Desk:
        """The project as fill and verify ask it."""
        from zhengfa_stats.documents.desk import Desk, regions_of, words_of

        words = words_of(self.config.city, self.clock)
        return Desk(
            self.schema,
            self.clock,
            self.config.clock,
            self.config.city,
            self.count,
            self.figure,
            regions_of(self.frames),
            self.exhibit,
            words,
        )

    # ── going back to the departments ────────────────────────────────────────────────────────────────────────────
    @property
    def problems(self) -> list[Problem]:
        """What a person must look at, as of the last build."""
        from zhengfa_stats.build import read_problems

        assert self.manifest
        return read_problems(self.processed)

    @property
    def returned(self) -> Progress | None:
        """What became of the problems that were last returned to the departments; None if none were."""
        from zhengfa_stats.documents.returns import progress

        return progress(self.root, self.problems)

    def write_forms(self, *, dictionary: bool = False) -> list[Path]:
        """Blank workbooks to hand out, or the data dictionary, under data/forms."""
        from zhengfa_stats.documents.dictionary import write_dictionary
        from zhengfa_stats.documents.forms import FOLDER, write_forms

        if not dictionary:
            return write_forms(self.root / FOLDER, self.schema, self.config.city, self.config.clock)
        write_dictionary(path := self.root / FOLDER / "数据字典.xlsx", self.schema)
        return [path]

    def write_returns(self) -> Returned:
        """A workbook back to each department for each file with problems, under data/returns."""
        from zhengfa_stats.documents.returns import senders_of, write_returns
        from zhengfa_stats.locking import one_writer

        senders = senders_of(self.frames, self.problems)
        with one_writer(self.root):
            return write_returns(self.root, self.problems, senders, self.schema, self._password)

    def trace(self, key: str) -> dict[str, Any]:
        """The rows and cells behind a figure, as `zhengfa trace --json` gives it."""
        from zhengfa_stats.counting.trace import trace

        indicator = self.indicator(key)
        answer = self.figure(key)
        found: dict[str, Any] = {
            "key": key,
            "value": whole(answer.value),
            "unit": indicator.unit,
            "definition": indicator.definition,
        }
        if answer.value is None:
            found["why"] = answer.why
        found["rows"] = trace(answer, self.schema, self.manifest["columns"])
        return found

    def add_names(self, found: dict[str, Any]) -> None:
        """Read the names of traced rows from the raw files, and note in names.log that it was done."""
        from zhengfa_stats.building import reveal_names

        reveal_names(self.root, found, self.schema, self._password)


# ── in a process of its own: a document may be as hostile as a workbook ──────────────────────────────────────────────


def _filled(path: Path, project: Project, out: Path | None, force: bool) -> dict[str, Any]:
    from zhengfa_stats.documents.fill import fill

    return fill(path, project.desk(), out, force=force, password=project._password)


def _verified(path: Path, project: Project, mark: Path | None, everything: bool, force: bool) -> dict[str, Any]:
    from zhengfa_stats.documents.verify import verify

    how: dict[str, Any] = {"everything": everything, "force": force, "password": project._password}
    return verify(path, project.desk(), project.schema, mark=mark, **how)
