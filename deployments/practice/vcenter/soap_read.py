"""Read a SOAP request: which method, on which object, with which arguments, by pyVmomi's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from pyVmomi import VmomiSupport
from pyVmomi.SoapAdapter import NS_SEP, SetHandlers, SoapDeserializer

NAMESPACE = "urn:vim25"
ENVELOPE_DEPTH = 2  # Envelope and Body stand around the method


class BadRequest(Exception):
    """The body is no SOAP request that we can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call; arguments that were not sent are None."""

    method: str
    kind: str
    moid: str
    arguments: dict[str, Any]


def read_request(body: bytes) -> Request:
    """Parse a request.

    Raises:
        BadRequest: not XML, not an envelope, no such method, or arguments of a wrong type.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)  # noqa: FBT003 - expat's own signature
    except (ExpatError, TypeError, AttributeError, KeyError, ValueError) as error:
        raise BadRequest(f"{type(error).__name__}: {error}") from error
    if reader.method is None or reader.this is None:
        raise BadRequest("no method in the envelope's body")
    return Request(
        method=reader.method,
        kind=reader.this[0],
        moid=reader.this[1],
        arguments=reader.collected(),
    )


class _Reader:
    """Expat handlers; each argument is handed over to pyVmomi's deserialiser."""

    def __init__(self) -> None:
        self.parser = ParserCreate(namespace_separator=NS_SEP)
        self.parser.buffer_text = True
        self.method: str | None = None
        self.this: tuple[str, str] | None = None
        self._params: dict[str, Any] = {}
        self._values: list[tuple[str, SoapDeserializer]] = []
        self._namespaces: dict[str | None, list[str]] = {}
        self._depth = 0
        self._in_body = False
        self._this_kind: str | None = None
        self._text = ""
        SetHandlers(
            self.parser, (self.start, self.end, self.characters, self.declare, self.undeclare)
        )

    def declare(self, prefix: str | None, uri: str) -> None:
        self._namespaces.setdefault(prefix, []).append(uri)

    def undeclare(self, prefix: str | None) -> None:
        self._namespaces[prefix].pop()

    def characters(self, text: str) -> None:
        self._text += text

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(NS_SEP)[2]
        self._text = ""
        self._depth += 1
        if name == "Body":
            self._in_body = True
        elif self._in_body and self.method is None:
            self.method = name
            self._params = _parameters(name)
        elif name == "_this":
            self._this_kind = attributes["type"].rpartition(":")[2]
        elif self.method is not None:
            self._argument(name, tag, attributes)

    def _argument(self, name: str, tag: str, attributes: dict[str, str]) -> None:
        declared = self._params[name]
        deserializer = SoapDeserializer()
        item = declared.Item if issubclass(declared, list) else declared
        deserializer.Deserialize(self.parser, item, nsMap=self._namespaces)
        self._values.append((name, deserializer))
        self._depth -= 1  # the deserialiser takes the end tag
        deserializer.StartElementHandler(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._this_kind is not None and self.this is None and tag.endswith("_this"):
            self.this = (self._this_kind, self._text)

    def collected(self) -> dict[str, Any]:
        """Return every parameter by name; repeated elements make a list."""
        found: dict[str, Any] = {
            name: [] if issubclass(declared, list) else None
            for name, declared in self._params.items()
        }
        for name, deserializer in self._values:
            value = deserializer.GetResult()
            if issubclass(self._params[name], list):
                found[name].append(value)
            else:
                found[name] = value
        return found


def _parameters(method: str) -> dict[str, Any]:
    if method == "Fetch":  # how pyVmomi reads one property of one object
        return {"prop": str}
    info = VmomiSupport.GetWsdlMethod(NAMESPACE, method).info
    return {param.name: param.type for param in info.params}


def method_result(method: str) -> Any:
    """Return the declared type of a method's result, NoneType for none."""
    return VmomiSupport.GetWsdlMethod(NAMESPACE, method).info.result
