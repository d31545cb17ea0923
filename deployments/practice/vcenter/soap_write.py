"""Write pyVmomi's objects as vCenter does on the wire; several times faster than pyVmomi.

A plan is compiled once a type: for each property its tags and the function that writes its value.
`tests/deployments/practice` holds it to pyVmomi's own serialiser, byte for byte where that matters.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from pyVmomi import Iso8601, VmomiSupport

from deployments.practice.vcenter.types import VERSION

Out = list[str]
Write = Callable[[Out, str, Any], None]

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"'
    ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
)
ENVELOPE_END = "</soapenv:Body></soapenv:Envelope>"


def escape(text: str) -> str:
    """Escape text for element content."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def response(method: str, body: Iterable[str]) -> bytes:
    """Return the envelope of a method's answer around already written XML."""
    start = f'{ENVELOPE}<{method}Response xmlns="urn:vim25">'
    return "".join((start, *body, f"</{method}Response>{ENVELOPE_END}")).encode()


def fault(error: Any, message: str) -> bytes:
    """Return the envelope of a fault; `error` is one of pyVmomi's MethodFault objects."""
    name = wire_name(type(error))
    out: Out = [
        ENVELOPE,
        "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>",
        escape(message),
        f'</faultstring><detail><{name}Fault xmlns="urn:vim25" xsi:type="{name}">',
    ]
    _fields(out, error)
    out.append(f"</{name}Fault></detail></soapenv:Fault>{ENVELOPE_END}")
    return "".join(out).encode()


def wire_name(kind: Any) -> str:
    """Return the type's name on the wire."""
    name: str = VmomiSupport.GetWsdlName(kind)
    return name


def written(tag: str, value: Any, declared: Any) -> str:
    """Return a value as XML under a tag whose declared type is known to the reader."""
    out: Out = []
    _writer(declared)(out, tag, value)
    return "".join(out)


def written_any(tag: str, value: Any, declared: Any) -> str:
    """Return a value as XML that carries its type, for a reader who expects anything."""
    out: Out = []
    if issubclass(declared, list):
        _typed_array(out, tag, value, declared)
    elif issubclass(declared, VmomiSupport.DataObject):
        _data_any(out, tag, value)
    elif declared is object:
        _any(out, tag, value)
    elif issubclass(declared, VmomiSupport.ManagedObject):
        name = wire_name(type(value))
        out.append(
            f'<{tag} type="{name}" xsi:type="ManagedObjectReference">{value._moId}</{tag}>'  # noqa: SLF001
        )
    else:
        inner = f'{tag} xsi:type="{_simple_name(declared)}"'
        _writer(declared)(out, inner, value)
        out[-1] = out[-1].replace(f"</{inner}>", f"</{tag}>")
    return "".join(out)


@cache
def _simple_name(kind: Any) -> str:
    namespace, name = VmomiSupport.GetQualifiedWsdlName(kind)
    return f"xsd:{name}" if namespace == VmomiSupport.XMLNS_XSD else str(name)


def _typed_array(out: Out, tag: str, value: Iterable[Any], declared: Any) -> None:
    item = declared.Item
    if issubclass(item, VmomiSupport.ManagedObject):
        name = "ManagedObjectReference"
    else:
        name = _simple_name(item).removeprefix("xsd:")
    array = "ArrayOfAnyType" if item is object else f"ArrayOf{name[0].upper()}{name[1:]}"
    out.append(f'<{tag} xsi:type="{array}">')
    write = _writer(item)
    for element in value:
        write(out, name, element)
    out.append(f"</{tag}>")


@cache
def _writer(kind: Any) -> Write:
    """Return the function that writes a value declared to be of that type."""
    if issubclass(kind, list):
        return _array(_writer(kind.Item))
    for base, write in _WRITERS:
        if kind is base or issubclass(kind, base):
            return _data(kind) if write is None else write
    return _text


def _array(write: Write) -> Write:
    def run(out: Out, tag: str, value: Any) -> None:
        for element in value:
            write(out, tag, element)

    return run


def _text(out: Out, tag: str, value: Any) -> None:
    out.append(f"<{tag}>{escape(str(value))}</{tag}>")


def _plain(out: Out, tag: str, value: Any) -> None:
    out.append(f"<{tag}>{value}</{tag}>")


def _bool(out: Out, tag: str, value: Any) -> None:
    out.append(f"<{tag}>true</{tag}>" if value else f"<{tag}>false</{tag}>")


