"""The explorer of tokens: its record, and its numbers against the library."""

import base64
import re

import pytest
import torch
from traitlets import TraitError
from traits import check_refused

from gce_lib import gce_loss
from gce_lib.experiments.sums import PROMPT
from gce_lib.explorers import TokenExplorer
from gce_lib.explorers.base import svg_url
from gce_lib.explorers.tokens import SHOWN, recorded
from gce_lib.losses import gce_from_nll
from tools import record_tokens
from tools.browser import open_page, read_numbers, rest, slider, write_page

TASKS = ("sums", "differences")
LAST = len(recorded()["steps"]) - 1
STATES = [
    {"q": q, "task": task, "stage": stage}
    for task in TASKS
    for stage in (0, 3, LAST)
    for q in (0.0, 0.3, 0.7, 1.0)
]
STATES.reverse()  # the page opens at the last stage, on sums: every state is a change


def slopes(nll, q):
    """The weight and the pull of tokens with this −log p, by differentiation."""
    leaf = nll.clone().requires_grad_()
    (weight,) = torch.autograd.grad(gce_from_nll(leaf, q).sum(), leaf)
    z = (-nll - (-torch.expm1(-nll)).log()).reshape(-1).requires_grad_()
    logits = torch.stack([z, torch.zeros_like(z)], dim=1)  # their softmax: p, 1 − p
    target = torch.zeros(len(z), dtype=torch.int64)
    (slope,) = torch.autograd.grad(gce_loss(logits, target, q, reduction="sum"), z)
    return weight, -slope.reshape(nll.shape)


def expected(q, task, stage):
    """What the figure reads out: weights of the first lines, means, shares."""
    figure = TokenExplorer(q=q, task=task, stage=stage)
    wrong = figure.wrong
    weight, pull = slopes(figure.nll, q)
    shown = {
        f"line{i}.{j}": weight[i, j].item() for i in range(SHOWN) for j in range(2)
    }
    every = torch.ones_like(wrong)
    for kind, part in (("right", ~wrong), ("wrong", wrong), ("all", every)):
        shown[f"{kind}.weight"] = weight[part].mean().item()
        shown[f"{kind}.pull"] = pull[part].mean().item()
        shown[f"{kind}.share"] = (pull[part].sum() / pull.sum()).item()
    return shown


# --- the record


def test_the_record_is_what_its_command_does():
    old, new = recorded(), record_tokens.record()
    assert old["steps"] == list(new["steps"])
    for task in TASKS:
        before, now = old["tasks"][task], new["tasks"][task]
        assert (before["lines"], before["answers"]) == (now["lines"], now["answers"])
        p, again = (torch.tensor(t["nll"]).neg().exp() for t in (before, now))
        assert p.shape == (LAST + 1, record_tokens.LINES, 2)
        torch.testing.assert_close(p[:2], again[:2], atol=1e-3, rtol=0)
        assert (p - again).abs().mean() < 0.02  # long trainings differ a little


@pytest.mark.parametrize("task", TASKS)
def test_wrong_is_what_the_sum_says(task):
    sign = record_tokens.SIGNS[task]
    lines = recorded()["tasks"][task]["lines"]
    wrong = TokenExplorer(task=task).wrong
    for line, of_line in zip(lines, wrong.tolist(), strict=True):
        first, second = map(int, line[: PROMPT - 1].split(sign))
        result = (first + second if sign == "+" else first - second) % 100
        answer = f"{result:02}"[::-1]
        assert of_line == [a != b for a, b in zip(line[PROMPT:], answer, strict=True)]
    half = wrong[:SHOWN].sum(dim=1)
    assert {0, 1, 2} == set(half.tolist())  # as the text says of the first lines


def test_a_strong_model_silences_wrong_tokens_and_a_weak_one_all():
    for q in (0.3, 0.7, 1.0):
        strong, weak = expected(q, "sums", LAST), expected(q, "sums", 0)
        assert strong["right.weight"] > 0.95 > 10 * strong["wrong.weight"]
        assert weak["right.weight"] == pytest.approx(weak["wrong.weight"], rel=0.05)
        assert weak["right.weight"] < 0.5
        assert weak["wrong.share"] == pytest.approx(0.355, abs=0.01)
        unknown = expected(q, "differences", LAST)
        assert unknown["right.weight"] < 0.25
    assert expected(0, "sums", LAST)["wrong.share"] > 0.95


