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
# # 03 Max-pooling, the receptive field and maxout

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **compute** max- and average pooling by hand and in NumPy,
# - **explain** the two reasons for pooling: what an output can *see*, and what a network *weighs*,
# - **calculate** the receptive field of any stack of layers, and **measure** it with gradients,
# - **count** all parameters of a small convolutional network,
# - **tell** pooling over space from maxout over channels.
#
# **You need** notebooks 01 and 02: weights of a convolution, output sizes, padding and strides.
# **Time:** about 75 minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import Input, layers, models, ops

from course_utils import compare, practice_drill
from course_utils.arithmetic.models import count_macs, layer_table
from course_utils.datasets import load_mnist, load_sample_photos
from course_utils.explore import maxout, pooling, receptive_fields
from course_utils.plots.images import plot_images
from course_utils.plots.training import plot_training_curves
from course_utils.training import fit_quietly

# %% [markdown]
# *The whole notebook in one picture.* On the left the edges that a filter finds in a photograph of
# a temple; then the same feature map after one, two, three and four max-poolings, all drawn equally
# wide. After three poolings there are 64 times fewer numbers, and one still sees a temple with its
# storeys. After four only "something tall on the left" remains. Pooling keeps **that** there was an
# edge and gives up **where exactly**.

# %% tags=["demonstration"]
photo = load_sample_photos()["china"].mean(axis=2)[::2, ::2]  # grey, every other pixel
edges = pooling.edge_maps(photo).max(axis=2)
pooling.plot_shrinking(edges, times=4)

# %% [markdown]
# **Recall (one minute).** A 3×3 convolution without padding runs over a 28×28 image. How large is
# its output, and what does *one* number of that output depend on?
#
# <details><summary>Compare</summary>26×26: the window has 28 - 3 + 1 positions along each axis. One
# number depends on the nine pixels under its window and on nothing else. Keep this second answer
# in mind: section 3.2 asks how it changes when layers are stacked.</details>

# %% [markdown]
# ## 3.1 What max-pooling does
#
# Max-pooling extracts windows from the input feature maps and outputs the **maximum value of each
# channel**. The idea is close to a convolution, but in place of a *learned* linear transformation
# (the kernel) stands a *hard-coded* `max`. So there is nothing to learn: the layer has 0 weights.
#
# | | convolution | max-pooling |
# |---|---|---|
# | does with a window | weighted sum over **all** channels | maximum, **each channel alone** |
# | learned weights | kernel and bias | none |
# | usual window and stride | 3×3, stride 1: overlapping | 2×2, stride 2: side by side |
# | channels of the output | as many as filters | as many as in the input |
#
# `layers.MaxPooling2D()` takes 2×2 windows and moves them by 2, so a 26×26 map becomes 13×13.

# %% [markdown]
# **Explore.** *Figure:* on the left a 6×6 map with the window in orange, in the middle what is done
# with its numbers, on the right the output so far, drawn to the same scale. Numbers that no window
# ever covers are grey and dotted.
#
# 1. Move the window through all nine positions.
# 2. Pool size 3, stride 2: which numbers are never looked at?
# 3. Switch from max to average. Which of the two reacts more to a single large number?

# %% tags=["demonstration"]
number_map = np.array(
    [
        [3, 0, 1, 2, 7, 4],
        [1, 5, 8, 9, 3, 1],
        [2, 7, 2, 5, 1, 3],
        [0, 1, 3, 1, 7, 8],
        [4, 2, 1, 6, 2, 8],
        [2, 4, 5, 2, 3, 9],
    ]
)
pooling.explore_pooling(number_map)

# %% [markdown]
# <details><summary>Compare</summary>2: with windows of 3 in steps of 2 there are two places along
# each axis, and the last row and the last column are never looked at. 3: the maximum follows a
# single large number all the way; the average takes only its share of it, a quarter in a 2×2
# window.</details>

# %% [markdown]
# ### Exercise `maxpool_4x4` (1 point)
#
# The lecture's example. Apply 2×2 max-pooling to this 4×4 map, with Keras' default stride.
# *Figure:* each window has its own colour, and so has its place in the answer.

# %% nbgrader={"grade_id": "lecture_map", "locked": true}
lecture_map = np.array(
    [
        [12, 20, 30, 0],
        [8, 12, 2, 0],
        [34, 70, 37, 4],
        [112, 100, 25, 12],
    ]
)

# %% tags=["demonstration"]
pooling.plot_quadrants(lecture_map)

# %% nbgrader={"grade_id": "maxpool_4x4", "solution": true}
maxpool_4x4 = ...  # two rows of two numbers
### BEGIN SOLUTION
maxpool_4x4 = [
    [max(12, 20, 8, 12), max(30, 0, 2, 0)],
    [max(34, 70, 112, 100), max(37, 4, 25, 12)],
]
### END SOLUTION

# %% nbgrader={"grade_id": "test_maxpool_4x4", "grade": true}
check("maxpool_4x4", maxpool_4x4)

# %% [markdown]
# <details><summary>Hint 1</summary>Four colours, four windows, four answers.</details>
# <details><summary>Hint 2</summary>The window in the upper left holds 12, 20, 8 and 12. Which one
# of them survives?</details>

# %% [markdown]
# **Compare.** *Figure:* the same map, max-pooled and average-pooled. Look at the blue window (30,
# 0, 2, 0), one strong response among almost nothing: the maximum passes it on at full strength, the
# average dilutes it to 8. "Is this pattern *anywhere* in the window?" is a question for the
# maximum; "how much of it is there *overall*?" is one for the average.

