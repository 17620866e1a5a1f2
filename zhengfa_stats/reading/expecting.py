"""Who is expected to send: those that zhengfa.toml names, and who sent before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhengfa_stats.config import Config
from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.reading.cleaning import units

_REGION = re.compile(r"[\u4e00-\u9fff]{1,9}[县区旗市州]")

Sent = dict[str, Any]  # unit, ledger, data_as_of, n_rows, n_problems, files: plain values, for the manifest


def still_expected(earlier: Mapping[str, Any] | None, now: Sequence[Sent], files: Iterable[str]) -> list[Sent]:
    """Who sent a ledger in an earlier build and whose files are all gone since, without a new one: seen once, expected."""
    there, sends = set(files), {(s["unit"], s["ledger"]) for s in now}
    known = [*(earlier or {}).get("sent", ()), *(earlier or {}).get("formerly", ())]
    gone = [s for s in known if s["unit"] and (s["unit"], s["ledger"]) not in sends and not there & {*s["files"]}]
    return [{"unit": s["unit"], "ledger": s["ledger"], "files": s["files"]} for s in gone]


def declared_senders(config: Config) -> dict[str, tuple[str, ...]]:
    """The senders of zhengfa.toml by ledger ("" for all ledgers), named as stored; a name that is no unit is an error."""
    return {ledger: tuple(_named(name, config) for name in names) for ledger, names in config.senders.items()}


def _named(written: str, config: Config) -> str:
    """市公安局 is 公安局, 示例市甲县公安局 is 甲县公安局; a county alone stays as it is."""
    cleaned = units.clean(written, config.schema.vocabularies["unit"], config.city)
    if cleaned.value is not None:
        return cleaned.value.region + cleaned.value.unit
    if _REGION.fullmatch(written) and written != config.city:
        return written
    raise DefinitionError(
        f"senders 里的“{written}”不是已知的单位", "zhengfa.toml", "请写单位名称，如 公安局、甲县公安局"
    )
