"""What runs in the practice datacenter: applications with their tiers, and guest systems."""

from __future__ import annotations

# application, tiers
APPLICATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("shop", ("web", "app", "db", "cache")),
    ("erp", ("app", "db", "batch")),
    ("crm", ("web", "app", "db")),
    ("billing", ("app", "db", "queue")),
    ("dwh", ("etl", "db", "report")),
    ("hr", ("web", "db")),
    ("wiki", ("web", "db")),
    ("mail", ("edge", "store")),
    ("git", ("web", "runner")),
    ("ci", ("ctl", "agent")),
    ("mon", ("prom", "graf", "log")),
    ("k8s", ("cp", "worker")),
    ("iam", ("web", "db")),
    ("file", ("srv",)),
    ("print", ("srv",)),
    ("backup", ("proxy",)),
    ("dns", ("srv",)),
    ("ad", ("dc",)),
    ("vpn", ("gw",)),
    ("scan", ("srv",)),
)
INFRASTRUCTURE = {"mon", "iam", "backup", "dns", "ad", "vpn", "scan"}
DATABASE_TIERS = {"db", "store", "etl"}
WEB_TIERS = {"web", "edge", "gw"}
WINDOWS_APPLICATIONS = {"ad", "file", "print", "erp", "hr"}

# guest id, name as configured, hardware version weight
LINUX = (
    ("ubuntu64Guest", "Ubuntu Linux (64-bit)"),
    ("rhel9_64Guest", "Red Hat Enterprise Linux 9 (64-bit)"),
    ("debian12_64Guest", "Debian GNU/Linux 12 (64-bit)"),
    ("sles15_64Guest", "SUSE Linux Enterprise 15 (64-bit)"),
    ("rockylinux_64Guest", "Rocky Linux (64-bit)"),
)
LINUX_WEIGHTS = (8, 6, 4, 1, 2)
WINDOWS = (
    ("windows2019srvNext_64Guest", "Microsoft Windows Server 2022 (64-bit)"),
    ("windows2019srv_64Guest", "Microsoft Windows Server 2019 (64-bit)"),
    ("windows9Server64Guest", "Microsoft Windows Server 2016 (64-bit)"),
)
WINDOWS_WEIGHTS = (5, 4, 1)

# CPUs, memory in GiB; the second list is for databases.
SIZES = ((1, 2), (2, 4), (2, 8), (4, 8), (4, 16), (8, 32))
SIZE_WEIGHTS = (2, 6, 8, 6, 4, 1)
DATABASE_SIZES = ((4, 16), (8, 32), (8, 64), (16, 128))
DATABASE_WEIGHTS = (5, 6, 3, 1)

OWNERS = ("payments", "platform", "retail", "finance", "people", "data", "office-it")
NOTES = (
    "Owner: team {owner}. Restart only in the maintenance window, Sunday 02:00-04:00.",
    "Managed by configuration management, team {owner}. Do not change by hand.",
    "Team {owner}; runbook in the wiki under {app}.",
    "",
    "",
)
