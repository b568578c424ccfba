"""Records, decisions and libraries."""

import json
import pickle

import pytest
import threshold_matrix as tm
from small import AS_AT, TEXT

SMALL = tm.Matrix.from_yaml(TEXT)
PERSON = {"arrests": 12, "rsr": "6.90", "rosh": "high", "gang": False}


def recorded() -> tm.Record:
    return SMALL.record(PERSON, as_at=AS_AT, person="case 17")


def test_record_has_what_was_scored() -> None:
    record = recorded()
    assert (record.matrix_id, record.matrix_version, record.matrix_hash) == ("small", "1.0.0", SMALL.hash)
    assert (record.tier, record.status, record.person, record.as_at) == ("high", None, "case 17", AS_AT)
    assert record.replay(SMALL) == []
    assert repr(record) == "<Record high, by small 1.0.0 as at 2026-12-05>"
    assert "case 17" not in record.redacted().to_json()


def test_record_is_the_same_however_it_is_kept() -> None:
    record = recorded()
    text = record.to_json()
    as_a_database_keeps_it = json.loads(text)
    ways = [text, text.encode(), json.dumps(as_a_database_keeps_it, indent=3), as_a_database_keeps_it]
    for way in ways:
        again = tm.Record.from_json(way)
        assert again == record
        assert hash(again) == hash(record)
        assert again.replay(tm.Library(SMALL)) == []
    assert pickle.loads(pickle.dumps(record)) == record


def test_tampering_is_told_by_its_place() -> None:
    data = json.loads(recorded().to_json())
    data["outcome"]["tier"] = "low"
    told = tm.Record.from_json(data).replay(SMALL)
    assert any(difference["pointer"] == "/outcome/tier" for difference in told)


def test_decision_stands_beside_what_the_matrix_gave() -> None:
    record = recorded()
    decided = record.decide("medium", by="u-1", role="panel", because="in custody", on="2026-12-06", matrix=SMALL)
    assert (record.decided, decided.tier) == ([], "high")
    assert decided.decided[0]["result"] == "medium"
    assert decided.replay(SMALL) == []
    assert "in custody" in decided.to_text(SMALL)
    assert "in custody" not in decided.redacted().to_html(SMALL)
    with pytest.raises(tm.RecordError) as refused:
        record.decide("severe", by="", role="panel", because=" ", on="2026-12-06", matrix=SMALL)
    places = [problem["pointer"] for problem in refused.value.problems]
    assert sorted(places) == ["/decided/0/because", "/decided/0/by", "/decided/0/result"]


def test_what_is_not_a_record_and_whose_matrix_is_not_there() -> None:
    with pytest.raises(tm.RecordError) as wrong:
        tm.Record.from_json('{"record": 1}')
    assert len(wrong.value.problems) > 3
    with pytest.raises(tm.RecordError, match="has no matrix `small`"):
        recorded().replay()
    assert recorded()._repr_html_() is None
    with pytest.raises(TypeError, match="Matrix or a Library, not a `str`"):
        recorded().replay("small")  # type: ignore[arg-type]


def test_library_finds_versions() -> None:
    library = tm.Library.embedded()
    assert len(library) == len(tm.matrices()) == len(list(library))
    assert library.find("iom-threshold@1.0.0", as_at=AS_AT).version == "1.0.0"
    assert library.find("lsir-idaho", as_at="2019-03-01").version == "1.0.0"
    assert [matrix.version for matrix in library.versions("lsir-idaho")] == ["1.0.0", "2.0.0"]
    assert library.by_hash(SMALL.hash) is None
    own = pickle.loads(pickle.dumps(tm.Library(SMALL, SMALL)))
    assert own.by_hash(SMALL.hash) == SMALL and own.ids == ["small"]
    with pytest.raises(tm.MatrixError, match="did you mean `small`"):
        own.find("smal", as_at=AS_AT)
    with pytest.raises(tm.MatrixError, match="already in the library with other content"):
        tm.Library(SMALL, tm.Matrix.from_yaml(TEXT.replace("points: 6 }", "points: 7 }")))


def test_library_of_a_folder_tells_the_faults_of_every_file(tmp_path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT)
    assert tm.Library.open(tmp_path).ids == ["small"]
    for name in ("b.yaml", "c.yaml"):
        (tmp_path / name).write_text(TEXT.replace("tier: medium", "tier: middle"))
    with pytest.raises(tm.MatrixError) as faults:
        tm.Library.open(str(tmp_path))
    assert len(faults.value.diagnostics) >= 2
