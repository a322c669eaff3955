"""A class in a folder of its own, graded by stock nbgrader or with our plugins."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook

from grader.demo.answers import read_notebook
from grader.demo.course import DUE
from grader.demo.saved import jupyter
from grader.demo.simulated import Shares, Simulated, hand_in, simulated_class
from grader.release.sources import TAG_DEMONSTRATION

# Stock nbgrader cannot grade Colab's files without ids, broken and hostile ones.
HONEST = Shares(colab=0.0, vs_code=0.0, broken=0.0, hostile=0.0)
CONFIG = """\
from pathlib import Path

from grader import configure

c = get_config()
c.CourseDirectory.course_id = "bench"
configure(c, root=Path(__file__).parent, plugins={plugins})
"""


class BenchClass:
    """`students` honest submissions of `assignment`, everyone's different, ready to be graded."""

    def __init__(
        self,
        root: Path,
        folder: Path,
        assignment: str,
        students: int,
        *,
        plugins: bool = True,
        demonstrations: bool = True,
    ):
        self.folder, self.assignment = folder, assignment
        for part in ("solutions", "notebooks"):
            shutil.copytree(root / part / assignment, folder / part / assignment)
        config = CONFIG.format(plugins=plugins)
        (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
        self.submissions = list(simulated_class(root, assignment, students, shares=HONEST))
        for submission in self.submissions:
            hand_in(folder, assignment, submission, DUE)
            if not demonstrations:
                _without_demonstrations(self.path_of(submission))
        self.nbgrader("generate_assignment", assignment)

    def path_of(self, submission: Simulated) -> Path:
        """Return where a submission lies."""
        folder = self.folder / "classroom" / "submitted" / submission.student
        return folder / self.assignment / f"{self.assignment}.ipynb"

    def command(self, *arguments: str, under: tuple[str, ...] = ()) -> list[str]:
        """Return the command line of an nbgrader verb, `under` a profiler or not."""
        return [sys.executable, "-W", "ignore", *under, "-m", "nbgrader", *arguments]

    def nbgrader(self, *arguments: str, under: tuple[str, ...] = ()) -> None:
        """Run an nbgrader verb; raise `RuntimeError` when it fails."""
        command = self.command(*arguments, under=under)
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"nbgrader {' '.join(arguments)} failed:\n{done.stderr[-3000:]}")

    def scores(self) -> dict[str, float]:
        """Return every student's points."""
        database = f"sqlite:///{self.folder / 'classroom' / 'gradebook.db'}"
        with Gradebook(database, "bench") as gradebook:
            return {
                submission.student.id: round(submission.score, 3)
                for submission in gradebook.assignment_submissions(self.assignment)
            }

    def cells(self) -> list[list[str]]:
        """Return the code cells of each submission that our grader runs, without magics."""
        return [_cells(read_notebook(self.path_of(one))) for one in self.submissions]


def _is_demonstration(cell: dict) -> bool:
    return TAG_DEMONSTRATION in cell["metadata"].get("tags", [])


def _without_demonstrations(path: Path) -> None:
    notebook = read_notebook(path)
    notebook["cells"] = [cell for cell in notebook["cells"] if not _is_demonstration(cell)]
    path.write_bytes(jupyter(notebook))


def _cells(notebook: dict) -> list[str]:
    sources = []
    for cell in notebook["cells"]:
        role = cell["metadata"].get("nbgrader", {})
        test = role.get("grade") and not role.get("solution")
        if cell["cell_type"] == "code" and not test and not _is_demonstration(cell):
            lines = cell["source"].splitlines()
            sources.append("\n".join(line for line in lines if not line.startswith(("%", "!"))))
    return sources
