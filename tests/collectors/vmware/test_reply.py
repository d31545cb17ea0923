"""Replies of the property collector become plain values. All replies here are made by hand."""

import pytest

from collectors.vmware.reply import CutOff, Malformed, Missing, Page, Seen, read_page, read_values

METHOD = "RetrievePropertiesEx"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
    '<{method}Response xmlns="urn:vim25">{inner}</{method}Response>'
    "</soapenv:Body></soapenv:Envelope>"
)


def envelope(inner, method=METHOD):
    return ENVELOPE.format(method=method, inner=inner).encode()


def values(*properties):
    """Read one machine with those properties and return them by name."""
    inner = "".join(f"<propSet><name>{name}</name>{val}</propSet>" for name, val in properties)
    body = f'<objects><obj type="VirtualMachine">vm-1</obj>{inner}</objects>'
    page = read_page(read_values(envelope(f"<returnval>{body}</returnval>"), METHOD))
    return page.objects[0].properties


def test_an_object_has_its_type_its_id_and_its_properties():
    reply = envelope(
        "<returnval><token>7</token>"
        '<objects><obj type="HostSystem" xsi:type="ManagedObjectReference">host-1</obj>'
        '<propSet><name>name</name><val xsi:type="xsd:string">esx01</val></propSet></objects>'
        "</returnval>"
    )

    page = read_page(read_values(reply, METHOD))

    seen = Seen(type="HostSystem", moid="host-1", properties={"name": "esx01"})
    assert page == Page(objects=[seen], token="7")


def test_a_reply_without_any_object_is_an_empty_page():
    assert read_page(read_values(envelope(""), METHOD)) == Page()


def test_arrays_are_lists_however_many_items_they_hold():
    array = '<val xsi:type="ArrayOfManagedObjectReference">{}</val>'
    item = '<ManagedObjectReference type="Datastore">datastore-{}</ManagedObjectReference>'

    found = values(
        ("none", array.format("")),
        ("one", array.format(item.format(1))),
        ("two", array.format(item.format(1) + item.format(2))),
    )

    assert found == {"none": [], "one": ["datastore-1"], "two": ["datastore-1", "datastore-2"]}


def test_a_data_object_names_its_type_and_collects_what_repeats():
    found = values(
        (
            "config.backing",
            '<val xsi:type="ns2:VirtualDiskFlatVer2BackingInfo">'
            '<key>1</key><key>2</key><parent xsi:type="Empty"/><note></note></val>',
        )
    )

    assert found["config.backing"] == {
        "xsi:type": "VirtualDiskFlatVer2BackingInfo",
        "key": ["1", "2"],
        "parent": {"xsi:type": "Empty"},
        "note": "",
    }


def test_what_was_refused_says_which_privilege_is_missing():
    missing = (
        "<missingSet><path>config.option</path><fault>"
        '<fault xsi:type="NoPermission"><object type="HostSystem">host-1</object>'
        "<privilegeId>Host.Config.Settings</privilegeId></fault>"
        "<localizedMessage>Permission denied</localizedMessage></fault></missingSet>"
    )
    body = f'<objects><obj type="HostSystem">host-1</obj>{missing}</objects>'

    page = read_page(read_values(envelope(f"<returnval>{body}</returnval>"), METHOD))

    refused = Missing(
        path="config.option", reason="not permitted", privilege="Host.Config.Settings"
    )
    assert page.objects[0].missing == (refused,)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("a\x01b\x1bc", "abc"),
        ("a&#x1;b&#11;c&#xFFFFFFF;d", "abcd"),
        ("tab\tand line\nstay&#10;", "tab\tand line\nstay\n"),
        ("Zo&#xEB; 日本語 🚀 &lt;b&gt; &amp;", "Zoë 日本語 🚀 <b> &"),
        ("\u202ereversed\u200b", "\u202ereversed\u200b"),
    ],
)
def test_text_survives_what_people_paste_into_it(sent, read):
    found = values(("config.annotation", f'<val xsi:type="xsd:string">{sent}</val>'))

    assert found["config.annotation"] == read


def test_bytes_that_are_no_utf_8_are_replaced():
    body = '<objects><obj type="VirtualMachine">vm-1</obj><propSet><name>n</name><val>@</val></propSet></objects>'
    reply = envelope(f"<returnval>{body}</returnval>").replace(b"@", b"caf\xe9")

    page = read_page(read_values(reply, METHOD))

    assert page.objects[0].properties == {"n": "caf\ufffd"}


def test_a_reply_that_ends_early_was_cut_off():
    whole = envelope('<returnval><objects><obj type="HostSystem">h</obj></objects></returnval>')

    for length in range(60, len(whole) - 1, 7):
        with pytest.raises(CutOff):
            read_values(whole[:length], METHOD)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><p>It works!</body></html>",
        b"{}",
        envelope("<returnval/>", method="Login"),
        b"<Envelope/>",
    ],
)
def test_what_is_no_reply_to_the_question_is_malformed(body):
    with pytest.raises(Malformed):
        read_values(body, METHOD)


@pytest.mark.parametrize(
    "objects",
    [
        "<objects><propSet><name>n</name></propSet></objects>",
        '<objects><obj type="HostSystem">h</obj><propSet><val>1</val></propSet></objects>',
        "<objects>text</objects>",
    ],
)
def test_objects_of_a_wrong_shape_are_malformed(objects):
    with pytest.raises(Malformed):
        read_page(read_values(envelope(f"<returnval>{objects}</returnval>"), METHOD))
