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
# # 02 Border effects, padding and strides

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **name** the two reasons why a convolution's output is not as high and wide as its input,
# - **compute** the shape of any convolution's output with pencil and paper,
# - **explain** what zero-padding does, and what it costs at the border,
# - **say** why and when strides above 1 are used,
# - **build** a network that shrinks its maps without any pooling.
#
# **You need** notebook 01: sliding a window over an image, and the axes of a feature map
# (height, width, channels). **Time:** about 60 minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work
# the exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import matplotlib.pyplot as plt
import numpy as np
from keras import Input, layers, models, ops

from course_utils import compare, practice_drill
from course_utils.arithmetic import conv_output_shape, receptive_field, same_padding
from course_utils.arithmetic.models import count_macs, layer_table
from course_utils.datasets import load_sample_photos
from course_utils.explore import padding

# %% nbgrader={"grade_id": "student_id", "solution": true} tags=["fill-in"]
STUDENT_ID = "student-demo"  # your course id

# %% [markdown]
# *The whole notebook in one picture:* three times a 3×3 window on the same 7×7 image. The first
# window is orange, the next one dashed blue, a dot marks the centre of every window, and the green
# output has one number for each dot. Three layers, three sizes: what was done differently? By the
# end of this notebook you can name it, and compute the sizes without any picture.

# %% tags=["demonstration"]
padding.plot_cases(
    {
        "one layer": {"size": 7, "kernel": 3},
        "another layer": {"size": 7, "kernel": 3, "rings": 1},
        "a third layer": {"size": 7, "kernel": 3, "stride": 2},
    }
)

# %% [markdown]
# ## 2.1 Why does the size change?
#
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>Think, pair, share</b><br>
# <i>The height and width of the output feature map may not be the same as the input. Why? (There
# are two reasons.)</i>
# <ul>
# <li><b>2 minutes alone:</b> write both reasons down, each with a small drawing.</li>
# <li><b>2 minutes with a neighbour:</b> did you find the same two? Which one would you want to
# switch off, and which one might you want on purpose?</li>
# </ul>
# <details><summary>Compare</summary>
# Both reasons are about <b>where a window may stand</b>, not about what is computed inside it. One
# happens to you at the edge of the image even if you do nothing; there is a counter-measure for
# it. The other one you choose yourself, as an argument of the layer. Sections 2.2 and 2.4 take
# them one by one.
# </details>
# </div>

# %% [markdown]
# ### Exercise `two_reasons` (1 point)
#
# Which **two** of these make the height and width of a convolution's output differ from those of
# its input?
#
# - **A** the border: a window has to stay inside the image (no padding)
# - **B** the number of filters
# - **C** strides
# - **D** the activation function
# - **E** the bias
#
# Answer with a set of exactly two letters.

# %% nbgrader={"grade_id": "two_reasons", "solution": true}
two_reasons = ...  # a set of two letters, such as {"X", "Y"}
### BEGIN SOLUTION
two_reasons = {"A", "C"}
### END SOLUTION

# %% nbgrader={"grade_id": "test_two_reasons", "grade": true}
check("two_reasons", two_reasons)

# %% [markdown]
# <details><summary>Hint 1</summary>Every number of the output map belongs to one position of the
# window. What changes how many positions there are?</details>
# <details><summary>Hint 2</summary>Ask Keras: in a new cell, look at
# <code>layers.Conv2D(8, 3)(np.zeros((1, 28, 28, 1))).shape</code>, then change <i>one</i> argument
# at a time.</details>

# %% [markdown]
# ## 2.2 The border effect
#
# A window has to lie inside the image. Its centre therefore never reaches the outermost pixels: a
# 3×3 window stops one pixel short of each edge. One output number per position means that the
# output is smaller than the image. Draw a 5×5 grid, move a 3×3 window over it, and count.

# %% [markdown]
# **Predict.** In how many positions does the window cover the *corner* pixel of the 5×5 image, and
# in how many the *middle* pixel?

# %% nbgrader={"grade_id": "predict_corner_uses", "solution": true} tags=["prediction"]
predict_corner_uses = ...  # your guess: [corner pixel, middle pixel]
### BEGIN SOLUTION
predict_corner_uses = [1, 5]
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_corner_uses", "grade": true}
check("predict_corner_uses", predict_corner_uses)

# %% [markdown]
# ### Exercise `border_5x5` (2 points)
#
# A 3×3 window moves over a 5×5 image, one pixel at a time and without padding. Give three numbers:
# the height of the output, the width of the output, and the number of window positions.

