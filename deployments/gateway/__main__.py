"""Serves the gateway on loopback: `python -m deployments.gateway PORT`."""

from __future__ import annotations

import logging
import sys

from deployments.gateway.app import create_app
from deployments.gateway.server import serve
from deployments.services.ports import LOOPBACK
from models.errors import NightshiftError


def main(port: int) -> int:
    """Serve until told to end; returns the exit status of what kept it from starting."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        app = create_app()
    except NightshiftError as error:
        sys.stderr.write(f"nightshift: {error}\n")
        return error.exit_status
    serve(app, LOOPBACK, port)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
