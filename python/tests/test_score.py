"""One profile: what goes in, what comes out, and what is said of what is wrong."""

import datetime
import gc
import pickle
import resource
from decimal import Decimal

import pytest
import threshold_matrix as tm
from small import AS_AT, TEXT

PERSON = {"arrests": 12, "rsr": "6.90", "rosh": "low", "gang": False, "markers": ["weapons"]}


@pytest.fixture(scope="module")
def small():
    return tm.Matrix.from_yaml(TEXT)


def test_a_profile_is_scored_exactly(small):
    outcome = small.score(PERSON, as_at=AS_AT)
    assert (outcome.tier, outcome.status, outcome.possible) == ("high", None, ["high"])
    assert outcome.dimensions["risk"]["score"] == 10
    assert outcome.points == {"arrests": 6, "rsr": 3, "rosh": 0, "gang": 0, "markers": 1}
    assert outcome.flags == {"armed": True}
    assert outcome.as_at == AS_AT
    assert not outcome.provisional and outcome.exact and outcome.in_force


def test_points_with_places_are_decimals(small):
    outcome = small.score({**PERSON, "arrests": 7}, as_at=AS_AT)
    assert outcome.points["arrests"] == Decimal("2.5")
    assert isinstance(outcome.points["arrests"], Decimal) and isinstance(outcome.points["rosh"], int)


def test_what_is_not_known_is_answered_in_full(small):
    outcome = small.score({"arrests": 7, "rosh": None, "gang": False}, as_at="2026-12-05")
    assert outcome.tier is None and outcome.provisional
    assert outcome.possible == ["medium", "low"]
    assert outcome.dimensions["risk"]["range"] == (Decimal("2.5"), Decimal("7.5"))
    assert "medium or low, not settled" in repr(outcome)


@pytest.mark.parametrize(
    "rsr", ["6.9", "6.90", 6.9, Decimal("6.9"), Decimal("6.90"), Decimal("69e-1")]
)
def test_a_number_is_the_same_in_every_form(small, rsr):
    assert small.score({**PERSON, "rsr": rsr}, as_at=AS_AT).points["rsr"] == 3


@pytest.mark.parametrize("arrests", [12, 12.0, "12", Decimal(12)])
def test_a_whole_number_is_the_same_in_every_form(small, arrests):
    assert small.score({**PERSON, "arrests": arrests}, as_at=AS_AT).points["arrests"] == 6


@pytest.mark.parametrize("charged", ["2000-02-29", datetime.date(2000, 2, 29), datetime.datetime(2000, 2, 29)])
def test_a_date_is_the_same_in_every_form(small, charged):
    assert small.score({**PERSON, "charged": charged}, as_at=AS_AT) == small.score(
        {**PERSON, "charged": "2000-02-29"}, as_at=AS_AT
    )


@pytest.mark.parametrize("markers", [{"weapons"}, ("weapons",), frozenset(["weapons"]), ["weapons"]])
def test_a_set_is_the_same_in_every_form(small, markers):
    assert small.score({**PERSON, "markers": markers}, as_at=AS_AT).points["markers"] == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("arrests", 12.5, "12.5"),
        ("arrests", float("nan"), "write None for what is not recorded"),
        ("arrests", True, "arrests"),
        ("arrests", b"12", "a `bytes`"),
        ("arrests", 10**30, "arrests"),
        ("rsr", 6.899999, "rsr"),
        ("rsr", Decimal("NaN"), "write None for what is not recorded"),
        ("rosh", "hgh", "rosh"),
        ("gang", "perhaps", "gang"),
        ("markers", ["knives"], "markers"),
        ("markers", [1], "a list with a `int` in it"),
        ("charged", datetime.datetime(2000, 1, 1, 12), "charged"),
        ("hats", 1, "hats"),
    ],
)
def test_what_is_wrong_is_said_of_the_input(small, name, value, said):
    with pytest.raises(tm.Refused) as refused:
        small.score({**PERSON, name: value}, as_at=AS_AT)
    assert said in str(refused.value)
    assert [problem["inputs"] for problem in refused.value.problems] == [[name]]


