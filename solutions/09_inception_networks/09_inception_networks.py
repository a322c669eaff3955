# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 Inception networks

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **mix** and **shrink** the channels of an image or a feature map with 1×1 convolutions,
# - **count** the multiplications of a layer and **find** the expensive branch of a module,
# - **show** what a 1×1 bottleneck saves, and what it may cost,
# - **build** an inception module with Keras' functional API,
# - **explain** how GoogLeNet is put together, and what its auxiliary classifiers are for.
#
# **You need** notebooks 01 to 03 (weights, sizes, pooling), 06 (VGG-16) and the functional API from
# notebook 08. **Time:** about 75 minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import keras
import numpy as np
from keras import Input, Model, layers, models, ops
from PIL import Image

from course_utils import compare, practice_drill
from course_utils.architectures.googlenet import MODULES, Widths, googlenet, small_inception_net
from course_utils.arithmetic.models import count_macs, layer_table, longest_path
from course_utils.datasets import load_digits_images, load_sample_photos
from course_utils.datasets.applications import applications_table
from course_utils.datasets.hyperspectral import hyperspectral_from_photo, wavelengths
from course_utils.explore import googlenet_drawing, inception
from course_utils.plots.grids import plot_number_grids
from course_utils.plots.images import plot_images
from course_utils.plots.training import plot_training_curves
from course_utils.training import fit_quietly

# %% nbgrader={"grade_id": "student_id", "solution": true} tags=["fill-in"]
STUDENT_ID = "student-demo"  # your course id

# %% [markdown]
# *The whole notebook in one picture.* GoogLeNet's first inception module. Its input (grey) goes
# four ways at once: through 1×1, 3×3 and 5×5 convolutions and through a pooling, each in its own
# colour. On top the four results lie side by side; a part is as long as it has channels. The boxes
# say how many filters there are and how many multiplications they take. Look at the four boxes
# "… of 1×1": one is a branch of its own, the other three are there to make the module *cheap*. This
# notebook is about those.

# %% tags=["demonstration"]
inception.plot_module(28, 192, MODULES["3a"])

# %% [markdown]
# **Recall (one minute).** How many weights has one 3×3 filter on a map with 16 channels, and how
# often is each of them used on a 28×28 map with <code>padding="same"</code>?
#
# <details><summary>Compare</summary>3·3·16 = 144 weights: a filter spans <i>all</i> channels of its
# input. Each is used once per output position, 28·28 = 784 times. Weights times positions: that is
# all the arithmetic of this notebook.</details>

# %% [markdown]
# ## 9.1 A 1×1 convolution? (8 minutes)
#
# A window of one pixel cannot see a neighbour, so it finds no edges and no corners. On a picture
# with **one channel** there is nothing left for it to do but to scale: every number is multiplied
# by the same weight. *Figure:* a map, the filter [0.5], and half the map.

# %% tags=["demonstration"]
one_channel = np.array([[1, 2, 3], [6, 5, 4], [7, 8, 9]])
plot_number_grids(
    {"input": one_channel, "1×1 filter": [[0.5]], "output": 0.5 * one_channel}, signs=("*", "=")
)

# %% [markdown]
# ### Exercise `one_by_one_single` (1 point)
#
# Your turn: the map [[2, 4], [6, 8]] through the 1×1 filter [0.5], without a bias.

# %% nbgrader={"grade_id": "one_by_one_single", "solution": true}
one_by_one_single = ...  # rows of numbers
### BEGIN SOLUTION
one_by_one_single = [[0.5 * 2, 0.5 * 4], [0.5 * 6, 0.5 * 8]]
### END SOLUTION

# %% nbgrader={"grade_id": "test_one_by_one_single", "grade": true}
check("one_by_one_single", one_by_one_single)

# %% [markdown]
# <details><summary>Hint 1</summary>Notebook 02: how many positions has a window of one pixel on a
# 2×2 map?</details>

# %% [markdown]
# With **three channels** it becomes interesting. A 1×1 filter then has *three* weights, one per
# channel, and its output at a pixel is the weighted sum of the three values **at this pixel**.
#
# *Figure:* three channels of a 2×2 picture, each already multiplied by its weight (1, 2 and -1),
# and their sum, the output. Top right: 2 + 2·1 - 3 = 1.

# %% tags=["demonstration"]
three_channels = np.array([[[1, 4, 0], [2, 1, 3]], [[5, 0, 2], [3, 3, 3]]])  # (2, 2, 3)
weights = np.array([1, 2, -1])
red, green, blue = np.moveaxis(three_channels * weights, -1, 0)
plot_number_grids(
    {"1 · red": red, "2 · green": green, "-1 · blue": blue, "output": three_channels @ weights},
    signs=("+", "+", "="),
)

# %% [markdown]
# So the lecture's sentence: *activations represent some inter-channel relationship*. One filter
# asks one question about the channels ("much red and green, but little blue?") at every pixel; F
# filters ask F questions, and the output has F channels. That is a Dense layer across the channels,
# the same one at every pixel. **Run** it: with equal weights the two layers agree.

