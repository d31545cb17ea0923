import json

import numpy as np
import pytest

from models.errors import ConfigurationError
from models.records.severity import Severity
from tasks.alerts.classification.model import PATH, SeverityModel, features
from tasks.alerts.classification.training.corpus import conditions, corpus_hash, folds, samples
from tasks.alerts.classification.training.fit import fit, macro_f1, softmax, temperature
from tests.tasks.alerts.classification import fakes


def test_the_packaged_weights_are_small_whole_and_of_this_corpus():
    model = SeverityModel.load()

    assert PATH.stat().st_size < 200_000
    assert model.dimensions == 384
    assert model.embedder.startswith("all-MiniLM-L6-v2@")
    assert model.corpus == corpus_hash()
    assert tuple(model.classes) == tuple(Severity)


def test_weights_come_back_as_they_were_written(tmp_path):
    model = fakes.a_model(words=("down",), weights=np.ones((9, 5), np.float32) * 0.25)
    model.save(tmp_path / "model.json")
    again = SeverityModel.load(tmp_path / "model.json")

    assert (again.weights == model.weights).all()
    assert np.allclose(again.biases, model.biases, atol=2e-3)
    assert (again.words, again.embedder, len(again.version)) == (("down",), "fake@1", 12)
    again.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "model.json").read_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": "AAAA"},
        {"weights": "not base64!"},
        {"dimensions": 7},
        {"classes": ["terrible"]},
        {"more": 1},
        {"biases": "AHwAfAB8AHwAfA=="},
    ],
    ids=str,
)
def test_weights_that_are_not_whole_are_refused(changes, tmp_path):
    path = tmp_path / "model.json"
    fakes.a_model().save(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    with pytest.raises(ConfigurationError, match=r"model\.json cannot be used"):
        SeverityModel.load(path)


def test_probabilities_are_rows_that_sum_to_one():
    model = SeverityModel.load()
    odds = model.probabilities(["down", "up"], np.zeros((2, 384), np.float32))

    assert odds.shape == (2, 5)
    assert np.allclose(odds.sum(axis=1), 1.0, atol=1e-5)


def test_words_count_once_and_beside_the_vector():
    read = features(["Down down DOWN", "it is fine"], np.ones((2, 2), np.float32), ["down", "is"])

    assert read.tolist() == [[1, 1, 1, 0], [1, 1, 0, 1]]


class TestTheCorpus:
    def test_holds_many_conditions_of_every_severity_and_no_wording_twice(self):
        held = conditions()
        wordings = [wording for one in held for wording in one.wordings]

        assert len(held) >= 500
        assert len(wordings) >= 1_500
        assert {one.severity for one in held} == set(Severity)
        assert all(len(one.wordings) >= 3 or one.severity for one in held)
        assert len(set(wordings)) > 0.98 * len(wordings)

    def test_is_drawn_the_same_way_each_time(self):
        assert samples(3, 1) == samples(3, 1)
        assert samples(3, 1) != samples(3, 2)

    def test_keeps_each_condition_in_one_fold(self):
        found = samples(3, 1)
        places = {}
        for one, fold in zip(found, folds(found, 5, 1), strict=True):
            places.setdefault(one.condition, set()).add(fold)

        assert all(len(several) == 1 for several in places.values())
        assert {fold for several in places.values() for fold in several} == set(range(5))

    def test_leaves_no_slot_open(self):
        assert not [one.text for one in samples(6, 4) if "{" in one.text or "}" in one.text]


class TestFitting:
    def test_learns_what_can_be_told_apart(self):
        draw = np.random.default_rng(1)
        labels = np.arange(60) % 3
        vectors = (np.eye(3)[labels] + draw.normal(scale=0.1, size=(60, 3))).astype(np.float32)
        made = fit(vectors, labels, np.ones(60), 3, 1e-3)

        assert (made.scores(vectors).argmax(axis=1) == labels).all()

    def test_a_temperature_cools_what_is_too_sure(self):
        labels = np.array([0, 0, 0, 1] * 10)
        scores = np.tile([[5.0, 0.0]], (40, 1)).astype(np.float32)
        heat = temperature(scores, labels, np.ones(40))

        assert softmax(scores / heat)[0, 0] == pytest.approx(0.75, abs=0.02)

    def test_macro_f1_counts_each_class_alike(self):
        assert macro_f1([0, 0, 1], [0, 0, 0], 2) == pytest.approx(0.4)
