"""The benchmark of predicting measures every way, and the ways are one network."""

import numpy as np

from baseline.systems.decision_fusion import DecisionFusion
from benchmarks.networks import stock_model
from benchmarks.prediction import measure
from benchmarks.random_windows import Examples, Plan
from data_spec.challenge import load_challenge

TINY = Plan(units=3, dense_units=4, batch=2, batches=2)


def test_a_quick_run_has_every_way_and_every_goal():
    report = measure(quick=True)
    ways = {row.way for row in report.rows}
    assert {"stock Keras", "the kit", "the matrix products alone"} <= ways
    with_pytorch = ["times as fast as PyTorch"] if "PyTorch" in ways else []
    wanted = ["times as fast as stock Keras", *with_pytorch, "share of the matrix products' speed"]
    assert [goal.measure for goal in report.goals] == [f"prediction of a batch, {one}" for one in wanted]
    assert all(row.spread.least > 0 for row in report.rows)


def test_stock_keras_has_the_weights_of_the_kit_and_predicts_the_same():
    challenge = load_challenge("merc2017")
    kit = DecisionFusion(challenge, [one.name for one in challenge.modalities], TINY.units, TINY.dense_units)
    stock = stock_model(TINY, challenge)
    weights = [np.random.default_rng(0).uniform(0.1, 0.5, size=one.shape) for one in kit.get_weights()]
    for model in (kit, stock):
        model.set_weights(weights)
    inputs = dict(Examples.of(TINY).inputs)
    np.testing.assert_allclose(np.asarray(kit(inputs)), np.asarray(stock(inputs)), atol=1e-5)
