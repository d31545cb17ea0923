"""Whatever a server sends: facts, gaps or an unexpected reply, and nothing else."""

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import fields

from collectors.kubernetes import (
    resources,
    shapes,
    shapes_cluster,
    shapes_feed,
    shapes_pod,
    shapes_traffic,
    shapes_workload,
)
from collectors.kubernetes.gaps import Gaps
from collectors.kubernetes.lists import Lists
from collectors.kubernetes.options import Options
from collectors.kubernetes.reading import Reading
from collectors.kubernetes.shapes import Shape
from models.errors import UnexpectedReply
from models.records.asset import observe
from tests.collectors.kubernetes.conftest import USUAL

_MODULES = (
    shapes,
    shapes_cluster,
    shapes_feed,
    shapes_pod,
    shapes_traffic,
    shapes_workload,
)
SHAPES = {
    found
    for module in _MODULES
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Shape)
}
KEYS = sorted({field.encode_name for shape in SHAPES for field in fields(shape)})
TEXTS = st.text(max_size=20) | st.sampled_from(
    ["True", "False", "Ready", "1Gi", "-5", "2026-01-01T00:00:00Z", "Deployment", "\x00", "10%"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | TEXTS, inner, max_size=5)
    ),
    max_leaves=25,
)
OBJECTS = st.fixed_dictionaries(
    {"metadata": st.just({"name": "web", "uid": "uid", "namespace": "shop"})},
    optional={"spec": VALUES, "status": VALUES, "rules": VALUES, "involvedObject": VALUES},
)
LISTS = st.fixed_dictionaries({"items": st.lists(OBJECTS, max_size=2)}) | VALUES
TABLES = st.fixed_dictionaries(
    {"kind": st.just("Table"), "columnDefinitions": VALUES, "rows": VALUES}
)
BODIES = st.binary(max_size=50) | (LISTS | TABLES).map(msgspec.json.encode)


class Answering:
    """In place of the transport: the usual answers for the cluster, one body for all else."""

    address = server = "api.example"

    def __init__(self, body):
        self._body = body

    def get(self, path, query=None, accept=""):
        return msgspec.json.encode(USUAL[path]) if path in USUAL else self._body


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES, namespaces=st.sampled_from([None, ("shop",)]))
def test_any_reply_gives_facts_that_can_be_stored_or_an_unexpected_reply(body, namespaces):
    options = Options(name="prod", namespaces=namespaces)
    reading = Reading("prod", Answering(body), options, Gaps(), {})
    try:
        records = [record for batch in reading.batches() for record in batch.records]
    except UnexpectedReply:
        return
    for record in records:
        seen = observe("prod", record)
        assert b"\\u0000" not in seen.attributes + seen.volatile


def test_no_shape_declares_what_holds_secrets():
    holding = {"value", "command", "args", "data", "stringData", "binaryData"}

    declared = {
        shape for shape in SHAPES for field in fields(shape) if field.encode_name in holding
    }

    assert declared == {shapes_cluster.TaintItem}  # a taint's value is a label's


def test_an_object_with_a_number_that_no_database_holds_is_left_out():
    item = b'{"metadata": {"name": "a", "uid": "u"}, "spec": {"replicas": 99999999999999999999}}'
    gaps = Gaps()
    lists = Lists(Answering(b'{"items": [' + item + b"]}"), Options(name="prod"), gaps)

    assert [one for page in lists.kind("deployment", resources.DEPLOYMENTS) for one in page] == []
    assert gaps.uncovered == {"deployment"}
