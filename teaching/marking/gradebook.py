"""nbgrader's gradebook of a marking folder: the machine's marks go in, a person's marks and comments come out."""

from __future__ import annotations

import hashlib
import shutil
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from teaching.marking.forms import Mark
from teaching.marking.release import TEXT_STUB, make, nbgrader_at_home, need_nbgrader, skip_grammars
from teaching.marking.sources import PERSON, Assignment

NO_RESPONSE = "No response."


@dataclass(frozen=True, slots=True)
class Score:
    """What the gradebook holds on a question: the machine's points, a person's, extra points, and the comment."""

    machine: float | None = None
    person: float | None = None
    extra: float = 0.0
    comment: str = ""
    waiting: bool = False

    @property
    def points(self) -> float | None:
        """The points that count; None as long as a person has yet to mark."""
        counted = self.machine if self.person is None else self.person
        return None if counted is None else counted + self.extra


class Book:
    """The gradebook in a marking folder, open until the ``with`` block ends."""

    def __init__(self, folder: Path) -> None:
        need_nbgrader()
        skip_grammars()
        from nbgrader.api import Gradebook

        self.folder = folder.resolve()  # nbgrader works in this folder, where another relative path would be meant
        self.path = self.folder / "gradebook.db"
        # nbgrader builds its rows in an order that SQLAlchemy remarks on, for each submission; it does no harm.
        warnings.filterwarnings("ignore", "Object of type <Submitted", category=Warning, module=r"nbgrader\.api")
        with nbgrader_at_home():
            self._book = Gradebook(f"sqlite:///{self.path}")

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()

    def enter(
        self,
        assignment: Assignment,
        student: str,
        name: str,
        marks: Sequence[Mark],
        written: Mapping[str, str],
        changed: Iterable[str] = (),
    ) -> None:
        """Write the machine's marks of a submission; a person's marks stay.

        Parameters
        ----------
        assignment, student, name
            Which submission; ``name`` is the student's, for nbgrader's form.
        marks
            The machine's marks.
        written
            What was written for each question that a person marks, by its key.
        changed
            The keys of questions whose answer is another one than when a person marked them.
        """
        first, _, last = name.rpartition(" ")
        self._book.update_or_create_student(student, first_name=first or None, last_name=last if first else None)
        submission = self._book.update_or_create_submission(assignment.name, student)
        notebook = submission.notebooks[0]
        grades = {grade.name: grade for grade in notebook.grades}
        comments = {comment.name: comment for comment in notebook.comments}
        given = {mark.key: mark.points for mark in marks}
        again = set(changed)
        for question in assignment.questions:
            grade = grades[question.cell]
            empty = question.by == PERSON and written.get(question.key, "").strip() in ("", TEXT_STUB)
            before = grade.auto_score
            grade.auto_score = 0.0 if empty else None if question.by == PERSON else given.get(question.key, 0.0)
            if (
                question.key in again
                or grade.manual_score is None
                or (question.by != PERSON and grade.auto_score != before)
            ):
                grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
            if question.by == PERSON and question.answer in comments:
                comments[question.answer].auto_comment = NO_RESPONSE if empty else None
        self._book.db.commit()

    def scores(self, assignment: Assignment, student: str) -> dict[str, Score]:
        """Return what the gradebook holds on a submission, by the keys of the questions; empty if there is none."""
        from nbgrader.api import MissingEntry

        try:
            notebook = self._book.find_submission(assignment.name, student).notebooks[0]
        except MissingEntry:
            return {}
        grades = {grade.name: grade for grade in notebook.grades}
        comments = {comment.name: comment.comment or "" for comment in notebook.comments}
        return {
            question.key: Score(
                grade.auto_score,
                grade.manual_score,
                grade.extra_credit or 0.0,
                comments.get(question.answer, ""),
                grade.needs_manual_grade,
            )
            for question in assignment.questions
            if (grade := grades.get(question.cell))
        }

    def rename(self, assignment: Assignment, old: str, new: str) -> None:
        """Give a submission with all its marks to another student, unless that one has handed in already."""
        from nbgrader.api import MissingEntry

        try:
            submission = self._book.find_submission(assignment.name, old)
        except MissingEntry:
            return
        if self.scores(assignment, new):
            self._book.remove_submission(assignment.name, old)
            return
        submission.student = self._book.update_or_create_student(new)
        self._book.db.commit()

    def register(self, assignment: Assignment) -> Path:
        """Make the student's copy in the marking folder and write its questions into the gradebook; return its path.

        If questions came or went since the last time, nbgrader would refuse. Then the assignment is made anew, a copy
        of the gradebook as it was is kept, and what people marked is put back where the questions are still there.
        """
        made = self.folder / "release" / assignment.name / f"{assignment.name}.ipynb"
        stamp, content = made.with_name("source.sha256"), hashlib.sha256(assignment.path.read_bytes()).hexdigest()
        if not (made.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == content):
            made = self._make(assignment)
            stamp.write_text(content, encoding="utf-8")
        return made

    def _make(self, assignment: Assignment) -> Path:
        try:
            return make(assignment, self.folder, self.path)
        except RuntimeError as error:
            if "there are submissions associated" not in str(error):
                raise
        kept = self._by_people(assignment)
        stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
        shutil.copy(self.path, self.path.with_name(f"gradebook-before-{stamp}.db"))
        students = [submission.student.id for submission in self._book.assignment_submissions(assignment.name)]
        self._book.remove_assignment(assignment.name)
        made = make(assignment, self.folder, self.path)
        for student in students:
            self._book.update_or_create_submission(assignment.name, student)
        self._restore(kept)
        return made

    def _by_people(self, assignment: Assignment) -> list[dict[str, Any]]:
        rows = []
        for submission in self._book.assignment_submissions(assignment.name):
            for notebook in submission.notebooks:
                place = {"assignment": assignment.name, "notebook": notebook.name, "student": submission.student.id}
                for grade in notebook.grades:
                    if grade.manual_score is not None or grade.extra_credit:
                        values = {"manual_score": grade.manual_score, "extra_credit": grade.extra_credit}
                        rows.append({**place, "kind": "grade", "cell": grade.name, "values": values})
                for comment in notebook.comments:
                    if comment.manual_comment:
                        values = {"manual_comment": comment.manual_comment}
                        rows.append({**place, "kind": "comment", "cell": comment.name, "values": values})
        return rows

    def _restore(self, rows: Iterable[Mapping[str, Any]]) -> None:
        from nbgrader.api import MissingEntry

        for row in rows:
            find = self._book.find_grade if row["kind"] == "grade" else self._book.find_comment
            try:
                entry = find(row["cell"], row["notebook"], row["assignment"], row["student"])
            except MissingEntry:
                continue
            for name, value in row["values"].items():
                setattr(entry, name, value)
            if row["kind"] == "grade":
                entry.needs_manual_grade = True
        self._book.db.commit()
