"""One file a sender: `NAME.py` with an `ADAPTER` that is registered, or a mapping `NAME.toml`.

A sender whose payload says each thing in one place needs a mapping alone, written as
`collectors.alerts.mapped` tells; it is found by its file's name. Code is registered in pyproject
under `nightshift.alert_adapters`, by outside packages too.
"""
