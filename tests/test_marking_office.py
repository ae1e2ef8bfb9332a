"""The office of the marking: what students get, what they hand in, whose it is, and what comes back."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import itertools
import json
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from teaching.marking.__main__ import main
from teaching.marking.fake_class import KINDS, Member, make_class, solved
from teaching.marking.feedback import criteria_of, feedback
from teaching.marking.figures import FIGURE, figures_of, figures_page
from teaching.marking.forms import Mark
from teaching.marking.grade import give_back, grade
from teaching.marking.gradebook import Book, Score
from teaching.marking.intake import NothingFoundError, take_in
from teaching.marking.marked_copy import marked_copy
from teaching.marking.people import entries, slug
from teaching.marking.records import Record, Store
from teaching.marking.release import RELEASED, released
from teaching.marking.roster import BadRosterError, Roster, Student, read_roster
from teaching.marking.safe_html import markdown2html
from teaching.marking.sandbox import run_all
from teaching.marking.senders import sender
from teaching.marking.sources import MACHINE, PERSON, assignments, grade_id, marking, text_of

TASKS = assignments()
ONE = TASKS[1]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> [click](javascript:alert(3)) {{7*7}} \x1b[31m ```"


@pytest.fixture(scope="session")
def copies(tmp_path_factory):
    """Return a folder with the students' copies, made anew."""
    folder = tmp_path_factory.mktemp("released")
    for task in TASKS.values():
        (folder / f"{task.name}.ipynb").write_text(released(task), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def blank(copies):
    return json.loads((copies / f"{ONE.name}.ipynb").read_text(encoding="utf-8"))


def notebook(blank, student="ana-7", **answers):
    """Return the bytes of assignment 1 with an id and answers filled in."""
    filled = json.loads(json.dumps(blank))
    for cell in filled["cells"]:
        name = grade_id(cell).replace("-", "_")
        if name == "student" and student is not None:
            cell["source"] = f"student = {student!r}"
        elif name in answers:
            cell["source"] = answers[name]
    return json.dumps(filled).encode()


def laid_out(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def zipped(files):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return memory.getvalue()


# What students get


@pytest.mark.parametrize("number", sorted(TASKS))
def test_what_is_committed_is_what_nbgrader_makes(number, copies):
    name = f"{TASKS[number].name}.ipynb"
    assert (RELEASED / name).read_text(encoding="utf-8") == (copies / name).read_text(encoding="utf-8"), (
        "run: make assignments"
    )


@pytest.mark.parametrize("number", sorted(TASKS))
def test_a_students_copy_holds_nothing_of_the_solution(number, copies):
    task, text = TASKS[number], (copies / f"{TASKS[number].name}.ipynb").read_text(encoding="utf-8")
    copy = json.loads(text)
    assert not re.search(r"BEGIN (SOLUTION|HIDDEN|MARK)|from marker|\btried\(", text)
    shown = {
        line.strip() for cell in copy["cells"] if marking(cell).get("solution") for line in text_of(cell).splitlines()
    }
    for cell in task.notebook["cells"]:
        if marking(cell).get("solution"):
            source = text_of(cell)
            kept = set(re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", "", source, flags=re.DOTALL).splitlines())
            secret = {line.strip() for line in source.splitlines()} - {line.strip() for line in kept}
            if cell["cell_type"] == "markdown":
                secret = {line.strip() for line in source.splitlines()}
            assert not {line for line in secret if len(line) > 12 and not line.startswith("###")} & shown


def test_a_students_copy_keeps_the_points_and_what_marks_the_cells(blank):
    cells = [marking(cell) for cell in blank["cells"] if marking(cell).get("grade")]
    assert {cell["grade_id"]: cell["points"] for cell in cells} == {q.cell: q.points for q in ONE.questions}
    assert all("checksum" in cell for cell in cells)


def test_students_copies_run_as_they_are(copies):
    ready = {n: json.loads((copies / f"{task.name}.ipynb").read_text(encoding="utf-8")) for n, task in TASKS.items()}
    for number, outcome in run_all({str(n): book for n, book in ready.items()}, workers=2):
        shown = [output for cell in outcome.notebook["cells"] for output in cell.get("outputs", ())]
        assert not [output for output in shown if output["output_type"] == "error"], number
        assert not outcome.notes, number


# Whose a file is


@pytest.mark.parametrize(
    ("path", "style", "name", "lms"),
    [
        ("Ruiz Ana_123456_assignsubmission_file_/x.ipynb", "moodle", "Ruiz Ana", "123456"),
        ("Ana Ruiz_123456_assignsubmission_file/1-read-a-timeline.ipynb", "moodle", "Ana Ruiz", "123456"),
        ("José Núñez_77_assignsubmission_file_1-read-a-timeline.ipynb", "moodle", "José Núñez", "77"),
        ("Ana Ruiz_9_assignsubmission_file_/work.zip/a/1-read-a-timeline.ipynb", "moodle", "Ana Ruiz", "9"),
        ("Participant_4711_assignsubmission_file_/x.ipynb", "moodle", "", "4711"),
        ("ruizana_12345_678901_1-read-a-timeline.ipynb", "canvas", "ruizana", "12345"),
        ("ruizana_LATE_12345_678901_1-read-a-timeline-1.ipynb", "canvas", "ruizana", "12345"),
        ("anon_aB3dE_678901_1-read-a-timeline.ipynb", "canvas", "", "aB3dE"),
        ("ruizana_12345_678901_work.zip/1-read-a-timeline.ipynb", "canvas", "ruizana", "12345"),
        ("Ana Ruiz - 1-read-a-timeline.ipynb", "google", "Ana Ruiz", ""),
        ("Anne-Marie O'Neil - 1-read-a-timeline (2).ipynb", "google", "Anne-Marie O'Neil", ""),
        ("Read a timeline - Ana Ruiz.ipynb", "google", "Ana Ruiz", ""),
        ("Ana Ruiz/1-read-a-timeline.ipynb", "plain", "Ana Ruiz", ""),
        ("Ana Ruiz/final version.ipynb", "plain", "Ana Ruiz", ""),
        ("ana_ruiz_1-read-a-timeline.ipynb", "plain", "ana ruiz", ""),
        ("ana-7.ipynb", "plain", "ana-7", ""),
        ("1-read-a-timeline (1).ipynb", "plain", "", ""),
        ("Copy of 1-read-a-timeline.ipynb", "plain", "", ""),
    ],
)
def test_names_of_files_tell_who_handed_in(path, style, name, lms):
    found = sender(path.split("/"), ONE, neighbours=1 if path.count("/") == 1 else 3)
    assert (found.style, found.name, found.lms) == (style, name, lms)
    assert found.late is ("_LATE_" in path)


def test_in_a_folder_of_many_the_file_names_the_student():
    assert sender(["class 7b", "ana ruiz.ipynb"], ONE, neighbours=30).name == "ana ruiz"


STYLES = ("moodle", "canvas", "google", "plain")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("as_zip", [False, True])
def test_a_class_is_taken_in_however_it_was_downloaded(style, as_zip, copies, tmp_path):
    kinds = ("right", "partly", "renamed", "untouched")
    made = make_class(tmp_path / "down", students=6, style=style, kinds=kinds, zipped=as_zip, released=copies)
    roster = read_roster(made.roster)
    taken = take_in(made.path, TASKS)
    found = entries(taken.pieces, roster)
    assert [(entry.key, entry.name) for entry in found] == [(member.id, member.name) for member in made.members]
    assert not taken.problems
    assert {entry.assignment for entry in found} == {1}


def test_several_attempts_count_the_newest_that_was_worked_in(blank, tmp_path):
    early, late = notebook(blank, q1_1="answer_1_1 = 1"), notebook(blank, q1_1="answer_1_1 = 2")
    files = {
        "ruizana_12_900_1-read-a-timeline.ipynb": early,
        "ruizana_12_950_1-read-a-timeline-1.ipynb": late,
        "ruizana_12_999_1-read-a-timeline-2.ipynb": notebook(blank, student=None),
    }
    taken = take_in(laid_out(tmp_path / "in", files), TASKS, lambda _: blank)
    (entry,) = entries(taken.pieces, Roster())
    assert entry.piece.found.content == late
    assert len(entry.aside) == 2
    assert any("3 attempts" in note.text and "900" in note.text for note in entry.notes)


def test_what_is_no_notebook_is_reported_and_noise_is_not(blank, tmp_path):
    lesson = json.dumps({"cells": [{"cell_type": "markdown", "source": "# A lesson", "metadata": {}}], "nbformat": 4})
    files = {
        "Ana/1-read-a-timeline.ipynb": notebook(blank),
        "Ben/answers.pdf": b"%PDF",
        "Cem/1-read-a-timeline.ipynb.txt": notebook(blank, "cem-1"),
        "Dan/02-december.ipynb": lesson.encode(),
        "Eva/work.rar": b"Rar!",
        "__MACOSX/Ana/._1-read-a-timeline.ipynb": b"x",
        "Ana/.ipynb_checkpoints/1-read-a-timeline-checkpoint.ipynb": notebook(blank),
    }
    taken = take_in(laid_out(tmp_path / "in", files), TASKS)
    assert {piece.sender.name for piece in taken.pieces} == {"Ana", "Cem"}
    assert {problem.origin.split("/")[0] for problem in taken.problems} == {"Ben", "Dan", "Eva"}
    assert all(problem.text for problem in taken.problems)


def test_the_assignment_is_known_from_the_notebook_whatever_it_is_called(blank, tmp_path):
    broken = notebook(blank, "cem-1")[:-400]
    bare = json.loads(notebook(blank, "dan-1"))
    for cell in bare["cells"]:
        cell["metadata"] = {}
    files = {
        "Ana/hw.ipynb": notebook(blank),
        "Cem/hw.ipynb": broken,
        "Dan/hw.ipynb": json.dumps(bare).encode(),
    }
    taken = take_in(laid_out(tmp_path / "in", files), TASKS)
    assert {piece.sender.name: (piece.assignment, piece.student_id) for piece in taken.pieces} == {
        "Ana": (1, "ana-7"),
        "Cem": (1, "cem-1"),
        "Dan": (1, "dan-1"),
    }


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"cells": 3}', b'{"cells": [3], "nbformat": 4}', b"[" * 200_000, b"\xff\xfe\x00"]
)
def test_broken_notebooks_stop_nothing(content, blank, tmp_path):
    files = {"Ana/1-read-a-timeline.ipynb": notebook(blank), "Ben/1-read-a-timeline.ipynb": content}
    taken = take_in(laid_out(tmp_path / "in", files), TASKS)
    assert len(taken.pieces) + len(taken.problems) == 2


# Hostile zips


def test_a_zip_in_a_zip_is_opened_and_its_outer_name_counts(blank, tmp_path):
    inner = zipped({"folder/1-read-a-timeline.ipynb": notebook(blank)})
    (tmp_path / "in.zip").write_bytes(zipped({"Ana Ruiz_12_assignsubmission_file_/work.zip": inner}))
    (piece,) = take_in(tmp_path / "in.zip", TASKS).pieces
    assert piece.sender.name == "Ana Ruiz"


def test_paths_out_of_a_zip_lead_nowhere(blank, tmp_path):
    names = ["../../evil/1-read-a-timeline.ipynb", "/etc/1-read-a-timeline.ipynb", "..\\..\\a\\1-read-a-timeline.ipynb"]
    (tmp_path / "deep" / "in").mkdir(parents=True)
    path = tmp_path / "deep" / "in" / "in.zip"
    path.write_bytes(zipped({name: notebook(blank, f"s-{n}") for n, name in enumerate(names)}))
    before = sorted(tmp_path.rglob("*"))
    taken = take_in(path, TASKS)
    assert len(taken.pieces) == 3
    assert not any(".." in piece.found.parts or piece.found.origin.startswith("/") for piece in taken.pieces)
    assert sorted(tmp_path.rglob("*")) == before


def test_bombs_are_refused(blank, tmp_path):
    good = notebook(blank)
    bomb = zipped({"1-read-a-timeline.ipynb": b" " * 50_000_000})
    deep = good_deep = zipped({"1-read-a-timeline.ipynb": good})
    for _ in range(5):
        deep = zipped({"in.zip": deep})
    files = {"Ana/1.ipynb": good, "Ben/bomb.zip": bomb, "Cem/deep.zip": deep, "Dan/good.zip": good_deep}
    (tmp_path / "in.zip").write_bytes(zipped(files))
    taken = take_in(tmp_path / "in.zip", TASKS)
    assert {piece.sender.name for piece in taken.pieces} == {"Ana", "Dan"}
    assert {problem.origin.split("/")[0]: problem.text.split(":")[0] for problem in taken.problems} == {
        "Ben": "too large",
        "Cem": "zips in zips in zips",
    }


def test_a_zip_that_lies_about_its_sizes_is_read_within_bounds(blank, tmp_path):
    content = bytearray(zipped({"Ana/1-read-a-timeline.ipynb": b" " * 30_000_000}))
    size = (30_000_000).to_bytes(4, "little")
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = (10).to_bytes(4, "little")
    laid_out(tmp_path / "in", {"lie.zip": bytes(content), "Ben/1-read-a-timeline.ipynb": notebook(blank)})
    taken = take_in(tmp_path / "in", TASKS)
    assert all(len(piece.found.content) <= 20_000_000 for piece in taken.pieces)


@pytest.mark.parametrize("damage", ["cut", "encrypted", "noise", "link"])
def test_damaged_zips_are_reported_and_the_rest_is_read(damage, blank, tmp_path):
    content = bytearray(zipped({"Ben/1-read-a-timeline.ipynb": notebook(blank, "ben-1")}))
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "encrypted":
        content[6] |= 1
        content[content.find(b"PK\x01\x02") + 8] |= 1
    elif damage == "noise":
        content[80:90] = b"\x00" * 10
    else:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w") as archive:
            entry = zipfile.ZipInfo("Ben/1-read-a-timeline.ipynb")
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, "/etc/passwd")
        content = bytearray(memory.getvalue())
    laid_out(tmp_path / "in", {"a.zip": bytes(content), "Ana/1-read-a-timeline.ipynb": notebook(blank)})
    taken = take_in(tmp_path / "in", TASKS)
    assert [piece.sender.name for piece in taken.pieces] == ["Ana"]
    assert len(taken.problems) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs rights there")
