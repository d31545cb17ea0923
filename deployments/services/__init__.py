"""The running installation: Prefect server, workers, reconciler and gateway, supervised.

`home` says where things lie, `state` who runs, `stack` what an installation consists of, and
`supervisor` keeps it running.
Nothing here imports Prefect but the entry points that run as processes of their own
(`register`, `worker`), so that `status`, `down` and the start of `demo` stay quick.
"""