# %% nbgrader={"grade_id": "border_5x5", "solution": true}
border_5x5 = ...  # [output height, output width, window positions]
### BEGIN SOLUTION
side = 5 - 3 + 1  # the window starts in row 0, 1 or 2
border_5x5 = [side, side, side * side]
### END SOLUTION

# %% nbgrader={"grade_id": "test_border_5x5", "grade": true}
check("border_5x5", border_5x5)

# %% [markdown]
# <details><summary>Hint 1</summary>Look at one axis only. In which rows can the <i>top</i> row of
# the window be?</details>
# <details><summary>Hint 2</summary>The first possible start is row 0. The last one is where the
# bottom row of the window touches the bottom row of the image.</details>
# <details><summary>Hint 3</summary>Count the starts, the first one included. Every row can be
# combined with every column.</details>

# %% [markdown]
# *Figure:* every position of the window, drawn where its number stands in the output. From left to
# right the orange window moves one column, from top to bottom one row.

# %% tags=["demonstration"]
padding.plot_window_positions(size=5, kernel=3)

# %% [markdown]
# **Run.** The same in code: put the window everywhere it fits, and count how often each pixel was
# inside.

# %% tags=["demonstration", "nbval-check-output"]
uses = np.zeros((5, 5), dtype=int)
for row in range(3):
    for column in range(3):
        uses[row : row + 3, column : column + 3] += 1
print(uses)

compare("predict_corner_uses", predict_corner_uses, [int(uses[0, 0]), int(uses[2, 2])])

# %% [markdown]
# **Explore.** Play the film, or drag its slider. *Figure:* on the left the image with the window,
# in the middle the output filling up, on the right the number of windows that have used each pixel
# so far: dark blue for few, yellow for many. At the end the corners have been used once, the middle
# of an edge three times, the middle of the image nine times.

# %% tags=["demonstration"]
padding.explore_window_uses()

# %% [markdown]
# So the border effect does two things. The map gets **smaller**, and what lies near the border has
# **less influence** on the output than what lies in the middle.
#
# In a deep network the first one adds up. **Predict:** ten layers of 3×3 without padding, one after
# the other, on a 28×28 image. How high is the last map?

# %% nbgrader={"grade_id": "predict_after_ten", "solution": true} tags=["prediction"]
predict_after_ten = ...  # your guess: height of the map after ten layers
### BEGIN SOLUTION
predict_after_ten = 18
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_after_ten", "grade": true}
check("predict_after_ten", predict_after_ten)

# %% tags=["demonstration", "nbval-check-output"]
x = Input((28, 28, 1))
for layer in range(1, 11):
    x = layers.Conv2D(4, kernel_size=3)(x)
    print(f"after layer {layer:2}: {x.shape[1]:2} × {x.shape[2]}")

compare("predict_after_ten", predict_after_ten, x.shape[1])

# %% [markdown]
# Without a counter-measure the depth of a network is limited by the size of its images. That is
# the main reason why most modern layers are padded.

# %% [markdown]
# ## 2.3 Zero-padding
#
# The counter-measure: put a ring of zeros around the image, so that the window may stand on the
# outermost pixels too. A 3×3 window on a 5×5 image needs one ring to give a 5×5 output.
#
# **Explore.** *Figure:* white cells with a dotted frame are the added zeros, the output is green.
# One ring is not enough for the 5×5 window shown. How many rings does each kernel need? What
# happens with too many? And can a kernel of *even* width keep the size?

# %% tags=["demonstration"]
padding.explore_padding()

# %% [markdown]
# <details><summary>Compare</summary>Each ring adds two pixels to an axis. Too many rings make the
# output <i>larger</i> than the image. A kernel of even width takes away an odd number of pixels, so
# equal rings can never restore the size; Keras' <code>"same"</code> then puts one more zero at one
# side. That is one reason why kernels are usually odd.</details>

# %% [markdown]
# ### Exercise `pad_amounts` (2 points)
#
# How many rings of zeros, that is zeros **on each side**, does a kernel of 3×3, of 5×5 and of 7×7
# need (stride 1) to keep height and width?

