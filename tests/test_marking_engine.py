"""The engine of the marking: repair, sandbox, judging, on whole classes with whatever a student may hand in.

One class is run for each assignment, and all tests look at what came out of it.
"""

import copy
import json
import os
import re
import socket
import sys
import time
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from helpers import load
from helpers.handing_in import before_you_hand_in, read_notebook
from helpers.variants import variant
from teaching.marking import sandbox
from teaching.marking.forms import Note, Outcome, Scheme
from teaching.marking.intake import take_in
from teaching.marking.judging import judge, points_for, points_in, schemes_for
from teaching.marking.repair import marking_copy, repair
from teaching.marking.sandbox import Limits, protection, run, run_all
from teaching.marking.sources import assignments

pytestmark = pytest.mark.xdist_group("marking")  # one process: the classes are run once

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {int(path.stem[0]): path for path in sorted(ROOT.glob("teaching/assignments/*/[1-5]-*.ipynb"))}
READY = [number for number in SOURCES if (ROOT / "tests" / "answers" / f"assignment_{number}.py").exists()]
CLASS = 30
LIMITS = Limits(cell_seconds=5, notebook_seconds=60, megabytes=1000)
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", re.DOTALL)
MARKER = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
DANA = "dana-4"  # handed in everything that is damaged
SECRET = "what another student wrote"
SECRETS = (
    SECRET,
    "BEGIN SOLUTION",
    "MARK SCHEME",
    "<function judge",
    "('2020-02-03', '2020-02-03')",
    "other.ipynb']",
    "pyproject",
)


@cache
def record():
    return load()


def source_of(number):
    return json.loads(SOURCES[number].read_text(encoding="utf-8"))


def text(cell):
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def handed_out(number):
    """Return the student's copy."""
    release = marking_copy(source_of(number))
    for cell in release["cells"]:
        cell["source"] = HIDDEN.sub("", cell["source"]).rstrip("\n")
    return release


def cell(notebook, name):
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def place(notebook, name):
    return notebook["cells"].index(cell(notebook, name))


def code(source, name="own"):
    return {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def answered(number, student, answers=None):
    """Return a submission: the model's answers, or others for the questions that are named."""
    notebook, model = handed_out(number), source_of(number)
    for one in model["cells"]:
        mark = one["metadata"].get("nbgrader", {})
        if mark.get("solution") and one["cell_type"] == "code":
            cell(notebook, one["id"])["source"] = MARKER.sub("", text(one))
    cell(notebook, "student")["source"] = f"student = {student!r}"
    for key, answer in (answers or {}).items():
        cell(notebook, name_in(key))["source"] = answer.strip("\n")
    return notebook


def with_cell(number, student, source):
    return with_cells(number, student, {"own": source})


def with_cells(number, student, sources):
    """Return a submission with the model's answers and cells of the student's own before them."""
    notebook = answered(number, student)
    spot = place(notebook, "mine") + 1
    notebook["cells"][spot:spot] = [code(source, name) for name, source in sources.items()]
    return notebook


def standing_alone(number):
    """Return a question whose answer no other one uses: the last that asks for a value and not for a function."""
    notebook = handed_out(number)
    return [key for key in points_in(notebook) if "answer_" in text(cell(notebook, name_in(key)))][-1]


def name_in(key):
    """Return the name of the answer's cell: ``q1-3`` for ``1.3``."""
    return f"q{key.replace('.', '-')}"


@dataclass
class Marked:
    """A submission that went through the engine."""

    notebook: dict
    notes: tuple[Note, ...]
    outcome: Outcome
    points: dict[str, float] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)

    @property
    def looks(self):
        return [note.text for note in (*self.notes, *self.outcome.notes) if note.kind == "look"]

    @property
    def repairs(self):
        return [note.text for note in self.notes if note.kind == "repaired"]

    def shown(self, name="own"):
        outputs = cell(self.outcome.notebook, name)["outputs"]
        return " ".join(
            output.get("text", "") + output.get("evalue", "") + str(output.get("data", "")) for output in outputs
        )


def mark_class(number, submissions, students=None, limits=LIMITS):
    release = marking_copy(source_of(number))
    contents = {name: one if isinstance(one, bytes) else json.dumps(one).encode() for name, one in submissions.items()}
    repaired = {name: repair(content, release) for name, content in contents.items()}
    prints = {name: json.dumps(one.notebook) for name, one in repaired.items()}
    ran = dict(run_all({whole: json.loads(whole) for whole in dict.fromkeys(prints.values())}, limits, workers=2))
    outcomes = {name: ran[prints[name]] for name in repaired}  # what is the same after repair is run once
    points, marked = points_in(release), {}
    for name, (notebook, notes) in repaired.items():
        mine = variant(number, (students or {}).get(name, name), record())
        marks = judge(outcomes[name], mine, schemes_for(mine), points)
        marked[name] = Marked(notebook, notes, outcomes[name])
        marked[name].points = {mark.key: mark.points for mark in marks}
        marked[name].messages = {mark.key: mark.message for mark in marks}
    return marked


def full(number, **but):
    """Return full marks but for some questions: ``q1_3=0.5``."""
    points = points_in(source_of(number))
    return points | {name[1:].replace("_", "."): worth for name, worth in but.items()}


# Each assignment: right, wrong and untouched beside what is damaged and what does harm, in one class