# %% tags=["demonstration", "nbval-check-output"]
batch = np.random.default_rng(0).random((1, 28, 28, 192)).astype("float32")
one_by_one, dense = layers.Conv2D(64, 1), layers.Dense(64)
one_by_one.build(batch.shape)
dense.build(batch.shape)
kernel, bias = one_by_one.get_weights()
dense.set_weights([kernel[0, 0], bias])  # (1, 1, 192, 64) becomes (192, 64)
difference = ops.max(ops.abs(one_by_one(batch) - dense(batch)))
print("kernel:", kernel.shape, " output:", tuple(dense(batch).shape))
print("the same up to rounding:", float(difference) < 1e-5)

# %% [markdown]
# ## 9.2 From colour to grey, from 31 bands to colour (13 minutes)
#
# **Explore** one 1×1 filter on a photograph. *Figure:* left the photo, right what the filter makes
# of its three channels. (Results that leave the range from 0 to 1 are stretched from their smallest
# to their largest value; the title says which these are.)
#
# 1. Find weights that make the flower bright and everything else dark.
# 2. Now the other way round: a dark flower in bright leaves.
# 3. What does (1, -1, 0) show? Where is it *zero*?

# %% tags=["demonstration"]
flower = load_sample_photos()["flower"][::2, ::2]  # every other pixel: (214, 320, 3)
inception.explore_channel_mix(flower)

# %% [markdown]
# ### One filter makes grey
#
# A **grey** picture says how *bright* each pixel is. The eye finds green light brighter than red
# and red much brighter than blue. The usual weights (of the standard ITU-R BT.601) are
#
# > **luminance = 0.299 · red + 0.587 · green + 0.114 · blue**
#
# **Predict.** The first pixel of our other photo is blue sky: red 174, green 201, blue 231. Which
# grey does it become, rounded to a whole number? Do not calculate, estimate.

# %% nbgrader={"grade_id": "predict_grey_sky", "solution": true} tags=["prediction"]
predict_grey_sky = ...  # your guess: 0 (black) to 255 (white)
### BEGIN SOLUTION
predict_grey_sky = 200
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_grey_sky", "grade": true}
check("predict_grey_sky", predict_grey_sky)

# %% [markdown]
# **Run.** The formula on the whole photo, 427×640 pixels, beside what the picture library Pillow
# makes of it (in whole numbers).

# %% tags=["demonstration", "nbval-check-output"]
luminance = np.array([0.299, 0.587, 0.114])
photo = (255 * load_sample_photos()["china"]).round().astype("uint8")
grey = photo @ luminance
pillow = np.asarray(Image.fromarray(photo).convert("L"))
print(photo.shape, "->", grey.shape, " first pixel:", photo[0, 0], "->", grey[0, 0].round(3))
print("Pillow says", pillow[0, 0], "- largest difference:", np.abs(pillow - grey).max().round(2))
compare("predict_grey_sky", predict_grey_sky, round(grey[0, 0]))

# %% [markdown]
# *Figure:* why not simply the average? Three stripes of pure red, green and blue (left), in
# luminance (middle) and averaged (right). Averaged, all three become the same grey and the stripes
# vanish; the luminance keeps them apart, green brightest and blue almost black.

# %% tags=["demonstration"]
stripes = np.repeat(np.repeat(np.eye(3)[None], 20, axis=0), 10, axis=1)  # (20, 30, 3)
plot_images(
    [stripes, stripes @ luminance, stripes.mean(axis=2)], ["colour", "luminance", "average"]
)

# %% [markdown]
# ### Exercise `grey_weights` (2 points)
#
# Write `grey_conv()`: it takes nothing and returns a `Conv2D` layer with **one** 1×1 filter,
# without a bias, that turns red-green-blue pictures of any size into luminance. The layer must be
# *built*, that is, have its weights already. Two methods that you need:
#
# - `layer.build(shape)` makes the weights; `shape` is that of a batch, here (None, None, None, 3):
#   any number of pictures of any height and width, with 3 channels;
# - `layer.set_weights([...])` replaces them by your array, which must have the kernel's shape.


# %% nbgrader={"grade_id": "grey_weights", "solution": true}
def grey_conv():
    """Return a built 1×1 convolution from red, green and blue to luminance."""
    ### BEGIN SOLUTION
    layer = layers.Conv2D(1, 1, use_bias=False)
    layer.build((None, None, None, 3))
    kernel = np.array([0.299, 0.587, 0.114]).reshape(1, 1, 3, 1)  # height, width, in, out
    layer.set_weights([kernel])
    return layer
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_grey_weights", "grade": true}
check("grey_weights", grey_conv)

# %% [markdown]
# <details><summary>Hint 1</summary>Four lines: make the layer, build it, make the array, set the
# weights. And return the layer.</details>
# <details><summary>Hint 2</summary>Print <code>layer.kernel.shape</code> after building. Which of
# its four numbers is the one for the input channels?</details>
# <details><summary>Hint 3</summary>A list of three numbers has shape (3,). Which NumPy method gives
# the same numbers another shape?</details>

# %% [markdown]
# **Run your layer** on the photo. *Figure:* a temple under a blue sky, and the same in grey. The
# sky, blue but bright, becomes a light grey.

# %% tags=["demonstration"]
try:
    in_grey = ops.convert_to_numpy(grey_conv()(photo[None].astype("float32")))[0, :, :, 0]
    print("first pixel:", in_grey[0, 0].round(3))
    display(plot_images([photo, in_grey.round().astype("uint8")], ["photo", "your layer"]))
