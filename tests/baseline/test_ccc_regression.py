"""The linear model that is trained on the concordance correlation coefficient."""

import audmetric
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import check_grad, minimize
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.utils.estimator_checks import check_estimator

from baseline.ccc_regression import ConcordanceRegressor, concordance_loss

LONG = {"epochs": 3000, "batch_size": 1000}
"""One batch, and long enough to reach the optimum."""


def problem(frames=80, features=4, noise=0.8, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(2.0, [1.0, 3.0, 0.5, 2.0][:features], size=(frames, features))
    truth = x @ random.normal(size=features) * 0.1 + 0.3 + noise * 0.3 * random.normal(size=frames)
    return x, truth


@pytest.mark.filterwarnings("ignore:Skipping check check_array_api_input")
def test_it_keeps_every_promise_of_a_scikit_learn_estimator():
    results = check_estimator(ConcordanceRegressor(), on_skip=None)
    assert len(results) > 40
    others = {one["check_name"]: one["status"] for one in results if one["status"] != "passed"}
    # Of arrays that are no NumPy arrays scikit-learn asks only where SciPy is told to take them.
    assert set(others) <= {"check_array_api_input"}


@pytest.mark.parametrize("seed", range(3))
def test_without_decay_it_is_least_squares_stretched_until_it_varies_as_much_as_the_truth(seed):
    x, truth = problem(seed=seed)
    least_squares = LinearRegression().fit(x, truth)
    correlation = np.corrcoef(least_squares.predict(x), truth)[0, 1]
    model = ConcordanceRegressor(**LONG).fit(x, truth)
    np.testing.assert_allclose(model.coef_, least_squares.coef_ / correlation, rtol=1e-4, atol=1e-5)
    assert model.predict(x).mean() == pytest.approx(truth.mean(), abs=1e-5)
    assert audmetric.concordance_cc(truth, model.predict(x)) == pytest.approx(correlation, abs=1e-5)


def test_with_decay_no_other_weights_are_better():
    x, truth = problem()
    decay = 0.05
    model = ConcordanceRegressor(decay, **LONG).fit(x, truth)
    centred, spread = x - x.mean(axis=0), truth.std()
    scale = np.sqrt(np.linalg.eigvalsh(np.cov(x.T, bias=True)).max())

    def objective(parameters):
        prediction = centred / scale @ parameters[:-1] + parameters[-1]
        ccc = audmetric.concordance_cc((truth - truth.mean()) / spread, prediction)
        return 1 - ccc + decay / 2 * (parameters[:-1] ** 2).sum()

    best = minimize(
        objective,
        np.full(x.shape[1] + 1, 0.1),
        method="Nelder-Mead",
        options={"maxiter": 20000, "maxfev": 20000, "xatol": 1e-9, "fatol": 1e-12},
    )
    assert best.success
    np.testing.assert_allclose(model.coef_, best.x[:-1] * spread / scale, rtol=1e-3, atol=1e-5)
    assert model.predict(x).mean() == pytest.approx(best.x[-1] * spread + truth.mean(), abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 30), st.integers(0, 10_000))
def test_the_gradient_is_what_finite_differences_say(frames, seed):
    random = np.random.default_rng(seed)
    truth, prediction, weight = random.normal(size=frames), random.normal(size=frames), random.uniform(0.1, 2, frames)
    error = check_grad(
        lambda x: concordance_loss(truth, x, weight)[0], lambda x: concordance_loss(truth, x, weight)[1], prediction
    )
    assert error < 1e-5


def test_the_loss_is_one_minus_the_coefficient_of_the_concatenated_frames():
    x, truth = problem()
    loss, _ = concordance_loss(truth, x[:, 0], np.ones(len(truth)))
    assert 1 - loss == pytest.approx(audmetric.concordance_cc(truth, x[:, 0]))


def test_small_batches_come_near_the_optimum():
    x, truth = problem(frames=4000)
    best = ConcordanceRegressor(**LONG | {"batch_size": 4000, "epochs": 500}).fit(x, truth)
    model = ConcordanceRegressor(batch_size=200, epochs=20).fit(x, truth)
    reached, possible = (audmetric.concordance_cc(truth, one.predict(x)) for one in (model, best))
    assert possible - 0.005 < reached <= possible + 1e-9


def test_more_decay_means_smaller_weights():
    x, truth = problem()
    sizes = [np.linalg.norm(ConcordanceRegressor(decay).fit(x, truth).coef_) for decay in (0, 0.01, 0.1, 1)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < sizes[0] / 2


def test_the_same_seed_trains_the_same_model_and_another_one_another():
    x, truth = problem(frames=300)
    one = ConcordanceRegressor(batch_size=50, epochs=3)
    first, again = one.fit(x, truth).coef_, clone(one).fit(x, truth).coef_
    other = ConcordanceRegressor(batch_size=50, epochs=3, random_state=1).fit(x, truth).coef_
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other, rtol=1e-12)


def test_units_change_nothing():
    x, truth = problem()
    model = ConcordanceRegressor(0.01).fit(x, truth)
    scaled = ConcordanceRegressor(0.01).fit(1000 * x + 5, 100 * truth - 7)
    np.testing.assert_allclose(scaled.predict(1000 * x + 5), 100 * model.predict(x) - 7, rtol=1e-6)


@pytest.mark.parametrize("constant", ["truth", "features"])
def test_where_nothing_varies_the_mean_of_the_truth_is_predicted(constant):
    x, truth = problem()
    if constant == "truth":
        truth = np.full(len(truth), 0.1)
    else:
        x = np.ones_like(x)
    np.testing.assert_allclose(ConcordanceRegressor().fit(x, truth).predict(x), truth.mean())


def test_the_losses_of_the_epochs_fall():
    x, truth = problem(frames=1000)
    curve = ConcordanceRegressor(epochs=30, batch_size=100).fit(x, truth).loss_curve_
    assert curve.shape == (30,)
    assert curve[-5:].mean() < 0.6 * curve[0]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("weight_decay", -1), ("learning_rate", 0), ("momentum", 1), ("epochs", 0), ("batch_size", 1)],
)
def test_a_parameter_out_of_its_range_is_named(parameter, value):
    x, truth = problem()
    with pytest.raises(ValueError, match=f"{parameter}: expected .* Received: {value}"):
        ConcordanceRegressor().set_params(**{parameter: value}).fit(x, truth)