# %% nbgrader={"grade_id": "pad_amounts", "solution": true}
pad_amounts = ...  # [for 3×3, for 5×5, for 7×7]
### BEGIN SOLUTION
pad_amounts = [(kernel - 1) // 2 for kernel in (3, 5, 7)]
### END SOLUTION

# %% nbgrader={"grade_id": "test_pad_amounts", "grade": true}
check("pad_amounts", pad_amounts)

# %% [markdown]
# <details><summary>Hint 1</summary>Put the centre of the window on the outermost pixel. How many
# columns of the window hang over the edge?</details>
# <details><summary>Hint 2</summary>A k×k window without padding loses k-1 pixels along each axis.
# They must be given back, half of them at each end.</details>

# %% [markdown]
# In Keras padding is one word. `padding="valid"`, the **default**, adds nothing: only windows that
# are valid inside the image. `padding="same"` adds as many zeros as it takes to keep the size the
# same (as long as the stride is 1).

# %% tags=["demonstration", "nbval-check-output"]
image = np.zeros((1, 28, 28, 1))  # a batch of one greyscale image
for kernel_size in (3, 5, 7):
    for pad in ("valid", "same"):
        output = layers.Conv2D(8, kernel_size, padding=pad)(image)
        print(f"{kernel_size}×{kernel_size}, padding={pad!r:8} {tuple(output.shape[1:])}")

# %% [markdown]
# **The price.** The size is saved, but the zeros are not part of the picture. What does a filter
# "see" at the border?
#
# ### Exercise `same_border_sums` (2 points)
#
# A 4×4 image of ones goes through one 3×3 filter of ones, with `padding="same"`, stride 1 and no
# bias. Write down the 4×4 output: each number says how many *image* pixels are in that window.

# %% nbgrader={"grade_id": "same_border_sums", "solution": true}
same_border_sums = ...  # four rows of four numbers
### BEGIN SOLUTION
inside = np.array([2, 3, 3, 2])  # rows (or columns) of the window that lie on the image
same_border_sums = np.outer(inside, inside)
### END SOLUTION

# %% nbgrader={"grade_id": "test_same_border_sums", "grade": true}
check("same_border_sums", same_border_sums)

# %% [markdown]
# <details><summary>Hint 1</summary>The output number in the corner belongs to a window whose centre
# is the corner pixel. Draw it. How much of it lies on the image?</details>
# <details><summary>Hint 2</summary>There are only three kinds of places: corner, edge, inside.
# </details>

# %% [markdown]
# **Run and compare.** Keras with a filter of ones (`kernel_initializer="ones"`).

# %% tags=["demonstration"]
ones_filter = layers.Conv2D(1, 3, padding="same", use_bias=False, kernel_initializer="ones")
sums = ops.convert_to_numpy(ones_filter(np.ones((1, 4, 4, 1))))[0, :, :, 0].astype(int)
print(sums)
if same_border_sums is not ...:
    print("the same as yours:", np.array_equal(sums, same_border_sums))

# %% [markdown]
# Every window held nine weights, but in the corner only four of them met the image: 4/9 of the
# response in the middle. **Padded borders are damped.** Here it is on a photograph.
#
# *Figure:* left a grey photograph. Middle: the mean over 61×61 pixels with `padding="same"`; the
# dark frame is not in the photograph. Right: the share of each window that lies on the picture,
# about a quarter in the corners, half along the edges, all of it inside.

# %% tags=["demonstration"]
photo = load_sample_photos()["china"].mean(axis=2)  # 427×640, grey
mean = np.full((61, 61, 1, 1), 1 / 61**2, dtype="float32")
blurred = ops.conv(photo[None, :, :, None], mean, padding="same")[0, :, :, 0]
share = ops.conv(np.ones_like(photo)[None, :, :, None], mean, padding="same")[0, :, :, 0]

pictures = {
    "photograph": photo,
    "mean over 61×61 pixels, 'same'": blurred,
    "share of the window on the picture": share,
}
figure = plt.figure(figsize=(9, 2.5))
for position, (title, picture) in enumerate(pictures.items(), start=1):
    axis = figure.add_subplot(1, 3, position, title=title)
    axis.imshow(picture, cmap="gray", vmin=0, vmax=1)
    axis.axis("off")
for x, y in ((0, 0), (320, 0), (320, 213)):
    axis.text(x + 15, y + 40, f"{float(share[y, x]):.0%}", color="#D55E00", weight="bold")

# %% [markdown]
# Networks learn to live with that frame. They even use it: it tells a filter where the border is
# (Islam et al., 2020, found that networks know positions in the image from their zeros). But keep
# it in mind when you look at feature maps: what happens along the edge may be about the zeros and
# not about the picture.

# %% [markdown]
# ## 2.4 Strides
#
# The second reason. The **stride** is the distance between two successive windows. So far it was 1,
# the default: the next window starts one pixel further. With `strides=2` the window jumps two
# pixels, to the right and downwards, and skips every other position.
#
# *Figure:* the same 5×5 image and 3×3 window, left with stride 1, right with stride 2. The dashed
# blue window is the second one. Dots mark the centres: 3×3 of them on the left, 2×2 on the right.

# %% tags=["demonstration"]
padding.plot_cases(
    {
        "stride 1": {"size": 5, "kernel": 3, "stride": 1},
        "stride 2": {"size": 5, "kernel": 3, "stride": 2},
    }
)

# %% [markdown]
# **Explore.** Look for settings where the last rows and columns are never used (hatched), and for a
# stride so large that there are gaps *between* the windows. When is the output exactly half the
# image?

# %% tags=["demonstration"]
padding.explore_strides()

# %% [markdown]
# <details><summary>Compare</summary>The last pixels are lost whenever the stride does not divide
# what is left beside the first window. Gaps need a stride larger than the kernel: then pixels in
# the <i>middle</i> of the image are never looked at. Exactly half comes out for an even image with
# kernel 2 and stride 2 (or kernel 1, which has gaps); with 3×3 it takes some padding.</details>

# %% [markdown]
# ### Exercise `stride2_shapes` (2 points)
#
# A 3×3 convolution with stride 2. How high is the output for a 28×28 image with `"valid"`, with
# `"same"`, and for a 5×5 image with `"valid"`, with `"same"`?
#
# With `"same"` the zeros make room for one window on every two pixels; a single pixel left over at
# the end gets a window of its own.

# %% nbgrader={"grade_id": "stride2_shapes", "solution": true}
stride2_shapes = ...  # [28 valid, 28 same, 5 valid, 5 same]
### BEGIN SOLUTION
stride2_shapes = [
    (28 - 3) // 2 + 1,  # the last start is pixel 24: 0, 2, ..., 24
    28 // 2,
    (5 - 3) // 2 + 1,
    (5 + 1) // 2,  # 5 / 2, rounded up
]
### END SOLUTION

# %% nbgrader={"grade_id": "test_stride2_shapes", "grade": true}
check("stride2_shapes", stride2_shapes)

# %% [markdown]
# <details><summary>Hint 1</summary>Write down where the windows start: 0, 2, 4, ... Without
# padding, what is the largest start that still fits?</details>
# <details><summary>Hint 2</summary>Valid: the number of steps of 2 in n-3 pixels, plus one for the
# window at 0. Incomplete steps do not count.</details>
# <details><summary>Hint 3</summary>Same: cut the row of pixels into pairs, and count the pairs.
# Does the last pixel of an odd row get lost?</details>

# %% [markdown]
# What is left of a picture? *Figure:* the photograph's vertical edges (blue: brighter on the left,
# red: brighter on the right), found with the same 3×3 filter at stride 1, 4 and 16. The three maps
# are drawn equally large; their titles give the real sizes. At stride 4 the scene is easily
# recognised from 1/16 of the numbers, at stride 16 only the coarsest shapes remain.

# %% tags=["demonstration"]
sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype="float32")[:, :, None, None]
figure = plt.figure(figsize=(9, 2.5))
for position, stride in enumerate((1, 4, 16), start=1):
    edges = ops.conv(photo[None, :, :, None], sobel, strides=stride, padding="same")
    size = f"{edges.shape[1]}×{edges.shape[2]}"
    axis = figure.add_subplot(1, 3, position, title=f"stride {stride}: {size}")
    axis.imshow(edges[0, :, :, 0], cmap="RdBu_r", vmin=-1.5, vmax=1.5)
    axis.axis("off")