def test_all_problems_are_said_at_once(small):
    with pytest.raises(tm.Refused) as refused:
        small.score({"arrests": object(), "rosh": "?", "hats": 1, 5: 5}, as_at=AS_AT)
    assert len(refused.value.problems) == 4


def test_a_matrix_that_is_at_fault_says_where():
    with pytest.raises(tm.MatrixError) as error:
        tm.Matrix.from_yaml(TEXT.replace("input: arrests", "input: arests"))
    (fault,) = error.value.diagnostics
    assert fault["code"] == "undeclared-name" and fault["place"]["line"] > 1
    assert "did you mean `arrests`?" in fault["help"]


def test_a_matrix_is_opened_by_its_name():
    assert tm.Matrix.open("iom-threshold@1.1.0").version == "1.1.0"
    assert tm.Matrix.open("iom-threshold", as_at=AS_AT).id == "iom-threshold"
    with pytest.raises(ValueError, match="which version"):
        tm.Matrix.open("iom-threshold")
    with pytest.raises(tm.MatrixError):
        tm.Matrix.open("iom-treshold@1.1.0")
    assert "iom-threshold@1.1.0" in tm.matrices()


def test_a_matrix_and_an_outcome_are_values(small):
    again = pickle.loads(pickle.dumps(small))
    assert again == small and hash(again) == hash(small) and again.hash == small.hash
    one, other = (small.score(PERSON, as_at=AS_AT) for _ in range(2))
    assert one == other and hash(one) == hash(other)
    assert one != small.score({**PERSON, "arrests": 0}, as_at=AS_AT)


def test_an_explanation_has_every_form(small):
    explanation = small.explain(PERSON, as_at=AS_AT)
    assert "arrests" in str(explanation)
    assert explanation.to_markdown().startswith("#")
    assert explanation.to_html().startswith("<!DOCTYPE html>")
    assert "<iframe" in explanation._repr_html_()
    assert isinstance(explanation.trace, dict)
    with pytest.raises(tm.Refused):
        small.explain({}, as_at=AS_AT)


def test_what_is_proved_is_data(small):
    analysis = small.analyse(as_at=AS_AT)
    assert analysis.complete and isinstance(analysis.findings, list)
    revised = tm.Matrix.from_yaml(TEXT.replace("from: 8", "from: 9").replace("1.0.0", "1.1.0"))
    comparison = tm.compare(small, revised, as_at=AS_AT)
    assert comparison.complete and len(comparison.shifts) == 1
    assert tm.compare(small, small, as_at=AS_AT).shifts == []


def test_inputs_are_described(small):
    kinds = {own["name"]: own["kind"] for own in small.inputs}
    assert kinds == {
        "arrests": "integer",
        "rsr": "decimal",
        "rosh": "level",
        "area": "category",
        "gang": "boolean",
        "markers": "set",
        "charged": "date",
    }


def test_memory_stays(small):
    def work(times):
        for _ in range(times):
            small.score(PERSON, as_at=AS_AT).to_dict()
            tm.Matrix.from_yaml(TEXT)
            with pytest.raises(tm.Refused):
                small.score({}, as_at=AS_AT)
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = work(500)
    after = work(2000)
    assert after - before < 8 * 1024


def test_made_up_people_are_the_same_again_and_can_be_scored(small):
    people = small.sample(300, as_at=AS_AT)
    assert people == small.sample(300, as_at=AS_AT) != small.sample(300, as_at=AS_AT, seed=2)
    kinds = {name: {type(person[name]) for person in people} - {type(None)} for name in people[0]}
    assert kinds == {
        "arrests": {int},
        "rsr": {Decimal},
        "rosh": {str},
        "area": {str},
        "gang": {bool},
        "markers": {list},
        "charged": {datetime.date},
    }
    assert sum(small.score(person, as_at=AS_AT).tier is not None for person in people) > 100