def test_links_are_not_followed(blank, tmp_path):
    laid_out(tmp_path / "secret", {"1-read-a-timeline.ipynb": notebook(blank, "secret")})
    folder = laid_out(tmp_path / "in", {"Ana/1-read-a-timeline.ipynb": notebook(blank)})
    (folder / "Ben").symlink_to(tmp_path / "secret")
    (folder / "1-read-a-timeline.ipynb").symlink_to(tmp_path / "secret" / "1-read-a-timeline.ipynb")
    taken = take_in(folder, TASKS)
    assert [piece.student_id for piece in taken.pieces] == ["ana-7"]
    assert len(taken.problems) == 2


# The roster

CLASS = Roster(
    (
        Student("ana-7", "Ana Ruiz Gómez", "ana@example.org", "123"),
        Student("ben-3", "Ben Øst", "ben@example.org"),
        Student("cem-9", "Cem Yılmaz", also=("cem9", "example")),
        Student("lee-1", "Kim Lee"),
        Student("lee-2", "Kim Lee"),
    )
)


@pytest.mark.parametrize(
    ("path", "student_id", "whose", "by"),
    [
        ("Gomez Ruiz Ana_5_assignsubmission_file_/x.ipynb", "", "ana-7", "name"),
        ("Somebody_123_assignsubmission_file_/x.ipynb", "", "ana-7", "number"),
        ("ANA RUIZ_5_assignsubmission_file_/x.ipynb", "", "ana-7", "name"),
        ("ostben_5_6_x.ipynb", "", "ben-3", "name"),
        ("Ben Ost - Read a timeline.ipynb", "", "ben-3", "name"),
        ("yilmazcem_5_6_x.ipynb", "", "cem-9", "name"),
        ("ben-3.ipynb", "", "ben-3", "name"),
        ("ana@example.org/x.ipynb", "", "ana-7", "name"),
        ("Kim Lee/x.ipynb", "lee-2", "lee-2", "id"),
        ("Kim Lee/x.ipynb", "", None, ""),
        ("Zoe Zed/x.ipynb", "", None, ""),
    ],
)
def test_students_are_found_by_number_name_or_id(path, student_id, whose, by):
    match = CLASS.match(sender(path.split("/"), ONE, 1), student_id)
    assert (match.student.id if match.student else None, match.by) == (whose, by)


