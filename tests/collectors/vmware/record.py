"""Records the two-page answer that `test_recorded_pages.py` plays back.

Run by hand: `python tests/collectors/vmware/record.py`. The replies are the practice vCenter's own
bytes for three machines in pages of two, in the order of the calls.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors.vmware import reading, transport
from collectors.vmware.options import read_options
from collectors.vmware.properties import Gaps, Reader
from collectors.vmware.session import connect
from deployments.practice.site import build_site
from deployments.practice.vcenter.server import PracticeVCenter
from models.sources import Source

ANCHOR = datetime(2026, 11, 20, tzinfo=UTC)
FOLDER = Path(__file__).parent.parent / "recordings" / "vmware_two_pages"


class Recording(transport.Transport):
    """Writes each reply to a numbered file before it is decoded."""

    def _decode(self, reply: Any, info: Any) -> Any:
        number = len(list(FOLDER.iterdir())) + 1
        (FOLDER / f"{number}-{info.wsdlName}.xml").write_bytes(reply.body)
        return super()._decode(reply, info)


def main() -> None:
    """Record anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    with PracticeVCenter(build_site(seed=7, vm_count=60, anchor=ANCHOR)) as vcenter:
        with_snapshots = vcenter.control.planted()["snapshot_nested"][0]
        others = [moid for moid in vcenter.control.names() if moid != with_snapshots]
        for moid in others[2:]:
            vcenter.control.remove_vm(moid)
        os.environ["RECORD_PASSWORD"] = vcenter.password
        options = {
            "url": vcenter.url,
            "username": vcenter.username,
            "password_env": "RECORD_PASSWORD",
            "verify_tls": False,
        }
        source = Source(name="recorded", collector="vmware", options=options)
        with connect(read_options(source)) as session:
            reader = Reader(session, page_size=2, gaps=Gaps())
            print(sum(len(page) for page in reader.pages(reading._VMS)), "machines")  # noqa: T201


if __name__ == "__main__":
    from collectors.vmware import session as session_module

    session_module.Transport = Recording
    main()