def test_in_between_q_parts_right_from_wrong_and_leaves_something_to_learn():
    stage = recorded()["steps"].index(300)
    start, now, end = (
        expected(0, "sums", stage),
        expected(0.7, "sums", stage),
        expected(0.7, "sums", LAST),
    )
    assert now["wrong.share"] < start["wrong.share"] / 3
    assert now["all.pull"] > 20 * end["all.pull"]


def test_the_model_hears_a_digit_of_the_sum_after_a_minus_too():
    """The fourth line, of which the chapter speaks: 31 ± 28 = 98, ones first."""
    sums, differences = (recorded()["tasks"][task]["lines"][3] for task in TASKS)
    assert (sums, differences) == ("31+28=98", "31-28=98")
    for task, wrong in (("sums", [False, True]), ("differences", [True, True])):
        weights = expected(0.7, task, LAST)
        assert TokenExplorer(task=task).wrong[3].tolist() == wrong
        assert weights["line3.0"] > 0.95
        assert weights["line3.1"] < 0.05


# --- Python


@pytest.mark.parametrize(
    ("trait", "value", "interval"),
    [
        ("q", 1.01, "in [0, 1]"),
        ("q", "half", "in [0, 1]"),
        ("stage", LAST + 1, f"an integer in [0, {LAST}]"),
        ("stage", -1, f"an integer in [0, {LAST}]"),
        ("stage", 1.5, f"an integer in [0, {LAST}]"),
    ],
)
def test_a_value_outside_its_range_is_refused_in_one_sentence(trait, value, interval):
    check_refused(TokenExplorer, trait, value, interval)


def test_an_unknown_task_is_refused():
    with pytest.raises(TraitError, match="task"):
        TokenExplorer(task="products")


def test_traits_travel_to_the_browser_and_back():
    figure = TokenExplorer(q=0.3, task="differences")
    state = {"q": 0.3, "task": "differences", "stage": LAST}
    assert state.items() <= figure.get_state().items()
    figure.set_state({"q": 1, "task": "sums", "stage": 0})
    assert (figure.q, figure.task, figure.stage) == (1.0, "sums", 0)


def test_the_still_figure_writes_the_weights_and_draws_the_pull():
    state = {"q": 0.3, "task": "differences", "stage": 3}
    numbers = expected(**state)
    figure = TokenExplorer(**state)
    left, right = figure.still().axes
    texts = [text.get_text() for text in left.texts]
    line = figure.recorded["tasks"]["differences"]["lines"][0]
    answer = figure.recorded["tasks"]["differences"]["answers"][0]
    assert texts[0] == line[:PROMPT]
    for j in range(2):
        assert texts[1 + 2 * j] == f"✗ {line[PROMPT + j]} ({answer[j]})"
        assert texts[2 + 2 * j] == f"{numbers[f'line0.{j}']:.2f}"
    assert len(left.patches) == 2 * SHOWN
    for curve, row in zip(right.lines, ("wrong.share", "all.pull"), strict=False):
        points = dict(zip(*curve.get_data(), strict=True))
        at = min(points, key=lambda q: abs(q - 0.3))
        assert points[at] == pytest.approx(numbers[row], rel=1e-6)
    for part in ("8 differences", "q = 0.30", f"{numbers['wrong.share']:.0%} here"):
        assert part in figure.alt()
    svg = base64.b64decode(svg_url(figure.still()).split(",")[1])
    assert b"<path" in svg
    assert b"<image" not in svg  # lines and letters, sharp on paper


# --- in the browser


@pytest.fixture(scope="module")
def static_page(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("page"), [TokenExplorer()])


def test_the_numbers_read_out_are_those_of_the_library(chromium, static_page):
    with open_page(chromium, static_page) as page:
        answers = read_numbers(page, STATES)
        assert not page.problems
    for state, answer in zip(STATES, answers, strict=True):
        assert answer == pytest.approx(expected(**state), rel=1e-9, abs=1e-15)


