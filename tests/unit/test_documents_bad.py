"""Bad documents: a clear message in Chinese, and the original as it was."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from tests.unit.documenting import desk, docx, p, schema
from zhengfa_stats.documents.fill import fill
from zhengfa_stats.documents.verify import verify
from zhengfa_stats.errors import DocumentError, ZhengfaError

GOOD = docx(p("收到线索***条。"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def encrypted() -> bytes:
    """The document under a password; msoffcrypto writes what it can read only in whole blocks."""
    padded = io.BytesIO(GOOD)
    with zipfile.ZipFile(padded, "a") as archive:
        archive.comment = b" " * (4096 - len(GOOD) % 4096)
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(padded.getvalue())).encrypt("暗号", out)
    return out.getvalue()


def old_word() -> bytes:
    """A compound file that is broken within; a real .doc is told in the same way."""
    return OLE + b"\0" * 4096


def without(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
    return out.getvalue()


def with_document(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info, text if info.filename == "word/document.xml" else old.read(info))
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: GOOD[: len(GOOD) // 2], "已损坏"),
        (lambda: with_document("<w:document>"), "已损坏"),
        (lambda: with_document("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"), "DOCTYPE"),
        (lambda: without("word/document.xml"), "缺少word/document.xml"),
        (old_word, "已损坏"),
        (encrypted, "有打开密码"),
        (lambda: b"%PDF-1.7", "这是PDF 文件"),
        (lambda: b"{\\rtf1 x}", "RTF"),
        (lambda: b"", "文件是空的"),
        (lambda: b"\x01\x02\x03" * 90, "不是 Office 文件"),
    ],
)  # fmt: skip
def test_a_bad_document_is_refused(make: Callable[[], bytes], said: str, tmp_path: Path) -> None:
    path = tmp_path / "稿.docx"
    path.write_bytes(make())
    before = path.read_bytes()
    for run in (lambda: fill(path, desk()), lambda: verify(path, desk(), schema())):
        with pytest.raises(DocumentError) as error:
            run()
        assert said in str(error.value)
        assert error.value.do, "no remedy"
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["稿.docx"]


def test_a_password_opens_an_encrypted_document(tmp_path: Path) -> None:
    path = tmp_path / "稿.docx"
    path.write_bytes(encrypted())
    assert fill(path, desk(), password="暗号")["filled"][0]["text"] == "311"
    with pytest.raises(DocumentError, match="密码不对"):
        fill(path, desk(), tmp_path / "又.docx", password="别的")


@pytest.mark.skipif(not os.path.exists("/usr/bin/soffice"), reason="needs LibreOffice to make a .doc")
def test_a_real_doc_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "稿.docx").write_bytes(GOOD)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "doc", "稿.docx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    with pytest.raises(DocumentError, match="旧格式的文档"):
        fill(tmp_path / "稿.doc", desk())


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "稿.docx"
    path.write_bytes(GOOD)
    assert fill(path, desk())["output"] == str(tmp_path / "稿（已填）.docx")
    with pytest.raises(DocumentError, match="没有覆盖"):
        fill(path, desk())
    fill(path, desk(), force=True)
    with pytest.raises(DocumentError, match="就是原文件"):
        fill(path, desk(), path, force=True)
    with pytest.raises(DocumentError, match="扩展名"):
        fill(path, desk(), tmp_path / "稿.txt")
    assert path.read_bytes() == GOOD


def test_an_unknown_key_leaves_its_tag_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "稿.docx"
    path.write_bytes(docx(p("收到{{线索.手到}}条。")))
    found = fill(path, desk())
    assert found["filled"] == [] and "没有这个指标" in found["left"][0]["why"]


def test_two_thousand_pages(tmp_path: Path) -> None:
    """24,000 paragraphs of 54 characters: seconds, not minutes."""
    import time

    line = p("一是扎实开展教育培训，坚持学用结合，推动工作落实落细。" * 2)
    path = tmp_path / "长.docx"
    path.write_bytes(docx(line * 12_000 + p("收到线索***条。") + line * 12_000))
    begun = time.monotonic()
    found = fill(path, desk())
    assert found["filled"] == [{"where": "第12001段", "key": "线索.收到", "text": "311", "was": "***"}]
    assert time.monotonic() - begun < 60


def test_the_command_line_tells_and_leaves_with_2(tmp_path: Path) -> None:
    (tmp_path / "稿.docx").write_bytes(b"%PDF")
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from zhengfa_stats.cli import main; sys.exit(main())", "verify", "--no-data", "稿.docx", "--json"],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 2 and '"what": "这是PDF 文件，不能填写或核对"' in done.stdout
    assert "Traceback" not in done.stderr
    assert issubclass(DocumentError, ZhengfaError)
