"""The tasks of lesson 07: triangulate an event, audit a paragraph, read a number by a rule."""

from itertools import combinations, product

from helpers.chronicle import Chronicle
from helpers.claims import claims_of, reading
from helpers.tasks import AnyOf, Slip, Task

K1 = "2019-12-27-k1-rocket-attack"
TAJI = "2020-03-11-taji-rocket-attack"

VERDICTS = ("confirmed", "refined", "contradicted", "unverified")
Verdicts = dict[int, str]


def verdicts(chronicle: Chronicle, paragraph: int, **instead: str) -> Verdicts:
    """Return the verdicts on a paragraph; a verdict named in ``instead`` is replaced by the other one."""
    audit = chronicle.article_audit
    own = audit.loc[audit["paragraph"] == paragraph, "verdict"].astype(str)
    return {int(number): instead.get(verdict, verdict) for number, verdict in own.items()}


def all_alike(chronicle: Chronicle, paragraph: int, verdict: str) -> Verdicts:
    """Return one verdict for every statement of a paragraph."""
    return dict.fromkeys(verdicts(chronicle, paragraph), verdict)


def one_off(chronicle: Chronicle, paragraph: int, statement: int) -> AnyOf:
    """Return the verdicts on a paragraph with one of the three other verdicts on one statement."""
    right = verdicts(chronicle, paragraph)
    return AnyOf({**right, statement: other} for other in VERDICTS if other != right[statement])


def two_off(chronicle: Chronicle, paragraph: int) -> AnyOf:
    """Return the verdicts on a paragraph with other verdicts on two statements."""
    right = verdicts(chronicle, paragraph)
    return AnyOf(
        {**right, first: one, second: other}
        for first, second in combinations(right, 2)
        for one, other in product(VERDICTS, VERDICTS)
        if one != right[first] and other != right[second]
    )


def wounded(chronicle: Chronicle, rule: str) -> float:
    """Return the number of wounded at Camp Taji that a rule reads out of the claims."""
    return reading(claims_of(chronicle, TAJI, "wounded", "all wounded"), rule).high


def paragraphs(chronicle: Chronicle, verdict: str) -> set[int]:
    """Return the paragraphs that hold a statement with a verdict."""
    audit = chronicle.article_audit
    return {int(number) for number in audit.loc[audit["verdict"] == verdict, "paragraph"]}


def statements(chronicle: Chronicle, verdict: str) -> set[int]:
    """Return the numbers of the statements with a verdict."""
    audit = chronicle.article_audit
    return {int(number) for number in audit.index[audit["verdict"] == verdict]}


def rockets_by_side(chronicle: Chronicle, how: str) -> dict[str, float]:
    """Return the smallest or largest number, or the count, of the claims on rockets fired at K-1, by side."""
    claims = claims_of(chronicle, K1, "rockets-fired", "rockets fired")
    return {str(side): float(value) for side, value in claims.groupby("side")["low"].agg(how).items()}


