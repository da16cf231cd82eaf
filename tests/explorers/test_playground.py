"""The playground: its gradients against torch, its runs, its controls in a browser."""

import itertools
import re

import pytest
import torch
import traitlets
from torch import nn

import gce_lib as gce
from gce_lib.explorers import Playground
from gce_lib.explorers.playground_still import load
from tools import browser, record_playground

SIZES = [10, 8, 7, 3]
DEFAULTS = {"dataset": "blobs", "noise_rate": 0.4, "seed": 0}
METHOD = {"q": 0.7, "k": 0, "pruning": False}
GRADIENT = """([sizes, inputs, labels, kept, q, k]) => {
    const { createNetwork, lossAndGradient } = playground;
    const network = createNetwork(sizes, 3);
    const count = labels.length;
    const learner = {
        network, keep: Uint8Array.from(kept), weights: new Float64Array(count) };
    const data = {
        inputs: Float64Array.from(inputs.flat()), noisy: Uint8Array.from(labels) };
    const rows = Uint16Array.from(labels.keys());
    const loss = lossAndGradient(learner, data, { q, k }, rows);
    const { parameters, gradient } = network;
    return { loss, parameters: [...parameters], gradient: [...gradient],
             weights: [...learner.weights] };
}"""
RACE = """([settings, method, epochs]) => {
    const race = playground.createRace(settings);
    const { STEPS, advance } = playground;
    while (race.step < epochs * STEPS) advance(race, method);
    const { train, learners } = race;
    const tell = ({ network, history, keep }) => ({
        parameters: [...network.parameters], keep: [...keep], ...history });
    return { noisy: [...train.noisy], clean: [...train.clean],
             ce: tell(learners.ce), lq: tell(learners.lq) };
}"""


@pytest.fixture(scope="module")
def script(chromium):
    """A blank page that has imported the playground's own module."""
    page = chromium.new_page()
    record_playground.load_playground(page)
    yield page
    page.close()


@pytest.fixture
def live(chromium, tmp_path):
    """Open a static page with one playground; `live(...)` returns the page."""
    contexts = []

    def open_page(fragment="", widget=None, **options):
        path = browser.write_page(tmp_path, [widget or Playground(speed="fast")])
        context = browser.open_page(chromium, path, fragment=fragment, **options)
        contexts.append(context)
        return context.__enter__()

    yield open_page
    for context in contexts:
        context.__exit__(None, None, None)


