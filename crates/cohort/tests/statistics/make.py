"""Writes `statistics.json`: what kept implementations of statistics give for generated people.

Run it as `python make.py` in an environment that has, of Python 3.11:

    numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 scikit-learn==1.9.1 confidenceinterval==1.0.5 dcurves==1.1.7 pandas==3.1.1

| what | of whom |
|---|---|
| Wilson's interval of a rate | statsmodels, `proportion_confint` |
| Newcombe's interval of a difference, the log interval of a ratio | statsmodels, `confint_proportions_2indep` |
| an area under the ROC curve | scikit-learn, `roc_auc_score` |
| DeLong's variances and covariance of areas | confidenceinterval, `fastDeLong_no_weights` |
| times per person, and changes of the same people | statsmodels, `GEE` of Poisson's family with robust errors |
| shares, errors and predictive values by group | scikit-learn, `confusion_matrix` |
| net benefit | dcurves, `dca` |

The people are drawn here, with ties, of one class alone, of one person, and with a group in which nobody is flagged.
"""

import json
import warnings
from pathlib import Path

import dcurves
import numpy
import pandas
import statsmodels.api
from confidenceinterval.delong import fastDeLong_no_weights
from scipy.stats import norm
from sklearn.metrics import confusion_matrix, roc_auc_score
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

warnings.simplefilter("ignore")
DEVIATIONS = norm.ppf(0.975)
draws = numpy.random.default_rng(18)


def rate(happened, people):
    if people == 0:
        return None
    low, high = proportion_confint(happened, people, method="wilson")
    return {"share": happened / people, "low": max(low, 0.0), "high": min(high, 1.0)}


def difference(one, other):
    low, high = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    return {"difference": one[0] / one[1] - other[0] / other[1], "low": low, "high": high}


def ratio(one, other):
    low, high = confint_proportions_2indep(
        *one, *other, method="log", compare="ratio", correction=False
    )
    return {"ratio": (one[0] / one[1]) / (other[0] / other[1]), "low": low, "high": high}


def areas(old, new, seen):
    """The areas of two scores of the same people and their difference; of a person or two of a class there is none."""
    old, new, seen = (numpy.array(values) for values in (old, new, seen))
    if (seen == 1).sum() < 2 or (seen == 0).sum() < 2:
        return None
    order = numpy.argsort(-seen, kind="stable")
    both = numpy.array([old, new], dtype=float)[:, order]
    _, covariance = fastDeLong_no_weights(both, int(seen.sum()))
    one, other = roc_auc_score(seen, old), roc_auc_score(seen, new)
    contrasts = [(one, [1, 0], 0.0), (other, [0, 1], 0.0), (other - one, [-1, 1], -1.0)]
    told = []
    for area, contrast, least in contrasts:
        variance = float(numpy.array(contrast) @ covariance @ numpy.array(contrast))
        half = DEVIATIONS * max(variance, 0.0) ** 0.5
        interval = {"low": max(area - half, least), "high": min(area + half, 1.0)}
        # Its ranks have 24 bits.
        told.append({"area": area, "interval": interval if variance > 1e-12 else None})
    return told


def changed(before, after):
    """The means of the same people before and after, and by what part they change."""
    people = len(before)
    seen = numpy.concatenate([before, after])
    is_after = numpy.repeat([0, 1], people)
    person = numpy.tile(numpy.arange(people), 2)

    def fit(columns):
        model = statsmodels.api.GEE(
            seen,
            columns,
            groups=person,
            family=statsmodels.api.families.Poisson(),
            cov_struct=statsmodels.api.cov_struct.Independence(),
        )
        return model.fit(cov_type="robust", ctol=1e-12, maxiter=200)

    def end(fitted, at, less):
        value, error = fitted.params[at], fitted.bse[at]
        ends = [value, value - DEVIATIONS * error, value + DEVIATIONS * error]
        # Without a variance nothing says how large chance is.
        named = dict(zip(["low", "high"], (float(numpy.exp(end) - less) for end in ends[1:])))
        return float(numpy.exp(value) - less), named if error > 1e-9 else None

    means = fit(numpy.column_stack([1 - is_after, is_after]))
    change = fit(numpy.column_stack([numpy.ones(2 * people), is_after]))
    named = lambda name, told: {name: told[0], "interval": told[1]}
    return {
        "means": [named("value", end(means, at, 0)) for at in (0, 1)],
        "change": named("change", end(change, 1, 1)),
    }


def frequencies(before, after):
    before, after = numpy.array(before), numpy.array(after)
    any_before, any_after = (before > 0).astype(int), (after > 0).astype(int)
    is_known = before.sum() > 0 and after.sum() > 0
    times = changed(before, after) if is_known else None
    shares = changed(any_before, any_after) if is_known else None
    return {
        "people": [list(map(int, pair)) for pair in zip(before, after)],
        "shares": [rate(int(any_before.sum()), len(before)), rate(int(any_after.sum()), len(after))],
        "means": times and times["means"],
        "change_of_times": times and times["change"],
        "change_of_share": shares and shares["change"],
    }