@pytest.fixture(scope="module", params=READY)
def whole_class(request, others, tmp_path_factory):
    number, answers = request.param, import_module(f"tests.answers.assignment_{request.param}")
    whole = {"model": answered(number, "model"), "untouched": handed_out(number)}
    whole |= {f"right: {name}": answered(number, f"right: {name}", given) for name, given in answers.RIGHT.items()}
    wrong = {f"wrong: {name}": answered(number, "model", given) for name, (given, _) in answers.WRONG.items()}
    trouble = troubled(number, others, tmp_path_factory.mktemp("downloads"))
    mates = classmates(number, answers.RIGHT, CLASS - len(whole | wrong | trouble))
    marked = mark_class(number, trouble | whole | wrong | mates, dict.fromkeys(wrong | trouble, "model"))
    assert "attacked" not in (ROOT / "helpers" / "__init__.py").read_text(encoding="utf-8")
    assert sorted(path.name for path in others.iterdir()) == ["other.ipynb"]
    return number, answers, marked


def classmates(number, ways, count):
    """Return the right answers of other students, each to a variant of their own, written in one of several ways."""
    written = [None, *ways.values()]
    names = [f"{MATE}{place}" for place in range(count)]
    return {name: answered(number, name, written[place % len(written)]) for place, name in enumerate(names)}


MATE = "classmate "


def troubled(number, others, downloads):
    """Return what goes wrong in real classes, and what must not work; all have the model's answers.

    What is the same after repair is run once, so most of these cost no run of their own.
    """
    name, tries = name_in(standing_alone(number)), attacks(others, 0, number)
    duplicated, deleted, edited, foreign = (answered(number, "model") for _ in range(4))
    for each in (name, f"{name}-marks"):
        duplicated["cells"].insert(place(duplicated, each) + 1, copy.deepcopy(cell(duplicated, each)))
    deleted["cells"] = [one for one in deleted["cells"] if one["id"] not in (name, f"q{number}-1-marks")]
    cell(edited, name)["source"] = cell(handed_out(number), name)["source"]
    cell(edited, f"{name}-marks")["source"] = "print('Right.')"
    foreign["metadata"]["kernelspec"] = {"name": "conda-env-mine", "display_name": "Mine", "language": "python"}
    return {
        "duplicated cells": duplicated,
        "deleted cells": deleted,
        "edited test cell": edited,
        "renamed file": taken_in(number, answered(number, "model"), downloads),
        "wrong kernel": foreign,
        "infinite loop": with_cell(number, "model", tries["endless"]),
        "os._exit": with_cell(number, "model", tries["_exit"]),
        "in vain": with_cells(number, "model", {name_of(one): tries[one] for one in IN_VAIN}),
        "broken JSON": json.dumps(answered(number, "model")).encode()[:5000],
    }


IN_VAIN = ("10 GB", "prints at once", "reads the solution", "reads the scheme", "writes outside", "changes the helpers")


