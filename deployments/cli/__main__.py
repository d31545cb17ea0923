"""`python -m deployments.cli`, for processes of ours that must not depend on a script's path."""

from __future__ import annotations

from deployments.cli.app import main

main()