def test_the_nearest_name_is_told_but_not_used():
    match = CLASS.match(sender(["Bem Oest", "x.ipynb"], ONE, 1), "")
    assert match.student is None
    assert match.near == "Ben Øst"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("id,name,e-mail\nana-7,Ana Ruiz,a@b.org\n", ["ana-7"]),
        ("ID;Name\nana-7;Ruiz, Ana\n", ["ana-7"]),
        ("\ufeffFirst name\tSurname\tID number\tEmail address\nAna\tRuiz\t77\ta@b.org\n", ["77"]),
        ('Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"Ruiz, Ana",12,s12,ana,1\n', ["12"]),
        ("Last Name,First Name,Email Address\nRuiz,Ana,ana.ruiz@b.org\n", ["ana.ruiz"]),
        ("id\nana-7\nben-3\n\n", ["ana-7", "ben-3"]),
    ],
)
def test_rosters_are_read_as_platforms_export_them(text, ids, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    found = read_roster(path).students
    assert [student.id for student in found] == ids
    assert all("ruiz" in student.name.casefold() for student in found if len(ids) == 1)


@pytest.mark.parametrize(
    ("text", "said"), [("", "no rows"), ("colour\nred\n", "no column of ids"), ("id,name\na,A\nA ,B\n", "twice")]
)
def test_a_bad_roster_is_refused_in_words(text, said, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadRosterError, match=said):
        read_roster(path)


def notes_of(files, roster, blank, folder):
    found = entries(take_in(laid_out(folder, files), TASKS, lambda _: blank).pieces, roster)
    return {
        entry.name: (entry, " | ".join(note.text for note in entry.notes if note.kind == "look")) for entry in found
    }


def test_odd_ids_are_looked_at_and_the_rosters_id_is_used(blank, tmp_path):
    files = {
        "Ana Ruiz Gomez/1-read-a-timeline.ipynb": notebook(blank, "ben-3"),
        "Ben Ost/1-read-a-timeline.ipynb": notebook(blank, "ben-3", q1_1="answer_1_1 = 1"),
        "Cem Yilmaz/1-read-a-timeline.ipynb": notebook(blank, "cem9"),
        "Bem Oest/1-read-a-timeline.ipynb": notebook(blank, "zoe-1"),
    }
    found = notes_of(files, CLASS, blank, tmp_path / "in")
    ana, said = found["Ana Ruiz Gómez"]
    assert ana.student_id == "ana-7"
    assert "is that of Ben Øst" in said
    assert "stands also in that of Ben Øst" in said
    cem, said = found["Cem Yılmaz"]
    assert (cem.student_id, said) == ("cem9", "")
    stranger, said = found["Bem Oest"]
    assert stranger.student_id == "zoe-1"
    assert "the nearest name is Ben Øst" in said


def test_without_a_roster_the_id_in_the_notebook_counts(blank, tmp_path):
    files = {
        "hw.ipynb": notebook(blank, " Ana-7 "),
        "Ben/1-read-a-timeline.ipynb": notebook(blank, None, q1_1="answer_1_1 = 1"),
        "Cem/1-read-a-timeline.ipynb": notebook(blank, "dan-1"),
        "Dan/1-read-a-timeline.ipynb": notebook(blank, "dan-1"),
    }
    found = notes_of(files, Roster(), blank, tmp_path / "in")
    assert {name: (entry.key, entry.student_id) for name, (entry, _) in found.items()} == {
        "ana-7": ("ana-7", "ana-7"),
        "Ben": ("ben", ""),
        "Cem": ("dan-1", "dan-1"),
        "Dan": ("dan-1-2", "dan-1"),
    }
    assert "answers to the example" in found["Ben"][1]
    assert "exactly the same file as that of Dan" in found["Cem"][1]


def test_namesakes_on_a_platform_stay_two(blank, tmp_path):
    files = {f"Kim Lee_{n}_assignsubmission_file_/1-read-a-timeline.ipynb": notebook(blank, f"lee-{n}") for n in (1, 2)}
    found = entries(take_in(laid_out(tmp_path / "in", files), TASKS).pieces, Roster())
    assert sorted(entry.key for entry in found) == ["kim-lee", "kim-lee-2"]


@pytest.mark.parametrize("text", ["../../etc/passwd", "..", "", "/", "CON\x00", "a" * 500, "محمد", "ana/ben"])
def test_a_key_is_never_a_path(text):
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,70}", slug(text))


