import pytest

from tests.tasks.alerts.extraction.examples import EXAMPLES, known, ownership, scored

ENTITIES, OWNERSHIP = known(), ownership()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["title"][:60])
def test_what_an_alert_says_is_read(example):
    found = {name: (said, right) for name, said, right in scored(example, ENTITIES, OWNERSHIP)}

    assert {name: said for name, (said, _) in found.items()} == {
        name: right for name, (_, right) in found.items()
    }