def _time(out: Out, tag: str, value: Any) -> None:
    out.append(f"<{tag}>{Iso8601.ISO8601Format(value)}</{tag}>")


def _bytes(out: Out, tag: str, value: Any) -> None:
    out.append(f"<{tag}>{base64.b64encode(value).decode()}</{tag}>")


def _managed(out: Out, tag: str, value: Any) -> None:
    name = wire_name(type(value))
    out.append(f'<{tag} type="{name}">{value._moId}</{tag}>')  # noqa: SLF001


def _type_name(out: Out, tag: str, value: Any) -> None:
    out.append(f"<{tag}>{wire_name(value) if isinstance(value, type) else value}</{tag}>")


def _method_name(out: Out, tag: str, value: Any) -> None:
    out.append(f"<{tag}>{value if isinstance(value, str) else value.info.wsdlName}</{tag}>")


def _data(declared: Any) -> Write:
    faults = issubclass(declared, Exception)

    def run(out: Out, tag: str, value: Any) -> None:
        kind = type(value)
        if faults:
            _localized(out, tag, value)
            return
        if kind is declared:
            out.append(f"<{tag}>")
        else:
            out.append(f'<{tag} xsi:type="{wire_name(kind)}">')
        _fields(out, value)
        out.append(f"</{tag}>")

    return run


def _data_any(out: Out, tag: str, value: Any) -> None:
    if isinstance(value, Exception):
        out.append(f'<{tag} xsi:type="LocalizedMethodFault">')
        _localized_fields(out, value)
    else:
        out.append(f'<{tag} xsi:type="{wire_name(type(value))}">')
        _fields(out, value)
    out.append(f"</{tag}>")


def _localized(out: Out, tag: str, value: Any) -> None:
    out.append(f"<{tag}>")
    _localized_fields(out, value)
    out.append(f"</{tag}>")


def _localized_fields(out: Out, value: Any) -> None:
    out.append(f'<fault xsi:type="{wire_name(type(value))}">')
    _fields(out, value)
    out.append("</fault>")
    _text(out, "localizedMessage", value.msg or "")


def _any(out: Out, tag: str, value: Any) -> None:
    if isinstance(value, VmomiSupport.DataObject):
        _data_any(out, tag, value)
    elif isinstance(value, VmomiSupport.ManagedObject):
        name = wire_name(type(value))
        out.append(
            f'<{tag} type="{name}" xsi:type="ManagedObjectReference">{value._moId}</{tag}>'  # noqa: SLF001
        )
    elif isinstance(value, bool):
        out.append(f'<{tag} xsi:type="xsd:boolean">{str(value).lower()}</{tag}>')
    elif isinstance(value, int):
        out.append(f'<{tag} xsi:type="xsd:int">{value}</{tag}>')
    else:
        out.append(f'<{tag} xsi:type="xsd:string">{escape(str(value))}</{tag}>')


# In order: the first base that fits; None stands for a data object.
_WRITERS: tuple[tuple[Any, Write | None], ...] = (
    (bool, _bool),
    (datetime, _time),
    (VmomiSupport.binary, _bytes),
    (VmomiSupport.ManagedMethod, _method_name),
    (VmomiSupport.PropertyPath, _text),
    (str, _text),
    (int, _plain),
    (float, _plain),
    (VmomiSupport.ManagedObject, _managed),
    (VmomiSupport.DataObject, None),
    (type, _type_name),
    (object, _any),
)


def _fields(out: Out, value: Any) -> None:
    values = value.__dict__
    kind: Any = type(value)
    for name, optional, write in _plan(kind):
        field = values[name]
        if field is None:
            if not optional:
                raise TypeError(f"{type(value).__name__}.{name} is not optional")
            continue
        write(out, name, field)


@cache
def _plan(kind: Any) -> tuple[tuple[str, bool, Write], ...]:
    """Return name, optional and writer of every property of a data type, bases first."""
    return tuple(
        (info.name, bool(info.flags & VmomiSupport.F_OPTIONAL), _link_or(info))
        for info in kind._GetPropertyList()  # noqa: SLF001
        if VmomiSupport.IsChildVersion(VERSION, info.version)
    )


def _link_or(info: Any) -> Write:
    # A link's value is the other object's key, whatever its declared type is.
    return _text if info.flags & VmomiSupport.F_LINK and info.type is str else _writer(info.type)