# %% [markdown]
# **A detail that bites.** With stride 2, a 3×3 kernel needs only one row and one column of zeros on
# an image of *even* size, so the two sides cannot get equally many. TensorFlow then pads **only at
# the bottom and on the right**.

# %% tags=["demonstration", "nbval-check-output"]
for n in (27, 28):
    before, after = same_padding(n, kernel=3, stride=2)
    print(f"{n} pixels: zeros before {before}, after {after}")

strided = layers.Conv2D(1, 3, strides=2, padding="same", use_bias=False, kernel_initializer="ones")
print(ops.convert_to_numpy(strided(np.ones((1, 8, 8, 1))))[0, :, :, 0].astype(int))

# %% [markdown]
# An 8×8 image of ones again: this time only the last row and the last column are damped. Other
# libraries pad both sides equally. To carry weights from one library to another, people therefore
# pad by hand, with a `ZeroPadding2D` layer before a `"valid"` convolution; the ResNets in
# `keras.applications` do so.

# %% [markdown]
# ## 2.5 Two questions
#
# The lecture asks: **Q1** Why would someone want strides > 1? **Q2** How do they affect the size of
# the output? You will answer both in writing; first look at the evidence.
#
# **Predict.** `Conv2D(64, 3, padding="same")` on a 28×28×64 map, once with stride 1 and once with
# stride 2: how many times *fewer* multiplications does stride 2 need?

