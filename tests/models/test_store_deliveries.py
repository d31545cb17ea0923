"""Deliveries end as exactly one of four, are claimed once, and their counts always balance."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest

from models.errors import Busy, WrongUse
from models.records.delivery import Incoming, Stored
from models.store import deliveries, transaction
from models.store.link import open_link

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def an_incoming(number: int = 1, **changes) -> Incoming:
    values = {
        "vendor": "datadog",
        "fingerprint": number.to_bytes(16, "big"),
        "body": b'{"number": %d}' % number,
        "received_at": NOW + timedelta(microseconds=number),
    }
    return Incoming(**{**values, **changes})


def asked(what, *arguments):
    """Run one of the statements of the gateway's event loop."""

    async def run():
        link = await open_link()
        try:
            return await what(link, *arguments)
        finally:
            link.close()

    return asyncio.run(run())


def add(*batch: Incoming, rejections=None):
    return asked(deliveries.add_batch, batch, rejections or {})


def counts() -> dict[str, int]:
    with transaction() as conn:
        return deliveries.counts(conn)


def claim(limit: int = 10, lease_seconds: float = 60, holder: str = "a"):
    with transaction() as conn:
        return deliveries.claim_batch(conn, limit, lease_seconds, holder)


def finish(ids, holder: str = "a", dead=None):
    with transaction() as conn:
        deliveries.finish(conn, ids, holder, dead or {})


def test_a_batch_is_stored_and_counted_with_copies_and_rejections(database):
    first = add(an_incoming(1), an_incoming(2, copies=3), an_incoming(3, dead="no known shape"))
    again = add(an_incoming(2), an_incoming(4), rejections={("datadog", "signature"): 7})

    assert [one.fresh for one in first.values()] == [True, True, True]
    assert [one.fresh for one in again.values()] == [False, True]
    assert again["datadog", an_incoming(2).fingerprint].id == (
        first["datadog", an_incoming(2).fingerprint].id
    )
    assert counts() == {
        "received": 15,
        "accepted": 3,
        "duplicate": 4,
        "rejected": 7,
        "dead_letter": 1,
    }


def test_each_of_a_batch_is_told_its_own_place_whatever_their_order(database):
    vendors = ["zabbix", "Zabbix", "sns", "\u00e4rger", "datadog"]
    batch = [an_incoming(n, vendor=vendor) for vendor in vendors for n in (200, 3, 77)]
    known = add(*batch[4:9:2])

    told = add(*batch)

    assert [told[one[:2]].fresh for one in batch] == [n not in (4, 6, 8) for n in range(15)]
    assert {key: where.id for key, where in known.items()}.items() <= {
        key: where.id for key, where in told.items()
    }.items()
    with transaction() as conn:
        rows = conn.execute("SELECT vendor, fingerprint, id FROM deliveries").fetchall()
    assert {(vendor, bytes(mark)): at for vendor, mark, at in rows} == {
        key: where.id for key, where in told.items()
    }


def test_the_same_fingerprint_of_another_vendor_is_another_delivery(database):
    add(an_incoming(1), an_incoming(1, vendor="sentry"))

    assert counts()["accepted"] == 2


def test_bodies_of_any_bytes_come_back_as_they_were(database):
    bodies = [b"", b"\x00\xff\\x41", b'{"a": "\\u0000"}', "\u2028\U0001f600".encode()]
    add(*(an_incoming(n, body=body) for n, body in enumerate(bodies)))

    assert [one.body for one in claim()] == bodies


def test_a_claim_takes_the_oldest_first_and_nobody_else_gets_them(database):
    add(*(an_incoming(n) for n in range(5)))

    first, second, third = claim(3, holder="a"), claim(3, holder="b"), claim(3, holder="c")

    assert [len(first), len(second), len(third)] == [3, 2, 0]
    assert [one.id for one in [*first, *second]] == [1, 2, 3, 4, 5]


def test_a_claim_passes_over_what_another_transaction_is_claiming(database):
    add(*(an_incoming(n) for n in range(4)))

    with transaction() as one, transaction() as other:
        first = deliveries.claim_batch(one, 2, 60, "a")
        second = deliveries.claim_batch(other, 4, 60, "b")

    assert {d.id for d in first}.isdisjoint({d.id for d in second})
    assert len(first) + len(second) == 4


