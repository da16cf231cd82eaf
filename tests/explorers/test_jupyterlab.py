"""The figures in a real JupyterLab: drawn, dragged, by key, in step with Python."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import nbformat
import pytest

from tools.browser import rest, slider

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds
CELLS = (
    "import ipywidgets\n"
    "from gce_lib.explorers import LossExplorer, Playground\n"
    "figure = LossExplorer(q=0.7)\n"
    "figure",
    "field = ipywidgets.FloatText()\n"
    'ipywidgets.link((figure, "q"), (field, "value"))\n'
    "field",
    "Playground()",
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab that has a notebook with figures."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(notebook, folder / "figures.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTERLAB_SETTINGS_DIR": "settings"}
    own |= {"JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    environment = os.environ | {name: str(folder / path) for name, path in own.items()}
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": token,
        "LabApp.expose_app_in_browser": True,
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    address = f"http://127.0.0.1:{port}"
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        wait_for(server, f"{address}/api/status?token={token}", folder / "lab.log")
        yield f"{address}/lab/tree/figures.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def wait_for(server, address, log):
    """Until the server answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=5) as answer:
                json.load(answer)
                return
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.3)
    raise TimeoutError(log.read_text())


@pytest.fixture(scope="module")
def page(chromium, lab):
    """The notebook, all its cells run."""
    context = chromium.new_context(viewport={"width": 1280, "height": 2600})
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(lab)
    page.wait_for_function(
        "() => window.jupyterapp?.shell.currentWidget?.sessionContext"
        " && document.querySelectorAll('.jp-CodeCell').length === 3"
    )
    page.evaluate(
        """async () => {
            const { context, sessionContext } = jupyterapp.shell.currentWidget;
            await Promise.all([context.ready, sessionContext.ready]);
            await sessionContext.session.kernel.info;
            await jupyterapp.commands.execute("notebook:run-all-cells");
        }"""
    )
    sentence = page.locator(".gce-playground .gce-sentence")
    sentence.filter(has_text="Press Play").wait_for()
    yield page
    context.close()


def field(page):
    return page.locator(".jp-OutputArea input[type=number]:not([name])")


def wait_for_python(page, value):
    """Until Python has heard of q: the field beside the figure is linked in Python."""
    page.wait_for_function(
        "([node, value]) => Number(node.value) === value",
        arg=[field(page).element_handle(), value],
    )


def test_all_figures_are_drawn(page):
    assert page.locator(".gce-explorer").count() == 2
    assert page.locator(".gce-loss .gce-plot .gce-lq").first.get_attribute("d")
    colours = page.locator("canvas[role=img]").evaluate_all(
        """all => all.map(node => new Set(node.getContext("2d").getImageData(
            0, 0, node.width, node.height).data).size)"""
    )
    assert len(colours) == 2
    assert min(colours) > 10
    assert page.problems == []


def test_a_drag_and_a_key_reach_python_and_python_the_figure(page):
    control = slider(page, "q")
    box = control.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8 + 0.7 * (box["width"] - 16), middle)
    page.mouse.down()
    page.mouse.move(box["x"], middle, steps=4)
    page.mouse.up()
    wait_for_python(page, 0)
    for _ in range(3):
        control.press("ArrowRight")
    wait_for_python(page, 0.03)
    field(page).fill("0.5")
    field(page).press("Tab")
    page.wait_for_function("node => node.value === '0.5'", arg=control.element_handle())
    assert page.locator(".gce-loss output").first.inner_text() == "0.50"


def test_the_playground_learns(page):
    page.get_by_role("button", name="One epoch").click()
    page.locator(".gce-clock").filter(has_text="epoch 1 of").wait_for()
    assert page.problems == []


def test_keys_on_a_control_are_no_shortcuts_of_the_notebook(page):
    cells = page.locator(".jp-CodeCell")
    for control in (slider(page, "k"), page.get_by_role("button", name="Reset").first):
        control.focus()
        page.keyboard.type("dd")
        rest(page)
        assert cells.count() == 3
    cells.first.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.type("dd")
    cells.nth(2).wait_for(state="detached")  # elsewhere they are