# Showing what students wrote


def hostile_copy(blank):
    ran = json.loads(json.dumps(blank))
    picture = {"image/png": '"><script>alert(4)</script>', "text/plain": "plain"}
    for cell in ran["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "display_data", "data": {"text/html": HOSTILE, "text/plain": HOSTILE}, "metadata": {}},
                {"output_type": "display_data", "data": {"text/html": HOSTILE}, "metadata": {}},
                {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}, "metadata": {}},
                {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload=alert(1)>"}, "metadata": {}},
                {"output_type": "display_data", "data": picture, "metadata": {}},
                {"output_type": "stream", "name": "stdout", "text": HOSTILE * 5000},
                {"output_type": "error", "ename": HOSTILE, "evalue": HOSTILE, "traceback": [HOSTILE]},
                "nonsense",
            ]
        if marking(cell).get("solution"):
            cell["source"] = HOSTILE
    ran["cells"].append({"cell_type": "raw", "metadata": {"tags": [HOSTILE]}, "source": HOSTILE, "id": HOSTILE})
    marks = [Mark(q.key, 1, q.points, HOSTILE) for q in ONE.questions if q.by == MACHINE]
    return marked_copy(ONE, blank, ran, marks), marks


def test_the_marked_copy_holds_nothing_that_runs(blank):
    copy, _ = hostile_copy(blank)
    kinds = {kind for cell in copy["cells"] for output in cell.get("outputs", ()) for kind in output.get("data", {})}
    assert kinds <= {"text/plain", "image/png", "image/jpeg"}
    assert not any(
        "image/png" in output.get("data", {}) for cell in copy["cells"] for output in cell.get("outputs", ())
    )
    assert len(json.dumps(copy)) < 2_000_000
    assert all(set(cell["metadata"]) <= {"nbgrader"} for cell in copy["cells"])
    html = markdown2html(HOSTILE + "\n\n<iframe src='https://example.org'></iframe>![x](https://example.org/x.png)")
    assert not re.search(r"<(script|iframe|img)|<[^>]+ onerror=|href=.javascript", html)


