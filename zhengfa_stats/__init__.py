"""Ledgers of a political-legal office in, cited figures out.

    import zhengfa_stats as zs
    city = zs.open()

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhengfa_stats.project import open_project as open

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def __getattr__(name: str) -> Any:
    if name == "open":
        from zhengfa_stats.project import open_project

        return open_project
    raise AttributeError(name)