except NotImplementedError:
    print("Write grey_conv() first.")

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture's slide</b> has the caption "3 1×1 conv filters" next to the arrow from a colour to
# a black-and-white picture (as its text is laid out).<br>
# <b>Actually</b>: for grey <b>one</b> filter with three weights is enough; you have just written
# it. <b>Three</b> filters belong to the other example on the slide, hyperspectral to colour.
# </div>

# %% [markdown]
# ### Three filters make colour
#
# A *hyperspectral* camera does not measure three colours but the light in many narrow bands of
# wavelength. To look at such a picture one has to **shrink the number of channels** to three: with
# three 1×1 filters, each of which spans all bands.
#
# We have no such camera. So we *make* a cube of 31 bands from the photo: each band is a mixture of
# red, green and blue, with more of a colour the closer the band is to its wavelength. *Figure:* the
# photo, and five of the 31 bands as grey pictures. The orange flower is dim at 460 nm and shines at
# 600 nm; of the blue-green leaves one sees something up to 540 nm, at 600 nm they are black.

# %% tags=["demonstration"]
cube = hyperspectral_from_photo(flower, bands=31)
shown = [6, 9, 14, 17, 20]
names = [f"{wavelengths(31)[band]:.0f} nm" for band in shown]
plot_images([flower, *(cube[:, :, band] for band in shown)], ["photo", *names], n_cols=3)

# %% [markdown]
# Which 31·3 weights bring the colours back? Here there is no need to train: least squares finds
# them. They become the kernel of a convolution.

# %% tags=["demonstration", "nbval-check-output"]
pixels, colours = cube.reshape(-1, 31).astype(float), flower.reshape(-1, 3)
mixing, *_ = np.linalg.lstsq(pixels, colours, rcond=1e-5)  # (31, 3)
to_colour = layers.Conv2D(3, 1, use_bias=False)
to_colour.build((None, None, None, 31))
to_colour.set_weights([mixing.reshape(1, 1, 31, 3)])
recovered = ops.convert_to_numpy(to_colour(cube[None]))[0]
print(cube.shape, "->", recovered.shape)
print(f"mean error: {np.abs(recovered - flower).mean():.5f} (values from 0 to 1)")

# %% tags=["demonstration"]
inception.plot_spectral_filters(wavelengths(31), mixing)

# %% [markdown]
# *Figure:* the weights of the three filters over the wavelength. Each looks where its colour is,
# and *subtracts* a little where its neighbours are. The error is practically zero, but do not read
# too much into it: our cube was made from three channels, so three are enough to get everything
# back. A real cube holds more.
#
# ### Exercise `hyperspectral_params` (2 points)
#
# How many parameters, **with biases**, has a 1×1 layer from 200 bands to 3 channels, and one from
# red-green-blue to one grey channel?

# %% nbgrader={"grade_id": "hyperspectral_params", "solution": true}
hyperspectral_params = ...  # two whole numbers
### BEGIN SOLUTION
hyperspectral_params = [1 * 1 * 200 * 3 + 3, 1 * 1 * 3 * 1 + 1]
### END SOLUTION

# %% nbgrader={"grade_id": "test_hyperspectral_params", "grade": true}
check("hyperspectral_params", hyperspectral_params)

# %% [markdown]
# <details><summary>Hint 1</summary>How many weights has <i>one</i> filter? How many filters are
# there?</details>
# <details><summary>Hint 2</summary>Does the size of the picture matter? And what comes on top for
# each filter?</details>

# %% [markdown]
# ## 9.3 Why choose, if you can have all? (8 minutes)
#
# In every layer the designer has to choose: 1×1, 3×3, 5×5, or rather a pooling? The inception
# module answers: **instead of choosing one, it does all of them**, and lets the training decide
# what is useful. The four branches read the same input, and their results are **concatenated**
# along the channels. That works only if all have the same height and width, so every branch uses
# stride 1 and `padding="same"`, *the pooling too*.
#
# *Figure:* the lecture's example. The input has 28×28 positions and 16 channels; the branches have
# 32 filters of 1×1, 64 of 3×3 and 8 of 5×5, and a 2×2 pooling.

# %% tags=["demonstration"]
lecture_example = Widths(f1=32, f3_reduce=0, f3=64, f5_reduce=0, f5=8, pool_proj=0)
inception.plot_module(28, 16, lecture_example, naive=True, pool=2, numbers=False)

# %% [markdown]
# ### Exercise `naive_concat_channels` (1 point)
#
# How many channels has the output, the four branches side by side?

# %% nbgrader={"grade_id": "naive_concat_channels", "solution": true}
naive_concat_channels = ...  # one whole number
### BEGIN SOLUTION
naive_concat_channels = 32 + 64 + 8 + 16  # pooling keeps the channels of its input
### END SOLUTION

# %% nbgrader={"grade_id": "test_naive_concat_channels", "grade": true}
check("naive_concat_channels", naive_concat_channels)

# %% [markdown]
# <details><summary>Hint 1</summary>Three branches have as many channels as filters. The fourth has
# no filters: notebook 03, what does a pooling do to the number of channels?</details>