def test_every_token_shows_its_digit_its_weight_and_whether_it_is_wrong(
    chromium, static_page
):
    fragment = "#task=differences&q=0.3"
    numbers = expected(0.3, "differences", LAST)
    task = recorded()["tasks"]["differences"]
    with open_page(chromium, static_page, fragment=fragment) as page:
        rows = page.locator(".gce-lines tbody tr")
        assert rows.count() == SHOWN
        for i in range(SHOWN):
            line, answer = task["lines"][i], task["answers"][i]
            assert rows.nth(i).locator("th").inner_text() == line[:PROMPT]
            for j in range(2):
                cell, right = rows.nth(i).locator("td").nth(j), answer[j]
                given = line[PROMPT + j]
                token = given if given == right else f"{given} ({right})"
                assert cell.locator(".gce-token").inner_text() == token
                weight = numbers[f"line{i}.{j}"]
                assert cell.locator(".gce-weight").inner_text() == f"{weight:.2f}"
                mark = cell.locator(".gce-token").evaluate(
                    "node => getComputedStyle(node, '::before').content"
                )
                assert ("✗" in mark) == (given != right)


def test_a_token_has_the_colour_of_its_kind_and_half_of_it_at_weight_1(
    chromium, static_page
):
    fragment, numbers = "#stage=4&q=0.3", expected(0.3, "sums", 4)
    wrong = TokenExplorer().wrong
    empty, full = (0xF5, 0xF7, 0xFA), {True: (0xC2, 0x50, 0x0A), False: (0, 0x64, 0xA8)}
    light = {"fragment": fragment, "color_scheme": "light"}
    with open_page(chromium, static_page, **light) as page:
        for i in range(SHOWN):
            for j in range(2):
                cell = page.locator(f"[data-row=line{i}][data-column='{j}']")
                colour = cell.evaluate("node => getComputedStyle(node).backgroundColor")
                found = [255 * float(c) for c in re.findall(r"[\d.]+", colour)]
                share, ends = numbers[f"line{i}.{j}"] / 2, full[wrong[i, j].item()]
                mixed = [a + share * (b - a) for a, b in zip(empty, ends, strict=True)]
                assert found == pytest.approx(mixed, abs=1)


def test_the_curves_are_drawn_where_the_numbers_are(chromium, static_page):
    with open_page(chromium, static_page, fragment="#stage=4") as page:
        plot = page.locator(".gce-plot").first
        width, height = (float(plot.get_attribute(a)) for a in ("width", "height"))
        for kind, row in (("share", "wrong.share"), ("mean", "all.pull")):
            path = plot.locator(f".gce-{kind}").get_attribute("d")
            points = re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", path)
            points = points[1:-1] if kind == "share" else points  # the floor
            assert len(points) == 101
            for x, y in points[::20]:
                q = round(float(x) / width, 2)
                drawn = 1.05 * (1 - float(y) / height)
                assert drawn == pytest.approx(expected(q, "sums", 4)[row], abs=0.005)


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        (
            "#stage=0&q=0",
            "Before training the model reads sums, and gives their tokens a",
        ),
        ("#q=0", "At q = 0 every token counts in full, and {wrong.share} of the pull"),
        ("#task=differences&q=0.3", "After 800 steps of sums the model reads differ"),
        ("#task=differences&q=0.3", "wrong tokens make {wrong.share} of it, and made"),
    ],
)
def test_the_sentence_says_what_is_heard(chromium, static_page, fragment, words):
    state = {"q": 0.7, "task": "sums", "stage": LAST}
    for part in fragment[1:].split("&"):
        name, text = part.split("=")
        state[name] = text if name == "task" else type(state[name])(text)
    share = expected(**state)["wrong.share"]
    with open_page(chromium, static_page, fragment=fragment) as page:
        seen = page.locator(".gce-sentence").inner_text()
        said = words.replace("{wrong.share}", f"{100 * share:.1f} %")
        assert said in seen.replace("\N{NO-BREAK SPACE}", " ")


def test_the_slider_of_the_training_says_steps_and_reset_comes_back(
    chromium, static_page
):
    with open_page(chromium, static_page) as page:
        control = slider(page, "stage")
        output = page.locator("output").nth(1)
        assert output.inner_text() == str(recorded()["steps"][LAST])
        control.press("ArrowLeft")
        rest(page)
        assert output.inner_text() == str(recorded()["steps"][LAST - 1])
        page.get_by_label("differences").check()
        page.wait_for_function("location.hash.includes('tokens-task=differences')")
        page.get_by_role("button", name="Reset").click()
        rest(page)
        assert page.get_by_label("sums", exact=True).is_checked()
        assert control.input_value() == str(LAST)
        assert not page.problems