# %% tags=["demonstration"]
pooling.plot_quadrants(lecture_map, ("max", "average"))

# %% [markdown]
# ### Exercise `max_pool2d` (3 points)
#
# Write max-pooling as a function of a feature map (height, width, channels). The stride is the pool
# size unless it is given. No padding: windows that do not fit completely are left out.
#
# Examples: a (4, 4, 1) map gives (2, 2, 1); a (5, 5, 3) map gives (2, 2, 3);
# `max_pool2d(x, pool=3, stride=2)` of a (7, 7, 1) map gives (3, 3, 1).


# %% nbgrader={"grade_id": "max_pool2d", "solution": true}
def max_pool2d(feature_map, pool=2, stride=None):
    """Return the maximum of every window of an (H, W, C) array, each channel on its own."""
    ### BEGIN SOLUTION
    if stride is None:
        stride = pool
    height, width, channels = feature_map.shape
    rows = (height - pool) // stride + 1
    columns = (width - pool) // stride + 1
    output = np.zeros((rows, columns, channels))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = feature_map[top : top + pool, left : left + pool]
            output[i, j] = window.max(axis=(0, 1))  # over rows and columns, not channels
    return output
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_max_pool2d", "grade": true}
check("max_pool2d", max_pool2d)

# %% [markdown]
# <details><summary>Hint 1</summary>You know the number of windows from notebook 02: it is the
# formula for <code>"valid"</code>, with the pool size as kernel.</details>
# <details><summary>Hint 2</summary>Two loops over the rows and columns of the <i>output</i>. Output
# (i, j) belongs to the window that begins at row i·stride and column j·stride.</details>
# <details><summary>Hint 3</summary>A window has three axes. <code>axis=</code> tells NumPy's
# <code>max</code> which of them to use up; the channels must be left over.</details>

# %% [markdown]
# **Run.** The same in Keras, with the lecture's map as a batch of one image with one channel. The
# last line confirms it: nothing in this layer can be trained.

# %% tags=["demonstration", "nbval-check-output"]
batch = lecture_map[None, :, :, None].astype("float32")  # (batch, height, width, channels)
for layer in (layers.MaxPooling2D(2), layers.AveragePooling2D(2)):
    pooled = ops.convert_to_numpy(layer(batch))
    print(type(layer).__name__, pooled[0, :, :, 0].tolist())
    print("   shape", batch.shape, "->", pooled.shape, " weights:", layer.count_params())

# %% [markdown]
# ### Exercise `pooled_sizes` (2 points)
#
# How many rows does `MaxPooling2D(2)` leave of a map with 26, with 5, with 7 and with 149 rows?

# %% nbgrader={"grade_id": "pooled_sizes", "solution": true}
pooled_sizes = ...  # four whole numbers: for 26, 5, 7, 149
### BEGIN SOLUTION
pooled_sizes = [rows // 2 for rows in (26, 5, 7, 149)]
### END SOLUTION

# %% nbgrader={"grade_id": "test_pooled_sizes", "grade": true}
check("pooled_sizes", pooled_sizes)

# %% [markdown]
# <details><summary>Hint 1</summary>Put pairs of rows side by side. What happens to a row without a
# partner?</details>
# <details><summary>Hint 2</summary>Pairs only: 3 rows are one pair and one row that no window
# covers, like the grey rows in the explorer at pool size 3 and stride 2. Your own
# <code>max_pool2d</code> can tell you, too.</details>

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: <code>MaxPooling2D</code> halves the size of the feature maps.<br>
# <b>Actually</b>: only with the default pool size 2 and stride 2, and rounded <b>down</b>. A side
# of 27 becomes 13; the last row and column are silently ignored. <code>padding="same"</code> would
# keep them (14).
# </div>

# %% [markdown]
# **On a real digit.** The next cell loads the data of this notebook and says which they are.
#
# *Figure:* the top row shows four feature maps of a digit; each lights up where the digit has one
# kind of edge (its left, right, top or bottom side). Below, each map on its own is pooled once and
# twice. The maps become coarse, but their story stays the same: which edge, and roughly where.

# %% tags=["demonstration"]
data = load_mnist()
digit = data.x_train[data.y_train == 5][4, :, :, 0]
sides = ("left sides", "right sides", "top sides", "bottom sides")
pooling.plot_pooled_maps(pooling.edge_maps(digit), sides, times=2)

# %% [markdown]
# **Predict.** Now something cruel: inside *every* 2×2 window of the digit we put the four pixels in
# random order. Then both pictures, the digit and the scrambled one, are max-pooled to 14×14, that
# is to 196 numbers. In how many of the 196 do they differ?

# %% nbgrader={"grade_id": "predict_shuffled_windows", "solution": true} tags=["prediction"]
predict_shuffled_windows = ...  # your guess: 0 to 196
### BEGIN SOLUTION
predict_shuffled_windows = 0
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_shuffled_windows", "grade": true}
check("predict_shuffled_windows", predict_shuffled_windows)

# %% tags=["demonstration"]
scrambled = pooling.shuffle_windows(digit, pool=2)
pool = layers.MaxPooling2D()
pooled, pooled_scrambled = (
    ops.convert_to_numpy(pool(picture[None, :, :, None]))[0, :, :, 0]
    for picture in (digit, scrambled)
)
compare(
    "predict_shuffled_windows",
    predict_shuffled_windows,
    int((pooled != pooled_scrambled).sum()),
)
plot_images(
    [digit, scrambled, pooled, pooled_scrambled],
    ["digit", "scrambled", "digit, pooled", "scrambled, pooled"],
)

# %% [markdown]
# *Figure:* the digit, its scrambled twin with frayed outlines, and the two pooled pictures, which
# are the same, number by number. What comes after the pooling layer **cannot know** which of the
# two it was shown. That is pooling's strength, because inside a window it does not matter where a
# stroke is, and its price, because the exact position is gone.
#
# Does it make small *shifts* harmless, then? Not quite: a stroke that moves by one pixel may cross
# into the next window. **Run:** the digit and its copy one pixel further to the right, pooled again
# and again.

# %% tags=["demonstration"]
maps = [picture[None, :, :, None] for picture in (digit, np.roll(digit, 1, axis=1))]
for poolings in range(4):
    here, moved = (np.asarray(one) for one in maps)
    size, changed = f"{here.shape[1]}×{here.shape[2]}", (here != moved).sum()
    by = np.abs(here - moved).mean() / here.mean()
    print(f"{poolings} poolings: {size:6} {changed:3} of {here.size} numbers differ, by {by:.0%}")
    maps = [pool(one) for one in maps]

# %% [markdown]
# Most numbers do change, but with every pooling by a smaller part of their size: a pooled map
# *wobbles* less than the picture. "Invariant to shifts" would be too big a word for it.

# %% [markdown]
# ## 3.2 Why? Reason 1: to see the whole input
#
# What if we leave pooling out? The lecture's network:

# %% tags=["demonstration", "nbval-check-output"]
model_no_max_pool = models.Sequential(
    [
        Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation="relu", name="conv_1"),
        layers.Conv2D(64, (3, 3), activation="relu", name="conv_2"),
        layers.Conv2D(64, (3, 3), activation="relu", name="conv_3"),
    ],
    name="model_no_max_pool",
)
layer_table(model_no_max_pool)