def torch_twin(flat, sizes):
    """The network of the script, in torch, with the script's parameters."""
    layers, position = [], 0
    for inputs, outputs in itertools.pairwise(sizes):
        layer = nn.Linear(inputs, outputs, dtype=torch.float64)
        end = position + inputs * outputs
        layer.weight.data = flat[position:end].reshape(inputs, outputs).T.clone()
        layer.bias.data = flat[end : end + outputs].clone()
        position = end + outputs
        layers += [layer, nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def flat_gradient(model):
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    parts = [g for m in linear for g in (m.weight.grad.T.reshape(-1), m.bias.grad)]
    return torch.cat(parts)


@pytest.mark.parametrize("k", [0, 0.3, 0.5])
@pytest.mark.parametrize("q", [0, 1e-3, 0.3, 0.7, 1])
@pytest.mark.parametrize("all_kept", [True, False])
def test_loss_and_gradient_are_those_of_torch(script, q, k, all_kept):
    generator = torch.Generator().manual_seed(7)
    inputs = torch.randn(40, SIZES[0], dtype=torch.float64, generator=generator)
    labels = torch.randint(SIZES[-1], (40,), generator=generator)
    kept = torch.ones(40) if all_kept else (torch.arange(40) % 3 > 0).float()
    arguments = [SIZES, inputs.tolist(), labels.tolist(), kept.tolist(), q, k]
    ours = script.evaluate(GRADIENT, arguments)

    model = torch_twin(torch.tensor(ours["parameters"], dtype=torch.float64), SIZES)
    logits = model(inputs)
    loss = gce.truncated_gce_loss(logits, labels, q, k, sample_weight=kept.double())
    loss.backward()
    gradient = torch.tensor(ours["gradient"], dtype=torch.float64)
    assert gradient.abs().max() > 1e-3
    torch.testing.assert_close(gradient, flat_gradient(model), atol=1e-12, rtol=1e-9)
    assert ours["loss"] == pytest.approx(loss.item(), rel=1e-12)

    p = logits.softmax(1)[torch.arange(40), labels]
    expected = torch.where(p > k, p**q, 0) * kept
    assert ours["weights"] == pytest.approx(expected.tolist(), rel=1e-9)


def test_at_q_0_both_networks_are_the_same(script):
    method = {"q": 0, "k": 0, "pruning": False}
    race = script.evaluate(RACE, [DEFAULTS, method, 3])
    assert race["ce"]["parameters"] == race["lq"]["parameters"]


def test_a_seed_fixes_the_whole_run(script):
    first, again = (script.evaluate(RACE, [DEFAULTS, METHOD, 3]) for _ in range(2))
    other = script.evaluate(RACE, [{**DEFAULTS, "seed": 1}, METHOD, 3])
    assert first == again
    assert first["lq"]["parameters"] != other["lq"]["parameters"]


@pytest.mark.parametrize(("dataset", "classes"), [("blobs", 4), ("moons", 2)])
def test_noise_has_its_rate_and_reaches_every_other_class(script, dataset, classes):
    clean, noisy = [], []
    for seed in range(8):
        settings = {"dataset": dataset, "noise_rate": 0.4, "seed": seed}
        race = script.evaluate(RACE, [settings, METHOD, 0])
        clean += race["clean"]
        noisy += race["noisy"]
    pairs = torch.tensor([clean, noisy])
    table = torch.zeros(classes, classes)
    table.index_put_((pairs[0], pairs[1]), torch.ones(len(clean)), accumulate=True)
    table /= table.sum(1, keepdim=True)
    expected = gce.noise.symmetric(classes, 0.4).float()
    torch.testing.assert_close(table, expected, atol=0.06, rtol=0)


def test_more_noise_keeps_the_wrong_labels_and_adds_some(script):
    def flipped(rate):
        race = script.evaluate(RACE, [{**DEFAULTS, "noise_rate": rate}, METHOD, 0])
        pairs = enumerate(zip(race["clean"], race["noisy"], strict=True))
        return {(i, noisy) for i, (clean, noisy) in pairs if clean != noisy}

    assert flipped(0) == set()
    assert flipped(0.2) < flipped(0.4)


def test_cross_entropy_repeats_the_wrong_labels_and_lq_does_not(script):
    race = script.evaluate(RACE, [DEFAULTS, METHOD, 100])
    assert race["ce"]["memorised"][-1] > 2 * race["lq"]["memorised"][-1]
    assert race["lq"]["test"][-1] > race["ce"]["test"][-1] + 0.1


def test_pruning_drops_wrong_labels_and_truncating_directly_learns_nothing(script):
    pruned = script.evaluate(
        RACE, [DEFAULTS, {"q": 0.7, "k": 0.5, "pruning": True}, 41]
    )
    labels = zip(pruned["clean"], pruned["noisy"], pruned["lq"]["keep"], strict=True)
    dropped = [clean != noisy for clean, noisy, keep in labels if not keep]
    assert len(dropped) > 100
    assert sum(dropped) > 0.9 * len(dropped)

    direct = {"q": 0.7, "k": 0.5, "pruning": False}
    stuck = script.evaluate(RACE, [DEFAULTS, direct, 41])
    assert stuck["lq"]["test"][-1] < 0.7 < pruned["lq"]["test"][-1]


def test_the_record_of_the_still_figure_is_what_the_script_does(script):
    recorded, now = load(), record_playground.run(script)
    for key in ("settings", "epochs", "clean", "noisy"):
        assert recorded[key] == now[key], key
    # Other browsers round sines otherwise, and the runs then part by a little.
    torch.testing.assert_close(
        torch.tensor(recorded["points"]), torch.tensor(now["points"])
    )
    for name in ("ce", "lq"):
        for score in ("test", "train", "memorised"):
            assert recorded["learners"][name][score] == pytest.approx(
                now["learners"][name][score], abs=0.05
            )


def test_the_still_figure_and_its_words_show_the_record():
    widget = Playground()
    assert len(widget.still().axes) == 2
    scores = [f"{load()['learners'][name]['test']:.0%}" for name in ("ce", "lq")]
    assert all(score in widget.alt() for score in scores)


@pytest.mark.parametrize(
    "wrong", [{"noise_rate": 0.9}, {"k": 1}, {"seed": -1}, {"dataset": "rings"}]
)
def test_traits_out_of_range_are_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        Playground(**wrong)


def epoch(page):
    return int(re.search(r"epoch (\d+)", page.inner_text(".gce-clock"))[1])


def wait_for_epoch(page, least):
    page.wait_for_function(
        "(least) => document.querySelector('.gce-clock').textContent"
        ".match(/epoch (\\d+)/)[1] >= least",
        arg=least,
    )


def test_play_pause_step_and_restart(live):
    page = live()
    assert epoch(page) == 0
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 2)
    page.get_by_role("button", name="Pause").click()
    rested = epoch(page)
    page.wait_for_timeout(300)
    assert epoch(page) == rested
    page.get_by_role("button", name="One epoch").click()
    assert epoch(page) == rested + 1
    page.get_by_role("button", name="Restart").click()
    assert epoch(page) == 0
    assert page.problems == []


def test_every_control_is_named_and_reached_by_keyboard(live):
    page = live()
    names = []
    for _ in range(14):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.name || "
                                   "document.activeElement.textContent"))  # fmt: skip
    for wanted in ("seed", "noise_rate", "q", "k", "pruning", "Play", "Restart"):
        assert wanted in names
    page.get_by_label("q from CE to MAE").press("ArrowRight")
    assert page.get_by_label("q from CE to MAE").input_value() == "0.71"
    page.get_by_role("button", name="One epoch").press("Enter")
    assert epoch(page) == 1
    page.get_by_label("spirals").press("Space")
    page.wait_for_function(  # other data, a new start
        "document.querySelector('.gce-clock').textContent.includes('epoch 0')"
    )


def test_it_rests_for_readers_who_want_no_motion(live):
    page = live(widget=Playground(playing=True), reduced_motion="reduce")
    page.wait_for_timeout(300)
    assert epoch(page) == 0
    assert page.get_by_role("button", name="Play").is_visible()


def test_it_plays_where_python_says_so(live):
    page = live(widget=Playground(playing=True, speed="fast"))
    wait_for_epoch(page, 1)