def cohort(groups, cuts):
    """People of some groups, of whom those at or above a cut-off are flagged: one for each of two revisions."""
    people = []
    for name, (count, low, high, chance) in groups.items():
        scores = draws.integers(low, high + 1, count)
        seen = draws.random(count) < chance(scores)
        people += [(int(score), name, int(own)) for score, own in zip(scores, seen)]
    told = {}
    for name in groups:
        own = [(score, seen) for score, group, seen in people if group == name]
        scores, seen = (numpy.array(values) for values in zip(*own))
        told[name] = []
        for cut in cuts:
            (no_low, no_high), (yes_low, yes_high) = confusion_matrix(
                seen, (scores >= cut).astype(int), labels=[0, 1]
            ).tolist()
            told[name].append(
                {
                    "flagged": rate(no_high + yes_high, len(own)),
                    "false_positives": rate(no_high, no_low + no_high),
                    "false_negatives": rate(yes_low, yes_low + yes_high),
                    "seen_of_flagged": rate(yes_high, no_high + yes_high),
                    "seen_of_others": rate(yes_low, no_low + yes_low),
                }
            )
    return {"people": people, "cuts": cuts, "groups": told, "worth": worth(people, cuts)}


def worth(people, cuts):
    """The net benefit by each revision and of picking everybody, for thresholds of 5 to 95 percent."""
    frame = pandas.DataFrame(people, columns=["score", "group", "seen"])
    for name, cut in zip(["old", "new"], cuts):
        frame[name] = (frame["score"] >= cut).astype(float)
    thresholds = numpy.arange(5, 100, 5) / 100
    told = dcurves.dca(frame, "seen", ["old", "new"], thresholds=thresholds)
    of = lambda name: told[told["model"] == name]["net_benefit"].tolist()
    return {"old": of("old"), "new": of("new"), "everybody": of("all")}


def drawn_areas(count, width, chance):
    old = draws.integers(0, width, count)
    new = numpy.maximum(old + draws.integers(-1, 2, count), 0)
    seen = (draws.random(count) < chance(old)).astype(int)
    return [list(map(int, row)) for row in zip(old, new, seen)]


rates = [(0, 1), (1, 1), (0, 20), (20, 20), (1, 29), (15, 148), (81, 263), (14_904, 25_835)]
pairs = [
    ((1, 1), (0, 1)), ((0, 3), (2, 5)), ((56, 70), (48, 80)), ((9, 10), (3, 10)), ((10, 10), (0, 20)),
    ((787, 1_000), (529, 877)), ((5, 2_000), (9, 40)),
]  # fmt: skip
scored = [
    drawn_areas(1, 5, lambda score: 0.5),
    [[2, 3, 1], [1, 1, 0]],
    [[score, score, 1] for score in range(6)],
    [[3, 2, own] for own in (0, 0, 1, 1, 1)],
    [[0, 0, 0], [1, 0, 0], [2, 1, 1], [3, 1, 1]],
    drawn_areas(40, 4, lambda score: 0.2 + score / 8),
    drawn_areas(200, 40, lambda score: 0.1 + score / 60),
    drawn_areas(300, 3, lambda score: 0.3 + score / 9),
]
times = [
    ([1], [1]),
    ([0, 0, 0], [0, 1, 0]),
    ([2, 2, 2], [1, 1, 1]),
    ([4, 2, 3, 1], [1, 0, 2, 0]),
    (draws.poisson(3, 60), draws.poisson(1, 60)),
    (draws.negative_binomial(1, 0.2, 200), draws.negative_binomial(1, 0.4, 200)),
]
rising = lambda score: 0.1 + score / 60
fixtures = {
    "rates": [{"of": list(own), **rate(*own)} for own in rates],
    "differences": [{"of": own, **difference(*own)} for own in pairs],
    "ratios": [
        {"of": own, **ratio(*own)} for own in pairs if own[0][0] > 0 and own[1][0] > 0
    ],
    "areas": [
        {"people": own, "areas": areas(*zip(*own))} for own in scored
    ],
    "frequencies": [frequencies(*own) for own in times],
    "cohorts": [
        cohort(
            {
                "a": (90, 0, 40, rising),
                "b": (40, 0, 20, rising),
                "one": (1, 10, 10, rising),
                "never": (15, 0, 40, lambda score: 0 * score),
                "always": (12, 0, 40, lambda score: 0 * score + 1),
                "low": (20, 0, 9, rising),
            },
            [20, 24],
        ),
        cohort({"a": (60, 5, 6, rising), "b": (30, 5, 6, rising)}, [6, 5]),
    ],
}
path = Path(__file__).with_name("statistics.json")
lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(own)}" for name, own in fixtures.items())
path.write_text("{\n" + lines + "\n}\n")