def test_the_form_shows_all_columns_of_a_table(blank):
    from pandas import DataFrame, option_context

    table = DataFrame({"day": ["8 January"], "value": ["<b>none</b> & " + "long " * 40], "by": ["Pentagon"]}, ["c-1"])
    table.index.name = "claim"
    ran = json.loads(json.dumps(blank))
    with option_context("display.max_colwidth", None, "display.width", 80):
        data = {"text/plain": repr(table), "text/html": table._repr_html_()}
    assert "Pentagon" not in data["text/plain"] or "..." in data["text/plain"]
    ran["cells"].append(
        {"cell_type": "code", "source": "table", "outputs": [{"output_type": "display_data", "data": data}]}
    )
    (output,) = marked_copy(ONE, blank, ran, [])["cells"][-1]["outputs"]
    assert set(output["data"]) == {"text/plain"}
    head, row = output["data"]["text/plain"].split("\n\n")
    assert head == "claim | day | value | by"
    assert row.startswith("c-1 | 8 January | <b>none</b> & long") and row.endswith("| Pentagon")


def test_feedback_escapes_what_students_wrote_and_stands_alone(blank):
    copy, marks = hostile_copy(blank)
    record = Record("x", HOSTILE, HOSTILE, 1, "x.ipynb", "", "", marks=tuple(marks))
    scores = {q.key: Score(1, 1, 0.5, HOSTILE) for q in ONE.questions}
    html = feedback(HOSTILE, [(ONE, record, copy, scores)])
    body = html.split("</style>")[1]
    assert not re.search(r"<(script|img|svg|iframe|link)|<[^>]+ (on\w+|src)=|href=.javascript", body)
    assert "https://example" not in html
    assert "\x1b" not in html
    assert 'lang="en"' in html
    assert "@media print" in html
    levels = [int(level) for level in re.findall(r"<h(\d)", body)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("number", sorted(TASKS))
def test_feedback_and_form_hold_no_hidden_test_and_feedback_no_expected_answer(number, copies):
    task = TASKS[number]
    blank = json.loads((copies / f"{task.name}.ipynb").read_text(encoding="utf-8"))
    copy = marked_copy(task, blank, task.notebook, [])  # the worst case: the source itself was handed in
    for cell in copy["cells"]:
        if marking(cell).get("solution"):
            cell["source"] = "mine"
    html = feedback("Ana", [(task, Record("ana", "ana", "Ana", number, "", "", ""), copy, {})])
    assert "from marker import" not in html + json.dumps(copy)
    for question in task.questions:
        if question.by == PERSON:
            model = re.sub(
                r"### BEGIN MARK SCHEME.*", "", text_of(_cell(task.notebook, question.cell)), flags=re.DOTALL
            )
            assert not [line for line in model.splitlines() if len(line) > 40 and line.strip() in html]
            assert question.rubric
            assert sum("Mark scheme of" in text_of(cell) for cell in copy["cells"]) >= 1


def _cell(book, name):
    return next(cell for cell in book["cells"] if grade_id(cell) == name)


def test_feedback_says_for_what_the_points_of_a_mark_scheme_are():
    question = next(question for question in TASKS[3].questions if question.key == "3.6")
    assert criteria_of(question.rubric)[0] == "For each of the six statements: 2 points each"
    assert len(criteria_of(question.rubric)) == 3


@pytest.mark.parametrize("number", sorted(TASKS))
def test_every_mark_scheme_says_what_earns_points(number):
    for question in TASKS[number].questions:
        if question.by == PERSON:
            assert criteria_of(question.rubric), f"{question.key} has no line like '1 point: …'"


# A whole class

CLASS_KINDS = (
    *("right", "right", "partly", "half", "untouched", "no id", "broken file", "duplicated cell", "deleted cell"),
    *("exit", "renamed", "nothing"),
)


@dataclasses.dataclass
class Marked:
    made: object
    out: Path
    said: list[str]
    before: dict
    summary: object

    def rows(self):
        text = (self.out / "marks.csv").read_text(encoding="utf-8-sig")
        return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}

    def of(self, kind):
        return next(member for member in self.made.members if member.kind == kind)

    def grade(self):
        said = []
        summary = grade(self.made.path, self.out, self.made.roster, jobs=2, say=said.append)
        return said, summary


