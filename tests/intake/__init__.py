"""Tests of grader.intake: every damage a submission may have, and what becomes of it."""
