"""Record the playground's run at its default settings: its figure on paper.

python -m tools.record_playground    writes gce_lib/explorers/playground.json
"""

import json

from gce_lib.explorers.bundle import bundle
from gce_lib.explorers.playground import Playground
from gce_lib.explorers.playground_still import RECORD
from tools import browser

MODULES = ("race", "network", "data")
SETTINGS = ("dataset", "noise_rate", "q", "k", "pruning", "seed")
IMPORT = """async (sources) => {
    const load = (source) => import(URL.createObjectURL(
        new Blob([source], { type: "text/javascript" })));
    globalThis.playground = Object.assign({}, ...await Promise.all(sources.map(load)));
}"""
RUN = """([settings, cells]) => {
    const { EPOCHS, HALF_WIDTH, INPUTS } = playground;
    const { advance, createRace, finished, gridInputs, predict } = playground;
    const round = (value, digits) => Number(value.toFixed(digits));
    const race = createRace(settings);
    while (!finished(race)) advance(race, settings);
    const { train } = race;
    const grid = gridInputs(cells);
    const list = (count, value) => Array.from({ length: count }, (_, i) => value(i));
    const summarise = ({ network, weights, history }) => ({
        test: round(history.test[EPOCHS], 3),
        train: round(history.train[EPOCHS], 3),
        memorised: round(history.memorised[EPOCHS], 3),
        weights: list(train.count, (i) => round(weights[i], 2)),
        field: list(cells, (row) =>
            list(cells, (x) => predict(network, grid, row * cells + x)).join("")),
    });
    return {
        settings,
        epochs: EPOCHS,
        half_width: HALF_WIDTH,
        points: list(train.count, (i) =>
            [0, 1].map((axis) => round(train.inputs[i * INPUTS + axis], 3))),
        clean: [...train.clean],
        noisy: [...train.noisy],
        learners: {
            ce: summarise(race.learners.ce),
            lq: summarise(race.learners.lq),
        },
    };
}"""


def load_playground(page) -> None:
    """Give the page an object `playground` of what the playground's modules export."""
    page.evaluate(IMPORT, [bundle(f"playground/{name}.js") for name in MODULES])


def run(page, cells: int = 120) -> dict:
    """Run the playground to its end, in a page that has imported it.

    Returns what the figure on paper needs, its field on a grid of `cells` a side.
    """
    widget = Playground()
    settings = {name: getattr(widget, name) for name in SETTINGS}
    return page.evaluate(RUN, [settings, cells])


def main() -> None:
    """Write the record."""
    with browser.launch() as chromium:
        page = chromium.new_page()
        load_playground(page)
        RECORD.write_text(json.dumps(run(page)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
