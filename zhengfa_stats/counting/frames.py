"""A stored ledger in any engine, its columns brought to the types that counting relies on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
from narwhals.dependencies import is_pandas_dataframe

from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import TIMES
from zhengfa_stats.schema import Field
from zhengfa_stats.store import Columnar

if TYPE_CHECKING:
    import pandas as pd

Frame = nw.LazyFrame[Any]
Native = Any  # a stored ledger, a pandas or polars frame, a DuckDB relation, a PySpark frame: whatever narwhals takes
Type = Literal["text", "number", "date", "flag", "list"]

PLACE = ("source_file", "source_sheet", "source_row")  # the order of rows, in every engine
UNREAD, UNDATED, TABLE = "unread", "undated", "source_table"

CITY_LEVEL = "市本级"  # the region of what names none

ORIGIN: Mapping[str, Field] = {  # what every row says of where it came from may be asked for as well
    "sender": Field("sender", "报送单位", "text"),
    "region": Field("region", "区划", "text"),  # 市本级 where none is said
    "source_file": Field("source_file", "来源文件", "text"),
    "source_sheet": Field("source_sheet", "来源工作表", "text"),
    "source_row": Field("source_row", "来源行号", "number"),
    "source_table": Field("source_table", "来源表序号", "number"),
    "data_as_of": Field("data_as_of", "数据截至日期", "date"),
}


N = "__n"  # how many rows went into a folded one
FOLDED: Mapping[str, Field] = {TIMES: Field(TIMES, "次数", "number")}  # what is known of folded rows alone


def type_of(field: Field) -> Type:
    """The type that a field's column has.

    >>> type_of(Field("score", "得分", "number")), type_of(Field("subjects", "被反映人", "persons", many=True))
    ('number', 'list')
    """
    if field.many:
        return "list"
    match field.kind:
        case "number" | "date" | "flag":
            return field.kind
        case _:
            return "text"


def day_number(day: nw.Expr) -> nw.Expr:
    """The days from a fixed one to a date (the Julian day); engines know no common way to subtract dates."""
    past = (14 - day.dt.month()) // 12  # January and February belong to the year before
    year, month = day.dt.year() + 4800 - past, day.dt.month() + 12 * past - 3
    return day.dt.day() + (153 * month + 2) // 5 + 365 * year + year // 4 - year // 100 + year // 400


def last_day(field_id: str) -> str:
    """The column of the last day that a date may mean."""
    return f"{field_id}_until"


def is_pandas(native: Native) -> bool:
    """Whether it is counted in pandas."""
    return isinstance(native, Columnar) or is_pandas_dataframe(native)


def with_columns(native: Native, names: Iterable[str]) -> Native:
    """The frame with those of these columns that it has, at least: of a ledger by columns no others are made."""
    return native[[name for name in names if name in native]] if isinstance(native, Columnar) else native


def whole(native: Native) -> Native:
    """The frame with all its columns."""
    return native.whole() if isinstance(native, Columnar) else native


def typed(native: Native, demanded: Mapping[str, Type], ledger: str, others: Mapping[str, Type]) -> Frame:
    """The frame with these columns brought to their types, the others where it has them; the rest stays as it is.

    QueryError when a demanded column is missing: the stored ledger is older than its definition.
    """
    if is_pandas_dataframe(native):
        types = _types(demanded, others, native.columns, ledger)
        whole: Frame = nw.from_native(_typed_pandas(native, types)).lazy()
        return whole
    frame: Frame = nw.from_native(native).lazy()
    schema = frame.collect_schema()
    types = _types(demanded, others, schema, ledger)
    casts = [nw.col(c).cast(_DTYPES[t]) for c, t in types.items() if not isinstance(schema[c], _ACCEPTED[t])]
    return frame.with_columns(*casts) if casts else frame


def sort_rows(frame: Frame, *then: str) -> Frame:
    """The rows in the order of file, sheet and row, whatever order the engine gave them back in."""
    return frame.sort(*PLACE, TABLE, *then)


def bare(frame: Frame) -> Frame:
    """The frame without the columns that counting added."""
    return frame.drop([c for c in frame.collect_schema().names() if c.startswith("__")])


def collect(frame: Frame) -> list[dict[str, Any]]:
    """The rows as plain Python values: None is the one way to say nothing, whatever the engine says."""
    rows: list[dict[str, Any]] = frame.collect("pyarrow").to_native().to_pylist()
    return rows


def height(frame: Frame) -> int:
    """How many rows a frame has."""
    return int(collect(frame.select(nw.len().alias("n")))[0]["n"])


def to_native(frame: Frame) -> Native:
    """The engine's own frame; a pandas frame is numbered afresh."""
    native = nw.to_native(frame)
    return native.reset_index(drop=True) if is_pandas_dataframe(native) else native


def _types(demanded: Mapping[str, Type], others: Mapping[str, Type], columns: Any, ledger: str) -> dict[str, Type]:
    if missing := [c for c in demanded if c not in columns]:
        raise QueryError(f"已保存的数据里没有{'、'.join(missing)}这些列", f"《{ledger}》", "请重新运行 zhengfa build")
    return {**demanded, **{c: t for c, t in others.items() if c in columns}}


_DTYPES: Mapping[Type, Any] = {
    "text": nw.String,
    "number": nw.Float64,
    "date": nw.Datetime("us"),
    "flag": nw.Boolean,
    "list": nw.List(nw.String),
}
_ACCEPTED: Mapping[Type, Any] = {
    "text": nw.String,
    "number": nw.dtypes.NumericType,
    "date": (nw.Date, nw.Datetime),
    "flag": nw.Boolean,
    "list": nw.List,
}


def _typed_pandas(native: pd.DataFrame, types: Mapping[str, Type]) -> pd.DataFrame:
    """pandas reads dates and lists back as objects, a column without values as anything; Arrow's blanks mix with no others."""
    wrong = {c: _as_type(native[c], t) for c, t in types.items() if not _is_type(native[c].dtype, t)}
    return native.assign(**wrong) if wrong else native


def _is_type(dtype: Any, type_: Type) -> bool:
    import numpy as np
    import pandas as pd

    match type_:
        case "text":
            return isinstance(dtype, pd.StringDtype) or _is_arrow(dtype, "string", "large_string")
        case "number":
            return pd.api.types.is_numeric_dtype(dtype) and dtype.kind != "b" and not isinstance(dtype, pd.ArrowDtype)
        case "date":
            return dtype.kind == "M" and isinstance(dtype, np.dtype)
        case "flag":
            return dtype.kind == "b" and not isinstance(dtype, pd.ArrowDtype)
        case "list":
            return _is_arrow(dtype, "list", "large_list")


def _is_arrow(dtype: Any, *names: str) -> bool:
    import pandas as pd

    return isinstance(dtype, pd.ArrowDtype) and str(dtype.pyarrow_dtype).split("<")[0] in names


def _as_type(column: pd.Series[Any], type_: Type) -> pd.Series[Any]:
    import pandas as pd
    import pyarrow as pa

    match type_:
        case "text":
            return column.astype("str")
        case "number":
            return column.astype("Float64")
        case "date":
            return pd.to_datetime(column).astype("datetime64[us]")
        case "flag":
            return column.astype("boolean")
        case "list":
            strings = pa.list_(pa.string())
            held = [list(x) if hasattr(x, "__iter__") else None for x in column]  # arrays, lists, NaN
            return pd.Series(pa.array(held, type=strings), index=column.index, dtype=pd.ArrowDtype(strings))
