from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from generators.inference.embedder import embedder, weights
from generators.inference.embedder.onnx_runtime import OnnxEmbedder, batches
from generators.inference.embedder.sentence_transformers import SentenceTransformersEmbedder
from models.errors import ConfigurationError
from models.settings import settings

TEXTS = [
    "The datastore is full.",
    "A disk has no free space left.",
    "Lunch is at noon.",
    "",
    "Größe, 日本語, emoji 🚀, control \x01",
    "kubectl -n kube-system get pods -o json | jq '.items[]'",
    "word " * 1000,
    *(f"host esx-{n} has {n} alarms " * (n % 9 + 1) for n in range(40)),
]
INSTALLED = importlib.util.find_spec("sentence_transformers") is not None


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def onnx(cache):
    return OnnxEmbedder.load(cache)


def test_vectors_are_unit_rows_in_the_order_of_the_texts(onnx):
    vectors = onnx.embed(TEXTS)

    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for row in (0, 6, 20):
        np.testing.assert_allclose(vectors[row], onnx.embed([TEXTS[row]])[0], atol=1e-5)


def test_texts_of_like_meaning_are_nearer_than_others(onnx):
    full, no_space, lunch = onnx.embed(TEXTS[:3])

    assert full @ no_space > full @ lunch + 0.1


def test_no_texts_give_no_rows(onnx):
    assert onnx.embed([]).shape == (0, 384)


def test_batches_hold_every_row_once_longest_first():
    found = list(batches([3, 1, 2, 5], 3))

    assert found == [[3, 0, 2], [1]]


def test_a_half_written_graph_is_built_again(cache, onnx):
    (path,) = cache.glob("*.onnx")
    path.write_bytes(path.read_bytes()[:1_000_000])

    again = OnnxEmbedder.load(cache)

    np.testing.assert_allclose(again.embed(TEXTS[:1]), onnx.embed(TEXTS[:1]), atol=1e-6)
    assert [file.name for file in cache.iterdir()] == [path.name]


def test_a_text_counts_with_its_first_256_tokens(onnx):
    shorter, longer = onnx.embed(["word " * 254, "word " * 254 + "something else"])

    np.testing.assert_allclose(shorter, longer, atol=1e-6)
    assert weights.count_tokens("word " * 1000) == 1000


@pytest.mark.skipif(INSTALLED, reason="the extra sentence-transformers is installed")
def test_an_engine_that_is_not_installed_says_how_to_install_it(monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_EMBEDDING_ENGINE", "sentence-transformers")
    settings.cache_clear()
    embedder.cache_clear()

    with pytest.raises(ConfigurationError, match=r"pip install 'sentence-transformers>=6,<7'"):
        embedder()


@pytest.mark.skipif(not INSTALLED, reason="the extra sentence-transformers is not installed")
def test_both_engines_give_the_same_vectors_under_the_same_id(onnx):
    other = SentenceTransformersEmbedder.load()

    assert (other.model_id, other.dimensions) == (onnx.model_id, onnx.dimensions)
    assert np.abs(other.embed(TEXTS) - onnx.embed(TEXTS)).max() < 1e-5
