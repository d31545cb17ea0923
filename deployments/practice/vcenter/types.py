"""Fast construction of pyVmomi's data objects, and what their definitions say about a property.

pyVmomi's own constructors check every field, at about 20 microseconds an object; a test checks the
same fields once for all shapes that we build, so that serving need not.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pyVmomi import VmomiSupport, vim, vmodl

VERSION = "vim.version.v8_0_3_0"
API_VERSION = "8.0.3.0"

__all__ = [
    "API_VERSION",
    "VERSION",
    "Missing",
    "data",
    "property_info",
    "reference",
    "vim",
    "vmodl",
]


class Missing(Exception):
    """No property of that name."""


def data(kind: Any, **values: Any) -> Any:
    """Build a data object of pyVmomi's type `kind`, unchecked; lists may be plain ones."""
    built = kind.__new__(kind)
    fields = built.__dict__
    fields.update(_defaults(kind))
    fields.update(values)
    return built


@cache
def _defaults(kind: Any) -> dict[str, Any]:
    return dict(kind().__dict__)


@cache
def _managed(kind: str) -> Any:
    return VmomiSupport.GetWsdlType("urn:vim25", kind)


def reference(kind: str, moid: str) -> Any:
    """Build a reference to a managed object by its WSDL type, such as HostSystem."""
    return _managed(kind)(moid)


@cache
def property_info(kind: Any, name: str) -> Any:
    """Return pyVmomi's definition of a property as our API version has it.

    Raises:
        Missing: the type has no such property in this version.
    """
    try:
        info = kind._GetPropertyInfo(name)  # noqa: SLF001 - "public, officially supported" there
    except AttributeError as error:
        raise Missing(name) from error
    if not VmomiSupport.IsChildVersion(VERSION, info.version):
        raise Missing(name)
    return info