def state(folder):
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def marked(copies, tmp_path_factory):
    """Return a class of twelve, marked."""
    folder = tmp_path_factory.mktemp("class")
    made = make_class(folder / "downloads", students=12, style="moodle", kinds=CLASS_KINDS, released=copies)
    (made.path / "report.pdf").write_bytes(b"%PDF")
    before, said = state(made.path), []
    summary = grade(made.path, folder / "grading", made.roster, jobs=2, say=said.append)
    return Marked(made, folder / "grading", said, before, summary)


pytestmark = pytest.mark.xdist_group("office")


def test_a_class_is_marked_and_its_files_are_left_alone(marked):
    full = f"{ONE.points(MACHINE):g}"
    rows = marked.rows()
    for kind in ("right", "duplicated cell", "deleted cell", "renamed"):
        assert rows[marked.of(kind).id]["1 machine"] == full, kind
    for kind in ("untouched", "broken file"):
        assert rows[marked.of(kind).id]["1 machine"] == "0", kind
    assert 0 < float(rows[marked.of("partly").id]["1 machine"]) < float(full)
    assert rows[marked.of("nothing").id]["1 state"] == "nothing handed in"
    assert "to mark" in rows[marked.of("right").id]["1 state"]
    assert rows[marked.of("right").id]["1 person"] == "0"
    assert "look" in rows[marked.of("broken file").id]["1 state"]
    assert state(marked.made.path) == marked.before
    counted = [line for line in marked.said if re.match(r"\d+ of 11, Student \d\d: .* by machine, \d+ s", line)]
    assert len(counted) == 11


def test_the_pages_name_what_needs_a_person(marked):
    report = (marked.out / "report.html").read_text(encoding="utf-8")
    order = [
        "report.pdf",
        "could not be read",
        "Written answers that wait",
        "Nothing handed in",
        "The class:",
        "protected",
    ]
    places = [report.index(text) for text in order]
    assert places == sorted(places)
    assert marked.of("no id").name in report
    page = (marked.out / "feedback" / f"{marked.of('right').id}.html").read_text(encoding="utf-8")
    assert all(question.key in page for question in ONE.questions)
    assert "mark(mine" not in page
    assert not (marked.out / "feedback" / f"{marked.of('nothing').id}.html").exists()


def test_running_again_marks_nothing_again(marked):
    before = state(marked.out / "autograded")
    said, _ = marked.grade()
    assert said[0] == "11 submissions, 11 of them unchanged since the last time."
    assert not [line for line in said if " by machine" in line]
    assert state(marked.out / "autograded") == before


def test_feedback_comes_in_a_zip_as_moodle_takes_it_back(marked, copies, tmp_path):
    path = marked.out / "feedback-moodle-1.zip"
    came = {folder.name.split("_")[1]: folder.name.split("_")[0] for folder in marked.made.path.glob("*_*")}
    back = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            _, number, *plugin, file = name.split("_", 4)  # as Moodle reads it
            assert (plugin, file) == (["assignsubmission", "file"], f"feedback-{ONE.name}.html")
            back[came[number]] = archive.read(name)
    handed_in = [member for member in marked.made.members if member.kind != "nothing"]
    pages = {member.name: marked.out / "feedback" / f"{member.id}.html" for member in handed_in}
    assert back == {name: page.read_bytes() for name, page in pages.items()}
    before = path.read_bytes()
    give_back(marked.out, say=lambda text: None)
    assert path.read_bytes() == before

    made = make_class(tmp_path / "in", students=1, style="canvas", kinds=("untouched",), released=copies)
    grade(made.path, tmp_path / "grading", jobs=1, say=lambda text: None)
    assert not list((tmp_path / "grading").glob("*.zip"))


