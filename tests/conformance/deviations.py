"""Tests of nbgrader that our plugins fail by design, with the reason."""

_ONE_RECORD = (
    "stock nbgrader gives up on this submission; here every submission ends in a record, and the "
    "student and the instructor are told what was wrong with the file"
)
_KERNEL = "submissions run in our own kernel, whatever kernel the notebook names"
_SECONDS = "graded files say how long the run took, so two equal notebooks give unequal files"
_HIDDEN = "hidden tests are run elsewhere and never written into a student's folder"

DEVIATIONS = {
    "TestNbGraderAutograde.test_grade_empty_timestamp": _ONE_RECORD,
    "TestNbGraderAutograde.test_handle_failure": _ONE_RECORD,
    "TestNbGraderAutograde.test_handle_failure_single_notebook": _ONE_RECORD,
    "TestNbGraderAutograde.test_side_effects": (
        "what student code writes goes to a scratch folder that is thrown away"
    ),
    "TestNbGraderAutograde.test_force_single_notebook": _SECONDS,
    "TestNbGraderAutograde.test_update_newer_single_notebook": _SECONDS,
    "TestNbGraderAutograde.test_hidden_tests_single_notebook": _HIDDEN,
    "TestNbGraderAutograde.test_hidden_tests_autotest": _HIDDEN,
    "TestNbGraderAutograde.test_missing_source_kernelspec": _KERNEL,
    "TestNbGraderAutograde.test_incorrect_source_kernelspec": _KERNEL,
    "TestNbGraderAutograde.test_no_execute": (
        "a submission is always run (or its kept answers are used), with or without --no-execute"
    ),
    "TestNbGraderAutograde.test_autograde_timeout": (
        "the limit of a cell is c.Grader.cell_seconds, not Execute.timeout"
    ),
}
