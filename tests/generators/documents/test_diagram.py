from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from generators.documents.diagram import LARGEST, Node, coded, diagrams, mermaid, split
from generators.documents.drawing import draw


def paths(hosts: int, clusters: int = 3):
    root = Node("dc", "Frankfurt", "datacenter")
    return [
        (
            root,
            Node(f"c{number % clusters}", f"cluster-{number % clusters}", "cluster"),
            Node(f"h{number:03}", f"esx-{number:03}", "host"),
        )
        for number in sorted(range(hosts), key=lambda number: number % clusters)
    ]


def test_a_diagram_never_has_more_than_forty_nodes_and_no_path_is_lost():
    made = split(paths(200))

    assert all(len({node for path in part for node in path}) <= LARGEST for part in made)
    assert [path for part in made for path in part] == paths(200)


def test_a_graph_of_just_forty_nodes_stays_whole():
    assert len(split(paths(36))) == 1
    assert len(split(paths(37))) == 2


def test_each_part_repeats_the_way_from_the_root():
    for part in split(paths(200)):
        assert all(path[0].label == "Frankfurt" for path in part)


def test_a_hostile_label_is_text_and_cannot_leave_its_box_or_its_fence():
    label = 'x"]; click n0 "javascript:alert(1)" <b> ```\n%%{init}%% end'

    source = mermaid([(Node("a", label, "host"),)])

    assert len(source.splitlines()) == 3
    assert '"' not in coded(label)
    assert not re.search(r"[<>`{}]", source.splitlines()[1])
    assert "&lt;b&gt;" in draw(source)


def test_the_drawing_is_well_formed_and_the_same_each_time():
    source = diagrams(paths(30))[0]

    drawn = draw(source)

    tree = ET.fromstring(drawn)
    assert len(tree.findall(".//rect")) == 34
    assert len(tree.findall(".//path")) == 33
    assert draw(source) == drawn


def test_boxes_of_a_drawing_do_not_cover_each_other():
    tree = ET.fromstring(draw(diagrams(paths(30))[0]))

    boxes = [
        [float(rect.get(name)) for name in ("x", "y", "width", "height")]
        for rect in tree.findall(".//rect")
    ]
    for place, (x1, y1, w1, h1) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[place + 1 :]:
            assert x1 + w1 <= x2 or x2 + w2 <= x1 or y1 + h1 <= y2 or y2 + h2 <= y1


def test_a_cycle_is_drawn_and_not_followed_for_ever():
    drawn = draw('flowchart LR\n  n0["a"]:::host\n  n1["b"]:::host\n  n0 --> n1\n  n1 --> n0')

    assert drawn.count("<rect") == 2


def test_a_diagram_of_another_hand_is_not_drawn():
    assert draw("sequenceDiagram\n  a->>b: hi") is None
    assert draw('flowchart LR\n  n0["a"]:::host\n  click n0 href "x"') is None
    assert draw("") is None


def test_words_of_lines_that_meet_stand_where_they_can_be_told_apart():
    one, two, end = (Node(name, name, "cluster") for name in ("one", "two", "end"))
    labels = {("one", "end"): "6", ("two", "end"): "2"}

    apart = draw(mermaid([(one, end), (two, end)], labels))
    equal = draw(mermaid([(one, end), (two, end)], dict.fromkeys(labels, "9")))

    assert apart.count('class="words"') == 2
    assert "6, 2" not in apart
    assert equal.count('class="words"') == 1


def test_words_that_are_long_make_room_for_themselves():
    one, end = Node("one", "one", "cluster"), Node("end", "end", "cluster")

    short, long = (draw(mermaid([(one, end)], {("one", "end"): "x" * n})) for n in (1, 60))

    assert _width(long) > _width(short) + 200


def test_what_hangs_on_several_boxes_stands_in_their_middle():
    tops = [Node(f"t{n}", f"t{n}", "device") for n in range(3)]
    leaf = Node("leaf", "leaf", "host")

    drawn = draw(mermaid([(top, leaf) for top in tops]))

    first, middle, *others = (float(y) for y in re.findall(r'<rect x="[^"]+" y="([^"]+)"', drawn))
    assert middle == (first + sum(others)) / 3


def _width(drawn):
    return float(re.search(r' width="(\d+)"', drawn)[1])


def test_words_at_both_ends_of_a_gap_have_room_beside_each_other():
    core, other, leaf, last = (Node(name, name, "device") for name in ("core", "mgmt", "a", "b"))
    labels = {
        ("core", "b"): "2 x 100 Gbit/s",
        ("mgmt", "a"): "1 Gbit/s",
        ("mgmt", "b"): "1 Gbit/s",
    }

    drawn = draw(mermaid([(core, last), (other, leaf), (other, last)], labels))

    found = re.findall(
        r'<text class="words" x="([\d.]+)" y="[\d.]+"( text-anchor)?[^>]*>([^<]+)', drawn
    )
    starts = [float(x) + 5.8 * len(words) for x, anchor, words in found if not anchor]
    ends = [float(x) - 5.8 * len(words) for x, anchor, words in found if anchor]
    assert starts
    assert ends
    assert max(starts) < min(ends)


def test_boxes_in_one_line_stand_closer_than_those_whose_lines_bend():
    one, two, three = (Node(name, name, "device") for name in ("a", "b", "c"))

    straight, bent = draw(mermaid([(one, two)])), draw(mermaid([(one, two), (one, three)]))

    width = re.compile(r'viewBox="0 0 (\d+)')
    assert int(width.search(straight)[1]) < int(width.search(bent)[1])