def test_dead_letters_of_the_gateway_are_not_claimed(database):
    add(an_incoming(1, dead="no known shape"))

    assert claim() == []


def test_what_a_dead_holder_left_is_claimed_again_and_the_late_holder_is_refused(database):
    add(an_incoming(1))
    claim(lease_seconds=-1, holder="dead")

    (again,) = claim(holder="next")

    assert again.attempts == 2
    with pytest.raises(Busy):
        finish([again.id], holder="dead")
    finish([again.id], holder="next")
    assert claim() == []


def test_what_kills_its_holder_each_time_becomes_a_dead_letter(database):
    add(an_incoming(1))
    for _ in range(deliveries.MOST_ATTEMPTS):
        assert claim(lease_seconds=-1)

    assert claim() == []
    with transaction() as conn:
        (dead,) = deliveries.dead_letters(conn)
    assert dead.reason == "given up after 5 attempts"
    assert (counts()["accepted"], counts()["dead_letter"]) == (0, 1)


def test_what_triage_cannot_read_moves_to_the_dead_letters_with_its_count(database):
    add(an_incoming(1), an_incoming(2))
    one, other = claim()

    finish([one.id, other.id], dead={other.id: "alerts is no list"})

    assert counts() == {
        "received": 2,
        "accepted": 1,
        "duplicate": 0,
        "rejected": 0,
        "dead_letter": 1,
    }
    with transaction() as conn:
        (dead,) = deliveries.dead_letters(conn)
        assert deliveries.waiting(conn) == 0
    assert (dead.id, dead.reason) == (other.id, "alerts is no list")
    assert dead.sha256 == sha256(other.body).hexdigest()


def test_a_transaction_that_fails_leaves_claim_and_counts_as_they_were(database):
    add(an_incoming(1))
    (one,) = claim()

    with transaction() as conn:
        deliveries.finish(conn, [one.id], "a", {one.id: "unreadable"})
        raise psycopg.Rollback

    assert counts()["accepted"] == 1
    finish([one.id])


def test_a_redelivered_dead_letter_waits_again_and_its_count_moves_back(database):
    stored = add(an_incoming(1, dead="no known shape"))
    (found,) = stored.values()

    with transaction() as conn:
        deliveries.redeliver(conn, found.id)

    assert [one.id for one in claim()] == [found.id]
    assert (counts()["accepted"], counts()["dead_letter"]) == (1, 0)
    with transaction() as conn, pytest.raises(WrongUse, match="nightshift alerts dead-letters"):
        deliveries.redeliver(conn, found.id)


def test_what_is_given_back_is_claimed_at_once(database):
    add(an_incoming(1))
    claim(holder="a")

    with transaction() as conn:
        deliveries.release(conn, [1], "a")

    assert [one.id for one in claim(holder="b")] == [1]


def test_whether_a_batch_was_committed_can_be_asked_later(database):
    (made,) = add(an_incoming(1)).values()
    later = an_incoming(1, received_at=NOW + timedelta(seconds=5))
    key = ("datadog", an_incoming(1).fingerprint)

    assert asked(deliveries.find_batch, [an_incoming(1)]) == {key: made}
    assert asked(deliveries.find_batch, [later, an_incoming(2)]) == {}
    add(later)
    assert asked(deliveries.find_batch, [later]) == {key: Stored(id=made.id, fresh=False)}


def test_rejections_are_counted_without_a_batch(database):
    asked(deliveries.add_rejections, {("datadog", "signature"): 2, ("other", "signature"): 1})
    asked(deliveries.add_rejections, {("datadog", "signature"): 1})

    assert counts()["rejected"] == 4


def test_old_deliveries_are_deleted_once_they_ended(database):
    old = NOW - timedelta(days=400)
    add(an_incoming(1, received_at=old), an_incoming(2, received_at=old, dead="no known shape"))

    with transaction() as conn:
        assert deliveries.delete_old(conn, 30) == 1
        assert deliveries.waiting(conn) == 1
    assert counts()["received"] == 2