# %% [markdown]
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>The lecture asks</b><br>
# <i>Which one of the 4 is most computationally expensive?</i> Take a minute before you count: what
# speaks for the largest window, what for the largest number of filters?
# </div>
#
# ### Exercise `most_expensive_branch` (1 point)
#
# Which branch of the figure takes the most multiplications? (A pooling does not multiply, it
# compares: count one comparison for each value in its window.)
#
# - **A** 1×1, 32 filters
# - **B** 3×3, 64 filters
# - **C** 5×5, 8 filters
# - **D** the 2×2 pooling

# %% nbgrader={"grade_id": "most_expensive_branch", "solution": true}
most_expensive_branch = ...  # "A", "B", "C" or "D"
### BEGIN SOLUTION
# All are used at 28·28 positions on 16 channels: compare filters times window.
# 32·1 = 32, 64·9 = 576, 8·25 = 200; pooling: one "filter" of 4.
most_expensive_branch = "B"
### END SOLUTION

# %% nbgrader={"grade_id": "test_most_expensive_branch", "grade": true}
check("most_expensive_branch", most_expensive_branch)

# %% [markdown]
# <details><summary>Hint 1</summary>Positions and input channels are the same for all branches:
# leave them out, and compare what is left.</details>

# %% [markdown]
# ## 9.4 What the branches cost (9 minutes)
#
# We count **multiplications**, one image, no biases. Every weight is used once at every position of
# the output, so
#
# > **multiplications = [filters · (k · k · input channels)] · height · width of the output**
#
# Pooling does not multiply, it compares. The lecture counts one comparison for each value of the
# window, in each channel, at each position.
#
# ### Exercise `branch_multiplications` (3 points)
#
# Work out, for the figure above (28×28×16, `padding="same"`), the multiplications of
#
# 1. the 1×1 branch with 32 filters,
# 2. the 3×3 branch with 64 filters,
# 3. the 5×5 branch with 8 filters,
# 4. a 5×5 branch if it had 64 filters,
# 5. and the comparisons of the 2×2 pooling, counted like the lecture.

# %% nbgrader={"grade_id": "branch_multiplications", "solution": true}
branch_multiplications = ...  # five whole numbers
### BEGIN SOLUTION
positions = 28 * 28
branch_multiplications = [
    32 * (1 * 1 * 16) * positions,
    64 * (3 * 3 * 16) * positions,
    8 * (5 * 5 * 16) * positions,
    64 * (5 * 5 * 16) * positions,
    16 * (2 * 2) * positions,
]
### END SOLUTION

# %% nbgrader={"grade_id": "test_branch_multiplications", "grade": true}
check("branch_multiplications", branch_multiplications)

# %% [markdown]
# <details><summary>Hint 1</summary>Begin with one number of the output: how many multiplications
# does <i>it</i> take? Then: how many numbers has the output?</details>
# <details><summary>Hint 2</summary>With <code>padding="same"</code> there are 28·28 positions,
# whatever the window.</details>

# %% [markdown]
# **Compare** the rule with what Keras' layers do, on another map, 14×14×8, and look at *one filter*
# of each size. (Change the numbers to those of the figure to see yours.)

# %% tags=["demonstration", "nbval-check-output"]
for size, filters in ((1, 6), (3, 12), (5, 6), (5, 12)):
    layer = layers.Conv2D(filters, size, padding="same", use_bias=False)
    macs = count_macs(models.Sequential([Input((14, 14, 8)), layer]))
    print(f"{size}×{size}, {filters:2} filters: {macs:8,} multiplications", end=", ")
    print(f"{macs // filters:7,} per filter")

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: 2,508 K for the 5×5 branch, and 50 K comparisons for the pooling.<br>
# <b>Actually</b>: the 5×5 branch takes 2,508,800, which rounds to 2,509 K. Three comparisons are
# enough to find the largest of four values, which makes 37,632. And mind the question "which one is
# most expensive": <b>as drawn</b> it is the 3×3 branch, because it has 64 filters; <b>per
# filter</b> it is the 5×5, by a factor of 25/9.
# </div>

# %% [markdown]
# The number in the fourth place is what hurts. A single 5×5 branch of 64 filters takes 20 million
# multiplications on a small map with a mere 16 channels. In the middle of a network there are
# hundreds of channels.

# %% [markdown]
# ## 9.5 The 1×1 convolution as a bottleneck (13 minutes)
#
# The cost grows with the number of **input channels**. So shrink them first: a cheap 1×1
# convolution takes the map to a few channels, the bottleneck, and only then the expensive filters
# follow. For the lecture's 5×5 branch with 8 filters, shrinking 16 channels to 4:
#
# | step | multiplications |
# |---|---|
# | 1×1, 16 → 4 channels | 4 · (1·1·16) · 28·28 = 50,176 |
# | 5×5, 4 → 8 channels | 8 · (5·5·4) · 28·28 = 627,200 |
# | **both** | **677,376**, instead of 2,508,800: 3.7 times fewer |
#
# **Predict.** In GoogLeNet the first 5×5 branch has 192 input channels and 32 filters, and its
# bottleneck has 16 channels. How many *times* fewer multiplications are that, rounded to a whole
# number?

# %% nbgrader={"grade_id": "predict_bottleneck_saving", "solution": true} tags=["prediction"]
predict_bottleneck_saving = ...  # your guess: a whole number
### BEGIN SOLUTION
predict_bottleneck_saving = 12
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_bottleneck_saving", "grade": true}
check("predict_bottleneck_saving", predict_bottleneck_saving)