# %% nbgrader={"grade_id": "predict_stride_saving", "solution": true} tags=["prediction"]
predict_stride_saving = ...  # your guess: how many times fewer
### BEGIN SOLUTION
predict_stride_saving = 2
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_stride_saving", "grade": true}
check("predict_stride_saving", predict_stride_saving)

# %% tags=["demonstration", "nbval-check-output"]
multiplications = {}
for stride in (1, 2):
    height, width, depth = conv_output_shape((28, 28, 64), 64, 3, stride, "same")
    weights = 3 * 3 * 64 * 64
    multiplications[stride] = height * width * weights  # each weight, at each position
    print(f"stride {stride}: output {height}×{width}×{depth}")
    print(f"   weights of the convolution {weights:>12,}")
    print(f"   multiplications            {multiplications[stride]:>12,}")
    print(f"   numbers to store           {height * width * depth:>12,}")
    print(f"   weights of Flatten, Dense(10) {height * width * depth * 10 + 10:>9,}")

compare("predict_stride_saving", predict_stride_saving, multiplications[1] // multiplications[2])

# %% [markdown]
# One more effect: how large is the piece of the input that a *single* number sees after four layers
# of 3×3? Notebook 03 makes this "receptive field" precise; here only the result.

# %% tags=["demonstration", "nbval-check-output"]
for stride in (1, 2):
    field = receptive_field([(3, stride, 1)] * 4)  # (kernel, stride, dilation) of each layer
    print(f"four 3×3 layers with stride {stride}: one number sees {field}×{field} pixels")

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: strides above 1 are "rarely used these days".<br>
# <b>Actually</b>: they are everywhere, and they were then. AlexNet (2012) begins with an 11×11
# convolution of stride 4; GoogLeNet, ResNet and DenseNet begin with 7×7 and stride 2; every later
# stage of a ResNet and every size change of a MobileNet is a strided convolution. Most networks
# since shrink their maps this way.
# </div>

# %% [markdown]
# Do not take our word for it. The next cell builds three networks without their trained weights (no
# download) and lists every convolution whose stride is not 1.

# %% tags=["demonstration", "nbval-check-output"]
from keras import applications

for network in (applications.ResNet50, applications.DenseNet121, applications.MobileNet):
    net = network(weights=None)
    shrinking = [layer for layer in net.layers if max(getattr(layer, "strides", [1])) > 1]
    strided = [layer for layer in shrinking if "Conv" in type(layer).__name__]
    pooling = len(shrinking) - len(strided)
    print(f"{network.__name__}: strided convolutions {len(strided)}, pooling layers {pooling}")
    for layer in strided:
        print(f"   {layer.name:20} {layer.kernel_size} with strides {layer.strides}")

# %% [markdown]
# *What to see:* ResNet-50 begins with a strided 7×7 convolution (a network's first layers are
# called its *stem*), followed by its only pooling; after that its maps shrink at the start of three
# stages, in two strided 1×1 convolutions each, one on the main path and one on the shortcut beside
# it (notebook 08). MobileNet has nothing but strided convolutions (`conv_dw` are depthwise ones,
# notebook 11), and DenseNet only the one in its stem: between its blocks it uses average pooling.
#
# ### Exercise `why_strides_written` (2 points, graded by your teacher)
#
# Answer Q1 and Q2 in 40 to 120 words: why would someone want strides above 1, and how do they
# affect the size of the output? Name one modern network that uses them, and where.

# %% [markdown] nbgrader={"grade_id": "why_strides_written", "grade": true, "solution": true}
# **Model answer.** A stride s > 1 shrinks the feature map inside the convolution: the window visits
# only every s-th position along each axis, so the output has about n/s rows and columns (exactly
# floor((n-k)/s)+1 without padding, ceil(n/s) with "same"). With s = 2 there are four times fewer
# numbers to store and to compute, a classifier behind it needs fewer weights, and later layers see
# a larger part of the image. Pooling shrinks maps too, but by a fixed rule; a strided convolution
# *learns* how to summarise. ResNet-50, for example, begins with a 7×7 convolution of stride 2 and
# starts its later stages with stride 2.
#
# **Marking scheme (2 points)**
#
# - 1 point, the reason (Q1): downsampling, argued with at least one of fewer computations or
#   activations, fewer parameters in the classifier, larger receptive field, a learned alternative
#   to pooling.
# - 1 point, the effect (Q2): output about n/s along each axis, or the floor/ceil formula, *and* a
#   network with strides (such as AlexNet, GoogLeNet, ResNet, DenseNet's stem, MobileNet). Half a
#   point if one of the two is missing.

# %% [markdown]
# ## 2.6 One formula for everything
#
# Rows and columns do not influence each other, so look at **one axis** of `n` pixels. A kernel of
# `k` numbers with *dilation* `d` leaves gaps of `d - 1` pixels between them; it covers
# `e = k + (k - 1)(d - 1)` pixels. An ordinary kernel has `d = 1` and covers `e = k`. Windows start
# at `0, s, 2s, ...` and the last possible start is `n - e`. Hence:
#
# | padding | length of the output | |
# |---|---|---|
# | `"valid"` | `floor((n - e) / s) + 1` | an error if `e > n` |
# | `"same"` | `ceil(n / s)` | enough zeros are added, whatever the kernel |
#
# **Explore.** *Figure:* the top row is the axis, with the zeros that `"same"` adds. Each orange bar
# is one window, its squares are the pixels it really reads, and it makes one green number. The
# dashed blue bar is the first window that does not fit any more. The title is the formula with your
# numbers.
#
# - Make the input one pixel longer. When does the output grow, when not?
# - Compare `k = 5` with `k = 3`, `d = 2` (stride 1). What is the same, what is not?
# - Switch to `"same"` and move the kernel's slider. What changes, what stays?

# %% tags=["demonstration"]
padding.explore_output_length()

# %% [markdown]
# <details><summary>Compare</summary>One more pixel helps only when it completes a whole further
# step: with stride 2 that is every other time. The 5 and the 3 with gaps cover equally many pixels,
# so their outputs are equally long, but the second reads only three of them. With
# <code>"same"</code> the kernel changes only how many zeros are added; the length depends on
# <code>n</code> and <code>s</code> alone.</details>

# %% [markdown]
# ### Exercise `conv_output_length` (4 points)
#
# Write the formula as a function. It returns a whole number, and raises a `ValueError` for a
# padding other than `"valid"` and `"same"`, and when no window fits. (You need not care about a
# stride and a dilation that are both above 1.)
#
# Examples: `conv_output_length(5, 3)` is 3, `conv_output_length(28, 3, 2, "same")` is 14.


# %% nbgrader={"grade_id": "conv_output_length", "solution": true}
def conv_output_length(n, kernel, stride=1, padding="valid", dilation=1):
    """Return the length of a convolution's output along an axis of `n` pixels.

    Raises a ValueError if padding is neither "valid" nor "same", or if no window fits.
    """
    ### BEGIN SOLUTION
    if padding == "same":
        return -(-n // stride)  # rounds up: floor division of the negative number
    if padding != "valid":
        raise ValueError(f"padding must be 'valid' or 'same', got {padding!r}")
    covered = kernel + (kernel - 1) * (dilation - 1)
    if covered > n:
        raise ValueError(f"a kernel covering {covered} pixels does not fit on {n}")
    return (n - covered) // stride + 1
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_conv_output_length", "grade": true}
check("conv_output_length", conv_output_length)

# %% [markdown]
# <details><summary>Hint 1</summary>Three cases: <code>"same"</code>, <code>"valid"</code>, anything
# else. Only <code>"valid"</code> has to ask whether a window fits.</details>
# <details><summary>Hint 2</summary>Python's <code>//</code> rounds down. To round up, use
# <code>math.ceil(n / stride)</code>.</details>
# <details><summary>Hint 3</summary>Compute how many pixels the kernel covers first, and use that
# number everywhere in place of <code>kernel</code>.</details>

# %% [markdown]
# **Is it really what Keras does?** Two hundred random layers: the course's own formula against
# Keras. When your check is green, put your `conv_output_length` in the place of `formula` and run
# it again.

# %% tags=["demonstration", "nbval-check-output"]
from course_utils.arithmetic import conv_output_length as formula

rng = np.random.default_rng(2)
agree = 0
for _ in range(200):
    n, kernel = int(rng.integers(10, 60)), int(rng.integers(1, 8))
    stride, pad = int(rng.integers(1, 5)), str(rng.choice(["valid", "same"]))
    layer = layers.Conv2D(1, kernel, strides=stride, padding=pad)
    keras_says = layer.compute_output_shape((1, n, n, 1))[1]
    if formula(n, kernel, stride, pad) == keras_says:
        agree += 1
    else:
        print(f"n={n}, kernel={kernel}, stride={stride}, {pad}: Keras says {keras_says}")
print(f"{agree} of 200 agree")

# %% [markdown]
# ### Exercise `nonsquare_shape` (2 points)
#
# Images, kernels and strides need not be square. Pairs are always (rows, columns). What is the
# shape (height, width, channels) of `Conv2D(8, (3, 5), strides=(1, 2))` on a (32, 64, 3) image?

# %% nbgrader={"grade_id": "nonsquare_shape", "solution": true}
nonsquare_shape = ...  # (height, width, channels)
### BEGIN SOLUTION
nonsquare_shape = (
    (32 - 3) // 1 + 1,  # rows: 3 high, stride 1
    (64 - 5) // 2 + 1,  # columns: 5 wide, stride 2
    8,  # filters
)
### END SOLUTION

# %% nbgrader={"grade_id": "test_nonsquare_shape", "grade": true}
check("nonsquare_shape", nonsquare_shape)

# %% [markdown]
# <details><summary>Hint 1</summary>Use the formula twice: once with the first number of every pair,
# once with the second.</details>
# <details><summary>Hint 2</summary>No padding is mentioned, so the default holds. The last number
# of the shape has nothing to do with the formula.</details>
# <details><summary>When your check says ✓</summary>The output of a non-square image came out
# square: a wider kernel and a larger stride on the longer axis. And the layer has
# 3·5·3·8 + 8 = 368 weights; the size of the image plays no part in that.</details>

# %% [markdown]
# ### Exercise `alexnet_input_size` (2 points)
#
# A famous puzzle. The AlexNet paper says: input 224×224, first layer 11×11 with stride 4, output
# 55×55. Compute the height of the output for an input of **224** and of **227** without padding,
# and for **224** with `"same"`. (Which of the three fits the paper? The last hint says what people
# do about it.)

# %% nbgrader={"grade_id": "alexnet_input_size", "solution": true}
alexnet_input_size = ...  # [224 valid, 227 valid, 224 same]
### BEGIN SOLUTION
alexnet_input_size = [
    (224 - 11) // 4 + 1,
    (227 - 11) // 4 + 1,
    224 // 4,
]
### END SOLUTION

# %% nbgrader={"grade_id": "test_alexnet_input_size", "grade": true}
check("alexnet_input_size", alexnet_input_size)

# %% [markdown]
# <details><summary>Hint 1</summary>Only for one of the two unpadded sizes does the division come
# out even. What happens to the rest in the other case?</details>
# <details><summary>Hint 2</summary>With <code>"same"</code> the 11 does not appear in the
# formula.</details>
# <details><summary>When your check says ✓</summary>The paper's numbers do not fit together: its 224
# must be 227, or be padded with three extra pixels per axis. Implementations do one or the other;
# always check a paper's shapes before you build it.</details>

# %% [markdown]
# ### Exercise `drill_output_shape` (1 point)
#
# Your personal variant, drawn from your `STUDENT_ID`. Some variants end with `MaxPooling2D(q)`,
# which you will meet in notebook 03. For the shape you know enough: it is one more window of q×q
# that moves in steps of q, without padding, and keeps the depth.
#
# First a worked example with other numbers: read the question, work it out, then run the second
# cell.

# %% tags=["demonstration"]
example = practice_drill("drill_output_shape", 3)
example

# %% tags=["demonstration", "nbval-check-output"]
print(example.solution())

# %% tags=["demonstration"]
drill("drill_output_shape", STUDENT_ID)

# %% nbgrader={"grade_id": "drill_output_shape", "solution": true}
drill_output_shape = ...  # (height, width, channels)
### BEGIN SOLUTION
from course_utils.drills import draw

drill_output_shape = draw("drill_output_shape", STUDENT_ID).answer
### END SOLUTION

# %% nbgrader={"grade_id": "test_drill_output_shape", "grade": true}
check("drill_output_shape", drill_output_shape, student_id=STUDENT_ID)

# %% [markdown]
# More practice, as much as you like, not graded: change the number, and put each of these lines in
# a cell of its own.
#
# ```python
# more = practice_drill("drill_output_shape", 4)
# more                     # the question
# more.check((10, 20, 8))  # your answer
# print(more.solution())   # the worked way
# ```

# %% [markdown]
# ## 2.7 Downsampling without pooling
#
# Notebook 03 is about *pooling*, the classic way to shrink maps: a fixed rule, such as keeping the
# maximum of each 2×2 block and dropping the other three numbers. *Table:* a small network that does
# so twice. Note its total of weights and of multiplications.

# %% tags=["demonstration", "nbval-check-output"]
pooled = models.Sequential(
    [
        Input((32, 32, 3)),
        layers.Conv2D(8, 3, padding="same", activation="relu", name="conv1"),
        layers.MaxPooling2D(2, name="pool1"),
        layers.Conv2D(16, 3, padding="same", activation="relu", name="conv2"),
        layers.MaxPooling2D(2, name="pool2"),
    ],
    name="pooled",
)
layer_table(pooled)

# %% [markdown]
# A strided convolution shrinks the map while it computes it, with **learned** weights: nothing is
# computed only to be dropped.
#
# ### Live check `strided_downsampler` (not graded)
#
# Write a `Sequential` network `model` that also takes (32, 32, 3) to (8, 8, 16), but with **two
# convolutions and nothing else**: 3×3 kernels, 8 filters in the first, 16 in the second, ReLU. The
# cell prints its multiplications: compare with the total of the table above.
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture writes</b> <code>Conv2D(..., input_shape=(32, 32, 3))</code>.<br>
# <b>Now</b>: that still runs, but Keras 3 warns about it. Begin the list of layers with
# <code>Input((32, 32, 3))</code>.
# </div>

# %% nbgrader={"grade_id": "strided_downsampler", "solution": true}
model = strided_downsampler = ...  # your network; the last lines read its shapes and counts
### BEGIN SOLUTION
model = models.Sequential(
    [
        Input((32, 32, 3)),
        layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
    ]
)
### END SOLUTION
strided_downsampler = [tuple(layer.output.shape[1:]) for layer in model.layers]
print(f"{model.count_params():,} weights, {count_macs(model):,} multiplications")

# %% tags=["demonstration", "nbval-check-output"]
practice("strided_downsampler", strided_downsampler)

# %% [markdown]
# <details><summary>Hint 1</summary>32 → 16 → 8: each layer halves the side. Which arguments does
# that take?</details>
# <details><summary>Hint 2</summary><code>strides=2</code> with the padding for which the output is
# ceil(n/s).</details>
# <details><summary>When your check says ✓</summary>The same shapes, the same number of weights, a
# quarter of the multiplications: only one window in four is computed at all.</details>

# %% [markdown]
# Cheaper is not the same as better. Which of the two networks gives the better classifier depends
# on the task, and shapes alone cannot tell. Springenberg et al. (2015) report that max-pooling can
# be replaced by a convolution with a larger stride "without loss in accuracy on several image
# recognition benchmarks"; ResNets and MobileNets went that way. Pooling has its own merits: that is
# notebook 03.

# %% [markdown]
# ## Summary
#
# | | in Keras | length of the output, from `n` pixels | what else happens |
# |---|---|---|---|
# | no padding | `padding="valid"` | `floor((n - e) / s) + 1` | the border is underused |
# | zero-padding | `padding="same"` | `ceil(n / s)` | borders are damped |
# | stride `s` | `strides=s` | about `n / s` | about `s²` times fewer multiplications |
# | dilation `d` | `dilation_rate=d` | with `e = k + (k - 1)(d - 1)` | gaps in the kernel |
#
# Height and width follow the formula, each with its own numbers; the **depth** of the output is the
# number of filters.
#
# ## Further reading
#
# - V. Dumoulin, F. Visin: [A guide to convolution arithmetic for deep
#   learning](https://arxiv.org/abs/1603.07285) (2016): all the formulas, each with a drawing.
# - J. Springenberg et al.: [Striving for Simplicity: The All Convolutional
#   Net](https://arxiv.org/abs/1412.6806) (2015): strided convolutions in place of pooling.
# - R. Zhang: [Making Convolutional Networks Shift-Invariant
#   Again](https://arxiv.org/abs/1904.11486) (2019): what strides do to the translation property of
#   notebook 01.
# - M. A. Islam, S. Jia, N. Bruce:
#   [How Much Position Information Do Convolutional Neural Networks
#   Encode?](https://arxiv.org/abs/2001.08248) (2020): zero-padding tells a network where it is.
# - A. Krizhevsky, I. Sutskever, G. Hinton: *ImageNet Classification with Deep Convolutional Neural
#   Networks* (NIPS 2012): AlexNet, with the puzzling 224.
#
# **Next:** 03, max-pooling and receptive fields.
