"""Watches of the practice clusters."""

import threading
import time

import pytest
from kubernetes import client, watch

PLACE = "fra1-prod/ConfigMap/shop/web"


def follow(call, count, **options):
    """Return the first events of a watch, with their kinds and names."""
    watching = watch.Watch()
    found = []
    for event in watching.stream(call, timeout_seconds=8, **options):
        found.append((event["type"], event["object"].metadata.name))
        if len(found) == count:
            watching.stop()
    return found


def test_a_watch_tells_what_came_changed_and_went(connect, practice_kubernetes):
    core, control = connect().core, practice_kubernetes.control
    version = core.list_namespaced_config_map("shop").metadata.resource_version

    def change():
        new = {"metadata": {**control.get(PLACE)["metadata"], "name": "new"}, "data": {}}
        control.put("fra1-prod", "ConfigMap", new)
        control.merge("fra1-prod/ConfigMap/shop/new", {"data": {"a": "b"}})
        control.remove("fra1-prod/ConfigMap/shop/new")

    timer = threading.Timer(0.2, change)
    timer.start()
    call = core.list_namespaced_config_map
    found = follow(call, 3, namespace="shop", resource_version=version)
    assert found == [("ADDED", "new"), ("MODIFIED", "new"), ("DELETED", "new")]


def test_a_watch_without_a_version_begins_with_what_is_there(connect):
    core = connect().core
    names = {one.metadata.name for one in core.list_node().items}
    found = follow(core.list_node, len(names))
    assert set(found) == {("ADDED", name) for name in names}


def test_a_watch_from_the_first_version_replays_what_was_added(connect):
    core = connect().core
    names = {one.metadata.name for one in core.list_node().items}
    assert set(follow(core.list_node, len(names), resource_version="1")) == {
        ("ADDED", name) for name in names
    }


def test_a_watch_ends_when_its_time_is_over(connect):
    core = connect().core
    version = core.list_node().metadata.resource_version
    began = time.monotonic()
    stream = watch.Watch().stream(core.list_node, resource_version=version, timeout_seconds=1)
    assert list(stream) == []
    assert time.monotonic() - began >= 0.9


def test_bookmarks_carry_the_newest_version(connect, practice_kubernetes):
    core = connect().core
    version = core.list_node().metadata.resource_version
    practice_kubernetes.control.touch("fra1-prod")
    stream = watch.Watch().stream(
        core.list_secret_for_all_namespaces,
        resource_version=version,
        timeout_seconds=2,
        allow_watch_bookmarks=True,
    )
    versions = [
        int(event["raw_object"]["metadata"]["resourceVersion"])
        for event in stream
        if event["type"] == "BOOKMARK"
    ]
    assert versions[-1] > int(version)


def test_a_watch_from_before_the_compaction_is_410(connect, practice_kubernetes):
    core = connect().core
    version = core.list_node().metadata.resource_version
    practice_kubernetes.control.touch("fra1-prod")
    practice_kubernetes.control.compact("nodes")
    stream = watch.Watch().stream(core.list_node, resource_version=version, timeout_seconds=2)
    with pytest.raises(client.ApiException) as caught:
        list(stream)
    assert caught.value.status == 410


def test_what_no_longer_matches_a_selector_is_told_as_deleted(connect, practice_kubernetes):
    core, control = connect().core, practice_kubernetes.control
    control.merge(PLACE, {"metadata": {"labels": {"colour": "red"}}})
    patch = {"metadata": {"labels": {"colour": "blue"}}}
    timer = threading.Timer(0.3, control.merge, (PLACE, patch))
    timer.start()
    call = core.list_namespaced_config_map
    found = follow(call, 2, namespace="shop", label_selector="colour=red")
    assert found == [("ADDED", "web"), ("DELETED", "web")]
