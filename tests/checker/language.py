"""Is the prose plain and neutral? Readability, loaded words, acronyms.

Readability is the Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and Chissom, "Derivation of New Readability
Formulas", US Navy research branch report 8-75, 1975): 0.39 * words a sentence + 11.8 * syllables a word - 15.59.
Syllables are counted by groups of vowels, a silent e left out; a name counts as any other word. Prose is every
paragraph and list item outside the card; headings, tables, code, and quotations of others are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpers.chronicle import Chronicle
from helpers.lesson import links_in
from tests.checker.notebook import Lesson, Problem, sentences, spoken

GRADE = 10.0
QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|‘[^’]*’(?!\w)|(?<!\w)'[^']*'(?!\w)")
# Words that judge, or that one party alone uses. They may stand in quotation marks, and in names of the record.
LOADED = (
    r"aggress(?:ion|or|ors|ive)",
    r"assassinat\w*",
    r"atrocit\w*",
    r"axis of resistance",
    r"barbar\w*",
    r"brutal\w*",
    r"butcher\w*",
    r"coward\w*",
    r"criminals?",
    r"despicable",
    r"evil\w*",
    r"extremis\w*",
    r"fanatic\w*",
    r"freedom fighters?",
    r"great satan",
    r"gunm[ae]n",
    r"hardliners?",
    r"heinous",
    r"hero(?:es|ic)?",
    r"henchm[ae]n",
    r"imperialis\w*",
    r"infamous",
    r"insurgents?",
    r"martyr\w*",
    r"massacre\w*",
    r"masterminds?",
    r"militants?",
    r"militias?",
    r"militiam[ae]n",
    r"mobs?",
    r"mullahs?",
    r"murder\w*",
    r"notorious\w*",
    r"occupiers?",
    r"outrag\w*",
    r"prox(?:y|ies)",
    r"provocation\w*",
    r"puppets?",
    r"radicals?",
    r"regimes?",
    r"resistance",
    r"rioters?",
    r"rogue",
    r"ruthless\w*",
    r"savage\w*",
    r"slaughter\w*",
    r"terror\w*",
    r"thugs?",
    r"tyran\w*",
    r"warmonger\w*",
    r"zionist\w*",
)
_LOADED = re.compile(r"\b(" + "|".join(LOADED) + r")\b", re.IGNORECASE)
_ALLOWED = re.compile(r"\b(foreign )?terrorist (organi[sz]ations?|list)\b|\bdesignates?-terrorist\b", re.IGNORECASE)
_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{2,6}s?(?![\w-])")
PLAIN_ACRONYMS = {
    "US",
    "UK",
    "UN",
    "EU",
    "BBC",
    "CNN",
    "TV",
    "OK",
    "CSV",
    "HTML",
    "AM",
    "PM",
    "ID",
    "IDs",
    "NOT",
    "AND",
}


@dataclass(frozen=True)
class Readability:
    words: int
    sentences: int
    syllables: int

    @property
    def grade(self) -> float:
        if not self.words:
            return 0.0
        return round(0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59, 1)


def syllables(word: str) -> int:
    """Count the syllables of an English word by its groups of vowels.

    >>> [syllables(word) for word in ("Iraq", "rocket", "escalation", "tables", "made", "killed", "the")]
    [2, 2, 4, 2, 1, 1, 1]
    """
    word = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", word))
    if (
        (re.search(r"[^aeiouy]e$", word) and not re.search(r"[^aeiouy]le$", word))
        or re.search(r"[^aeioutdy]ed$", word)
        or re.search(r"[^aeiouylscxzgh]es$", word)
    ):
        count -= 1
    return max(count, 1)


def readability(text: str) -> Readability:
    """Count the words, sentences and syllables of spoken text."""
    parts = sentences(text)
    words = re.findall(r"[A-Za-z][A-Za-z'’]*|\d[\d.,:]*", text)
    return Readability(len(words), max(len(parts), 1), sum(syllables(word) for word in words))


def prose(lesson: Lesson) -> list[str]:
    """Return the paragraphs and list items of a lesson as they are read, each ended by a full stop."""
    found = []
    for block in lesson.blocks:
        if block.kind in ("paragraph", "item") and block.cell is not lesson.cells[0]:
            text = spoken(block.text)
            if re.search(r"\w", text):
                found.append(text if text[-1] in ".!?…" else f"{text}.")
    return found


def lesson_readability(lesson: Lesson) -> Readability:
    return readability(" ".join(QUOTED.sub("", text) for text in prose(lesson)))


def language_problems(lesson: Lesson, chronicle: Chronicle) -> list[Problem]:
    """List loaded words, unexplained acronyms, and prose that is too hard to read."""
    found = lesson_readability(lesson)
    problems = []
    if found.grade > GRADE:
        text = f"Flesch-Kincaid grade {found.grade} is above {GRADE:g}; the hardest sentences: {_hardest(lesson)}"
        problems.append(lesson.problem(None, "readability", text))
    names = [
        str(name) for name in [*chronicle.actors["name"], *chronicle.glossary["term"], *chronicle.actors["short_name"]]
    ]
    names = sorted((name for name in names if _LOADED.search(name)), key=len, reverse=True)
    explained: set[str] = set()
    for block in lesson.blocks:
        text = spoken(block.text)
        plain = _ALLOWED.sub(" ", QUOTED.sub(" ", text))
        for name in names:
            plain = plain.replace(name, " ")
        for word in sorted({match[0].lower() for match in _LOADED.finditer(plain)}):
            text_ = f"{word!r} is a loaded word; say it plainly, or quote who says it in quotation marks"
            problems.append(lesson.problem(block.cell, "neutral", text_))
        linked = {target for target in links_in(block.text) if target.startswith("#term-")}
        for match in _ACRONYM.finditer(plain):
            acronym = match[0].rstrip("s") if match[0][-1] == "s" else match[0]
            if match[0] in PLAIN_ACRONYMS or acronym in PLAIN_ACRONYMS or acronym in explained:
                continue
            if not linked and not re.search(rf"\w+ \w[\w’'-]* \((?:[^)]*\W)?{acronym}\b|\b{acronym} \(\w+ \w+", text):
                text_ = (
                    f"{acronym} is not explained; write it out at its first use with {acronym} in brackets behind it"
                )
                problems.append(lesson.problem(block.cell, "acronym", text_))
            explained.add(acronym)
    return problems


def _hardest(lesson: Lesson, count: int = 3) -> str:
    every = [sentence for text in prose(lesson) for sentence in sentences(QUOTED.sub("", text))]
    every.sort(key=lambda sentence: readability(sentence).grade, reverse=True)
    return " | ".join(every[:count])