def test_marks_by_hand_come_back_and_stay(marked, copies):
    from nbgrader.api import Gradebook

    member, question = marked.of("right"), next(q for q in ONE.questions if q.by == PERSON)
    with Gradebook(f"sqlite:///{marked.out / 'gradebook.db'}") as book:
        book.find_grade(question.cell, ONE.name, ONE.name, member.id).manual_score = 1.5
        book.find_grade(question.cell, ONE.name, ONE.name, member.id).needs_manual_grade = False
        book.find_comment(question.cell, ONE.name, ONE.name, member.id).manual_comment = "Well <b>argued</b>."
        book.db.commit()
    give_back(marked.out, say=lambda text: None)
    row = marked.rows()[member.id]
    assert (row[question.key], row["1 person"]) == ("1.5", "1.5")
    assert float(row["1 total"]) == ONE.points(MACHINE) + 1.5
    page = (marked.out / "feedback" / f"{member.id}.html").read_text(encoding="utf-8")
    assert "Well &lt;b&gt;argued&lt;/b&gt;." in page

    path = next(path for path in marked.made.path.rglob("*.ipynb") if member.name in str(path))
    earlier = path.read_bytes()
    try:
        path.write_bytes(notebook(json.loads(earlier), q1_1="answer_1_1 = -1"))
        said, summary = marked.grade()
        assert len([line for line in said if " by machine" in line]) == 1
        row = marked.rows()[member.id]
        assert (row["1.1"], row[question.key]) == ("0", "1.5")
        record = next(record for record in summary.records if record.key == member.id)
        assert question.key not in summary.waiting(record)  # this answer is as it was when it was marked
        kept = [path.read_bytes() for path in (marked.out / "submitted" / member.id).rglob("earlier/*.ipynb")]
        assert kept == [earlier]
    finally:
        path.write_bytes(earlier)