# %% [markdown]
# ### Exercise `bottleneck_macs` (2 points)
#
# The lecture: *if we had shrunk the channels from 256 to 64 (using 1×1 conv) the computational
# savings would be more!* Check it. A 28×28 map with **256** channels, 64 filters of 5×5, "same", no
# biases: how many multiplications does that take directly, and how many in all if a 1×1 convolution
# first reduces the map to 64 channels?

# %% nbgrader={"grade_id": "bottleneck_macs", "solution": true}
bottleneck_macs = ...  # two whole numbers: directly, with the bottleneck
### BEGIN SOLUTION
direct = 64 * (5 * 5 * 256) * 28 * 28
squeeze = 64 * (1 * 1 * 256) * 28 * 28
expand = 64 * (5 * 5 * 64) * 28 * 28
bottleneck_macs = [direct, squeeze + expand]
### END SOLUTION

# %% nbgrader={"grade_id": "test_bottleneck_macs", "grade": true}
check("bottleneck_macs", bottleneck_macs)

# %% [markdown]
# <details><summary>Hint 1</summary>Make a table like the one above, with one line per layer. What
# goes into the second layer?</details>

# %% [markdown]
# **Run** the arithmetic for several bottlenecks. Does the lecture's sentence hold?

# %% tags=["demonstration", "nbval-check-output"]
positions = 28 * 28
rows = [(16, 4, 8), (16, 8, 64), (16, 4, 64), (192, 16, 32)]
savings = {}
print("input → reduced → filters        direct   bottleneck  saving")
for channels, reduced, filters in rows:
    direct = filters * (5 * 5 * channels) * positions
    bottleneck = reduced * channels * positions + filters * (5 * 5 * reduced) * positions
    savings[channels, reduced, filters] = direct / bottleneck
    text = f"{channels} → {reduced} → {filters}"
    print(f"{text:22} {direct:15,} {bottleneck:12,}  {direct / bottleneck:5.1f}×")
if bottleneck_macs is not ...:
    print(f"256 → 64 → 64, your answer {bottleneck_macs[0] / bottleneck_macs[1]:32.1f}×")
compare("predict_bottleneck_saving", predict_bottleneck_saving, round(savings[192, 16, 32]))

# %% [markdown]
# In multiplications saved, yes: hundreds of millions instead of some millions. As a *ratio* it is
# the shrinking that counts: 256 → 64 divides the cost by nearly as much as 16 → 4. GoogLeNet
# shrinks 192 → 16 and saves most.
#
# ### Does it hurt?
#
# The lecture: *as long as the shrinking ratio is reasonable, it does not hurt performance.* What is
# reasonable? That depends on how much the channels **repeat each other**. Try it on our cube of 31
# bands: one 1×1 convolution squeezes it to r channels, a second one makes colours of these. The
# best weights come from the singular value decomposition.
#
# *Figure:* the photo, and what comes out behind a bottleneck of one, two and three channels.

# %% tags=["demonstration"]
_, _, directions = np.linalg.svd(pixels[::7], full_matrices=False)  # every seventh pixel will do
restored = [flower]
for r in (1, 2, 3):
    squeeze = directions[:r].T  # (31, r): the first 1×1 convolution
    expand = squeeze.T @ mixing  # (r, 3): the second one
    restored.append((pixels @ squeeze @ expand).reshape(flower.shape).clip(0, 1))
    print(f"31 → {r} → 3 channels: mean error {np.abs(restored[-1] - flower).mean():.4f}")
plot_images(restored, ["photo", "1 channel", "2 channels", "3 channels"], n_cols=4)

# %% [markdown]
# Three channels hold all there is in this cube, and shrinking to three costs nothing: the other 28
# were copies in disguise. With two the picture is nearly right, with one the colours are gone. The
# channels of a trained network repeat each other, too, but nobody made them from three. How far one
# can shrink there has to be tried out; and a bottleneck is *learned*, so it keeps what the task
# needs. It also brings a ReLU of its own, one more nonlinearity.
#
# ### Exercise `drill_macs` (2 points)
#
# Your own variant, drawn from your `STUDENT_ID`. Set the id at the top of the notebook, run that
# cell again, then this one:

# %% tags=["demonstration"]
drill("drill_macs", STUDENT_ID)

# %% nbgrader={"grade_id": "drill_macs", "solution": true}
drill_macs = ...  # two whole numbers: directly, with the bottleneck
### BEGIN SOLUTION
# The numbers of whichever variant STUDENT_ID draws.
from course_utils.drills import draw

asked = draw("drill_macs", STUDENT_ID).variables
places, window = asked["side"] ** 2, asked["kernel"] ** 2
straight = asked["filters"] * window * asked["channels"] * places
first = asked["reduced"] * asked["channels"] * places
drill_macs = [straight, first + asked["filters"] * window * asked["reduced"] * places]
### END SOLUTION

# %% nbgrader={"grade_id": "test_drill_macs", "grade": true}
check("drill_macs", drill_macs, student_id=STUDENT_ID)

# %% [markdown]
# <details><summary>Hint 1</summary>Three products: the layer without a bottleneck, the 1×1 layer,
# and the layer behind it. Each is filters · (k·k · its input channels) · positions.</details>

# %% [markdown]
# **Practice as much as you like**, ungraded. Change the number for another question; `.check(...)`
# judges your answer, `.solution()` shows the arithmetic.

