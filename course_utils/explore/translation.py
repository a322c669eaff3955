"""What happens to a filter's answers when the picture moves: figures of notebook 01.

``plot_local_and_global``  what a convolution and what a Dense unit look at
``plot_shift``             a moved picture and its moved response
``explore_shift``          the same with sliders
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_utils.conv_ops import shift_image
from course_utils.explore.hand_filters import filter_response
from course_utils.plots.images import draw_picture
from course_utils.plots.style import (
    AROUND_ZERO,
    ORANGE,
    WIDTH,
    new_figure,
    without_ticks,
)


def plot_local_and_global(picture: ArrayLike, weights: ArrayLike, row: int, col: int) -> Figure:
    """Draw a 3×3 window on a picture, beside the weights of a Dense unit over all of it.

    Parameters
    ----------
    picture, weights : (H, W) array
        In the weights red is positive, blue negative, white zero.
    row, col : int
        Where the window starts.
    """
    picture, weights = np.asarray(picture), np.asarray(weights)
    figure = new_figure(WIDTH, 3.4)
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1, 1))
    for ax in (left, middle):
        draw_picture(ax, picture)
    thick = {"fill": False, "edgecolor": ORANGE, "linewidth": 3, "clip_on": False}
    left.add_patch(Rectangle((col - 0.5, row - 0.5), 3, 3, **thick))
    height, width = picture.shape
    middle.add_patch(Rectangle((-0.5, -0.5), width, height, **thick))
    left.set_title("convolution: one 3×3 window\n9 weights, used everywhere")
    middle.set_title(f"Dense: one unit sees all pixels\n{picture.size} weights, one for each")
    extent = np.abs(weights).max() or 1
    shown = right.imshow(weights, cmap=AROUND_ZERO, vmin=-extent, vmax=extent)
    without_ticks(right)
    right.set_title(f"the {weights.size} weights of one\ntrained Dense unit")
    figure.colorbar(shown, ax=right, shrink=0.8, aspect=18)
    return figure


def plot_shift(picture: ArrayLike, kernel: ArrayLike, down: int, right: int) -> Figure:
    """Draw a picture and its response (above), and both again after moving the picture (below).

    A ring marks the strongest response. The title says how far the response moved, and by how
    much the moved response differs from the first one at the places that both show.

    Parameters
    ----------
    picture : (H, W) array
        With an even border at least as wide as the movement, so that nothing is lost.
    kernel : (kh, kw) array
    down, right : int
        Pixels.
    """
    picture = np.asarray(picture)
    pictures = [picture, shift_image(picture, down, right)]
    responses = [filter_response(one, kernel) for one in pictures]
    stayed, came = _without(responses[0], down, right), _without(responses[1], -down, -right)
    rest = np.abs(came - stayed).max()
    extent = np.abs(responses).max() or 1
    figure = new_figure(6, 5.8)
    axes = figure.subplots(2, 2)
    places = []
    for row, one, response in zip(axes, pictures, responses, strict=True):
        draw_picture(row[0], one)
        row[1].imshow(response, cmap=AROUND_ZERO, vmin=-extent, vmax=extent)
        without_ticks(row[1])
        top, left = (int(n) for n in np.unravel_index(response.argmax(), response.shape))
        places.append((top, left))
        row[1].set_title(f"strongest: {response.max():.2f} at [{top}, {left}]")
        row[1].plot(left, top, "o", mfc="none", mec="white", ms=16, mew=4)
        row[1].plot(left, top, "o", mfc="none", mec="black", ms=16, mew=2)
    axes[0, 0].set_title("picture")
    axes[1, 0].set_title(f"moved by ({down}, {right})")
    moved = tuple(new - old for old, new in zip(*places, strict=True))
    figure.suptitle(f"The response moved by {moved}. Moved back, it differs by at most {rest:.6g}.")
    return figure


def explore_shift(picture: ArrayLike, kernel: ArrayLike, most: int) -> None:
    """Show `plot_shift` with sliders for movements of up to `most` pixels, from (3, 2)."""
    from course_utils.explore import interactive_figure, slider

    def draw(down: int, right: int) -> Figure:
        """A picture and its response map above, both after moving the picture below."""
        return plot_shift(picture, kernel, down, right)

    interactive_figure(
        draw,
        down=slider(-most, most, 3),
        right=slider(-most, most, 2),
    )


def _without(response: np.ndarray, down: int, right: int) -> np.ndarray:
    """Return the part of a map that is still inside after moving it."""
    height, width = response.shape
    rows = slice(max(-down, 0), height - max(down, 0))
    return response[rows, max(-right, 0) : width - max(right, 0)]
