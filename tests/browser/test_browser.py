"""A real browser: JupyterLab runs a notebook from its Chinese menu, the panel redraws; the pages of the report stand alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import RUN, Reported

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "data" / "processed" / "screenshots"  # looked at by people; never committed
NOTEBOOK = "02_线索.ipynb"
PATIENCE = 120_000  # milliseconds


def chromium() -> str:
    """A Chromium to drive: the machine's, else Playwright's own; "" where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if (path := shutil.which(name))), "")
    if found:
        return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else ""


pytest.importorskip("playwright", reason="playwright 没有安装")
BROWSER = chromium()
pytestmark = pytest.mark.skipif(not BROWSER, reason="这台机器上没有 Chromium，浏览器测试没有运行")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample city in a folder of its own."""
    folder = tmp_path_factory.mktemp("city")
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    shutil.copy(ROOT / "zhengfa.toml", folder)
    return folder


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    SHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


class Watch:
    """A page that notes what it complains of and whom it asks."""

    def __init__(self, browser: Any, *home: str) -> None:
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self.home = home
        self.page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((*self.home, "data:", "blob:")):
            self.strangers.append(request.url)


# -- the report's pages


@pytest.fixture(scope="module")
def pages(reported: Reported) -> Path:
    return reported.processed / "pages"


def test_every_page_shows_its_pictures_and_asks_nobody(pages: Path, browser: Any) -> None:
    names = sorted(path.name for path in pages.glob("*.html"))
    assert "index.html" in names and len(names) >= 6
    for name in names:
        watch = Watch(browser, "file:")
        watch.page.goto((pages / name).as_uri())
        watch.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
        broken = "[...document.images].filter(i => !i.complete || !i.naturalWidth).length"
        assert watch.page.evaluate("document.images.length") > 0, name
        assert watch.page.evaluate(broken) == 0, name
        assert watch.errors == [] and watch.strangers == [], name
        watch.page.close()


def test_the_index_leads_to_every_page(pages: Path, browser: Any) -> None:
    watch = Watch(browser, "file:")
    watch.page.goto((pages / "index.html").as_uri())
    links = watch.page.eval_on_selector_all(".chapters a, .files a, .gallery a", "found => found.map(a => a.href)")
    assert len(links) > len(list(pages.glob("*.html")))
    for link in set(links):
        assert Path(link_path(link)).is_file(), link
    watch.page.close()


def link_path(link: str) -> str:
    from urllib.parse import unquote, urlparse
    from urllib.request import url2pathname

    return url2pathname(unquote(urlparse(link).path)) if os.name == "nt" else unquote(urlparse(link).path)


# -- JupyterLab


@pytest.fixture(scope="module")
def server(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """`zhengfa lab` as a user starts it, without a window; its address and token."""
    runtime = tmp_path_factory.mktemp("runtime")
    log = (runtime / "log").open("w")
    started = subprocess.Popen(
        [*RUN, "lab", "--no-browser"],
        cwd=project,
        env=environment(JUPYTER_RUNTIME_DIR=str(runtime)),
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        yield address(runtime, started)
    finally:
        end(started)
        log.close()


def address(runtime: Path, started: subprocess.Popen[bytes]) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        assert started.poll() is None, (runtime / "log").read_text("utf-8")
        for path in runtime.glob("jpserver-*.json"):
            if text := path.read_text("utf-8"):
                return dict(json.loads(text))
        time.sleep(0.2)
    raise AssertionError((runtime / "log").read_text("utf-8"))


def end(started: subprocess.Popen[bytes]) -> None:
    """Stop the server and its kernels, which share the session that we started."""
    if hasattr(os, "killpg"):
        os.killpg(started.pid, signal.SIGTERM)
    else:
        started.terminate()
    started.wait(30)


@pytest.fixture(scope="module")
def lab(server: dict[str, Any], browser: Any) -> Iterator[Watch]:
    """The notebook, run from the menu, to its last cell."""
    watch = Watch(browser, server["url"], server["url"].replace("http", "ws"))
    page = watch.page
    page.goto(f"{server['url']}lab/tree/{quote(NOTEBOOK)}?token={server['token']}")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    page.get_by_text("| 空闲").wait_for()  # the kernel is there, says the status bar
    page.get_by_role("menuitem", name="运行", exact=True).click()
    page.get_by_role("menuitem", name="运行所有单元格", exact=True).click()
    try:
        page.wait_for_selector(".widget-select-multiple select", state="attached")  # the panel is the last to run
        yield watch
    finally:
        page.screenshot(path=SHOTS / "lab_end.png")
        page.close()


def test_the_notebook_runs_from_the_chinese_menu_without_an_error(lab: Watch) -> None:
    assert lab.page.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
    assert lab.page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0


def test_charts_are_on_screen(lab: Watch) -> None:
    chart = lab.page.locator('.jp-OutputArea-output img[src^="data:image/png"]').first
    chart.scroll_into_view_if_needed()
    lab.page.screenshot(path=SHOTS / "lab_chart.png")
    assert chart.evaluate("image => image.naturalWidth") > 400
    assert chart.is_visible()


def test_the_panel_redraws_the_chart_and_tells_its_query(lab: Watch) -> None:
    select = lab.page.locator(".widget-select-multiple", has_text="承办单位").locator("select")
    select.scroll_into_view_if_needed()
    chart = lab.page.locator('.jupyter-widgets img[src^="data:image/png"]')
    before = chart.get_attribute("src")
    lab.page.screenshot(path=SHOTS / "lab_panel_before.png")
    select.select_option("公安局")
    lab.page.wait_for_function(
        "old => document.querySelector('.jupyter-widgets img[src^=\"data:image/png\"]').src !== old", arg=before
    )
    chart.scroll_into_view_if_needed()
    lab.page.screenshot(path=SHOTS / "lab_panel_after.png")
    assert "In('handler', ('公安局',))" in lab.page.locator(".jupyter-widgets pre").inner_text()


def test_jupyterlab_asks_no_other_host(lab: Watch) -> None:
    assert lab.strangers == []
    assert lab.errors == []
