"""A project folder: its settings, its built ledgers, and every figure asked of them; what notebooks import."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from zhengfa_stats import __version__
from zhengfa_stats.config import Config, load_config
from zhengfa_stats.counting.answer import Answer, evaluate
from zhengfa_stats.counting.status import Status, as_rows, lacking, statuses
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.language.wording import said
from zhengfa_stats.query import Clock, Expr, queries
from zhengfa_stats.schema import Indicator
from zhengfa_stats.store import digest, read_json, read_ledger, write_json

KEY_FILE = "zhengfa.key"


def open_project(
    folder: str | Path = ".",
    *,
    since: date | None = None,
    as_of: date | None = None,
    password: str | None = None,
    jobs: int | None = None,
) -> Project:
    """Open a project folder; since and as_of stand in for those of zhengfa.toml."""
    root = Path(folder).resolve()
    config = load_config(root)
    clock = Clock(since or config.clock.since, as_of or config.clock.as_of)
    if clock.since > clock.as_of:
        raise ProjectError(f"起始日 {clock.since} 晚于截止日 {clock.as_of}", do="请改正 --since 或 --as-of")
    return Project(root, config, clock, password, jobs)


class Project:
    """A city's ledgers at a clock; `city.clues` is a pandas frame, `city.figure(key)` an Answer."""

    def __init__(self, root: Path, config: Config, clock: Clock, password: str | None, jobs: int | None) -> None:
        self.root, self.config, self.clock = root, config, clock
        self.schema = config.schema
        self._password, self._jobs = password, jobs

    @property
    def raw(self) -> Path:
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        return self.root / "data" / "processed"

    # ── building ─────────────────────────────────────────────────────────────────────────────────────────────────
    def build(self) -> dict[str, Any]:
        """Build the ledgers if anything has changed since the last build; the manifest."""
        state = self._state()
        manifest = read_json(self.processed / "manifest.json")
        if manifest is not None and manifest["state"] == state and self._still_holds(manifest):
            return dict(manifest)
        return self._build(state, manifest)

    def _still_holds(self, manifest: Mapping[str, Any]) -> bool:
        """Whether the last build's outputs stand, and no password has come that may open what it could not."""
        return "sent" in manifest and not (self._password and manifest["refused"]) and self._outputs_stand(manifest)

    def _build(self, state: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> dict[str, Any]:
        from zhengfa_stats import build
        from zhengfa_stats.reading.corrections import load_corrections
        from zhengfa_stats.reading.file import Context
        from zhengfa_stats.reading.sending import declared_senders, still_expected

        senders = declared_senders(self.config)  # a name that is no unit stops here, not after the reading
        context = Context(self.config, self._key(), load_corrections(self.root), self._password)
        built = build.build(self.raw, context, jobs=self._jobs)
        build.store(built, self.processed, self.config)
        self.__dict__.pop("manifest", None)
        self.__dict__.pop("frames", None)
        self.__dict__.pop("statuses", None)
        manifest = {
            "version": __version__,
            "state": state,
            "outputs": self._digests(),
            "sheets": build.describe(built),
            "n_problems": len(built.problems),
            "problems_by_sender": build.count_by_sender(built.problems),
            "refused": [f.file for f in built.files if f.refused],
            "columns": built.columns,
            "sent": built.sent,
            "sent_within": built.sent_within,
            "formerly": still_expected(earlier, built.sent, state["inputs"]),
            "senders": senders,
        }
        write_json(manifest, self.processed / "manifest.json")
        return manifest

    def _state(self) -> dict[str, Any]:
        """Everything that the stored ledgers depend on."""
        from zhengfa_stats.build import raw_files

        if not self.raw.is_dir():
            raise ProjectError("没有 data/raw 文件夹", str(self.root), "请建这个文件夹，把各部门的台账放进去")
        inputs = {name: hashlib.sha256((self.raw / name).read_bytes()).hexdigest() for name in raw_files(self.raw)}
        definitions = sorted(p for p in (self.root / "definitions").rglob("*") if p.is_file())
        own = sorted(p for p in Path(str(files("zhengfa_stats") / "definitions")).rglob("*") if p.is_file())
        settings = [
            p for p in (self.root / "zhengfa.toml", self.root / "corrections.csv", *definitions, *own) if p.is_file()
        ]
        text = json.dumps([p.name + hashlib.sha256(p.read_bytes()).hexdigest() for p in settings])
        return {
            "version": __version__,
            "inputs": inputs,
            "settings": hashlib.sha256(text.encode()).hexdigest(),
            "key": hashlib.sha256(b"fingerprint" + self._key()).hexdigest()[:16],
        }

    def _digests(self) -> dict[str, str]:
        names = [
            *sorted((self.processed / "ledgers").glob("*.parquet")),
            self.processed / "changes.parquet",
            self.processed / "problems.xlsx",
        ]
        return {Path(name).relative_to(self.processed).as_posix(): value for name, value in digest(names).items()}

    def _outputs_stand(self, manifest: Mapping[str, Any]) -> bool:
        return (
            all((self.processed / name).is_file() for name in manifest["outputs"])
            and manifest["outputs"] == self._digests()
        )

    def _key(self) -> bytes:
        """The key of the pseudonyms; made at the first build, kept beside zhengfa.toml, never shared."""
        path = self.root / KEY_FILE
        if not path.is_file():
            path.write_text(secrets.token_hex(32) + "\n", "ascii")
            path.chmod(0o600)
        return bytes.fromhex(path.read_text("ascii").strip())

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def manifest(self) -> dict[str, Any]:
        return self.build()

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The stored ledgers that there are."""
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
        return self.frames[name]

    def count(self, expr: Expr) -> Answer:
        """Evaluate an expression at the project's clock."""
        return evaluate(expr, self.frames, self.schema, self.clock, project=self.config.clock)

    def indicator(self, key: str) -> Indicator:
        """The indicator of a key; ProjectError names the nearest keys when there is none."""
        from difflib import get_close_matches

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
        absent = any(query.ledger not in self.frames for query in queries(indicator.of))
        if not (absent and indicator.otherwise) or answer.reported:
            return answer
        stand_in = self.figure(indicator.otherwise)
        if stand_in.value is None:
            return answer
        remark = f"{answer.why}，改用“{indicator.otherwise}”：{self.schema.indicators[indicator.otherwise].definition}"
        return replace(stand_in, remarks=(*stand_in.remarks, remark))

    def figures(self) -> dict[str, Any]:
        """Every indicator, as `zhengfa figures --json` gives it."""
        clock = self.clock
        found = [self._figure(indicator) for indicator in self.schema.indicators.values()]
        return {"since": clock.since.isoformat(), "as_of": clock.as_of.isoformat(), "figures": found}

    def _figure(self, indicator: Indicator) -> dict[str, Any]:
        answer = self.figure(indicator.key)
        value = _whole(answer.value)
        figure: dict[str, Any] = {
            "key": indicator.key,
            "value": value,
            "unit": indicator.unit,
            "text": said(value, indicator.unit),
            "definition": indicator.definition,
            "n_rows": answer.n_rows,
            "n_uncounted": answer.n_uncounted,
            "n_reported": len(answer.reported),
            "missing_from": self._missing(indicator, answer),
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

    def _missing(self, indicator: Indicator, answer: Answer) -> list[str]:
        """Who has not sent what a figure needs; of those that sent only totals, the totals say it."""
        told = {m.office.name: str(m) for m in answer.lacking}
        by_totals = {*told, *(c.office.name for c in answer.reported)}
        others = (text for text in self._lacking(indicator) if text.split("（")[0] not in by_totals)
        return [*others, *told.values()]

    def _lacking(self, indicator: Indicator) -> list[str]:
        """Who has not sent what a figure needs, and whose data end before the cut-off date."""
        asked = set(queries(indicator.of))
        parts = {key for key, other in self.schema.indicators.items() if other.of in asked}
        worked_out = parts if len(parts) >= len(asked) else ()
        return lacking(self.statuses, {q.ledger for q in asked}, self.clock.as_of, indicator.key, worked_out)

    def trace(self, key: str) -> dict[str, Any]:
        """The rows and cells behind a figure, as `zhengfa trace --json` gives it."""
        from zhengfa_stats.counting.trace import trace

        indicator = self.indicator(key)
        answer = self.figure(key)
        found: dict[str, Any] = {
            "key": key,
            "value": _whole(answer.value),
            "unit": indicator.unit,
            "definition": indicator.definition,
        }
        if answer.value is None:
            found["why"] = answer.why
        found["rows"] = trace(answer, self.schema, self.manifest["columns"])
        return found

    def add_names(self, found: dict[str, Any]) -> None:
        """Read the names of traced rows from the raw files, and note in names.log that it was done."""
        from zhengfa_stats.reading.workbook import open_workbook
        from zhengfa_stats.records import parse_address

        books: dict[str, dict[str, Any]] = {}
        for entry in found["rows"]:
            persons = [f.id for f in self.schema.ledgers[entry["ledger"]].fields.values() if f.kind == "persons"]
            entry["names"] = []
            for cell in (entry["cells"][p] for p in persons if p in entry["cells"]):
                if entry["file"] not in books:
                    book = open_workbook(self.raw / entry["file"], file=entry["file"], password=self._password)
                    books[entry["file"]] = {sheet.name: sheet for sheet in book.sheets}
                row, column = parse_address(cell)
                entry["names"].append(str(books[entry["file"]][entry["sheet"]].rows[row - 1][column - 1]))
        with (self.root / "names.log").open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} 读出姓名：{found['key']}，{len(found['rows'])}行\n")


def _whole(value: float | None) -> float | int | None:
    """A whole number as an int."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