@pytest.fixture(scope="module")
def form(marked):
    """Open the form, and return its address."""
    command = [sys.executable, "-m", "teaching.marking", "mark", "--out", str(marked.out), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield next(m[0] for line in process.stdout if (m := re.search(r"http://127\.0\.0\.1:\d+\S+", line)))
    finally:
        process.terminate()
        process.wait(20)


def test_the_form_shows_written_answers_with_their_mark_schemes(marked, form):
    root, token = re.match(r"(http://[^/]+).*token=(\w+)", form).groups()

    def get(path):
        request = urllib.request.Request(f"{root}/formgrader/{path}", headers={"Authorization": f"token {token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode(), answer.headers

    listed = json.loads(get(f"api/submitted_notebooks/{ONE.name}/{ONE.name}")[0])
    assert len(listed) == 11
    member = marked.of("right")
    own = next(row for row in listed if row["student"] == member.id)
    page, headers = get(f"submissions/{own['id']}/")
    assert f"This is what {member.name} wrote" in page
    question = next(q for q in ONE.questions if q.by == PERSON)
    assert f"Mark scheme of {question.key}" in page
    assert question.rubric.split()[2] in page
    assert f'id="{question.cell}"' in page  # where the points are typed
    assert "cdnjs" not in page
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "<b>tag</b>" in page or "&lt;b&gt;" in page
    for path in ("gradebook", f"gradebook/{ONE.name}/{ONE.name}"):
        assert "All assignments" in get(path)[0]
        assert not re.search("manage_|Manual|Task Score", get(path)[0])  # its words, and what would run without walls


@pytest.mark.browser
@pytest.mark.parametrize(("typed", "taken"), [("1,5", "1.5"), ("0.5", "0.5"), ("much", "")])
def test_half_points_may_be_typed_with_a_comma(typed, taken, form, browser):
    page = browser.new_page()
    page.goto(form)
    page.locator("#main-table a:visible").first.click()
    points = page.locator(f"#{next(q.cell for q in ONE.questions if q.by == PERSON)}")
    page.wait_for_function("typeof formgrader === 'object' && formgrader.grades?.loaded")
    points.fill(typed)
    with page.expect_response(re.compile("api/grade/")) as answer:
        points.press("Tab")
    assert points.input_value() == taken
    assert answer.value.json()["manual_score"] == (float(taken) if taken else None)
    page.close()


def test_a_roster_that_comes_later_keeps_what_was_marked_by_hand(copies, tmp_path):
    made = make_class(tmp_path / "in", students=1, style="plain", kinds=("right",), released=copies)
    out, question = tmp_path / "grading", next(q for q in ONE.questions if q.by == PERSON)
    grade(made.path, out, jobs=1, say=lambda text: None)
    (record,) = Store.load(out).records.values()
    roster = tmp_path / "roster.csv"
    roster.write_text(f"id,name,also\nelse-1,{made.members[0].name},{made.members[0].id}\n", encoding="utf-8")
    with Book(out) as book:
        book._book.find_grade(question.cell, ONE.name, ONE.name, record.key).manual_score = 2
        book._book.db.commit()
    summary = grade(made.path, out, roster, jobs=1, say=lambda text: None)
    (record,) = summary.records
    assert record.key == "else-1"
    assert summary.of(record)[question.key].person == 2
    assert summary.total(record, MACHINE) == ONE.points(MACHINE)


def test_a_gradebook_survives_questions_that_come_and_go(copies, tmp_path):
    source = json.loads(ONE.path.read_text(encoding="utf-8"))
    folder = tmp_path / "sources" / ONE.name
    folder.mkdir(parents=True)
    path = folder / f"{ONE.name}.ipynb"
    shutil.copy(ONE.path, path)
    written = [q for q in ONE.questions if q.by == PERSON]
    (tmp_path / "grading").mkdir()
    with Book(tmp_path / "grading") as book:
        book.register(assignments(tmp_path / "sources")[1])
        book.enter(ONE, "ana", "Ana Ruiz", [], {q.key: "mine" for q in written})
        book._book.find_grade(written[0].cell, ONE.name, ONE.name, "ana").manual_score = 2
        book._book.db.commit()
        source["cells"] = [cell for cell in source["cells"] if grade_id(cell) != written[1].cell]
        path.write_text(json.dumps(source), encoding="utf-8")
        changed = assignments(tmp_path / "sources")[1]
        book.register(changed)
        assert {key: score.person for key, score in book.scores(changed, "ana").items() if score.person} == {
            written[0].key: 2
        }
    assert list((tmp_path / "grading").glob("gradebook-before-*.db"))


# The command line


def test_a_marking_folder_can_be_named_from_where_one_is(copies, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["fake-class", "down loads", "--students", "1", "--style", "plain", "--seed", "3"]) == 0
    assert 'IN="down loads" ROSTER="down loads-roster.csv"' in capsys.readouterr().out.replace("grade ", "")
    make_class(Path("one"), students=1, style="plain", kinds=("right",), released=copies)
    assert main(["grade", "one", "--jobs", "1"]) == 0  # as make grade does, without --out
    assert f"{ONE.points(MACHINE):g} of" in capsys.readouterr().out
    assert {path.name for path in Path("grading").iterdir()} >= {"gradebook.db", "marks.csv", "report.html"}
    assert not Path("grading", "grading").exists()


def test_another_python_is_told_in_words(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "teaching.marking.intake", None)
    assert main(["mark"]) == 1
    assert ".venv/bin/python" in capsys.readouterr().err


def test_errors_are_said_in_words(tmp_path, capsys, monkeypatch):
    out = ["--out", str(tmp_path / "grading")]
    assert main(["grade", str(tmp_path / "missing"), *out]) == 1
    assert "there is no" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["grade", str(tmp_path / "empty"), *out]) == 1
    assert "no notebook of an assignment" in capsys.readouterr().err
    assert main(["return", *out]) == 1
    assert "First: make grade" in capsys.readouterr().err
    assert main(["grade", str(tmp_path / "empty"), "--out", str(tmp_path / "empty" / "grading")]) == 1
    assert "only read" in capsys.readouterr().err
    monkeypatch.setattr("teaching.marking.release.find_spec", lambda name: None)
    assert main(["grade", str(tmp_path / "empty"), *out]) == 1
    assert ".[teach]" in capsys.readouterr().err
    with pytest.raises(NothingFoundError):
        take_in(tmp_path / "empty", TASKS)


def test_the_key_prints_what_is_right_for_a_student(capsys):
    assert main(["key", "1", "ana-7"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n{q.key}: " in said for q in ONE.questions if q.by == MACHINE)


def test_a_fake_class_is_the_same_for_the_same_seed(copies, tmp_path):
    one, two = (make_class(tmp_path / name, students=30, seed=3, released=copies) for name in ("a", "b"))
    assert [member.kind for member in one.members] == [member.kind for member in two.members]
    assert {member.kind for member in one.members} <= set(KINDS)
    assert all(re.fullmatch(r"Student \d\d", member.name) for member in one.members)
    assert one.members[0] == Member("class-01", "Student 01", one.members[0].kind)
    assert [path.name for path in sorted(one.path.iterdir())] == [path.name for path in sorted(two.path.iterdir())]


def test_a_solution_is_put_in_without_its_marks():
    assert solved("a = ...\n### BEGIN SOLUTION\na = 1\n### END SOLUTION\nb") == "a = ...\na = 1\nb"


def test_students_figures_are_drawn_for_the_teacher_and_run_nothing(blank):
    ran = json.loads(json.dumps(blank))
    figure = {"data": [{"type": "scatter", "y": [1, 2], "name": "</script><script>alert(1)</script>"}], "layout": {}}
    for cell in ran["cells"]:
        if grade_id(cell) in ("q1-1", "look"):
            cell["outputs"] = [{"output_type": "display_data", "data": {FIGURE: figure}, "metadata": {}}]
    found = figures_of(ran)
    assert [where for where, _ in found] == ["1.1"]  # not the one that is the same for all
    page = figures_page("Ana", found)
    assert page.count("<script>") == 2
    assert "<script>alert" not in page
    assert "http" not in page.replace("http-equiv", "")
