"""Serves the gateway on loopback: `python -m deployments.gateway PORT`."""

from __future__ import annotations

import sys

import uvicorn

from deployments.gateway.app import create_app
from deployments.services.ports import LOOPBACK

uvicorn.run(create_app(), host=LOOPBACK, port=int(sys.argv[1]), server_header=False)