# %% tags=["demonstration"]
question = practice_drill("drill_macs", 1)
question

# %% [markdown]
# When you have an answer: `question.check([1000, 100])`, with yours in place of these two numbers.
# The worked way (cover it until then):

# %% tags=["demonstration", "nbval-check-output"]
print(question.solution())

# %% [markdown]
# ## 9.6 The inception module (12 minutes)
#
# Put together: 1×1 reductions **in front of** the 3×3 and the 5×5 convolutions, and, because a
# pooling would pass all its channels on, a 1×1 convolution **behind** the pooling. *Figure:*
# version (a), GoogLeNet's first module without any reductions, the naive one. Version (b), the real
# one, is the picture at the top of this notebook. In (a) the pooled channels alone fill almost half
# of the output, so the maps would get deeper from module to module. In (b) we set how many there
# are.

# %% tags=["demonstration"]
inception.plot_module(28, 192, MODULES["3a"], naive=True)

# %% [markdown]
# **Run** the naive version in Keras. A branch is a chain of calls that begins at `x`; `Concatenate`
# joins the branches.

# %% tags=["demonstration", "nbval-check-output"]
x = Input((28, 28, 192))
branches = [
    layers.Conv2D(64, 1, activation="relu")(x),
    layers.Conv2D(128, 3, padding="same", activation="relu")(x),
    layers.Conv2D(32, 5, padding="same", activation="relu")(x),
    layers.MaxPooling2D(3, strides=1, padding="same")(x),
]
naive = Model(x, layers.Concatenate()(branches))
print("output:", naive.output_shape[1:])
print(f"{naive.count_params():,} parameters, {count_macs(naive):,} multiplications")

# %% [markdown]
# **Explore** the costs of a module, branch by branch. *Figure:* for each branch the multiplications
# without reductions (grey) and with them: the 1×1 layers in blue, what follows them hatched in
# orange. It starts with the numbers of module 3a.
#
# 1. Which of the branches wins most by its reduction?
# 2. Set the reduction in front of the 3×3 filters as high as it goes. From where on does it cost
#    more than it saves?
# 3. Take 512 input channels. Which branch profits from that?
# 4. Compare the channels that come out in both versions. What would 3 naive modules in a row do?

# %% tags=["demonstration"]
inception.explore_costs()

# %% [markdown]
# ### Exercise `inception_module` (4 points)
#
# Write version (b) as a function of a Keras tensor `x` and six numbers of filters:
#
# | branch | layers |
# |---|---|
# | 1×1 | `f1` filters |
# | 3×3 | `f3_reduce` filters of 1×1, then `f3` of 3×3 |
# | 5×5 | `f5_reduce` filters of 1×1, then `f5` of 5×5 |
# | pool | 3×3 max-pooling with stride 1, then `pool_proj` filters of 1×1 |
#
# Concatenate in this order. Every convolution has a ReLU, and height and width stay as they are.
#
# Example: on a tensor of shape (28, 28, 192), `inception_module(x, 64, 96, 128, 16, 32, 32)`
# returns a tensor of shape (28, 28, 256).


