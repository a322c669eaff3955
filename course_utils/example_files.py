"""Small JPEG files to try functions on that read pictures."""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
from PIL import Image

# In the middle of a fifth of the range each, so no decoder can be off by a whole step.
LEVELS = (26, 77, 128, 179, 230)


class Blocks(NamedTuple):
    """A picture of 3×3 blocks, each of one colour.

    `colours` has three rows of three steps, 0 to 4 from dark to bright: numbers for a greyscale
    picture, triples (red, green, blue) for a coloured one. `height` and `width` are in pixels.
    """

    colours: list
    height: int
    width: int

    def jpeg(self) -> bytes:
        """Return the file's content."""
        pixels = np.array(LEVELS, np.uint8)[np.array(self.colours)]
        picture = Image.fromarray(pixels).resize((self.width, self.height), Image.Resampling.BOX)
        file = io.BytesIO()
        # Full resolution also for the colours: no bleeding between blocks.
        picture.save(file, "JPEG", quality=95, subsampling=0)
        return file.getvalue()
