"""Storage classes, volumes and claims: where bytes are, and no secret of a driver."""

import pytest

from tests.collectors.kubernetes.conftest import meta, objects


class TestStorage:
    CLASSES = "/apis/storage.k8s.io/v1/storageclasses"

    def test_parameters_that_speak_of_secrets_are_left_out(self, one):
        item = {
            "metadata": meta(
                "fast", annotations={"storageclass.kubernetes.io/is-default-class": "true"}
            ),
            "provisioner": "csi.example",
            "parameters": {
                "type": "ssd",
                "restuserkey": "canary",
                "adminPassword": "canary",
                "csi.storage.k8s.io/provisioner-secret-name": "canary",
                "url": "https://me:canary@storage.example",
            },
        }

        found = one("storage_class", self.CLASSES, item)

        assert dict(found.parameters) == {
            "type": "ssd",
            "url": "https://[redacted]@storage.example",
        }
        assert found.default is True

    @pytest.mark.parametrize(
        ("backend", "said", "wanted"),
        [
            (
                "csi",
                {"csi": {"driver": "d", "volumeHandle": "h", "volumeAttributes": {"a": "1"}}},
                {"driver": "d", "handle": "h", "volume_attributes": (("a", "1"),)},
            ),
            ("nfs", {"nfs": {"server": "s", "path": "/p"}}, {"server": "s", "path": "/p"}),
            (
                "vsphere",
                {"vsphereVolume": {"volumePath": "[ds] a/b.vmdk"}},
                {"path": "[ds] a/b.vmdk"},
            ),
            (
                "iscsi",
                {"iscsi": {"targetPortal": "10.0.0.9:3260", "iqn": "iqn.x", "lun": 0}},
                {"server": "10.0.0.9:3260", "handle": "iqn.x:0"},
            ),
            ("fc", {"fc": {"wwids": ["3600"]}}, {"handle": "3600"}),
            ("local", {"local": {"path": "/d"}}, {"path": "/d"}),
            ("host_path", {"hostPath": {"path": "/h"}}, {"path": "/h"}),
            ("other", {"rbd": {"image": "x"}}, {"path": None, "driver": None}),
        ],
    )
    def test_a_volume_says_where_its_bytes_are(self, one, backend, said, wanted):
        spec = {"capacity": {"storage": "10Gi"}, "claimRef": {"namespace": "n", "name": "c"}}
        item = {"metadata": meta("pv"), "spec": {**spec, **said}, "status": {"phase": "Bound"}}

        found = one("pv", "/api/v1/persistentvolumes", item)

        assert (found.backend, found.capacity_mib, found.claim) == (backend, 10240, "n/c")
        assert {name: getattr(found, name) for name in wanted} == wanted

    def test_claims_volumes_and_classes_refer_to_each_other_by_key(self, api, read):
        api.say(self.CLASSES, objects({"metadata": meta("fast")}))
        volume = {"metadata": meta("pv-1"), "spec": {"storageClassName": "fast"}}
        api.say("/api/v1/persistentvolumes", objects(volume))
        claims = [
            {"metadata": meta("data", "shop"), "spec": {"volumeName": "pv-1"}},
            {"metadata": meta("lost", "shop"), "spec": {"volumeName": "pv-gone"}},
        ]
        api.say("/api/v1/persistentvolumeclaims", objects(*claims))

        records, _, _ = read()

        assert [one.storage_class_id for one in records["pv"].values()] == ["uid-cluster-fast"]
        assert [one.volume for one in records["pvc"].values()] == ["uid-cluster-pv-1", None]