# %% nbgrader={"grade_id": "inception_module", "solution": true}
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_proj):
    """Return four branches on the tensor `x`, concatenated: 1×1, 3×3, 5×5, pool."""

    ### BEGIN SOLUTION
    def conv(tensor, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(tensor)

    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    return layers.Concatenate()(
        [
            conv(x, f1, 1),
            conv(conv(x, f3_reduce, 1), f3, 3),
            conv(conv(x, f5_reduce, 1), f5, 5),
            conv(pooled, pool_proj, 1),
        ]
    )
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_inception_module", "grade": true}
check("inception_module", inception_module)

# %% [markdown]
# <details><summary>Hint 1</summary>Begin with a copy of the naive version. Which three lines
# change, and what is new in each?</details>
# <details><summary>Hint 2</summary>The result of one layer is the input of the next:
# <code>layers.Conv2D(...)(layers.Conv2D(...)(x))</code>. Or give the reduced map a name
# first.</details>
# <details><summary>Hint 3</summary>A pooling layer without <code>strides=</code> moves by its own
# window. Print the shapes of the four branches before you concatenate them.</details>

# %% [markdown]
# ### Live check `inception_3a_params` (not graded)
#
# (A live check tells you at once whether you are right. It gives no points.) How many parameters,
# with biases, has module 3a, the one in the first figure? Count by hand, or
# let your function do it: `Model(x, inception_module(x, ...)).count_params()`.

# %% nbgrader={"grade_id": "inception_3a_params", "solution": true} tags=["prediction"]
inception_3a_params = ...  # one whole number
### BEGIN SOLUTION
kernels = [(1, 192, 64), (1, 192, 96), (3, 96, 128), (1, 192, 16), (5, 16, 32), (1, 192, 32)]
inception_3a_params = sum(k * k * n_in * filters + filters for k, n_in, filters in kernels)
### END SOLUTION

# %% tags=["demonstration"]
practice("inception_3a_params", inception_3a_params)

# %% [markdown]
# ### Live check `inception_3b_shape` (not graded)
#
# The next module, 3b, takes the output of 3a. Its widths, in the order of the function's arguments,
# are 128, 128, 192, 32, 96, 64. Which shape does it return?

# %% nbgrader={"grade_id": "inception_3b_shape", "solution": true} tags=["prediction"]
inception_3b_shape = ...  # (height, width, channels)
### BEGIN SOLUTION
inception_3b_shape = (28, 28, 128 + 192 + 96 + 64)
### END SOLUTION

# %% tags=["demonstration"]
practice("inception_3b_shape", inception_3b_shape)

# %% [markdown]
# ## 9.7 GoogLeNet with all bells and whistles (12 minutes)
#
# **GoogLeNet** was the state of the art for classification and detection in the ILSVRC-2014
# challenge. Its hallmark, says the paper, is the *improved utilisation of the computing resources
# inside the network*. It has 22 layers with weights on its longest path, and 58 in all.
#
# *Figure:* from left to right: the **stem** of ordinary convolutions and poolings, then **nine
# inception modules** (two, five and two, with a pooling between the groups), the global average,
# and a single dense layer. Higher boxes are larger maps; the numbers are height, width and
# channels. The stripes of a module show how the channels share between its branches. Dashed: the
# two auxiliary classifiers, of which more below.

# %% tags=["demonstration"]
googlenet_drawing.plot_googlenet()

# %% [markdown]
# **Predict.** VGG-16, from the same challenge, has 138 million parameters. How many times as many
# is that as GoogLeNet has (without its auxiliary classifiers)? Round to a whole number.

# %% nbgrader={"grade_id": "predict_vgg_ratio", "solution": true} tags=["prediction"]
predict_vgg_ratio = ...  # your guess: a whole number
### BEGIN SOLUTION
predict_vgg_ratio = 10
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_vgg_ratio", "grade": true}
check("predict_vgg_ratio", predict_vgg_ratio)

# %% [markdown]
# **Run.** Build it, with random weights, and add up its layers module by module.

# %% tags=["demonstration", "nbval-check-output"]
network = googlenet()
table = {row["name"]: row for row in layer_table(network)}
for module, widths in MODULES.items():
    rows = [row for name, row in table.items() if name.startswith(f"inception_{module}")]
    shape = table[f"inception_{module}_output"]["output_shape"]
    params, macs = (sum(row[key] for row in rows) for key in ("params", "macs"))
    print(f"{module}: {tuple(widths)!s:30} {shape!s:14} {params:9,} params {macs:11,} mult.")
with_weights = sum(row["params"] > 0 for row in table.values())
print("\nlayers with weights:", with_weights, end=", ")
print("on the longest path:", longest_path(network, weighted_only=True))
print(f"multiplications in all: {count_macs(network):,}")
vgg16 = next(row.params for row in applications_table() if row.model == "VGG16")
compare("predict_vgg_ratio", predict_vgg_ratio, round(vgg16 / network.count_params()))

# %% [markdown]
# Read the table from top to bottom: on the whole later modules have more weights (more channels; 4a
# is an exception), but not more multiplications (smaller maps). The paper prints 159 K weights for
# 3a and 380 K for 3b: without biases, and in thousands of 1,024 (exactly 159.5 and 379.0).
#
# Where does the small number come from? VGG-16 spends nine tenths of its weights on its three dense
# layers. GoogLeNet averages each of its 1,024 last maps to one number and needs one dense layer.

# %% [markdown]
# ### The auxiliary classifiers
#
# In 2014 there was no batch normalisation and there were no residual connections: a gradient from
# the end of 22 layers arrives weakly at the first ones (notebook 07). GoogLeNet's remedy: two
# small classifiers on the way, after modules 4a and 4d. Each tries to name the class *already
# there*, and its loss is added with weight 0.3. So the early layers get a gradient by a short way.
# Once training is over, the two heads are **dropped**.
#
# ### Live check `googlenet_totals` (not graded)
#
# How many parameters has GoogLeNet without, and how many with its two auxiliary classifiers? Build
# both: `googlenet()` and `googlenet(auxiliary=True)`.

# %% nbgrader={"grade_id": "googlenet_totals", "solution": true} tags=["prediction"]
googlenet_totals = ...  # two whole numbers
### BEGIN SOLUTION
googlenet_totals = [googlenet(auxiliary=heads).count_params() for heads in (False, True)]
### END SOLUTION

# %% tags=["demonstration"]
practice("googlenet_totals", googlenet_totals)

# %% [markdown]
# **Run.** The network for training has three outputs and three losses; the network for using it is
# cut out of the same layers and has one.

# %% tags=["demonstration", "nbval-check-output"]
training_network = googlenet(auxiliary=True)
training_network.compile("sgd", loss=["categorical_crossentropy"] * 3, loss_weights=[1.0, 0.3, 0.3])
print("outputs for training:", training_network.output_shape)
final = Model(training_network.inputs, training_network.outputs[0])
print("output for using it: ", final.output_shape)
dropped = training_network.count_params() - final.count_params()
print(f"share of the weights that is dropped: {dropped / training_network.count_params():.0%}")
del training_network, final
keras.backend.clear_session()

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture's slide</b> "Two Inception Blocks" says: act as a regularizer, help the network
# focus on the output, an 'alternative' to residual connections.<br>
# <b>Actually</b>: these lines describe the <b>two auxiliary classifiers</b>, not two inception
# blocks. They are there in training only (loss weight 0.3) and are dropped for inference. An
# "alternative" to residual connections they are in purpose: bringing a gradient to early layers.
# ResNets came a year later and did it better. Later work on inception networks found that the heads
# help little early in training and act mainly as regularisers.
# </div>

# %% [markdown]
# ### A small one that trains here
#
# Two small modules for 28×28 digits, and beside it a plain chain of three convolutions with about
# as many weights. They learn for ten epochs from 1,200 digits; the inception network does so twice,
# with different seeds.

# %% tags=["demonstration"]
digits = load_digits_images(size=28)
print(digits.note)


def small_plain_net():
    """Return a chain of three convolutions with nearly as many weights."""
    return models.Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(16, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(24, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(26, 3, padding="same", activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ]
    )


# %% tags=["demonstration"]
histories = {}
runs = [("modules", small_inception_net, 0), ("modules", small_inception_net, 1)]
for name, build, seed in [*runs, ("plain", small_plain_net, 0)]:
    keras.utils.set_random_seed(seed)
    net = build()
    adam = keras.optimizers.Adam(5e-3)
    net.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    data, test = (digits.x_train, digits.y_train), (digits.x_test, digits.y_test)
    run = fit_quietly(net, *data, epochs=10, batch_size=64, validation_data=test, seed=seed)
    histories[f"{name}, seed {seed}"] = run.history
    last = run.history["val_accuracy"][-1]
    print(f"{name:8} {net.count_params():6,} weights, seed {seed}: {last:.3f} of the test digits")
plot_training_curves(histories, metrics=("accuracy",))

# %% [markdown]
# *Figure:* accuracy on the training digits (solid) and on the held-out digits (dashed), one colour
# per run. All three guess at first, and then learn quickly. How many epochs they guess differs from
# seed to seed, even with the same network.
#
# **Read it honestly.** It shows that an inception network **trains**; it does *not* show that it is
# better. Two seeds of the *same* network can differ as much as two different networks, so a few
# runs decide nothing. (And the modules take longer for an epoch, since many small layers keep a
# processor less busy than a few large ones.) What GoogLeNet won with its modules, high accuracy on
# a million photographs at a twentieth of VGG's weights, cannot be shown with 1,200 digits.

# %% [markdown]
# ## In your own words
#
# ### Exercise `inception_written` (2 points, graded by your teacher)
#
# In 50 to 120 words: why do 1×1 reductions save work, what might they cost, and what are the
# auxiliary classifiers of GoogLeNet for? Use at least one number of this notebook.

# %% [markdown] nbgrader={"grade_id": "inception_written", "grade": true, "solution": true}
# **Model answer.** The multiplications of a 3×3 or 5×5 convolution grow with the number of input
# channels. A 1×1 convolution has 9 or 25 times smaller windows, so shrinking the channels with it
# first is cheap and makes the expensive layer cheap as well: 192 → 16 → 32 channels needs 12.4
# instead of 120.4 million multiplications. The price: what does not fit through the bottleneck is
# lost; with too few channels accuracy may suffer (our picture lost its colours behind one channel).
# The auxiliary classifiers are attached to the middle of the network during training only. Their
# loss (weight 0.3) gives early layers a gradient by a short way and acts as a regulariser.
#
# **Marking scheme (2 points)**
#
# - 1 point: the reductions. The cost is proportional to the input channels, which the cheap 1×1
#   layer reduces (half a point); information may be lost in a bottleneck that is too narrow (half a
#   point).
# - 1 point: the auxiliary classifiers. They help the training: gradient for early layers, or
#   regularisation (half a point); they are dropped afterwards (half a point).
# - Half a point off if no number of the notebook is used.

# %% [markdown]
# ## Summary
#
# | idea | in one line |
# |---|---|
# | 1×1 on one channel | scales, nothing else |
# | 1×1 on C channels | a weighted sum of the channels at each pixel; F filters give F channels |
# | parameters of 1×1 | C · F + F, whatever the size of the map |
# | multiplications | filters · (k · k · input channels) · height · width |
# | bottleneck | first 1×1 to few channels, then the large windows |
# | inception module | 1×1, 3×3, 5×5 and pooling side by side, concatenated |
# | its reductions | 1×1 in front of 3×3 and 5×5, and behind the pooling |
# | GoogLeNet | stem, nine modules, global average, one dense layer |
# | auxiliary classifiers | two heads on the way, for training only, loss weight 0.3 |
#
# **Next:** notebook 10 concatenates, too, but every layer with *all* layers before it: DenseNet.

# %% [markdown]
# ## Further reading
#
# - C. Szegedy and others, [Going Deeper with Convolutions](https://arxiv.org/abs/1409.4842), 2014:
#   GoogLeNet. (The lecture's slide shows the paper's first page; names and addresses of its authors
#   are garbled there, so look it up by its title.)
# - M. Lin, Q. Chen, S. Yan, [Network In Network](https://arxiv.org/abs/1312.4400), 2013: 1×1
#   convolutions and global average pooling.
# - C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, [Rethinking the Inception Architecture
#   for Computer Vision](https://arxiv.org/abs/1512.00567), 2015: what the auxiliary classifiers
#   really do, and Inception-v3.
# - The lecture's example follows the course *Convolutional Neural Networks* by A. Ng on Coursera
#   ("Networks in Networks and 1x1 Convolutions", "Inception Network Motivation").