def taken_in(number, notebook, downloads):
    """Return the bytes of a file that is called otherwise, as they come out of the downloads."""
    (downloads / "Ana Ruiz").mkdir()
    (downloads / "Ana Ruiz" / "homework, last version (2).ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (piece,) = take_in(downloads, assignments()).pieces
    assert piece.assignment == number
    return piece.found.content


def test_the_others_of_a_class_of_thirty_are_graded_right(whole_class):
    number, _, marked = whole_class
    mates = {name: one for name, one in marked.items() if name.startswith(MATE)}
    assert len(marked) == CLASS and len(mates) >= 10
    assert len({str(variant(number, name, record()).settings) for name in mates}) >= len(mates) - 2
    for name, one in mates.items():
        assert one.points == full(number), name
        assert one.notes == one.outcome.notes == ()
        assert one.outcome.student == name


def test_the_model_answer_gets_full_marks(whole_class):
    number, _, marked = whole_class
    assert marked["model"].points == full(number)
    assert marked["model"].notes == marked["model"].outcome.notes == ()
    assert marked["model"].outcome.student == "model"


def test_an_untouched_copy_gets_nothing_and_does_not_fail(whole_class):
    number, _, marked = whole_class
    untouched = marked["untouched"]
    assert untouched.points == dict.fromkeys(full(number), 0)
    assert set(untouched.messages.values()) == {"Not answered."}
    assert not untouched.looks
    errors = [output for one in untouched.outcome.notebook["cells"] for output in one.get("outputs", [])]
    assert "error" not in {output["output_type"] for output in errors}


def test_right_answers_written_otherwise_get_full_marks(whole_class):
    number, answers, marked = whole_class
    assert len(answers.RIGHT) >= 3
    for name in answers.RIGHT:
        assert marked[f"right: {name}"].points == full(number), name


def test_wrong_answers_get_the_stated_marks(whole_class):
    number, answers, marked = whole_class
    assert len(answers.WRONG) >= 4
    for name, (_, stated) in answers.WRONG.items():
        assert marked[f"wrong: {name}"].points == pytest.approx(full(number) | stated, abs=0.02), name


def test_nothing_of_the_hidden_tests_is_shown(whole_class):
    _, _, marked = whole_class
    for name, one in marked.items():
        shown = json.dumps([cell.get("outputs") for cell in one.outcome.notebook["cells"]])
        for secret in ("from marker", "mark(mine", "tried(", "escalation.answer", *SECRETS):
            assert secret not in shown, (name, secret)


@pytest.mark.parametrize(
    ("name", "kept", "repaired", "look"),
    [
        # which marks: all, all but one question, or none; part of a note "repaired"; part of a note "look"
        ("duplicated cells", "all", "stood 2 times; one of them was kept", None),
        ("deleted cells", "but one", "was deleted, and was put back.", "was deleted; it was put back empty"),
        ("edited test cell", "but one", "the original was used", None),
        ("renamed file", "all", None, None),
        ("wrong kernel", "all", "another kernel (conda-env-mine)", None),
        ("infinite loop", "all", None, "was stopped after 5 seconds; the next ones ran"),
        ("os._exit", "all", None, "ended Python itself. The notebook was run again without this cell"),
        ("in vain", "all", None, None),
        ("broken JSON", "none", None, "The file could not be read"),
    ],
)
def test_trouble_costs_no_more_than_it_must(whole_class, name, kept, repaired, look):
    number, _, marked = whole_class
    one, worth = marked[name], full(number)
    stated = {"all": worth, "but one": worth | {standing_alone(number): 0}, "none": dict.fromkeys(worth, 0)}
    assert one.points == stated[kept]
    for part, notes in ((repaired, one.repairs), (look, one.looks)):
        assert any(part in note for note in notes) if part else not notes


def test_what_must_not_work_is_refused_or_cut(whole_class):
    _, _, marked = whole_class
    for name in IN_VAIN:
        outputs = cell(marked["in vain"].outcome.notebook, name_of(name))["outputs"]
        if name == "prints at once":
            assert "cut here" in json.dumps(outputs) and len(json.dumps(outputs)) < 2_000_000
        elif name != "10 GB" or sys.platform == "linux":  # elsewhere what is only asked for costs nothing
            assert [output["output_type"] for output in outputs] == ["error"], name


# Files that came in damaged


@cache
def damaged():
    return dict(_damaged())


def _damaged():
    n = 1
    yield "whole", answered(n, DANA)

    one = answered(n, DANA)
    one["cells"].insert(place(one, "q1-1") + 1, copy.deepcopy(cell(one, "q1-1")))
    one["cells"].insert(place(one, "q1-2-marks") + 1, copy.deepcopy(cell(one, "q1-2-marks")))
    yield "duplicated", one

    one = answered(n, DANA)
    other = copy.deepcopy(cell(one, "q1-1"))
    other["source"] = "answer_1_1 = -1"
    one["cells"].append(other)
    yield "two answers", one

    one = answered(n, DANA)
    one["cells"].insert(place(one, "q1-1"), copy.deepcopy(cell(handed_out(n), "q1-1")))
    yield "stub kept", one

    one = answered(n, DANA)
    one["cells"] = [c for c in one["cells"] if c["id"] not in ("q1-1", "q1-2-marks", "q1-3-prompt", "setup")]
    yield "deleted", one

    one = answered(n, DANA)
    cell(one, "q1-1")["source"] = "answer_1_1 = -1"
    cell(one, "q1-1-marks")["source"] = "print('Right.')"
    cell(one, "q1-2-marks")["source"] = "pass"
    cell(one, "q1-3-prompt")["source"] += "\n\nI don't understand this."
    yield "edited test", one

    one = answered(n, DANA)
    cell(one, "q1-1-marks")["source"] = cell(one, "q1-1")["source"] + '\ncheck("1.1", answer_1_1)'
    cell(one, "q1-1")["source"] = "answer_1_1 = ..."
    yield "in the test", one

    one = answered(n, DANA)
    cell(one, "setup")["source"] += "\nimport math as m"
    cell(one, "q1-1")["source"] += "\nanswer_1_1 = answer_1_1 * m.floor(1.5)"
    yield "own import", one

    one = answered(n, DANA)
    whole = cell(one, "q1-2")
    first, second = whole["source"].strip().rsplit("\n", 1)
    piece = copy.deepcopy(whole)
    whole["source"], piece["source"] = first.replace("answer_1_2 = ...", "").strip(), second
    one["cells"].insert(place(one, "q1-2") + 1, piece)
    yield "split", one

    one = answered(n, DANA)
    source = cell(one, "q1-1")["source"]
    cell(one, "q1-1")["source"] = "answer_1_1 = ..."
    one["cells"].insert(place(one, "q1-2-prompt"), code(source.replace("answer_1_1 = ...", "")))
    yield "later cell", one

    one = answered(n, DANA)
    for number, each in enumerate(one["cells"]):
        each["metadata"], each["id"] = {}, f"x{number}"
    yield "no metadata", one

    one = answered(n, DANA)
    one["cells"].append(one["cells"].pop(place(one, "setup")))
    one["cells"].insert(0, one["cells"].pop(place(one, "q1-4")))
    yield "wrong order", one

    one = answered(n, DANA)
    one["metadata"]["kernelspec"] = {"name": "conda-env-mine", "display_name": "Mine", "language": "python"}
    yield "wrong kernel", one

    one = answered(n, DANA)
    one["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R"}, "language_info": {"name": "R"}}
    yield "another language", one

    one = answered(n, DANA)
    cell(one, "q1-1")["cell_type"] = "markdown"
    cell(one, "q1-8")["cell_type"] = "code"
    cell(one, "q1-8")["source"] = "Because nobody wrote it down."
    yield "types changed", one

    one = answered(n, DANA)
    for each in one["cells"]:
        each["id"] = "same"
    yield "same ids", one

    one = answered(n, DANA)
    one["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"a": "x" * 50_000_000}}}
    cell(one, "q1-1")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}]
    yield "heavy", one

    one = answered(n, DANA)
    old = [
        {
            **{k: v for k, v in each.items() if k not in ("source", "id")},
            "input": each["source"],
            "source": each["source"],
        }
        for each in one["cells"]
    ]
    yield "old format", {"worksheets": [{"cells": old}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}

    one = answered(n, DANA)
    yield "bytes before", b"\xef\xbb\xbf" + json.dumps(one).encode()

    yield "broken", json.dumps(answered(n, DANA)).encode()[:5000]
    yield "no notebook", b'{"cells": 3}'
    yield "a picture", b"\x89PNG\r\n\x1a\n\x00\xff"
    yield "empty", b""
    yield "deep", b"[" * 200_000
    yield "another notebook", {"cells": [code("1 + 1")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    yield "odd cells", {"cells": [3, {"cell_type": "code"}, {"source": None, "metadata": 1}], "metadata": []}


DAMAGED = {
    # name: marks that differ from full, part of a note "repaired", part of a note "look"
    "whole": ({}, None, None),
    "duplicated": ({}, "answer cell of 1.1 stood 2 times", None),
    "two answers": ({}, None, "1.1 stood 2 times with different answers"),
    "stub kept": ({}, "answer cell of 1.1 stood 2 times", None),
    "deleted": ({"q1_1": 0}, "marking cell of 1.2 was deleted", "answer cell of 1.1 was deleted"),
    "edited test": ({"q1_1": 0}, "marking cell of 1.2 had been changed", "question of 1.3 had been changed"),
    "in the test": ({}, "marking cell of 1.1 had been changed", None),
    "own import": ({}, "cell “setup” had been changed", None),
    "split": ({}, "answer cell of 1.2 was split", None),
    "later cell": ({}, "answer to 1.1 stands in a later cell", None),
    "no metadata": ({}, "had lost what marks them", None),
    "wrong order": ({}, "stood elsewhere", None),
    "wrong kernel": ({}, "another kernel (conda-env-mine)", None),
    "another language": ({}, None, "saved for R"),
    "types changed": ({}, "had become markdown", None),
    "same ids": ({}, None, None),
    "heavy": ({}, None, None),
    "old format": ({}, None, None),
    "bytes before": ({}, None, None),
}
UNREADABLE = ("broken", "no notebook", "a picture", "empty", "deep")


@pytest.fixture(scope="module")
def damaged_class():
    if 1 not in READY:
        pytest.skip("assignment 1 is not there yet")
    return mark_class(1, damaged(), dict.fromkeys(damaged(), DANA))


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_repaired_and_marked(damaged_class, name):
    but, repaired, look = DAMAGED[name]
    one = damaged_class[name]
    assert one.points == full(1, **but)
    assert any(repaired in note for note in one.repairs) if repaired else not one.repairs
    assert any(look in note for note in one.looks) if look else not one.looks


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_said_and_gets_nothing(damaged_class, name):
    one = damaged_class[name]
    assert one.points == dict.fromkeys(full(1), 0)
    assert [note for note in one.looks if note.startswith("The file could not be read")]


@pytest.mark.parametrize("name", ["another notebook", "odd cells"])
def test_another_notebook_is_said_and_gets_nothing(damaged_class, name):
    assert damaged_class[name].points == dict.fromkeys(full(1), 0)
    assert "Nothing in this notebook belongs to the assignment. Is it the right file?" in damaged_class[name].looks


def test_what_comes_out_of_repair_is_a_valid_notebook_with_each_cell_once(damaged_class):
    import nbformat

    wanted = [one["id"] for one in handed_out(1)["cells"] if one["metadata"].get("nbgrader")]
    for one in {id(one.outcome): one for one in damaged_class.values()}.values():
        nbformat.validate(nbformat.from_dict(one.outcome.notebook))
    for name, one in damaged_class.items():
        ids = [each["id"] for each in one.notebook["cells"] if each["metadata"].get("nbgrader")]
        assert ids.count("q1-3") == 1 and set(ids) == set(wanted), name
        assert ids == wanted or name == "later cell"
        assert len(json.dumps(one.notebook)) < 100_000


def test_what_a_student_wrote_is_kept(damaged_class):
    assert "I don't understand this." in json.dumps(damaged_class["edited test"].notebook)
    assert "answer_1_1 = -1" in json.dumps(damaged_class["two answers"].notebook)
    assert cell(damaged_class["types changed"].notebook, "q1-8")["source"] == "Because nobody wrote it down."
    written = answered(1, "two texts")
    cell(written, "q1-8")["source"] = "One half."
    other = copy.deepcopy(cell(written, "q1-8"))
    other["source"] = "The other half."
    written["cells"].append(other)
    mended, notes = repair(written, marking_copy(source_of(1)))
    assert cell(mended, "q1-8")["source"] == "One half.\n\nThe other half."
    assert [note.kind for note in notes] == ["look"]


def test_a_written_answer_that_lost_its_metadata_is_found_behind_its_question():
    notebook = answered(1, "x")
    cell(notebook, "q1-8").update(metadata={}, source="My own words.", id="lost")
    mended, _ = repair(notebook, marking_copy(source_of(1)))
    assert cell(mended, "q1-8")["source"] == "My own words."


def test_repairing_twice_changes_nothing_more():
    release = marking_copy(source_of(1))
    for name, given in damaged().items():
        if name == "heavy":
            continue
        once = repair(given if isinstance(given, bytes) else json.dumps(given).encode(), release).notebook
        twice, notes = repair(json.dumps(once).encode(), release)
        assert twice["cells"] == once["cells"], name
        assert not [note for note in notes if note.kind == "look" and "deleted" in note.text]


# Notebooks that do harm


def attacks(folder, port, number=1):
    """Return cells by their name: what each tries. None of them costs a student the other answers."""
    source, scheme = SOURCES[number], ROOT / "teaching" / "marking" / "schemes" / f"assignment_{number}.py"
    return {
        "endless": "while True: pass",
        "endless, deaf": "while True:\n    try:\n        sum(range(9999))\n    except BaseException:\n        pass",
        "endless, in C": "10 ** 10 ** 10",
        "asleep": "import time\ntime.sleep(1000)",
        "10 GB": "big = bytearray(10 * 2**30)",
        "10 GB, numpy": "import numpy as np\nbig = np.ones(10 * 2**27)",
        "10 GB, slowly": "big = []\nwhile True: big.append('x' * 2**20)",
        "prints": "while True: print('x' * 10_000)",
        "prints at once": "print('x' * 10**8)",
        "shows": "while True: display({'text/html': 'x' * 10_000}, raw=True)",
        "_exit": "import os\nos._exit(0)",
        "exit": "import sys\nsys.exit(1)",
        "quit": "quit()",
        "kills its parent": "import os\nos.kill(os.getppid(), 9)",
        "kills itself": "import os, signal\nsignal.raise_signal(signal.SIGKILL)",
        "reads the solution": f"print(open({str(source)!r}).read())",
        "reads the scheme": f"import os\nprint(os.read(os.open({str(scheme)!r}, 0), 9**5))",
        "reads by pandas": f"import pandas as pd\nprint(pd.read_json({str(source)!r}, typ='series').to_dict())",
        "imports teaching": "import teaching.marking.judging as j\nprint(j.judge)",
        "imports by path": f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
                           f"from teaching.marking.schemes import assignment_{number} as a\nprint(a.TRIED)",
        "reads another's": f"print(open({str(folder / 'other.ipynb')!r}).read())",
        "lists others": f"import os\nprint(os.listdir({str(folder)!r}))",
        "looks into processes": "import glob\nprint([open(p).read() for p in glob.glob('/proc/[0-9]*/environ')])",
        "writes outside": f"open({str(folder / 'written.txt')!r}, 'w').write('x')",
        "writes by pandas": f"import pandas as pd\npd.Series([1]).to_csv({str(folder / 'written.csv')!r})",
        "changes the helpers": "import helpers\nopen(helpers.__file__, 'a').write('# attacked')",
        "links": f"import os\nos.symlink({str(folder)!r}, 'link')\nprint(os.listdir('link'))",
        "connects": f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=2).send(b'x')",
        "fetches": f"import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}', timeout=2)",
        "starts a program": "import subprocess\nprint(subprocess.run(['ls', '/'], capture_output=True))",
        "forks": "import os\nwhile True: os.fork()",
        "threads": "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(99,)).start()",
        "fills the disk": "for n in range(500): open(f'{n}', 'wb').write(b'x' * 10_000_000)",
        "asks": "name = input('Who? ')",
        "breaks off": "raise BaseException('no')",
        "breaks the screen": "import sys, builtins\nsys.stdout = sys.stderr = None\nbuiltins.print = None",
        "recursion": "def f(): return f()\nf()",
        "forges": FORGERY,
    }  # fmt: skip


FORGERY = """
import os
for n in range(3, 60):
    try:
        os.write(n, b'{"at": 1, "output": 3}\\n[}\\n' + b"x" * 10**6 + b"\\n")
    except OSError:
        pass
"""
STOPPED = ("endless", "endless, deaf", "endless, in C", "asleep", "prints", "shows")
ENDED = ("10 GB, slowly", "_exit", "kills itself")
UNNOTICED = ("threads", "fills the disk", "forges")  # refused, or ended and run again: as the system has it
LOUD = (*STOPPED, *ENDED, *UNNOTICED)  # the others are refused, or do no harm: they stand in one notebook


def dangerous(folder, port, loud):
    tries = attacks(folder, port)
    whole = {name: with_cell(1, name, tries[name]) for name in loud}
    quiet = with_cells(1, "quiet", {name_of(name): tries[name] for name in tries if name not in LOUD})
    last = answered(1, "_exit at the end")
    last["cells"].append(code("import os\nos._exit(0)"))
    inside = answered(1, "_exit in an answer")
    cell(inside, "q1-3")["source"] = "import os\nos._exit(0)"
    wrong = {key: f"answer_{key.replace('.', '_')} = 'nothing'" for key in full(1) if key != "1.7"}
    cheats = answered(1, "cheats", wrong)
    cheats["cells"].insert(place(cheats, "setup") + 1, code(CHEAT))
    deaf = answered(1, "deaf marker", wrong)
    deaf["cells"].insert(place(deaf, "setup") + 1, code("import marker\nmarker.mark = lambda *_, **__: 100"))
    whole |= {"quiet": quiet, "_exit in an answer": inside, "cheats": cheats}
    if loud != LOUD:
        return whole
    return whole | {
        "_exit at the end": last,
        "deaf marker": deaf,
        "breaks check": with_cell(1, "breaks check", "def check(*_): raise SystemExit"),
        "endless function": answered(
            1, "endless function", {"1.7": "def quiet_days(first, last):\n    while True: pass"}
        ),
        "honest": answered(1, "honest"),
    }


def name_of(attack):
    return "own-" + re.sub(r"\W+", "-", attack)


CHEAT = """
import helpers.checks, helpers.answers, helpers.variants
from helpers.checks import Verdict
always = lambda key="", *rest, **more: Verdict(str(key), "right", "Yes.")
helpers.checks.judge = helpers.variants.judge = helpers.variants.Variant.check = always
helpers.checks.same = helpers.answers.same = helpers.answers.belonging = lambda *_, **__: True
"""


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    folder = tmp_path_factory.mktemp("submissions")
    (folder / "other.ipynb").write_text(SECRET)
    return folder


@pytest.fixture(scope="module")
def listening():
    """Listen to whoever connects; gives the port, and how many did."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.01)
        yield server


def visitors(server):
    try:
        server.accept()[0].close()
    except TimeoutError:
        return 0
    return 1


@pytest.fixture(scope="module", params=["walls", "fence"])
def dangerous_class(request, others, listening):
    if 1 not in READY:
        pytest.skip("assignment 1 is not there yet")
    walls = sandbox._bubblewrap()
    if request.param == "walls" and not walls:
        pytest.skip("bubblewrap does not work here")
    loud = LOUD if request.param == "walls" else ("endless, deaf", "10 GB, slowly", "_exit", "fills the disk")
    submissions = dangerous(others, listening.getsockname()[1], loud)
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "fence":
            patch.setattr(sandbox, "_bubblewrap", lambda: None)
        marked = mark_class(1, submissions)
    assert "attacked" not in (ROOT / "helpers" / "__init__.py").read_text(encoding="utf-8")
    assert sorted(path.name for path in others.iterdir()) == ["other.ipynb"]
    assert not visitors(listening)
    return marked


def test_an_attack_costs_nobody_an_answer(dangerous_class):
    for name, one in dangerous_class.items():
        if name not in ("_exit in an answer", "cheats", "deaf marker", "endless function"):
            assert one.points == full(1), name


def test_an_attack_sees_nothing(dangerous_class):
    for name, one in dangerous_class.items():
        shown = json.dumps([each.get("outputs") for each in one.outcome.notebook["cells"]])
        for secret in SECRETS:
            assert secret not in shown, (name, secret)


REFUSED = re.compile("reads|imports|lists|writes|changes|links|connects|fetches|starts|forks|kills its parent").match


def test_what_is_refused_is_refused(dangerous_class, others):
    for name in attacks(others, 0):
        if REFUSED(name):
            outputs = cell(dangerous_class["quiet"].outcome.notebook, name_of(name))["outputs"]
            assert [output["output_type"] for output in outputs] == ["error"], name


def test_an_attack_is_noted_where_a_person_should_look(dangerous_class):
    for name, one in dangerous_class.items():
        if name in STOPPED:
            assert len(one.looks) == 1
            assert "stopped after 5 seconds" in one.looks[0] or "would not stop" in one.looks[0], name
        elif name in ENDED:
            assert len(one.looks) == 1
            assert "run again without this cell" in one.looks[0] or "stopped after 5 seconds" in one.looks[0], name
    for name in {"quiet", "honest", "cheats", "breaks check"} & dangerous_class.keys():
        assert not dangerous_class[name].looks, name


def test_what_was_handed_over_before_the_end_counts(dangerous_class):
    assert dangerous_class["_exit in an answer"].points == full(1, q1_3=0)
    if "_exit at the end" in dangerous_class:
        assert dangerous_class["_exit at the end"].looks


def test_whoever_bends_the_checks_gets_what_the_answers_are_worth(dangerous_class):
    cheat = dangerous_class["cheats"]
    assert "Right" in cheat.shown("q1-1-marks")  # what the student sees is the student's own affair
    assert cheat.points == dict.fromkeys(full(1), 0) | {"1.7": full(1)["1.7"]}
    if "deaf marker" in dangerous_class:
        assert dangerous_class["deaf marker"].points == dict.fromkeys(full(1), 0)


def test_a_function_that_never_ends_costs_its_own_question(dangerous_class):
    if "endless function" in dangerous_class:
        assert dangerous_class["endless function"].points == full(1, q1_7=0)


def test_much_output_stays_small(dangerous_class):
    for name in {"prints", "shows", "quiet"} & dangerous_class.keys():
        assert len(json.dumps(dangerous_class[name].outcome.notebook)) < 4_000_000
        assert "cut here" in json.dumps(dangerous_class[name].outcome.notebook)


@pytest.mark.parametrize("number", [number for number in READY if number != 1])
def test_the_fence_holds_for_every_assignment(number, others, listening, monkeypatch):
    """Of an assignment the fence knows nothing: what it refuses is the same for all, and is tried in full on the first.

    What differs is where solution and scheme lie, and what the notebook itself loads and draws. So all that must be
    refused stands here once more, in one notebook, beside one that ends Python and that of a student who does neither.
    """
    monkeypatch.setattr(sandbox, "_bubblewrap", lambda: None)
    tries = attacks(others, listening.getsockname()[1], number)
    quiet = {name_of(name): tries[name] for name in tries if REFUSED(name)}
    submissions = {
        "quiet": with_cells(number, "quiet", quiet),
        "_exit": with_cell(number, "_exit", tries["_exit"]),
        "honest": answered(number, "honest"),
    }
    marked = mark_class(number, submissions)
    assert {name: one.points for name, one in marked.items()} == dict.fromkeys(submissions, full(number))
    test_what_is_refused_is_refused(marked, others)
    test_an_attack_sees_nothing(marked)
    test_an_attack_is_noted_where_a_person_should_look(marked)
    assert not visitors(listening)
    assert sorted(path.name for path in others.iterdir()) == ["other.ipynb"]
    assert "attacked" not in (ROOT / "helpers" / "__init__.py").read_text(encoding="utf-8")


def test_the_walls_hold_without_the_fence(tmp_path, others, listening, monkeypatch):
    if not sandbox._bubblewrap():
        pytest.skip("bubblewrap does not work here")
    for path in sandbox.INSIDE.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "guard.py").write_text("def install(own, readable): pass\n")
    sandbox._bubblewrap.cache_clear()
    monkeypatch.setattr(sandbox, "INSIDE", tmp_path)
    try:
        tries = attacks(others, listening.getsockname()[1])
        names = [
            name
            for name in tries
            if re.match("reads|imports|lists|looks|writes|changes|connects|fetches|kills|forks", name)
        ]
        tries = {name: tries[name] for name in names} | {
            "outside": "import os\nprint(os.listdir('/'), os.listdir('/home') if os.path.exists('/home') else '', os.environ)",
            "mounts": f"import os\nprint(os.listdir({str(ROOT)!r}))",
        }
        bare = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        notebooks = {
            name: {**bare, "cells": [code(source), code("print(6 * 7)", "after")]} for name, source in tries.items()
        }
        outcomes = dict(run_all(notebooks, LIMITS, workers=2))
    finally:
        monkeypatch.undo()
        sandbox._bubblewrap.cache_clear()
    for name, outcome in outcomes.items():
        shown = json.dumps(outcome.notebook["cells"])
        for secret in SECRETS:
            assert secret not in json.dumps([one["outputs"] for one in outcome.notebook["cells"]]), (name, secret)
        assert '"42\\n"' in shown, name
    assert not visitors(listening)
    assert sorted(path.name for path in others.iterdir()) == ["other.ipynb"]
    assert "attacked" not in (ROOT / "helpers" / "__init__.py").read_text(encoding="utf-8")


# The rest


def bare(*sources):
    cells = [code(source, f"c{number}") for number, source in enumerate(sources)]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def test_what_a_cell_shows_is_kept_as_a_kernel_would():
    outcome = run(
        bare(
            "import sys\nprint('one')\nprint('two', file=sys.stderr)\n'three'",
            "from IPython.display import clear_output, display, HTML\nprint('gone')\nclear_output()\ndisplay(HTML('<b>x</b>'))",
            "handle = display('before', display_id=True)\nhandle.update('after')",
            "import asyncio\nawait asyncio.sleep(0)\n1 / 0",
            "import plotly.express as px\npx.bar(x=['a'], y=[1])",
            "import ipywidgets\nipywidgets.interact(lambda x: print(x), x=3);",
        ),
    )
    shown = [one["outputs"] for one in outcome.notebook["cells"]]
    assert [output["output_type"] for output in shown[0]] == ["stream", "stream", "execute_result"]
    assert shown[0][2]["execution_count"] == 1 and outcome.notebook["cells"][2]["execution_count"] == 3
    assert [output["data"]["text/html"] for output in shown[1]] == ["<b>x</b>"]
    assert [output["data"]["text/plain"] for output in shown[2]] == ["'after'"]
    assert shown[3][0]["ename"] == "ZeroDivisionError"
    assert "application/vnd.plotly.v1+json" in shown[4][-1]["data"]
    assert not outcome.notes


def test_a_notebook_ends_when_its_time_is_over():
    begin = time.monotonic()
    outcome = run(bare(*["import time\ntime.sleep(2)"] * 30), Limits(cell_seconds=5, notebook_seconds=3))
    assert time.monotonic() - begin < 15
    assert "ran for more than 3 seconds" in outcome.notes[0].text


def test_outcomes_come_as_they_are_done_with_progress():
    told = []
    notebooks = {"slow": bare("import time\ntime.sleep(3)"), "fast": bare("1")}
    done = [
        key for key, _ in run_all(notebooks, LIMITS, 2, lambda key, _, count, total: told.append((key, count, total)))
    ]
    assert done == ["fast", "slow"]
    assert told == [("fast", 1, 2), ("slow", 2, 2)]


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run(bare("open('mine.txt', 'w').write('x')"), LIMITS)
    assert list(tmp_path.iterdir()) == []


def test_the_protection_is_said_in_words(monkeypatch):
    monkeypatch.setattr(sandbox, "_bubblewrap", lambda: None)
    assert "without walls" in protection() and "virtual machine" in protection()
    monkeypatch.setattr(sandbox, "_bubblewrap", lambda: ("bwrap",))
    assert "behind walls" in protection()


@pytest.mark.skipif(1 not in READY, reason="assignment 1 is not there yet")
def test_judging_never_raises():
    mine = variant(1, "x", record())
    points = points_in(source_of(1)) | {"1.99": 2.0}
    for answer in (
        {"kind": "?"},
        {"kind": "rows", "count": "x"},
        "x" * 10**6,
        [[[]]],
        {"kind": "other", "type": "x"},
        1e308,
    ):
        outcome = Outcome({}, dict.fromkeys(points, answer), None, 0.0)
        marks = judge(outcome, mine, schemes_for(mine), points)
        assert {mark.points for mark in marks} == {0.0} and all(mark.message for mark in marks)


@pytest.mark.skipif(1 not in READY, reason="assignment 1 is not there yet")
def test_a_share_of_a_set_is_earned_and_what_does_not_belong_is_taken_off():
    from helpers.tasks import Task

    mine = variant(1, "x", record())
    schemes = {"1.1": Scheme(Task(lambda _: {"a", "b", "c", "d"}, (), "no"), by_share=True)}
    for answer, earned in (["a", "b"], 2), (["a", "b", "x"], 1), (["x"], 0), (["a", "b", "c", "d"], 4):
        marks = judge(Outcome({}, {"1.1": answer}, None, 0.0), mine, schemes, {"1.1": 4.0})
        assert marks[0].points == earned


@pytest.mark.skipif(1 not in READY, reason="assignment 1 is not there yet")
def test_a_plain_run_of_nbgrader_gives_the_same_points():
    mine = variant(1, "x", record())
    right = mine.tasks["1.1"].right(mine.chronicle)
    assert points_for(mine, "1.1", right) == full(1)["1.1"]
    assert points_for(mine, "1.1", -5) == 0


# What a student can ask before handing in


@pytest.fixture
def saved(tmp_path):
    def save(notebook, name="1-read-a-timeline.ipynb"):
        (tmp_path / name).write_text(json.dumps(notebook), encoding="utf-8")
        return tmp_path / name

    return save


@pytest.mark.skipif(1 not in READY, reason="assignment 1 is not there yet")
class TestBeforeHandingIn:
    def whole(self):
        notebook = answered(1, "ana")
        cell(notebook, "q1-8")["source"] = cell(notebook, "q1-9")["source"] = "My words."
        return notebook

    def test_a_whole_notebook_can_go(self, saved):
        advice = before_you_hand_in(saved(self.whole()))
        assert advice and "You can hand it in" in advice.text

    def test_an_untouched_one_lists_every_question(self, saved):
        path = saved(handed_out(1))
        before = path.read_bytes()
        advice = before_you_hand_in(path)
        assert {finding.question for finding in advice.findings} == {"", *full(1), "1.8", "1.9"}
        assert "Your id is missing" in advice.text
        assert path.read_bytes() == before

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda n: n["cells"].append(copy.deepcopy(cell(n, "q1-1"))), "answer of question 1.1 is there 2 times"),
            (lambda n: n["cells"].remove(cell(n, "q1-2")), "The cell for the answer to 1.2 is missing"),
            (lambda n: n["cells"].remove(cell(n, "q1-2-marks")), "check(\"1.2\", …)” is missing"),
            (lambda n: n["cells"].remove(cell(n, "q1-8")), "The cell for your text on 1.8 is missing"),
            (lambda n: cell(n, "q1-7").update(source=cell(handed_out(1), "q1-7")["source"]), "1.7 is not answered yet"),
            (
                lambda n: cell(n, "q1-3").update(outputs=[{"output_type": "error", "ename": "NameError"}]),
                "question 1.3 ended with an error (NameError)",
            ),
        ],
    )  # fmt: skip
    def test_it_says_what_is_missing_or_doubled(self, saved, change, said):
        notebook = self.whole()
        change(notebook)
        advice = before_you_hand_in(saved(notebook))
        assert len(advice.findings) == 1 and said in advice.text
        assert said.split(" is ")[0].replace('"', "&quot;") in advice._repr_html_()

    def test_a_number_finds_the_notebook_saved_last(self, saved, monkeypatch):
        monkeypatch.chdir(saved(handed_out(1)).parent)
        newer = saved(self.whole(), "1-read-a-timeline-Copy1.ipynb")
        os.utime(newer, (time.time() + 9, time.time() + 9))
        assert before_you_hand_in(1).file == newer.name

    def test_a_damaged_file_is_said_in_words(self, saved):
        path = saved({})
        path.write_text('{"cells": [')
        assert "damaged in line 1" in before_you_hand_in(path).text
        assert "not one of the five assignments" in before_you_hand_in(saved(bare("1 + 1"))).text


def test_reading_takes_any_age_and_any_oddity():
    old = {"worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": ["A"]}, 3]}, 4], "metadata": None}
    assert read_notebook(json.dumps(old).encode())["cells"][0]["source"] == "## A"
    assert read_notebook(b'{"cells": [{}]}')["cells"][0]["cell_type"] == "raw"