# %% [markdown]
# *Table:* three convolutions take 28×28×1 to 22×22×64 and have 55,744 weights so far.
#
# Each of those 22·22 positions is to say something about the digit. But how much of the digit does
# it depend on? The **receptive field** of an output is the window of *input* pixels that it can
# see.
#
# *Figure:* one row of pixels (bottom) and **two** 3×3 convolutions above it, seen from the side.
# Follow the orange value at the top downwards: it reads three values of the layer below; each of
# these reads three pixels; together that makes five, because their windows overlap.

# %% tags=["demonstration"]
receptive_fields.plot_field_cone([(3, 1, 1), (3, 1, 1)])

# %% [markdown]
# ### Exercise `receptive_field_three_convs` (1 point)
#
# How many pixels wide is the input window that one output of **three** stacked 3×3 convolutions
# sees?

# %% nbgrader={"grade_id": "receptive_field_three_convs", "solution": true}
receptive_field_three_convs = ...  # pixels, along one axis
### BEGIN SOLUTION
receptive_field_three_convs = 1 + 2 + 2 + 2  # one pixel, and each layer adds one on each side
### END SOLUTION

# %% nbgrader={"grade_id": "test_receptive_field_three_convs", "grade": true}
check("receptive_field_three_convs", receptive_field_three_convs)

# %% [markdown]
# <details><summary>Hint 1</summary>Add a third layer on top of the figure. Its value reads three
# orange values of the second layer. How far do the outer two of these reach?</details>
# <details><summary>Hint 2</summary>Each layer widens the window by the same amount. By how
# much?</details>

# %% [markdown]
# **Measure it.** There is a way to ask the network itself: change one pixel a little, and see
# whether the output in the middle of the last map changes. That is the *gradient* of this output
# with respect to the pixel. Pixels outside the receptive field have a gradient of exactly 0.

# %% tags=["demonstration"]
import tensorflow as tf


