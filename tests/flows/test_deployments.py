import inspect

import pytest
from prefect import Flow
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import load_flow_from_entrypoint

from deployments.services import manifest

ENTRIES = manifest.deployments()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_every_entry_point_is_a_flow_that_takes_the_parameters_of_the_file(entry):
    flow = load_flow_from_entrypoint(entry["entrypoint"], use_placeholder_flow=False)

    assert isinstance(flow, Flow)
    # The reconciler starts `flow/deployment` under one name for both.
    assert flow.name == entry["name"]
    assert set(entry.get("parameters", {})) <= set(inspect.signature(flow.fn).parameters)
    flow.validate_parameters({"source": "a"} | entry.get("parameters", {})) if (
        entry["name"] == "collect-source"
    ) else flow.validate_parameters(entry.get("parameters", {}))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_every_flow_is_async_because_a_synchronous_one_costs_a_second_of_waiting(entry):
    flow = load_flow_from_entrypoint(entry["entrypoint"], use_placeholder_flow=False)

    assert inspect.iscoroutinefunction(flow.fn)


def test_every_deployment_stands_in_a_pool_and_queue_of_the_file():
    for entry in ENTRIES:
        assert entry["work_pool"]["name"] in manifest.pools()
        assert entry["work_pool"]["work_queue_name"] in manifest.queues()


def test_no_deployment_bakes_in_the_directory_of_the_machine_that_registers_it():
    for entry in ENTRIES:
        assert entry["pull"] == []
        assert "/" not in entry["entrypoint"]


def test_the_schedules_are_those_that_were_asked_for():
    schedules = {
        entry["name"]: [schedule["cron"] for schedule in entry["schedules"]]
        for entry in ENTRIES
        if "schedules" in entry
    }

    assert schedules == {
        "document-datacenter": ["0 */6 * * *"],
        "collect-sources": ["30 * * * *"],
        "triage-sweep": ["* * * * *"],
        "reconcile": ["*/10 * * * *"],
        "clean-up": ["0 2 * * *"],
    }
    for cron in (cron for crons in schedules.values() for cron in crons):
        CronSchedule(cron=cron, timezone="UTC")  # refuses what cron does not know


def test_what_a_gpu_helps_is_deployed_on_the_pool_gpu():
    on_gpu = {entry["name"] for entry in ENTRIES if entry["work_pool"]["name"] == "gpu"}

    assert on_gpu == {"write-prose", "embed"}


def test_triage_is_served_before_anything_else():
    queues = manifest.queues()

    assert min(queues, key=queues.__getitem__) == "triage"
    assert set(queues) == {"triage", "remediation", "collection", "documentation", "maintenance"}
