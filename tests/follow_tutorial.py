"""Follow the tutorial to the letter, as a new user on a fresh machine would, and retake its pictures from that run.

    python -m tests.follow_tutorial             # a fresh environment, every command, what it prints compared
    python -m tests.follow_tutorial --pictures  # the same, and docs/images is replaced

It takes some minutes, so it is no part of the test suite. Pictures need Chromium, LibreOffice (soffice) and pdftoppm.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docx import Document
from PIL import Image, ImageChops, ImageDraw, ImageFont

from tests.manual import DOCS, blocks, commands, hand_made, lacking
from zhengfa_stats.exhibits.style import font_path
from zhengfa_stats.outcome import width

ROOT = DOCS.parent
IMAGES = DOCS / "images"
WIDTH = 1366
DOTS = 110  # an inch, of printed pages
PATIENCE = 300  # seconds for a page or a server


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument(
        "--project", type=Path, help="only take the pictures, from this project that followed the tutorial"
    )
    args = parser.parse_args()
    if args.project:
        take_pictures(args.project.resolve(), Path(sys.executable).parent)
        return 0
    with tempfile.TemporaryDirectory(prefix="tutorial-") as place:
        programs = install(Path(place) / "venv")
        project = follow("tutorial", Path(place), programs)
        if args.pictures:
            take_pictures(project, programs)
    print("教程从头到尾照做了一遍，每条命令的输出都与书上相符。")
    return 0


def install(venv: Path) -> Path:
    """A fresh environment with the program in it, from a wheel; where its commands are."""
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip = [venv / "bin" / "python", "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt"]
    subprocess.run([*pip, ROOT], check=True)
    return venv / "bin"


def follow(chapter: str, folder: Path, programs: Path) -> Path:
    """Run a chapter's commands in a shell, one after the other; the folder that it ends in."""
    printed = ""
    for block in blocks(chapter):
        if block.language == "text":
            if missing := lacking(block, printed):
                raise SystemExit(f"{block}：书上的这几行没有印出来：{missing}\n{printed}")
            continue
        printed = ""
        for line in commands(block):
            print(f"$ {line}", flush=True)
            hand_made(line, folder)
            if line == "zhengfa lab":
                with jupyterlab(folder, programs):
                    continue
            done = run(line, folder, programs)
            printed += done.stdout + done.stderr
            if done.returncode not in (0, int(" verify " in line)):
                raise SystemExit(f"{block}：{line}：退出码 {done.returncode}\n{printed}")
            if line.startswith("cd "):
                folder = folder / line.removeprefix("cd ")
    return folder


def run(line: str, folder: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment(programs), capture_output=True, text=True, encoding="utf-8"
    )


def environment(programs: Path, **more: str) -> dict[str, str]:
    """A shell that finds the fresh installation, and nothing of this clone."""
    own = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {**own, "PATH": f"{programs}:{own['PATH']}", **more}


@contextmanager
def jupyterlab(project: Path, programs: Path) -> Iterator[str]:
    """`zhengfa lab` while it runs; its address with the token."""
    with tempfile.TemporaryDirectory() as runtime:
        started = subprocess.Popen(
            [programs / "zhengfa", "lab", "--no-browser"],
            cwd=project,
            env=environment(programs, JUPYTER_RUNTIME_DIR=runtime),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield _address(Path(runtime), started)
        finally:
            os.killpg(started.pid, signal.SIGTERM)
            started.wait(30)


def _address(runtime: Path, started: subprocess.Popen[bytes]) -> str:
    for _ in range(PATIENCE * 2):
        if started.poll() is not None:
            raise SystemExit("zhengfa lab 没有打开")
        for path in runtime.glob("jpserver-*.json"):
            if text := path.read_text("utf-8"):
                found = json.loads(text)
                return f"{found['url']}lab/tree/02_线索.ipynb?token={found['token']}"
        time.sleep(0.5)
    raise SystemExit("zhengfa lab 等了太久")


# -- pictures


def take_pictures(project: Path, programs: Path) -> None:
    """Every picture of the tutorial, from a project that has followed it."""
    from playwright.sync_api import sync_playwright

    from tests.browser.test_browser import chromium

    IMAGES.mkdir(exist_ok=True)
    processed = project / "data" / "processed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 768}, locale="zh-CN")
        page.set_default_timeout(PATIENCE * 1000)
        _pages(page, processed / "pages")
        with jupyterlab(project, programs) as address:
            _notebook(page, address)
        browser.close()
    _printed(processed / "problems.xlsx", "problems", page=2, height=0.6)
    _printed(project / "data" / "returns" / "公安局" / "公安局线索办理台账.xlsx", "returned", height=0.6)
    _printed(processed / "总结.docx", "summary", height=0.7)
    _marked(project / "批注稿.docx", "marked")


def _pages(page: Any, pages: Path) -> None:
    page.goto((pages / "index.html").as_uri())
    _shot(page.screenshot(), "index")
    page.goto((pages / "02_线索.html").as_uri())
    _shot(page.locator(".output:has(img), .output:has(svg)").first.screenshot(), "chart")


def _notebook(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    page.get_by_text("| 空闲").wait_for()  # the kernel is there, says the status bar
    page.get_by_role("menuitem", name="运行", exact=True).click()
    page.get_by_role("menuitem", name="运行所有单元格", exact=True).click()
    page.wait_for_selector(".widget-select-multiple select", state="attached")  # the panel is the last to run
    page.locator('.jp-OutputArea-output img[src^="data:image/png"]').first.scroll_into_view_if_needed()
    page.wait_for_timeout(2000)
    _shot(page.screenshot(), "lab")


def _printed(path: Path, name: str, *, page: int = 1, height: float = 1.0) -> None:
    """A page of an office file as LibreOffice lays it out; its upper part."""
    with tempfile.TemporaryDirectory() as folder:
        whole = _page(_pdf(path, Path(folder)), page)
    _save(_trimmed(whole.crop((0, 0, whole.width, int(whole.height * height)))), name)


def _pdf(path: Path, folder: Path) -> Path:
    office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*office, "--outdir", folder, path], check=True, capture_output=True)
    return folder / f"{path.stem}.pdf"