def gradient_map(model, images):
    """Return how strongly each pixel moves the middle of the model's last map (largest: 1)."""
    pixels = tf.convert_to_tensor(images, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        maps = model(pixels)
        middle = maps[:, maps.shape[1] // 2, maps.shape[2] // 2]  # all its channels,
        output = tf.reduce_sum(middle * tf.random.normal(middle.shape))  # mixed at random
    heat = np.abs(tape.gradient(output, pixels)).mean(axis=(0, 3))
    return heat / heat.max()


noise = np.random.default_rng(0).random((300, 28, 28, 1))  # so that every pixel is in use
heat = gradient_map(model_no_max_pool, noise)
receptive_fields.plot_gradient_field(heat, [(3, 1, 1)] * 3)

# %% [markdown]
# *Figure:* on the left the gradients of a network with random weights, averaged over 300 noise
# images, black where they are exactly 0. The blue frame is what was measured, on the right is the
# calculation: they agree. Each of the 484 positions of the last map sees less than a tenth of the
# image: a piece of a stroke, never a digit. And within its window the middle counts most, because
# most paths lead there. (The calculation keeps two numbers for each layer; they are explained
# next.)
#
# We need the features of the last convolution layer to hold information about the **totality** of
# the input. How can we achieve that?
#
# - **Pooling** between the convolutions: each step on the smaller map is two pixels wide.
# - **Strides**: the same, inside the convolution.
# - **Dilation**: kernels with gaps (notebook 11).
# - **Many more layers**: each adds a little.

# %% [markdown]
# ### Two numbers are enough
#
# Go through the layers from the input upwards and keep two numbers:
#
# - the **size** of the window that one value sees, in input pixels; one single pixel to begin with,
# - the **jump**: how many input pixels apart two *neighbouring* values of this map lie; also 1 at
#   first.
#
# A layer with a kernel of *k* reaches over *k* - 1 more neighbours, and each is one jump away (with
# dilation *d*, every *d*-th neighbour is read). A stride makes the neighbours of the *next* map lie
# further apart.
#
# | layer | size | jump |
# |---|---|---|
# | input | 1 | 1 |
# | convolution 5×5 | 1 + 4·1 = 5 | 1 |
# | pooling 2×2, stride 2 | 5 + 1·1 = 6 | 1·2 = 2 |
# | convolution 3×3 | 6 + 2·**2** = 10 | 2 |
#
# The last line is the point: after pooling the same 3×3 kernel adds 4 pixels instead of 2.

# %% [markdown]
# **Explore.** Build a stack of up to six layers, starting at the input. *Figure:* left the stack
# from the side, as above (after a pooling layer the values lie two pixels apart: the jump); right
# the part of the digit that one output sees, dotted for the layers below; at the bottom the
# calculation.
#
# 1. Remove the pooling layer between the two convolutions ("no layer"). How much less does the
# second convolution add now?
# 2. See the whole digit with as few layers as possible.
# 3. Put the pooling layer last. Does it still help?

# %% tags=["demonstration"]
receptive_fields.explore_receptive_field(digit, start=("conv 3×3", "max-pool 2×2", "conv 5×5"))

# %% [markdown]
# <details><summary>Compare</summary>1: half as much, since its neighbours then lie one pixel apart
# and not two. 2: put what makes the jump grow first, and large kernels behind it. 3: hardly: it
# adds its own step, but nothing comes after it that could profit from the larger jump.</details>

# %% [markdown]
# ### Exercise `receptive_field` (3 points)
#
# Write the calculation as a function. `layers` is a list of `(kernel, stride, dilation)`, from the
# input upwards; a pooling layer counts as a layer with its pool size as kernel. The result is the
# side of the receptive field in pixels.
#
# Examples: `[(5, 1, 1), (2, 2, 1), (3, 1, 1)]`, the table above, gives 10; the three convolutions
# `[(3, 1, 1)] * 3` give what you found by hand.


# %% nbgrader={"grade_id": "receptive_field", "solution": true}
def receptive_field(layers):
    """Return how many input pixels, along one axis, one output of the stack sees."""
    ### BEGIN SOLUTION
    size = jump = 1
    for kernel, stride, dilation in layers:
        size += (kernel - 1) * dilation * jump
        jump *= stride
    return size
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_receptive_field", "grade": true}
check("receptive_field", receptive_field)

# %% [markdown]
# <details><summary>Hint 1</summary>Two variables, one loop. Go through the table above line by
# line: which numbers of the line before did you use?</details>
# <details><summary>Hint 2</summary>The order matters: a layer looks with the jump of the map
# <i>below</i> it. Its own stride is for those who come after.</details>
# <details><summary>Hint 3</summary>With dilation 2 a kernel of 3 reads neighbours 0, 2 and 4: it
# spans as much as a kernel of 5. In general the reach k-1 is multiplied, but the jump to the next
# value is not.</details>

# %% [markdown]
# **Predict.** The classroom network of section 3.4 has the same three 3×3 convolutions, with a 2×2
# max-pooling after the first and after the second. How wide is the receptive field of its last
# convolution? Guess first, or use your function.

# %% nbgrader={"grade_id": "predict_classroom_field", "solution": true} tags=["prediction"]
predict_classroom_field = ...  # your guess: pixels, along one axis
### BEGIN SOLUTION
predict_classroom_field = 18
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_classroom_field", "grade": true}
check("predict_classroom_field", predict_classroom_field)

# %% tags=["demonstration"]
with_pooling = models.Sequential(
    [
        Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
    ]
)
heat = gradient_map(with_pooling, noise)
top, left, height, width = receptive_fields.bounding_box(heat)
compare("predict_classroom_field", predict_classroom_field, height)
convolution, pool_2x2 = (3, 1, 1), (2, 2, 1)
stack = [convolution, pool_2x2, convolution, pool_2x2, convolution]
receptive_fields.plot_gradient_field(heat, stack)

# %% [markdown]
# *Figure:* as before, for the network with pooling. With the same three convolutions one output now
# sees a large part of the digit. Look at the right: the first convolution adds 2 pixels, the second
# one 4, the third one 8.
#
# ### Live check `convs_needed_28` (not graded)
#
# Without pooling, strides and dilation: how many 3×3 convolutions does it take until one output
# sees all 28 pixels of a row?

# %% nbgrader={"grade_id": "convs_needed_28", "solution": true} tags=["prediction"]
convs_needed_28 = ...  # a whole number of layers
### BEGIN SOLUTION
convs_needed_28 = next(n for n in range(1, 100) if 1 + 2 * n >= 28)
### END SOLUTION

# %% tags=["demonstration"]
practice("convs_needed_28", convs_needed_28)

# %% [markdown]
# *Figure:* receptive field against the number of layers, for three ways of growing. Plain
# convolutions (blue dots) climb along a straight line. With a pooling layer after each convolution
# (orange squares) the line bends upwards: pooling itself adds little, but the convolution after it
# adds twice as much as the one before. With a stride of 2 in every layer, or dilations of 1, 2, 4,
# 8 (green triangles), every step is twice as high as the last. The grey line is the whole image.

# %% tags=["demonstration"]
receptive_fields.plot_growth(
    {
        "3×3 convolutions": [convolution] * 14,
        "3×3 convolution, pooling, ...": [convolution, pool_2x2] * 3 + [convolution],
        "stride 2, or dilation 1, 2, 4, 8": [(3, 2, 1)] * 4,
    },
    goal=28,
)

# %% [markdown]
# Two honest remarks. (1) Plain convolutions that deep need `padding="same"`; without padding they
# would have eaten up the 28×28 map before they see all of it. (2) A network with `Flatten` and
# `Dense` at the end does see the whole image: its head combines all positions. What is missing
# without pooling are *features* that describe the whole, so the head has to do all that work. That
# is the second reason.

# %% [markdown]
# **Practice drill** `drill_receptive_field` (not graded). First a worked example; cover the second
# output with your hand.

# %% tags=["demonstration"]
example = practice_drill("drill_receptive_field", 1)
example

# %% tags=["demonstration", "nbval-check-output"]
print(example.solution())

# %% [markdown]
# Now you, as often as you like: change the number of the question, and check your answer in a cell
# of your own.
#
# ```python
# question.check(10)          # your answer in place of 10
# print(question.solution())  # the worked way
# ```

# %% tags=["demonstration"]
question = practice_drill("drill_receptive_field", 2)
question

# %% [markdown]
# ## 3.3 Why? Reason 2: parameters
#
# The map of `model_no_max_pool` is 22×22×64. To classify we need at least one Dense layer on top:
# say one neuron that predicts a number in [0, 1], "is it a 3?". `Flatten` lines up all values of
# the map, and the neuron connects to each of them.
#
# ### Exercise `dense1_params` (1 point)
#
# How many parameters do `Flatten()` and `Dense(1, activation="sigmoid")` add to
# `model_no_max_pool`?

# %% nbgrader={"grade_id": "dense1_params", "solution": true}
dense1_params = ...  # one whole number
### BEGIN SOLUTION
dense1_params = 64 * (22 * 22) + 1  # one weight for each value of the map, and one bias
### END SOLUTION

# %% nbgrader={"grade_id": "test_dense1_params", "grade": true}
check("dense1_params", dense1_params)

# %% [markdown]
# <details><summary>Hint 1</summary>How many numbers does Flatten hand over? The table of section
# 3.2 shows the shape of the map.</details>
# <details><summary>Hint 2</summary>One neuron: a weight for each of its inputs, and what
# else?</details>

# %% [markdown]
# ### Exercise `dense100_then_1_params` (2 points)
#
# The lecture continues: "what if we add a Dense layer with 100 neurons, and then the one neuron?",
# and shows a question mark. How many parameters do these two layers add together?

# %% nbgrader={"grade_id": "dense100_then_1_params", "solution": true}
dense100_then_1_params = ...  # one whole number
### BEGIN SOLUTION
hundred = 64 * (22 * 22) * 100 + 100
one_more = 100 * 1 + 1
dense100_then_1_params = hundred + one_more
### END SOLUTION

# %% nbgrader={"grade_id": "test_dense100_then_1_params", "grade": true}
check("dense100_then_1_params", dense100_then_1_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Two layers: count them one after the other. The first one is the
# last exercise, a hundred times.</details>
# <details><summary>Hint 2</summary>What does the last neuron read? Not the map any more.</details>
# <details><summary>Hint 3</summary>There are 101 neurons, so there are 101 biases.</details>

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: to classify "we need to add at least one dense layer", with "one neuron
# that can predict [0, 1]", and counts a weight for every value of the map.<br>
# <b>Actually</b>: that count needs <code>Flatten</code> first. <code>Dense(1)</code> put
# <i>directly</i> on a 22×22×64 map works on the last axis only, at each position. And a Dense layer
# is not the only head: a 1×1 convolution or global average pooling do as well. One neuron with a
# sigmoid answers one yes-no question; ten digits need ten neurons.
# </div>

# %% [markdown]
# *Table:* three heads without `Flatten` on the 22×22×64 map, with the shape that comes out and the
# parameters that the head adds. The first two give one answer for each position, a map; the last
# one gives one answer for the image.

# %% tags=["demonstration", "nbval-check-output"]
heads = {
    "Dense(1)": [layers.Dense(1)],
    "Conv2D(1, 1)": [layers.Conv2D(1, 1)],
    "GlobalAveragePooling2D(), Dense(1)": [layers.GlobalAveragePooling2D(), layers.Dense(1)],
}
for name, head in heads.items():
    model = models.Sequential([Input((22, 22, 64)), *head])
    print(f"{name:36} {model.output_shape[1:]!s:12} {model.count_params()} parameters")

# %% [markdown]
# What pooling does to the flattened head. *Figure:* parameters of a `Dense(64)` behind a map with
# 64 channels, against the side of the map. The curve is a parabola: **half the side, a quarter of
# the weights**. The dots are the sides 22 (no pooling), 11 and 5.

# %% tags=["demonstration"]
side = np.arange(1, 23)
weights = side**2 * 64 * 64 + 64
figure, axes = plt.subplots(figsize=(7, 3))
axes.plot(side, weights / 1e6, color="#0072B2")
axes.plot([22, 11, 5], weights[[21, 10, 4]] / 1e6, "o", color="#D55E00")
axes.set(xlabel="side of the last map", ylabel="million parameters", ylim=(0, None))
plt.show()

# %% [markdown]
# The lecture's argument: too many parameters cause intense over-fitting, so stacks of max-pooling
# shrink the maps before they reach the Dense layers. Section 3.4 puts this to the test.

# %% [markdown]
# ## 3.4 The classroom network
#
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>Think, pair, share</b><br>
# <i>How many parameters does this network have?</i> (The network in the next cell.)
# <ul>
# <li><b>2 minutes alone:</b> write the shape behind every layer first; only then count.</li>
# <li><b>2 minutes with a neighbour:</b> compare the shapes before the total. Which layer
# has the most parameters, which have none?</li>
# </ul>
# <details><summary>Compare</summary>
# Three kinds of layers have no parameters at all. Of the others, two have exactly the same number,
# although one is a convolution and one is Dense: the last map is as large as the window of the last
# convolution, so both connect 3·3·64 numbers to 64. And the order of the arithmetic matters: a
# single wrong shape in front of <code>Flatten</code> makes the total wrong by tens of thousands.
# </details>
# </div>

# %% tags=["demonstration"]
classroom = models.Sequential(
    [
        Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ],
    name="classroom",
)

# %% [markdown]
# ### Exercise `classroom_shapes` and `classroom_params` (2 + 1 points)
#
# By hand, before you ask Keras: the output shapes of the five convolution and pooling layers, and
# the number of all parameters of the network.

# %% nbgrader={"grade_id": "classroom", "solution": true}
classroom_shapes = ...  # five shapes (height, width, channels)
classroom_params = ...  # one whole number
### BEGIN SOLUTION
classroom_shapes = [
    (26, 26, 32),  # 28 - 2
    (13, 13, 32),  # half
    (11, 11, 64),  # 13 - 2
    (5, 5, 64),  # half, rounded down
    (3, 3, 64),  # 5 - 2
]
convolutions = (3 * 3 * 1 * 32 + 32) + (3 * 3 * 32 * 64 + 64) + (3 * 3 * 64 * 64 + 64)
dense = (3 * 3 * 64 * 64 + 64) + (64 * 10 + 10)  # Flatten hands over 3·3·64 = 576 values
classroom_params = convolutions + dense
### END SOLUTION

# %% nbgrader={"grade_id": "test_classroom", "grade": true}
check("classroom_shapes", classroom_shapes)
check("classroom_params", classroom_params)

# %% [markdown]
# <details><summary>Hint 1</summary>No <code>padding=</code> is given, so a 3×3 convolution takes
# two rows and two columns away. Pooling: think of <code>pooled_sizes</code>.</details>
# <details><summary>Hint 2</summary>A convolution has kernel height × kernel width × input channels
# × filters weights, and one bias per filter. The input channels are the filters of the convolution
# before.</details>
# <details><summary>Hint 3</summary>Five layers have parameters. Behind Flatten there are height ×
# width × channels of your last shape.</details>

# %% [markdown]
# **Compare** with Keras. *Table:* each layer with its output shape, its parameters, and how many
# multiplications it costs for one image.

# %% tags=["demonstration", "nbval-check-output"]
layer_table(classroom)

# %% [markdown]
# ### With and without pooling, really trained
#
# **Predict.** The same network with both pooling layers left out: how many times as many parameters
# does it have? Round to a whole number.

# %% nbgrader={"grade_id": "predict_weight_ratio", "solution": true} tags=["prediction"]
predict_weight_ratio = ...  # your guess: how many times as many
### BEGIN SOLUTION
predict_weight_ratio = 4
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_weight_ratio", "grade": true}
check("predict_weight_ratio", predict_weight_ratio)


# %% tags=["demonstration", "nbval-check-output"]
def classroom_network(pooling):
    """Build the classroom network, with its two pooling layers or without."""
    stack = [Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu")]
    for _ in range(2):
        if pooling:
            stack.append(layers.MaxPooling2D(2))
        stack.append(layers.Conv2D(64, 3, activation="relu"))
    stack += [layers.Flatten(), layers.Dense(64, activation="relu")]
    return models.Sequential([*stack, layers.Dense(10, activation="softmax")])


sizes = {}
for pooled in (True, False):
    network = classroom_network(pooled)
    sizes[pooled] = network.count_params()
    name = "with pooling" if pooled else "without pooling"
    print(f"{name:16} {sizes[pooled]:>9,} parameters, {count_macs(network):>10,} multiplications")

compare("predict_weight_ratio", predict_weight_ratio, round(sizes[False] / sizes[True]))

# %% [markdown]
# **Run.** Both networks learn the same 1,200 digits from scratch. The small one passes eight times
# over them, the big one three times: its epochs take so much longer that even so it needs more
# time.

# %% tags=["demonstration"]
x_train, y_train = data.x_train[:1200], data.y_train[:1200]
x_test, y_test = data.x_test[:597], data.y_test[:597]
runs = {}
for name, epochs in (("with pooling", 8), ("without pooling", 3)):
    keras.utils.set_random_seed(1)
    network = classroom_network(pooling=name == "with pooling")
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    runs[name] = run = fit_quietly(
        network, x_train, y_train, epochs=epochs, batch_size=64, validation_data=(x_test, y_test)
    )
    train, test = run.history["accuracy"][-1], run.history["val_accuracy"][-1]
    print(f"{name:16} {run.seconds / epochs:.1f} s per epoch; after {epochs} epochs", end=" ")
    print(f"accuracy {train:.3f} on training, {test:.3f} on test digits")
plot_training_curves(runs)

# %% [markdown]
# *Figure:* loss (left) and accuracy (right) by epoch, solid for training, dashed for the test
# digits; blue is the network with pooling, orange the one without. (Training accuracy is averaged
# *during* an epoch, while the network is still getting better, and test accuracy is measured at its
# end: that is why the dashed line may lie above.)
#
# **Read it honestly: the big network does not lose.** Epoch by epoch it even learns faster, and in
# the end both are about equally good on digits they have never seen. Do not believe the last one or
# two percentage points: another seed moves them by as much. The *intense over-fitting* that the
# lecture warns of is **not visible here**. Training and test accuracy lie close together for both:
# the digits are easy, alike and centred, so even two million weights find a good solution.
#
# What pooling buys on this data is the *cost*: 22 times fewer weights, 11 times fewer
# multiplications, and an epoch that takes a fraction of the time. On larger images the flattened
# map is what makes a network explode: behind the same three convolutions without pooling a 224×224
# photograph would hand `Flatten` more than three million numbers.
#
# *Try it:* train both with `x_train[:100]` (and ten times as many epochs). Does the big network
# over-fit more than the small one now?

# %% [markdown]
# ## 3.5 Max-pooling along the channels: maxout
#
# One slide of the lecture says "max-pool along the channels" and shows the title page of *Maxout
# Networks* (Goodfellow, Warde-Farley, Mirza, Courville, Bengio, 2013). The idea: take the maximum
# not over neighbouring *positions* of one channel but over a group of *k* *channels* at the same
# position. Height and width stay, the depth is divided by *k*.
#
# *Figure:* the four edge maps of the digit (top row, 26×26×4). Max-pooling over space (middle row)
# keeps all four and makes them coarser, 13×13×4. Maxout with k = 2 (bottom row) keeps every pixel
# and merges pairs of maps, 26×26×2: "left or right side", "top or bottom side".

# %% tags=["demonstration"]
short = ("left", "right", "top", "bottom")
maxout.plot_space_and_channels(pooling.edge_maps(digit), short, k=2)

# %% [markdown]
# ### A learned activation
#
# Maxout stands where ReLU usually stands. ReLU is itself a maximum, of *x* and 0. Maxout takes the
# maximum of *k* *learned* linear functions; the network chooses the bend. With enough pieces any
# **convex** function (one that bends upwards only) can be approximated.
#
# *Figure:* three maxout units in black, their linear pieces dashed. Two pieces make ReLU (left) or
# the absolute value (middle); five tangents come close to a parabola (right).

# %% tags=["demonstration"]
maxout.plot_maxout_examples()

# %% [markdown]
# **Explore.** Three pieces with your slopes and intercepts. *Figure:* as above; shown is a "dead
# zone", zero between -1 and 1. Try to build a leaky ReLU (small slope on the left). Then try to
# build a *hill*: why does no setting give one?

# %% tags=["demonstration"]
maxout.explore_maxout()

# %% [markdown]
# ### Exercise `maxout_features` (2 points)
#
# Write maxout for an array whose last axis are the channels: the maximum over groups of `k`
# *consecutive* channels, for any number of axes before them. Raise a `ValueError` if `k` does not
# divide the number of channels.
#
# Example: the channels `[1, -2, 3, 0, 5, 4]` with `k=2` are the pairs (1, -2), (3, 0), (5, 4) and
# give `[1, 3, 5]`. A (8, 8, 32) map with `k=2` gives (8, 8, 16).


# %% nbgrader={"grade_id": "maxout_features", "solution": true}
def maxout_features(x, k):
    """Return the maximum over groups of k consecutive channels: (..., C) gives (..., C // k)."""
    ### BEGIN SOLUTION
    x = np.asarray(x)
    channels = x.shape[-1]
    if channels % k:
        raise ValueError(f"{k} does not divide {channels} channels")
    groups = x.reshape(*x.shape[:-1], channels // k, k)
    return groups.max(axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_maxout_features", "grade": true}
check("maxout_features", maxout_features)

# %% [markdown]
# <details><summary>Hint 1</summary>Give the groups an axis of their own: split the last axis in two
# with <code>reshape</code>.</details>
# <details><summary>Hint 2</summary>NumPy fills the last axis first. Which of the two new axes must
# come last, so that neighbours end up in the same group?</details>
# <details><summary>Hint 3</summary><code>x.shape[:-1]</code> are all axes before the channels,
# however many there are. And ask <code>channels % k</code> before you reshape.</details>

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: "max-pool along the channels", and only shows the paper's title page.<br>
# <b>Actually</b>: the operation is maxout, a maximum over groups of channels. Keras has no layer
# for it (the <code>MaxoutDense</code> of Keras 1 is gone: importing it raises an ImportError). Two
# lines do it: <code>Reshape</code> and <code>keras.ops.max</code>.
# </div>

# %% [markdown]
# **Run.** Maxout inside a Keras network: 64 filters without activation, then the maximum of pairs.

# %% tags=["demonstration", "nbval-check-output"]
inputs = Input((28, 28, 1))
x = layers.Conv2D(64, 3)(inputs)  # linear: maxout is the activation
x = layers.Reshape((26, 26, 32, 2))(x)  # 32 groups of 2 channels
x = ops.max(x, axis=-1)
print("Conv2D, then maxout:", x.shape[1:])
print("parameters:", models.Model(inputs, x).count_params())
print("keras.layers has a maxout layer:", hasattr(layers, "MaxoutDense"))

# %% [markdown]
# *What to see:* the map keeps its 26×26 positions; 64 channels became 32. But all 64 filters had to
# be learned and computed: a maxout network pays *k* times the weights for its activations. That is
# one reason why ReLU, with its one free piece, is still the usual choice.

# %% [markdown]
# ## 3.6 Alternatives
#
# | to shrink a map | weights | what it keeps of a window |
# |---|---|---|
# | max-pooling | 0 | the strongest response |
# | average pooling | 0 | the mean response |
# | convolution with stride 2 | learned | what training finds useful, across all channels |
# | global average pooling | 0 | one number for each channel: the mean of the *whole* map |
#
# Global average pooling is the radical one: (22, 22, 64) becomes (64,), whatever the size of the
# map, and there is nothing left to flatten. You saw its head in section 3.3: 65 parameters in place
# of Flatten's tens of thousands. Most networks since 2014 end this way (notebooks 09 and 10).
#
# *Figure:* the roof of the temple as a map of edges, 96×96, shrunk to 24×24 in three ways. The
# maximum of each 4×4 window keeps thin lines bright (and makes them thick); the average fades them;
# taking every fourth pixel, which is all a stride does unless the filters before it learn better,
# tears them to pieces.

# %% tags=["demonstration"]
roof = edges[None, 18:114, 45:141, None].astype("float32")
shrunk = {
    "before": roof,
    "max": layers.MaxPooling2D(4)(roof),
    "average": layers.AveragePooling2D(4)(roof),
    "every fourth pixel": roof[:, ::4, ::4],
}
brightest = roof.max()
plot_images(
    [ops.convert_to_numpy(picture)[0] / brightest for picture in shrunk.values()], list(shrunk)
)

# %% [markdown]
# ## In your own words
#
# ### Exercise `why_maxpool_written` (2 points, graded by your teacher)
#
# In 40 to 120 words: what are the two reasons for max-pooling that the lecture gives, and what is
# one thing that pooling destroys? Use a number or a picture from this notebook.

# %% [markdown] nbgrader={"grade_id": "why_maxpool_written", "grade": true, "solution": true}
# **Model answer.** First, the receptive field: without pooling one output of the third 3×3
# convolution sees only 7×7 pixels, so no feature can describe the whole digit. After each 2×2
# pooling every step of a kernel is twice as wide in the input, and the same three convolutions see
# 18×18. The features of the last layer come closer to the totality of the input. Second,
# parameters: the flattened 22×22×64 map needs 30,977 weights for a single neuron, and too many
# parameters invite over-fitting; pooling shrinks the map before the Dense layers. The price is
# exact position: a window's maximum is the same wherever in the window it stood, as the scrambled
# digit showed.
#
# **Marking scheme (2 points)**
#
# - 1 point, receptive field: later layers should see (nearly) the whole input, and pooling makes
#   their windows larger.
# - 1 point, fewer parameters and less over-fitting, *and* the loss: exact position inside a window
#   (or the weaker responses, or rows dropped at odd sizes). Half a point if one of the two is
#   missing.

# %% [markdown]
# ## Summary
#
# | idea | in one line |
# |---|---|
# | max-pooling | maximum of each window, each channel on its own, 0 weights |
# | size | `MaxPooling2D(2)`: half, rounded down |
# | what it gives up | where in the window the maximum was |
# | receptive field | size grows by (k-1)·d·jump, then the jump is multiplied by the stride |
# | reason 1 | after pooling each later layer sees twice as far |
# | reason 2 | half the side, a quarter of the weights behind `Flatten` |
# | honest limit | on easy digits the net without pooling is as accurate, at a far higher cost |
# | maxout | maximum over groups of channels: a learned activation, not a smaller map |
# | alternatives | average pooling, global average pooling, strided convolutions |
#
# **Next:** notebook 04 feeds networks with images from files, batch by batch.

# %% [markdown]
# ## Further reading
#
# - F. Chollet, *Deep Learning with Python*, section 5.1.2: the max-pooling operation.
# - A. Araujo, W. Norris, J. Sim, [Computing Receptive Fields of Convolutional Neural
#   Networks](https://distill.pub/2019/computing-receptive-fields/), Distill, 2019: the calculation
#   of section 3.2, with interactive figures.
# - W. Luo, Y. Li, R. Urtasun, R. Zemel, [Understanding the Effective Receptive Field in Deep
#   Convolutional Neural Networks](https://arxiv.org/abs/1701.04128), 2016: why the middle of the
#   window counts most.
# - I. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville, Y. Bengio, [Maxout
#   Networks](https://arxiv.org/abs/1302.4389), 2013.
# - J. T. Springenberg, A. Dosovitskiy, T. Brox, M. Riedmiller, [Striving for Simplicity: The All
#   Convolutional Net](https://arxiv.org/abs/1412.6806), 2014: strided convolutions in place of
#   pooling.
# - M. Lin, Q. Chen, S. Yan, [Network In Network](https://arxiv.org/abs/1312.4400), 2013: global
#   average pooling.
