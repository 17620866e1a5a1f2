"""One family of errors: a message says what is wrong, where, and what to do."""

from __future__ import annotations


class ZhengfaError(Exception):
    """Something could not be done; `what`, `where` and `do` are Chinese and meant for the reader."""

    def __init__(self, what: str, where: str = "", do: str = "") -> None:
        super().__init__(what, where, do)
        self.what, self.where, self.do = what, where, do

    def __str__(self) -> str:
        parts = (f"{self.where}：{self.what}" if self.where else self.what, self.do)
        return "".join(p if p.endswith("。") else f"{p}。" for p in parts if p)


class DefinitionError(ZhengfaError):
    """A definition file or zhengfa.toml says something that has no meaning."""


class WorkbookError(ZhengfaError):
    """A file cannot be read as a workbook."""


class SecretError(WorkbookError):
    """A workbook bears a mark of secrecy and may not be processed here."""


class AccountingError(ZhengfaError):
    """Rows in and rows out do not add up: a defect of ours, so nothing is stored."""


class CorrectionError(ZhengfaError):
    """A human correction no longer fits the cell that it corrects."""


class QueryError(ZhengfaError):
    """A query cannot be answered from these ledgers."""


class ProjectError(ZhengfaError):
    """The project folder lacks what the command needs."""


class DocumentError(ZhengfaError):
    """A file cannot be read, filled or marked as a document."""