TASKS = {
    "07-1": Task(
        right=lambda c: verdicts(c, 17),
        slips=(
            Slip(
                lambda c: all_alike(c, 17, "confirmed"),
                "Nothing here is quite wrong, but three statements need an addition. Look for a later number.",
            ),
            Slip(
                lambda c: verdicts(c, 17, refined="contradicted"),
                "You found the right ones, but is each of them wrong? A statement that is right for its hour needs"
                " an addition, not a no.",
            ),
            Slip(
                lambda c: one_off(c, 17, 37),
                "One verdict differs, on the clock time. Weigh the coalition's spokesman against two newspapers.",
            ),
            Slip(lambda c: one_off(c, 17, 38), "One verdict differs, on universal time. Calculate: Iraq is at +3."),
            Slip(
                lambda c: one_off(c, 17, 39),
                "One verdict differs, on the rockets. How many hit, and how many were fired? Is that all one number?",
            ),
            Slip(
                lambda c: one_off(c, 17, 40),
                "One verdict differs, on the document. The written statement has no clock time: where is it from?",
            ),
            Slip(lambda c: one_off(c, 17, 41), "One verdict differs, on the dead. Did anybody change that number?"),
            Slip(
                lambda c: one_off(c, 17, 42),
                "One verdict differs, on the wounded. Look for what the Pentagon said on the evening of 12 March.",
            ),
            Slip(
                lambda c: two_off(c, 17),
                "You are close: two verdicts differ from the editors', the others don't. Take them one at a time.",
            ),
            Slip(lambda c: all_alike(c, 17, "..."), "The dots are still there. Write a verdict in each place."),
        ),
        otherwise="Several verdicts differ from the editors', or a word is not one of the four. Take one statement at a"
        " time, choose its field in the explorer, and ask: same, more exact elsewhere, opposite, or nobody else?",
        praise="You audited a paragraph. Its figures were right for the hour, and some were soon outdated.",
    ),
    "07-2": Task(
        right=lambda c: verdicts(c, 13),
        slips=(
            Slip(
                lambda c: all_alike(c, 13, "confirmed"),
                "Many pages say the same, but how many of them go back to somebody else than the Observatory?",
            ),
            Slip(
                lambda c: all_alike(c, 13, "unverified"),
                "One origin is thin, yet some of it is told by others as well. Check the night, and the bases.",
            ),
            Slip(
                lambda c: verdicts(c, 13, refined="confirmed"),
                "Look again at the statements that you took as they stand: who says it, and did the number change?",
            ),
            Slip(lambda c: one_off(c, 13, 27), "One verdict differs, on the dead. What did the same body say first?"),
            Slip(lambda c: one_off(c, 13, 28), "One verdict differs, on the night. Do others give the same time?"),
            Slip(
                lambda c: one_off(c, 13, 29),
                "One verdict differs, on whose bases they were. A second outlet names them; most others only copy.",
            ),
            Slip(
                lambda c: one_off(c, 13, 30),
                "One verdict differs, on the Imam Ali base. Can you find anybody who does not copy the Observatory?",
            ),
            Slip(
                lambda c: one_off(c, 13, 31),
                "One verdict differs, on who built the base. The report says only that it is believed: by whom first?",
            ),
            Slip(
                lambda c: two_off(c, 13),
                "You are close: two verdicts differ from the editors', the others don't. Take them one at a time.",
            ),
            Slip(lambda c: all_alike(c, 13, "..."), "The dots are still there. Write a verdict in each place."),
        ),
        otherwise="Several verdicts differ from the editors', or a word is not one of the four. For each statement count"
        " the origins, not the pages.",
        praise="A paragraph can be well told and still hang on one observer.",
    ),
    "07-3": Task(
        right=lambda c: wounded(c, "highest"),
        slips=(
            Slip(lambda c: wounded(c, "best"), 'That is the rule "best". Put another word in its place.'),
            Slip(
                lambda c: claims_of(c, TAJI, "wounded", "all wounded")["low"].min(),
                "That is the smallest number that anybody gave, and it was replaced later. Look at the other end.",
            ),
        ),
        otherwise='Call `reading` with the claims `wounded` and the rule "highest".',
        praise="One website gave a range, and this is its upper end. So the rule must stand beside the number.",
    ),
    "07-4": Task(
        right=lambda c: paragraphs(c, "unverified"),
        slips=(
            Slip(lambda c: paragraphs(c, "contradicted"), "These have a contradicted statement. Change the verdict."),
            Slip(
                lambda c: statements(c, "unverified"),
                "These are the numbers of the statements. Take the column `paragraph`.",
            ),
        ),
        otherwise="Put the other verdict into the first line, and take the column `paragraph` once more.",
        praise="Unverified is not untrue: nobody independent was found who says it.",
    ),
    "07-5": Task(
        right=lambda c: rockets_by_side(c, "min"),
        slips=(
            Slip(lambda c: rockets_by_side(c, "max"), "These are the largest numbers. Ask for the smallest."),
            Slip(lambda c: rockets_by_side(c, "count"), "This counts the claims. Take the smallest `low` instead."),
        ),
        otherwise="Take `claims_of` with the event, the field and the group; then `groupby` with the side, and the"
        " smallest `low` of each group.",
        praise="The sides begin far apart: look at who counts, and ask whether they mean rockets fired or rockets found.",
    ),
}
