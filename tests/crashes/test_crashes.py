"""After any crash, plain ``nbgrader autograde`` ends in the gradebook of a run without one."""

from __future__ import annotations

import random

import pytest

from tests.crashes.blows import Blow, Cut, deal, deal_cut, statements
from tests.crashes.half_graded import MANUAL_COMMENT, MANUAL_SCORE, SECONDS_OF_A_RUN, CrashCourse
from tests.gradebook_rows import rows
from tests.hostile.course import NAME

CLASS, LARGE_CLASS = 12, 30
ROUNDS = 20
BROKE_OFF = "broke off and is done again"


@pytest.fixture(scope="module")
def before(tmp_path_factory, long):
    """The class before grading."""
    size = LARGE_CLASS if long else CLASS
    return CrashCourse(tmp_path_factory.mktemp("crashes") / "before", size)


@pytest.fixture(scope="module")
def undisturbed(before, tmp_path_factory):
    """What grading without a blow ends in: its gradebook, and the statements it took."""
    course = before.copied(tmp_path_factory.mktemp("undisturbed") / "course")
    count = statements(course)
    found = rows(course.database, NAME)
    # There are marks and comments by hand to be lost.
    assert any(row[0] == "grade" and row[4] == MANUAL_SCORE for row in found)
    assert any(row[0] == "comment" and row[4] == MANUAL_COMMENT for row in found)
    return found, count


def assert_mended(course, expected):
    """Grade plainly, compare the gradebook, return what nbgrader said."""
    done = course.nbgrader("autograde", NAME, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    found = rows(course.database, NAME)
    assert found == expected, sorted(set(map(repr, found)) ^ set(map(repr, expected)))
    return done.stderr


def test_every_blow_strikes_and_none_is_seen_in_the_gradebook(before, undisturbed, tmp_path):
    expected, count = undisturbed
    course = before.copied(tmp_path / "course")
    blows = [Blow("runner", 1), Blow("zygote", 2), Blow("recorder", 3)]
    assert deal(course, blows, random.Random(0)) == blows
    # The class is not done yet, so these are sure to come.
    assert BROKE_OFF in deal_cut(course, Cut("recorder", count // 5))
    assert BROKE_OFF in deal_cut(course, Cut("connection", count // 5))
    assert "Converting" in assert_mended(course, expected)
    again = assert_mended(course, expected)
    assert "Converting" not in again
    assert BROKE_OFF not in again


def test_random_blows_are_not_seen_in_the_gradebook(before, undisturbed, long, tmp_path):
    """The runner, the zygote, the recorder and the connection, at 20 random moments each."""
    if not long:
        pytest.skip("at full size only (--long)")
    expected, count = undisturbed
    chance = random.Random(20260301)
    for number in range(ROUNDS):
        for targets in (("runner", "recorder"), ("zygote",)):
            moments = sorted(chance.randint(1, LARGE_CLASS // 3) for _ in targets)
            blows = [
                Blow(target, graded, chance.uniform(0, SECONDS_OF_A_RUN))
                for target, graded in zip(targets, moments, strict=True)
            ]
            course = before.copied(tmp_path / f"{number}-{targets[0]}")
            assert deal(course, blows, chance) == blows
            assert_mended(course, expected)
        # The recorder also between two statements of one transaction, which the clock rarely hits.
        for target in ("connection", "recorder")[: 1 + number % 2]:
            course = before.copied(tmp_path / f"{number}-at-statement-{target}")
            deal_cut(course, Cut(target, chance.randint(1, count)))
            assert_mended(course, expected)