def _page(pdf: Path, page: int) -> Image.Image:
    at = ["-f", str(page), "-l", str(page), "-singlefile", "-r", str(DOTS), "-png"]
    subprocess.run(["pdftoppm", *at, pdf, pdf.with_name("page")], check=True)
    with Image.open(pdf.with_name("page.png")) as picture:
        return picture.convert("RGB")


def _marked(path: Path, name: str) -> None:
    """The first comment of a document beside its number, as Word shows it: LibreOffice prints none without a window."""
    comment = next(iter(Document(str(path)).comments)).text
    stated = re.search(r"文中写“(\d+)", comment)
    assert stated, comment
    with tempfile.TemporaryDirectory() as folder:
        pdf = _pdf(path, Path(folder))
        whole = _page(pdf, 1)
        left, top, right, bottom = _spot(pdf, stated[1])
    wide = Image.new("RGB", (whole.width + 310, whole.height), "white")
    wide.paste(whole, (0, 0))
    pen = ImageDraw.Draw(wide)
    lines = [line for part in comment.splitlines()[:4] for line in re.findall(".{1,20}[，。：；、”）]?", part)]
    box = (whole.width - 40, bottom - 24 * len(lines) - 20, wide.width - 12, bottom + 8)
    pen.rectangle((left - 2, top, right + 2, bottom), outline="#a23b2a", width=2)
    for x in range(int(right) + 3, int(box[0]), 6):  # dots between the lines of the text
        pen.line((x, bottom + 2, x + 2, bottom + 2), fill="#a23b2a")
    pen.rectangle(box, fill="#fbf1ef", outline="#a23b2a")
    text = ImageFont.truetype(str(font_path()), 15)
    pen.multiline_text((box[0] + 12, box[1] + 8), "\n".join(lines), fill="#1f2933", font=text, spacing=6)
    _save(_trimmed(wide.crop((0, max(0, int(box[1]) - 60), wide.width, int(bottom) + 110))), name)


def _spot(pdf: Path, number: str) -> tuple[float, float, float, float]:
    """Where a number stands on the first page, in the picture's dots: its line's place, divided by the widths before it."""
    found = subprocess.run(["pdftotext", "-bbox", "-l", "1", pdf, "-"], check=True, capture_output=True, text=True)
    line = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*' + number + "[^<]*)<"
    match = re.search(line, found.stdout)
    assert match, number
    left, top, right, bottom = (float(match[i]) * DOTS / 72 for i in (1, 2, 3, 4))
    before = width(match[5].split(number)[0])
    unit = (right - left) / width(match[5])
    return left + before * unit, top, left + (before + len(number)) * unit, bottom


def _trimmed(picture: Image.Image) -> Image.Image:
    """A page without its white margins."""
    white = Image.new("RGB", picture.size, "white")
    left, top, right, bottom = ImageChops.difference(picture, white).getbbox() or (0, 0, *picture.size)
    return picture.crop(
        (max(0, left - 20), max(0, top - 20), min(picture.width, right + 20), min(picture.height, bottom + 20))
    )


def _shot(png: bytes, name: str) -> None:
    from io import BytesIO

    with Image.open(BytesIO(png)) as picture:
        _save(picture.convert("RGB"), name)


def _save(picture: Image.Image, name: str) -> None:
    """A small PNG: at most as wide as a page of the manual, in few colours."""
    if picture.width > 1000:
        picture = picture.resize((1000, round(picture.height * 1000 / picture.width)), Image.Resampling.LANCZOS)
    picture.quantize(64, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
