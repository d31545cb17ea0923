"""The documents that there are, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from generators.documents import changes, domains, overview, virtualization
from generators.documents.facts import Facts
from generators.documents.kubernetes import document as kubernetes
from generators.documents.network import document as network
from generators.documents.section import Document
from models.errors import WrongUse

DOCUMENTS: dict[str, Callable[[Facts], Document]] = {
    overview.NAME: overview.overview,
    domains.VIRTUALIZATION.document: virtualization.virtualization,
    domains.KUBERNETES.document: kubernetes.kubernetes,
    domains.NETWORK.document: network.network,
    changes.NAME: changes.changes,
}


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names asked for in the documents' order, or all for none.

    Raises:
        WrongUse: One is no document; the message lists them.
    """
    for name in names:
        if name not in DOCUMENTS:
            raise WrongUse(f"no document is called {name!r}; there are {', '.join(DOCUMENTS)}")
    return tuple(name for name in DOCUMENTS if not names or name in names)
