"""Config maps and secrets: metadata only, in every form that a server may answer in."""

from datetime import UTC, datetime

import pytest

from tests.collectors.kubernetes.conftest import meta, objects

SECRETS = "/api/v1/secrets"
CERTIFICATES = "/apis/cert-manager.io/v1/certificates"
PLAIN = {
    "kind": "SecretList",
    "items": [{"metadata": meta("tls", "shop"), "type": "Opaque", "data": {"k": "Y2FuYXJ5"}}],
}


def a_table(*rows, token=None, columns=("Name", "Type", "Data", "Age")):
    return {
        "kind": "Table",
        "metadata": {"continue": token} if token else {},
        "columnDefinitions": [{"name": name, "type": "string"} for name in columns],
        "rows": [
            {"cells": cells, "object": {"kind": "PartialObjectMetadata", "metadata": found}}
            for found, cells in rows
        ],
    }


def a_secret(name="tls", type_="Opaque", count=2, **more):
    return meta(name, "shop", **more), [name, type_, count, "5d"]


def test_a_table_tells_type_and_number_of_keys(api, read):
    api.say(SECRETS, a_table(a_secret(), token="next"), a_table(a_secret("db", count="3")))

    records, _, covered = read()

    found = {one.name: (one.type, one.key_count) for one in records["secret"].values()}
    assert found == {"tls": ("Opaque", 2), "db": ("Opaque", 3)}
    assert "secret" in covered


def test_nothing_but_metadata_is_asked_for(api, read):
    api.say(SECRETS, (406, {}))

    read()

    forms = [headers["Accept"] for _, path, _, headers in api.requests if path == SECRETS]
    assert ["Table" in form for form in forms] == [True, False]
    assert all("as=" in form and "," not in form for form in forms)


def test_a_server_without_tables_still_tells_the_names(api, read):
    partial = {"kind": "PartialObjectMetadataList", "items": [{"metadata": meta("tls", "shop")}]}
    api.say(SECRETS, (406, {}), partial)

    records, _, covered = read()

    (found,) = records["secret"].values()
    assert (found.name, found.type, found.key_count) == ("tls", None, None)
    assert "secret" in covered


@pytest.mark.parametrize("answer", [(200, PLAIN), (406, {}), (415, {})])
def test_a_server_that_would_send_contents_is_a_gap(api, read, answer):
    api.say(SECRETS, answer)

    records, gaps, covered = read()

    assert records["secret"] == {}
    assert "secret" not in covered
    (gap,) = [gap for gap in gaps if gap.kind == "secret"]
    assert (gap.field, gap.reason) == ("*", "the server does not send its metadata alone")


def test_of_annotations_only_the_keys_are_known(api, read):
    copied = {
        "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"k":"canary"}}',
        "kubernetes.io/service-account.name": "builder",
        "cert-manager.io/certificate-name": "a name? canary password!",
    }
    api.say(SECRETS, a_table(a_secret(annotations=copied)))

    records, _, _ = read()

    (found,) = records["secret"].values()
    assert dict(found.annotations) == {
        "kubectl.kubernetes.io/last-applied-configuration": "",
        "kubernetes.io/service-account.name": "builder",
        "cert-manager.io/certificate-name": "",
    }


class TestCertificates:
    def test_cert_manager_knows_until_when_one_holds(self, api, read):
        api.say(SECRETS, a_table(a_secret()))
        certificate = {
            "metadata": meta("web", "shop"),
            "spec": {"secretName": "tls"},
            "status": {"notAfter": "2027-01-02T03:04:05Z"},
        }
        api.say(CERTIFICATES, objects(certificate))

        records, _, _ = read()

        (found,) = records["secret"].values()
        assert found.certificate_not_after == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert found.certificate_source == "cert-manager"

    @pytest.mark.parametrize(
        "key", ["auth.openshift.io/certificate-not-after", "service.beta.openshift.io/expiry"]
    )
    def test_openshift_says_it_in_an_annotation(self, api, read, key):
        api.say(SECRETS, a_table(a_secret(annotations={key: "2027-01-02T03:04:05Z"})))

        records, _, _ = read()

        (found,) = records["secret"].values()
        assert found.certificate_not_after == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert found.certificate_source == f"annotation {key}"

    def test_a_cluster_without_cert_manager_lacks_nothing(self, api, read):
        api.say(CERTIFICATES, (404, {}))
        api.say("/apis/cert-manager.io/v1", (404, {}))

        _, gaps, _ = read()

        assert not [gap for gap in gaps if gap.kind == "secret"]

    @pytest.mark.parametrize(
        ("answer", "says"),
        [
            ((403, {}), "not permitted"),
            ((503, {}), "cert-manager.io/v1 does not answer: HTTP 503"),
            ((200, b"<html>"), "cert-manager.io/v1 does not answer"),
        ],
    )
    def test_certificates_that_cannot_be_read_leave_the_secrets_covered(
        self, api, read, answer, says, monkeypatch
    ):
        monkeypatch.setattr("collectors.kubernetes.transport._FIRST_WAIT_SECONDS", 0.001)
        api.say(CERTIFICATES, answer)

        _, gaps, covered = read()

        (gap,) = [gap for gap in gaps if gap.kind == "secret"]
        assert gap.field == "certificate_not_after"
        assert gap.reason.startswith(says)
        assert "secret" in covered
