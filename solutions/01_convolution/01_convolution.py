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
# # 01 The convolution operation

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **tell** local patterns from global ones, and say what that means for the number of weights,
# - **compute** a convolution by hand and **write** it in a few lines of NumPy,
# - **name** the axes of a feature map,
# - **count** the weights of any `Conv2D` layer,
# - **state** precisely what "translation invariant" means, and which layer deserves the word,
# - **describe** how small patterns grow into large ones from layer to layer.
#
# **You need** Python, NumPy, and an idea of what a `Dense` layer and `model.fit` are.
# **Time:** about 85 minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import matplotlib.pyplot as plt
import numpy as np
from keras import Input, layers, models, ops, optimizers

from course_utils import compare, datasets, practice_drill
from course_utils.explore import convolution, hand_filters, hierarchy, layer_drawing, translation
from course_utils.plots import responses
from course_utils.training import fit_quietly

# %% nbgrader={"grade_id": "student_id", "solution": true} tags=["fill-in"]
STUDENT_ID = "student-demo"  # your course id

# %% [markdown]
# *The whole notebook in one picture.* On the left a photograph of a Chinese pavilion. A window of
# 3×3 pixels, orange, is taken out and its nine numbers (brightness in per cent) are multiplied
# with the nine numbers of a **filter**. The sum goes to the same place in a new picture, the
# **feature map** on the right. Do this at every position, and the feature map shows where the
# pattern of the filter is: here red lines where it gets darker downwards, blue lines where it gets
# brighter.

# %% tags=["demonstration"]
photo = datasets.load_sample_photos()["china"].mean(axis=2)[::4, ::4]  # grey, every fourth pixel
hand_filters.plot_one_filter(photo, hand_filters.FILTERS["horizontal edges"], row=40, col=60)

# %% [markdown]
# **Recall (one minute).** How many weights, with biases, does `Dense(64)` have on a flattened
# 28×28 image, and what does *one* of its 64 units look at?
#
# <details><summary>Compare</summary>784·64 + 64 = 50,240. Each unit has a weight for every single
# pixel: it looks at the whole image at once. Keep this in mind for the next five
# minutes.</details>

# %% [markdown]
# ## 1.1 Dense versus convolution (8 minutes)
#
# A `Dense` layer learns **global** patterns of its input: patterns of all pixels together. A
# convolution layer learns **local** patterns, found in small two-dimensional windows, for example
# of 3×3 pixels. To see the difference, train one `Dense` layer on handwritten digits and look at
# the weights of a single unit.

# %% tags=["demonstration"]
digits = datasets.load_digits_images(size=20)
print(digits.note)

# All weights start at 0, so whatever is seen in them later has been learned.
unit_per_digit = layers.Dense(10, activation="softmax", kernel_initializer="zeros")
one_layer = models.Sequential([Input((20, 20, 1)), layers.Flatten(), unit_per_digit])
one_layer.compile(optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
run = fit_quietly(one_layer, digits.x_train, digits.y_train, epochs=15, batch_size=64)
print(f"accuracy on the training digits: {run.history['accuracy'][-1]:.3f}")

# %% [markdown]
# *Figure:* on the left a convolution's window on a handwritten 3; it is moved over the digit with
# the same nine weights. In the middle what a `Dense` unit looks at: the frame is the whole image.
# On the right the 400 weights of the unit that votes for "3". They form one blurred picture of a
# whole 3: red where ink speaks for a 3, blue where ink speaks against it.

# %% tags=["demonstration"]
three = digits.x_train[digits.y_train == 3][1, :, :, 0]
weights = ops.convert_to_numpy(unit_per_digit.kernel)[:, 3].reshape(20, 20)
translation.plot_local_and_global(three, weights, row=3, col=9)

# %% [markdown]
# The unit has memorised **where** the ink of a 3 usually is. It has no idea of a "stroke" or a
# "bend" that could be somewhere else.
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: Dense layers learn 'global' patterns "(generalization)".<br>
# <b>Actually</b>: these are two different things. <i>Global</i> says how much of the image a
# pattern covers. <i>Generalisation</i> says how well a network does on images that it has not
# seen. On images Dense layers generalise <b>worse</b>, because nothing that they learn at one
# place is shared with another place. Section 1.6 measures how much worse.
# </div>

# %% [markdown]
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>Think, pair, share</b><br>
# <i>If dense layers can learn 'global' patterns, why do we need a convolutional layer?</i>
# <ul>
# <li><b>2 minutes alone:</b> imagine the 3 of the figure five pixels further to the right. What
# does the Dense unit do with it? What would it take to make it work?</li>
# <li><b>2 minutes with a neighbour:</b> agree on one sentence about weights and one about
# data.</li>
# </ul>
# <details><summary>Compare</summary>
# Good sentences start from the same observation: in an image the <b>same small thing</b> (an edge,
# a corner, an eye) can turn up <b>anywhere</b>. Ask of each kind of layer how often it has to
# learn that thing, and what each time costs. "A Dense layer could not do it" is not the reason:
# with enough units it can compute whatever a convolution computes.
# </details>
# </div>

# %% [markdown]
# ### Exercise `why_not_dense` (1 point)
#
# Why do we use convolutions when a Dense layer already sees the whole image?
#
# - **A** Dense layers cannot represent global patterns.
# - **B** A Dense layer must learn the same local pattern anew at every position, so it needs far
#   more weights and data.
# - **C** Convolutions are not linear.
# - **D** Dense layers cannot take 2-D input even when flattened.

# %% nbgrader={"grade_id": "why_not_dense", "solution": true}
why_not_dense = ...  # one letter, such as "X"
### BEGIN SOLUTION
why_not_dense = "B"
### END SOLUTION

# %% nbgrader={"grade_id": "test_why_not_dense", "grade": true}
check("why_not_dense", why_not_dense)

# %% [markdown]
# <details><summary>Hint 1</summary>Cross out what is false in itself. The figure above shows a
# global pattern in a Dense layer that was fed with a flattened image.</details>
# <details><summary>Hint 2</summary>Of the rest, which one is about <i>sharing</i>?</details>

# %% [markdown]
# ## 1.2 Sliding a filter by hand (18 minutes)
#
# A **filter** (or **kernel**) is a small grid of numbers. Put it on the image, multiply each pixel
# under the window with the number of the kernel that lies on it, and add everything up. That is
# *one* number of the output. Then move the window one pixel to the right, and at the end of a row
# one pixel down. The window always stays inside the image.
#
# **Predict.** In how many positions does a 3×3 window fit into a 6×6 image?

# %% nbgrader={"grade_id": "predict_window_count", "solution": true} tags=["prediction"]
predict_window_count = ...  # your guess: one whole number
### BEGIN SOLUTION
predict_window_count = 36
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_window_count", "grade": true}
check("predict_window_count", predict_window_count)

# %% [markdown]
# **Run**, then press play or drag the slider to see all steps. *Figure:* from left to right the
# image (9 is white, 0 is black) with the orange window, the kernel, the nine products, and the
# output so far. Below, the sum in full. The kernel subtracts the right column of the window from
# the left one, so the output is 0 on even ground and large where white on the left meets black on
# the right.

# %% tags=["demonstration"]
edge = np.array([[9, 9, 9, 9, 0, 0]] * 2 + [[9, 9, 9, 0, 0, 0]] * 2 + [[9, 9, 0, 0, 0, 0]] * 2)
left_minus_right = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
convolution.animate_convolution(edge, left_minus_right)

# %% tags=["demonstration", "nbval-check-output"]
positions = [(row, col) for row in range(6) for col in range(6) if row + 3 <= 6 and col + 3 <= 6]
print("first", positions[0], "- last", positions[-1])
compare("predict_window_count", predict_window_count, len(positions))

# %% [markdown]
# ### Exercise `conv_by_hand` (3 points)
#
# Now you, with pencil and paper: convolve `IMAGE` with `KERNEL` as Keras does it, with *stride 1*
# (the window moves by one pixel) and *no padding* (it never leaves the image; notebook 02 has more
# of both). Write down the whole output.

# %% nbgrader={"grade_id": "by_hand_inputs", "locked": true}
IMAGE = np.array(
    [
        [3, 0, 1, 2, 7, 4],
        [1, 5, 8, 9, 3, 1],
        [2, 7, 2, 5, 1, 3],
        [0, 1, 3, 1, 7, 8],
        [4, 2, 1, 6, 2, 8],
        [2, 4, 5, 2, 3, 9],
    ]
)
KERNEL = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])

# %% nbgrader={"grade_id": "conv_by_hand", "solution": true}
conv_by_hand = ...  # the rows of the output, such as [[1, 2], [3, 4]]
### BEGIN SOLUTION
# Every window spans three rows: add three neighbouring rows first, (4, 6).
three_rows = IMAGE[0:4] + IMAGE[1:5] + IMAGE[2:6]
# Then subtract what is two columns further to the right, (4, 4).
conv_by_hand = three_rows[:, 0:4] - three_rows[:, 2:6]
### END SOLUTION

# %% nbgrader={"grade_id": "test_conv_by_hand", "grade": true}
check("conv_by_hand", conv_by_hand)

# %% [markdown]
# <details><summary>Hint 1</summary>The output has one number for each position of the window. You
# know how many rows and columns of positions there are.</details>
# <details><summary>Hint 2</summary>The middle column of the kernel is 0: cover the middle column
# of the window with your finger. What is left is (sum of the left column) - (sum of the right
# column).</details>
# <details><summary>Hint 3</summary>Save work: write the sum of rows 0 to 2 under each column of
# the image. The first row of the output consists of differences between these six sums, two
# columns apart. Then do the same for rows 1 to 3, and so on.</details>

# %% [markdown]
# ### Exercise `conv2d_single` (4 points)
#
# Write the same as a function, for any image and any kernel: with loops over the positions of the
# window. If the kernel is larger than the image, in one direction or in both, there is no position
# at all: raise a `ValueError`.


# %% nbgrader={"grade_id": "conv2d_single", "solution": true}
def conv2d_single(image, kernel):
    """Slide `kernel`, shape (kh, kw), over `image`, shape (H, W); stride 1, no padding.

    Returns an array of shape (H-kh+1, W-kw+1). Raises ValueError if the kernel is too large.
    """
    ### BEGIN SOLUTION
    (height, width), (kh, kw) = image.shape, kernel.shape
    if kh > height or kw > width:
        raise ValueError(f"a kernel {kernel.shape} does not fit into an image {image.shape}")
    output = np.zeros((height - kh + 1, width - kw + 1))
    for row in range(height - kh + 1):
        for col in range(width - kw + 1):
            window = image[row : row + kh, col : col + kw]
            output[row, col] = np.sum(window * kernel)
    return output
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_conv2d_single", "grade": true}
check("conv2d_single", conv2d_single)

# %% [markdown]
# The check tries your function on a few small images: the one from above, a 5×5 image with a 3×3
# kernel (which must give 3×3), images and kernels that are not square, and kernels that do not
# fit.
#
# <details><summary>Hint 1</summary>Four steps: compare the shapes and raise the error; make an
# array of zeros of the output's shape; loop over its rows and columns; fill in one number at a
# time.</details>
# <details><summary>Hint 2</summary>At output position [row, col] the window starts at the same row
# and column of the image. Cut it out with two slices, each as long as the kernel.</details>
# <details><summary>Hint 3</summary><code>window * kernel</code> multiplies element by element when
# both have the same shape; <code>np.sum</code> adds everything up.</details>

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture does not say</b> whether the kernel is turned around.<br>
# <b>Actually</b>: in mathematics a <i>convolution</i> first turns the kernel by 180°. Without the
# turn the operation is called <i>cross-correlation</i>, and that is what <code>Conv2D</code>, like
# every deep-learning library, computes. For a network it makes no difference, because the weights
# are learned anyway. For your pencil it does.
# </div>

# %% [markdown]
# **Run.** One number of the output by hand, without and with the turn, and from Keras:

# %% tags=["demonstration", "nbval-check-output"]
turned = left_minus_right[::-1, ::-1]
window = edge[0:3, 2:5]
print("by hand, not turned:", np.sum(window * left_minus_right))
print("by hand, turned:    ", np.sum(window * turned))

# Keras wants a batch and channels: image (1, 6, 6, 1), kernel (3, 3, 1 input channel, 1 filter).
image_4d = edge[None, :, :, None].astype("float32")
kernel_4d = left_minus_right[:, :, None, None].astype("float32")
keras_output = ops.convert_to_numpy(ops.conv(image_4d, kernel_4d, padding="valid"))
print("Keras:              ", int(keras_output[0, 0, 2, 0]))

# %% [markdown]
# ## 1.3 Feature maps and patches (12 minutes)
#
# What goes into a convolution and what comes out is called a **feature map**. It has two spatial
# axes, **height** and **width**, and a **depth** axis, the **channels**. A colour picture has
# three channels: red, green and blue. A greyscale picture has one. Deeper in a network the depth
# is whatever you choose, and a channel no longer stands for a colour: it stands for a filter.
#
# *Figure:* a photograph of a dahlia and its three channels, bright where there is much of that
# colour. The petals are bright in red, middling in green and dark in blue.

# %% tags=["demonstration"]
flower = datasets.load_sample_photos()["flower"]
figure, axes = plt.subplots(1, 4, figsize=(9, 1.9))
axes[0].imshow(flower)
axes[0].set_title("photograph")
for channel, colour in enumerate(["red", "green", "blue"]):
    axes[channel + 1].imshow(flower[:, :, channel], cmap="gray", vmin=0, vmax=1)
    axes[channel + 1].set_title(f"channel {channel}: {colour}")
for axis in axes:
    axis.axis("off")

# %% tags=["demonstration", "nbval-check-output"]
grey = flower.mean(axis=2, keepdims=True)
batch = flower[None]
print("colour photograph      (height, width, channels)", flower.shape)
print("grey photograph        (height, width, channels)", grey.shape)
print("batch of one    (batch, height, width, channels)", batch.shape)
print("after Conv2D(8, 3)                              ", tuple(layers.Conv2D(8, 3)(batch).shape))

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: convolutions operate over 3D tensors.<br>
# <b>Actually</b>: three axes <i>per image</i>. Keras works on whole batches, so every tensor in a
# network has a fourth axis in front: (batch, height, width, channels).
# </div>
# <br>
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: a "black-and-white" picture has 1 channel.<br>
# <b>Actually</b>: true, and what it means is <i>greyscale</i>. In a really black-and-white picture
# each pixel is either 0 or 1 and nothing in between.
# </div>

# %% [markdown]
# A convolution layer **extracts patches from its input feature map and applies the same
# transformation to all of these patches, producing an output feature map.** A patch is the window
# with *all* its channels: of a colour picture it is a small 3-D block.
#
# *Figure:* on the left the dahlia with only 10×10 pixels left of it; on the right all 64 patches
# of 3×3 pixels, each where it was taken. Neighbours overlap: from one to the next only one row or
# column is new. The same patch is framed orange on both sides.

# %% tags=["demonstration"]
# The mean colour of each block of 32×32 pixels.
tiny = flower[60:380, 160:480].reshape(10, 32, 10, 32, 3).mean(axis=(1, 3))
convolution.plot_patches(tiny, size=3)

# %% [markdown]
# If all patches get the same transformation, we can lay them out as the rows of a matrix and do
# the whole layer with **one matrix product**. This trick is called *im2col* (image to columns),
# and many libraries really do it.
#
# *Figure:* the 64 patches as rows of 27 numbers (3·3·3), times two filters as columns of 27
# weights, gives 64 rows of 2 numbers. Each column of the result, put back into 8 rows of 8, is
# a feature map: the first shows left-right edges, the second top-bottom edges.

# %% tags=["demonstration"]
edges = [hand_filters.FILTERS[name] for name in ("vertical edges", "horizontal edges")]
# The same 3×3 weights for each of the three colours: (3, 3, 3 channels, 2 filters).
both = np.stack([np.stack([kernel] * 3, axis=-1) for kernel in edges], axis=-1)
convolution.plot_matrix_product(tiny, both)

# %% [markdown]
# ### Exercise `im2col_patches` (3 points)
#
# Write the function that makes this matrix: all `size`×`size` patches of an (H, W, C) array,
# stride 1, no padding. Take the patches row by row, that is, from left to right, then down.
# Flatten each patch in the order (row, column, channel).


# %% nbgrader={"grade_id": "im2col_patches", "solution": true}
def im2col_patches(feature_map, size):
    """Return the patches of `feature_map`, shape (H, W, C), as the rows of a matrix.

    The result has the shape ((H-size+1) * (W-size+1), size * size * C).
    """
    ### BEGIN SOLUTION
    height, width, _ = feature_map.shape
    patches = []
    for row in range(height - size + 1):
        for col in range(width - size + 1):
            patch = feature_map[row : row + size, col : col + size, :]
            patches.append(patch.reshape(-1))  # row, column, channel
    return np.array(patches)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_im2col_patches", "grade": true}
check("im2col_patches", im2col_patches)

# %% [markdown]
# <details><summary>Hint 1</summary>You need the loops of <code>conv2d_single</code> again, but now
# collect the windows in a list instead of adding them up.</details>
# <details><summary>Hint 2</summary>Slice only the first two axes; the channels come along by
# themselves. For a feature map of (5, 5, 2) and size 3 the result has the shape (9, 18).</details>
# <details><summary>Hint 3</summary><code>patch.reshape(-1)</code> flattens a (row, column,
# channel) array in exactly that order. Turn the list into an array at the end.</details>

# %% [markdown]
# **Run.** The test of truth: your patches times the weights of an untrained `Conv2D` must give
# what the layer gives. (Until you have solved the exercise this cell says so.)

# %% tags=["demonstration"]
conv = layers.Conv2D(4, kernel_size=3, use_bias=False)
from_keras = ops.convert_to_numpy(conv(tiny[None].astype("float32")))[0]
kernel_matrix = ops.convert_to_numpy(conv.kernel).reshape(-1, 4)
print("kernel", tuple(conv.kernel.shape), "as a matrix", kernel_matrix.shape)
try:
    from_patches = (im2col_patches(tiny, 3) @ kernel_matrix).reshape(from_keras.shape)
    print(f"largest difference: {np.abs(from_patches - from_keras).max():.5f}")
except NotImplementedError as exercise:
    print(f"not yet: solve {exercise} first")

# %% [markdown]
# ## 1.4 Examples of filters (8 minutes)
#
# What a filter does depends on its nine numbers alone. Long before networks learned them, people
# designed them by hand. Two things to look at: what do the weights of a filter **add up to**, and
# where are they positive and where negative?
#
# **Predict.** All pixels under the window have the same brightness, 0.8: a patch of clear sky.
# What is the response of the filter `vertical edges`, `[[1, 0, -1], [2, 0, -2], [1, 0, -1]]`?

# %% nbgrader={"grade_id": "predict_flat_response", "solution": true} tags=["prediction"]
predict_flat_response = ...  # your guess: one number
### BEGIN SOLUTION
predict_flat_response = 0
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_flat_response", "grade": true}
check("predict_flat_response", predict_flat_response)

# %% tags=["demonstration", "nbval-check-output"]
sky = np.full((3, 3), 0.8)
response = float(np.sum(sky * hand_filters.FILTERS["vertical edges"]))
compare("predict_flat_response", predict_flat_response, response)

# %% [markdown]
# *Figure:* five filters (top), and what they answer to a detail of the pavilion and to a
# handwritten digit. *Identity* copies the picture, *box blur* (the mean of nine pixels) softens
# it, *sharpen* exaggerates every difference. Their weights add up to 1, so the answer is a picture
# again, drawn grey. The weights of the two **Sobel** filters add up to 0, so even ground gives 0
# (white). Red is a positive answer, blue a negative one: *vertical edges* is red at a right-hand
# border of something bright and blue at a left-hand border; *horizontal edges* is red at a lower
# border and blue at an upper one.

# %% tags=["demonstration"]
pavilion = datasets.load_sample_photos()["china"].mean(axis=2)[60:300:2, 80:320:2]
digit = datasets.load_digits_images(size=28).x_train[5, :, :, 0]
hand_filters.plot_filter_bank({"photograph": pavilion, "digit": digit}, hand_filters.FILTERS)

# %% [markdown]
# **Explore.** Choose a picture and a filter. *Figure:* the picture, the kernel, and its response
# with red for positive, blue for negative, white for zero. Which filter makes the sky disappear?
# Where does the dahlia answer to *vertical edges* in red, and where in blue? Why is the response
# of *identity* red all over?

# %% tags=["demonstration"]
photos = datasets.load_sample_photos()
greys = {name: photo.mean(axis=2)[::2, ::2] for name, photo in photos.items()}
hand_filters.explore_filters({"flower": greys["flower"], "china": greys["china"], "digit": digit})

# %% [markdown]
# One filter makes one response map, and the map says **how much of that pattern is present at
# every location**. A layer with 32 filters makes 32 such maps and stacks them: they are the
# channels of its output. Nobody designs the filters; training finds them.

# %% [markdown]
# ## 1.5 The two parameters of a convolution layer (13 minutes)
#
# Two choices define a convolution layer:
#
# 1. the **size of the patches**, typically 3×3 or 5×5,
# 2. the **depth of the output feature map**, which is the **number of filters**.
#
# In Keras they are the first two arguments: `layers.Conv2D(filters, kernel_size, ...)`. An int as
# `kernel_size` is understood as `(kernel_size, kernel_size)`.
#
# **Explore.** *Figure:* on the left the input with the window (orange) on its channels; in the
# middle the filters, each with its own colour and **as deep as the input**; on the right the
# output, one sheet for each filter in the same colour, with the cell that belongs to the window.
# What do the two parameters change, and what does the number of input channels change?

# %% tags=["demonstration"]
layer_drawing.explore_layer()

# %% [markdown]
# The **weights** of a layer are the numbers in its filters, and one bias for each filter. Ask
# Keras:

# %% tags=["demonstration", "nbval-check-output"]
model = models.Sequential([Input((32, 32, 3)), layers.Conv2D(16, kernel_size=5)])
conv = model.layers[0]
print("kernel_size:", conv.kernel_size)
print("kernel:     ", tuple(conv.kernel.shape), " rows, columns, input channels, filters")
print("bias:       ", tuple(conv.bias.shape), " one per filter")
print("output:     ", conv.output.shape, " None: any number of images")
print("weights:    ", conv.count_params())

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: <code>Conv2D(32, (3, 3), input_shape=(28, 28, 1))</code>, or
# <code>Dense(64, input_dim=784)</code>.<br>
# <b>Actually</b>: this still runs, but Keras 3 warns: "Do not pass an
# <code>input_shape</code>/<code>input_dim</code> argument to a layer." Begin the model with
# <code>Input((28, 28, 1))</code> instead, as in the cell above. Then all shapes are known at once.
# </div>

# %% [markdown]
# ### Exercise `conv_layer_params` (3 points)
#
# How many weights, with biases, do these layers have?
#
# 1. `Conv2D(32, 3)` on an input of (28, 28, 1)
# 2. `Conv2D(64, 3)` on an input of (26, 26, 32)
# 3. `Conv2D(64, 5)` on an input of (150, 150, 3)
#
# Each right number earns one point.

# %% nbgrader={"grade_id": "conv_layer_params", "solution": true}
conv_layer_params = ...  # three whole numbers: [first, second, third]
### BEGIN SOLUTION
conv_layer_params = [
    3 * 3 * 1 * 32 + 32,  # kernel rows * columns * input channels * filters + biases
    3 * 3 * 32 * 64 + 64,
    5 * 5 * 3 * 64 + 64,
]
### END SOLUTION

# %% nbgrader={"grade_id": "test_conv_layer_params", "grade": true}
check("conv_layer_params", conv_layer_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Draw <i>one</i> filter as a block. How high, how wide and how
# deep is it? How many numbers does it hold?</details>
# <details><summary>Hint 2</summary>Multiply by the number of filters and add one bias for each
# filter.</details>
# <details><summary>Hint 3</summary>Check your rule with the printed example: (5, 5, 3, 16) and
# (16,). Height and width of the image are not part of it.</details>

# %% [markdown]
# ### Exercise `dense_vs_conv_params` (2 points)
#
# `Conv2D(32, 3)` turns (28, 28, 1) into (26, 26, 32). How many weights, with biases, would a
# **Dense** layer need that maps the flattened image to the same number of outputs?

# %% nbgrader={"grade_id": "dense_vs_conv_params", "solution": true}
dense_vs_conv_params = ...  # one whole number
### BEGIN SOLUTION
inputs, outputs = 28 * 28 * 1, 26 * 26 * 32
dense_vs_conv_params = inputs * outputs + outputs  # everything with everything, and the biases
### END SOLUTION

# %% nbgrader={"grade_id": "test_dense_vs_conv_params", "grade": true}
check("dense_vs_conv_params", dense_vs_conv_params)

# %% [markdown]
# <details><summary>Hint 1</summary>How many numbers go in, how many come out?</details>
# <details><summary>Hint 2</summary>A Dense layer has one weight for every pair of an input and an
# output, and one bias for every output. You did this for <code>Dense(64)</code> at the very
# beginning.</details>

# %% [markdown]
# Let your two answers sink in: the same number of outputs, and how many times more weights? A
# convolution saves them in two ways: its connections are **local** (a window instead of the whole
# image), and its weights are **shared** (the same for all windows).
#
# ### Exercise `drill_conv_params` (1 point)
#
# Your own variant, drawn from your `STUDENT_ID`. Set the id at the top of the notebook, run that
# cell again, then this one:

# %% tags=["demonstration"]
drill("drill_conv_params", STUDENT_ID)

# %% nbgrader={"grade_id": "drill_conv_params", "solution": true}
drill_conv_params = ...  # one whole number
### BEGIN SOLUTION
# The numbers of whichever variant STUDENT_ID draws.
from course_utils.drills import draw

asked = draw("drill_conv_params", STUDENT_ID).variables
one_filter = asked["rows"] * asked["columns"] * asked["channels"]
drill_conv_params = one_filter * asked["filters"] + asked["filters"]
### END SOLUTION

# %% nbgrader={"grade_id": "test_drill_conv_params", "grade": true}
check("drill_conv_params", drill_conv_params, student_id=STUDENT_ID)

# %% [markdown]
# <details><summary>Hint 1</summary>Two of the numbers in the question are decoys. Which ones does
# a filter not know?</details>

# %% [markdown]
# **Practice as much as you like**, ungraded. Change the number for another question; `.check(...)`
# judges your answer, `.solution()` shows the arithmetic.

# %% tags=["demonstration", "nbval-check-output"]
question = practice_drill("drill_conv_params", 1)
display(question)
print(question.solution())

# %% [markdown]
# ## 1.6 Property 1: translation (13 minutes)
#
# The visual world does not care where things are: a face is a face on the left and on the right. A
# pattern that a convolution has learned in the lower right corner it recognises **anywhere**,
# because it uses the same filters everywhere. A Dense layer would have to learn the pattern anew
# for each place. This is why convolutional networks are **data-efficient**: they learn more
# patterns from fewer pictures.
#
# ### (a) What exactly happens when the picture moves?
#
# **Explore.** *Figure:* above a digit and what *vertical edges* answers to it; below the same
# after moving the digit down and to the right. A ring marks the strongest answer. Move the digit
# and watch two things: **where** the ring is, and **how strong** the answer inside it is.

# %% tags=["demonstration"]
small_digit = datasets.place_on_canvas(datasets.load_digits_images(size=16).x_train[5:6], size=28)
translation.explore_shift(small_digit[0, :, :, 0], hand_filters.FILTERS["vertical edges"], most=6)

# %% [markdown]
# Not only for this filter. Here is a layer of 16 **untrained** filters with random weights: move
# 100 digits by (3, 2), and compare the layer's output with the output for the digits that were not
# moved.

# %% tags=["demonstration"]
some = datasets.load_digits_images(size=12).x_train[:100]
unmoved, moved = (datasets.place_on_canvas(some, 28, shift) for shift in [(0, 0), (3, 2)])
environment.set_seed(0)
random_conv = layers.Conv2D(16, kernel_size=3)
output, output_of_moved = (ops.convert_to_numpy(random_conv(x)) for x in (unmoved, moved))
others = {
    "the output of the unmoved digits": output,
    "the same output, moved by (3, 2)": np.roll(output, (3, 2), axis=(1, 2)),  # height, width
}
for name, other in others.items():
    difference = np.abs(output_of_moved - other).max()
    print(f"moved digits against {name}: largest difference {difference:.6f}")

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: the patterns that convolution layers learn are "translation
# invariant".<br> <b>Actually</b>: two words must be kept apart. <b>Invariant</b> means that the
# output stays the same when the input moves. <b>Equivariant</b> means that the output moves along
# with the input. You have just seen which of the two holds for a convolution, and that it holds
# exactly. The other one has to come from somewhere else: from a layer that throws the position
# away, or from training pictures in which things are everywhere. Strides and pooling even damage
# the exactness, as (b) shows.
# </div>

# %% [markdown]
# ### Exercise `translation_property` (1 point)
#
# A convolution with stride 1, away from the border,
#
# - **A** gives the same output wherever the object is (invariant).
# - **B** gives a shifted output when the input is shifted (equivariant).
# - **C** gives the same output only after training with shifted images.
# - **D** neither.

# %% nbgrader={"grade_id": "translation_property", "solution": true}
translation_property = ...  # one letter, such as "X"
### BEGIN SOLUTION
translation_property = "B"
### END SOLUTION

# %% nbgrader={"grade_id": "test_translation_property", "grade": true}
check("translation_property", translation_property)

# %% [markdown]
# <details><summary>Hint 1</summary>In the explorer, what happened to the ring when you moved the
# digit? Was anything trained?</details>
#
# ### (b) From equivariant to invariant
#
# If you keep only the **largest** answer of each filter, wherever it is, the position is gone. The
# layer `GlobalMaxPooling2D` does that: (height, width, channels) becomes (channels,). Three
# networks are going to learn digits that are all exactly **in the middle** of their canvas:
#
# - **Dense**: 32 hidden units on all pixels,
# - **convnet**: three convolutions, then the global maximum,
# - **convnet with pooling**: the same, but after each of the first two convolutions the map is
#   halved by `MaxPooling2D` (notebook 03 explains it).
#
# Then they are tested on digits that are 0 to 4 pixels further down and to the right.

# %% tags=["demonstration"]
data, side = datasets.load_mnist(), 28
x_train, x_test = data.x_train[:, 4:24, 4:24], data.x_test[:, 4:24, 4:24]
if data.is_standin:
    data, side = datasets.load_digits_images(size=12), 20
    x_train, x_test = data.x_train, data.x_test
    print("To have room to move, they are enlarged to 12×12 only, on canvases of 20×20.")

x_train, y_train = x_train[:1200], data.y_train[:1200]
x_test, y_test = x_test[:597], data.y_test[:597]
centred = datasets.place_on_canvas(x_train, side)
moved_tests = [datasets.place_on_canvas(x_test, side, (shift, shift)) for shift in range(5)]
print(f"{len(centred)} digits to learn, all in the middle of {side}×{side} pixels")


# %% tags=["demonstration"]
def build(name):
    environment.set_seed(0)
    # padding="same" adds zeros around each map, so that it keeps its size (notebook 02).
    first, second, third = (
        layers.Conv2D(count, 3, padding="same", activation="relu", name=f"conv{number}")
        for number, count in enumerate([16, 32, 48], start=1)
    )
    pool = layers.MaxPooling2D
    body = {
        "Dense": [layers.Flatten(), layers.Dense(32, activation="relu")],
        "convnet": [first, second, third, layers.GlobalMaxPooling2D()],
        "convnet with pooling": [first, pool(), second, pool(), third, layers.GlobalMaxPooling2D()],
    }[name]
    model = models.Sequential([Input((side, side, 1)), *body, layers.Dense(10, "softmax")])
    model.compile(optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% tags=["demonstration"]
def accuracy(model, x, y):
    guesses = np.argmax(ops.convert_to_numpy(model(x)), axis=1)
    return float(np.mean(guesses == y))


networks, curves = {}, {}
for name in ("Dense", "convnet with pooling", "convnet"):
    networks[name] = build(name)
    fit_quietly(networks[name], centred, y_train, epochs=12, batch_size=64)
    curves[name] = [accuracy(networks[name], x, y_test) for x in moved_tests]
    weights = networks[name].count_params()
    print(f"{name:20} {weights:6,} weights, test accuracy if centred: {curves[name][0]:.3f}")

# %% [markdown]
# All three know their digits, as long as these are in the middle. **Predict** before you go on:
# what is the accuracy of the *Dense* network, in per cent, when every digit is **one** pixel
# further down and one further to the right?

# %% nbgrader={"grade_id": "predict_shifted_accuracy", "solution": true} tags=["prediction"]
predict_shifted_accuracy = ...  # your guess: a whole number from 0 to 100
### BEGIN SOLUTION
predict_shifted_accuracy = 85
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_shifted_accuracy", "grade": true}
check("predict_shifted_accuracy", predict_shifted_accuracy)

# %% [markdown]
# *Figure:* test accuracy against the movement in pixels; the dotted line is guessing among ten
# digits. The convnet with the global maximum (blue, round markers) stays high. The Dense
# network (orange, squares) falls steeply with the first pixel and ends near guessing. The convnet
# with pooling (green, triangles) falls too, but at 4 pixels it comes up again. The numbers are
# printed below.

# %% tags=["demonstration"]
looks = {"convnet": "o-C0", "Dense": "s--C1", "convnet with pooling": "^-.C2"}
figure, axis = plt.subplots(figsize=(7, 3.4))
for name, look in looks.items():
    axis.plot(range(5), curves[name], look, label=name)
axis.axhline(0.1, color="grey", linestyle=":")
axis.set(xlabel="pixels down and to the right", ylabel="test accuracy", ylim=(0, 1.02))
axis.set_xticks(range(5))
axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
for name in looks:
    print(f"{name:20}", "  ".join(f"{value:.3f}" for value in curves[name]))
compare("predict_shifted_accuracy", predict_shifted_accuracy, round(100 * curves["Dense"][1]))

# %% [markdown]
# - The **Dense** network collapses: the ink now lies on pixels for which it has learned something
#   else.
# - The **convnet** hardly notices. Equivariant layers and a global maximum make an invariant
#   network, although it has never seen a digit that was not in the middle. (At 4 pixels the digit
#   touches the edge of the canvas. If the accuracy drops a little there, that is the border effect
#   of notebook 02.)
# - **Pooling breaks it.** A 2×2 pooling keeps one of four positions, so a movement by one pixel
#   changes what comes out, and after two poolings only movements by multiples of 4 pixels are
#   safe. Look at the curve at 4 pixels.
#
# (These are small digits. On the larger ones of MNIST, which this notebook uses where it can get
# them, one pixel matters less, and the two falling curves fall more slowly.)
#
# So do not trust a network to be invariant because it is a convolutional network. Show it moved
# pictures (notebook 05) or throw the position away at the end.

# %% [markdown]
# ### (c) Data efficiency
#
# Now the digits are all over the canvas, in training and in testing: each is moved by up to 3
# pixels in a random direction. How many examples does each network need? The number of training
# steps is the same for 100 and for 400 examples.

# %% tags=["demonstration"]
rng = np.random.default_rng(0)
anywhere, anywhere_test = (
    datasets.place_on_canvas(x, side, rng.integers(-3, 4, size=(len(x), 2)))
    for x in (x_train, x_test)
)
efficiency = {"Dense": [], "convnet": []}
for name, accuracies in efficiency.items():
    for examples in (100, 400):
        network = build(name)
        epochs = 4000 // examples
        fit_quietly(network, anywhere[:examples], y_train[:examples], epochs=epochs, batch_size=16)
        accuracies.append(accuracy(network, anywhere_test, y_test))

# %% [markdown]
# *Figure:* test accuracy after training on 100 and on 400 digits: orange (hatched) the Dense
# network, blue the convnet. The convnet does better with 100 digits than the Dense network with
# 400.

# %% tags=["demonstration"]
figure, axis = plt.subplots(figsize=(5, 3))
for offset, name, colour, hatch in ((-0.2, "Dense", "C1", "//"), (0.2, "convnet", "C0", "")):
    places = np.arange(2) + offset
    bars = axis.bar(places, efficiency[name], 0.38, label=name, color=colour, hatch=hatch)
    axis.bar_label(bars, fmt="%.2f")
axis.set(ylabel="test accuracy", ylim=(0, 1.1))
axis.set_xticks([0, 1], ["100 examples", "400 examples"])
axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# This is one run of each, with one random seed; with another seed the numbers move by a few
# points, the distance between the two networks does not go away. (Both see small, clean digits: do
# not read more into the numbers than the comparison.)

# %% [markdown]
# ## 1.7 Property 2: spatial hierarchies (8 minutes)
#
# The second property: the first layer learns **small local patterns** such as edges. The second
# layer works on the *maps of the first*, so it learns **larger patterns made of the first layer's
# features**, and so on. This suits the visual world, which is itself built in a hierarchy: edges
# make strokes, strokes make letters, letters make words.
#
# Look into the convnet that you have just trained. *Figure:* its 16 filters of the first layer.
# Red weights are positive, blue ones negative. Many are a red side against a blue side: edge
# detectors, not as tidy as Sobel's, but found without anybody's help.

# %% tags=["demonstration"]
convnet = networks["convnet"]
responses.plot_filters(convnet.get_layer("conv1"))

# %% [markdown]
# *Figure:* a test digit, and below it the feature maps of the three layers, dark for a small
# answer and bright for a large one. In `conv1` one still sees the whole digit, outlined on one
# side or the other. In `conv2` the maps keep only certain strokes. In `conv3` many maps are dark
# except for a few spots: "**here** is what I am looking for". (A map that is dark all over has not
# found its pattern in this digit. A bright line along the edge of a map comes from the zeros
# around it: notebook 02.)

# %% tags=["demonstration"]
names = ["conv1", "conv2", "conv3"]
responses.plot_feature_maps(convnet, moved_tests[0][4], names)

# %% [markdown]
# What *are* they looking for? Take a channel, search all training digits for the places where it
# answers most strongly, and cut out what it sees there.
#
# *Figure:* for each layer six channels, one in a row: first the mean of its 100 best windows, then
# the seven best ones. In `conv1` a window is 3×3, and most show one straight edge: bright on one
# side, dark on the other. In `conv2` it is 5×5, and there are corners, ends of strokes and slanted
# sides: several edges together. In `conv3` it is 7×7 and holds whole ends and bends of strokes.

# %% tags=["demonstration"]
hierarchy.plot_best_windows(convnet, centred, names)

# %% [markdown]
# **Think.** The windows grow from 3×3 to 5×5 to 7×7 although every filter of
# the network is 3×3. Draw one row of pixels and two layers above it to see why. (Notebook 03 makes
# a formula of your drawing.)
#
# ### Written answer `hierarchy_written` (2 points)
#
# In 40 to 120 words, and referring to one picture of this notebook (name the section): what do the
# first and the second convolution layer respond to, and why does stacking small windows give large
# patterns?

# %% [markdown] nbgrader={"grade_id": "hierarchy_written", "grade": true, "solution": true}
# *Model answer.* In the last figure of section 1.7 the best windows of the first layer show
# straight edges: a bright side against a dark side at a certain angle. The best windows of the
# second layer show corners, ends and slanted strokes, which are combinations of several such
# edges. A filter of the second layer is only 3×3, but it is applied to the maps of the first
# layer. Each of the nine numbers it sees there already summarises a 3×3 window of the picture, and
# these windows lie next to each other, so together they cover 5×5 pixels. With every further layer
# the area grows, and patterns are composed of the patterns of the layer below.
#
# *Marking scheme (2 points)*
#
# - **1 point:** first layer edges (or equally simple local contrasts), second layer combinations
#   of edges (corners, ends, textures), with a reference to a picture.
# - **1 point:** growing receptive field or composition: a window in layer 2 covers several
#   overlapping windows of layer 1.
#
# Half a point is taken off for a text that is far below 40 or above 120 words.

# %% [markdown]
# ## 1.8 The convolution process (5 minutes)
#
# *Figure:* a whole convolution layer, on the tiny dahlia. From left to right: the input feature
# map, 10×10×3; its 8×8 windows of 3×3×3 numbers; and the output feature map, 8×8×4: one map for
# each of the four filters. The window framed orange becomes four numbers, at the same place in all
# four maps.

# %% tags=["demonstration"]
chosen = [
    hand_filters.FILTERS[n] for n in ("box blur", "sharpen", "vertical edges", "horizontal edges")
]
# A third of the weight for each colour: (3, 3, 3 channels, 4 filters).
kernels = np.stack([np.stack([kernel / 3] * 3, axis=-1) for kernel in chosen], axis=-1)
convolution.plot_process(tiny, kernels)

# %% [markdown]
# 1. Take a **window** of the input, with all its channels.
# 2. Multiply it with each **filter**, add up, add the filter's bias: one number per filter.
# 3. Write these numbers into the **output** at the window's place.
# 4. Move the window, and start again with **the same filters**.
#
# One question is left, and it opens notebook 02:
#
# > **The height and width of the output feature map may not be the same as the input. Why? (There
# > are two reasons.)**
#
# You have met one of the two in every exercise of this notebook.

# %% [markdown]
# ## Summary
#
# | idea | in one line |
# |---|---|
# | local, not global | a convolution looks at small windows, a Dense unit at everything at once |
# | the operation | window times filter, added up; the kernel is not turned: cross-correlation |
# | feature map | (height, width, channels), in Keras with the batch in front |
# | channels of the output | one for each filter |
# | patches | all windows as rows of a matrix, times the filters: that is the whole layer |
# | two parameters | `Conv2D(filters, kernel_size)`: depth of the output, size of the window |
# | number of weights | rows · columns · input channels · filters + filters; no image size in it |
# | equivariant | the input moves, the output moves along (stride 1, away from the border) |
# | invariant | needs a layer that drops the position, or training with moved pictures |
# | hierarchy | edges, combinations of edges, parts: each layer builds on the maps below it |
#
# ## Further reading
#
# - V. Dumoulin and F. Visin, [*A guide to convolution arithmetic for deep
#   learning*](https://arxiv.org/abs/1603.07285), 2016: all the window pictures you could wish for.
# - F. Chollet, *Deep Learning with Python*, section 5.1 of the first edition: the lecture follows
#   it.
# - M. D. Zeiler and R. Fergus, [*Visualizing and understanding convolutional
#   networks*](https://arxiv.org/abs/1311.2901), 2013: section 1.7 with a large network and
#   photographs.
# - R. Zhang, [*Making convolutional networks shift-invariant
#   again*](https://arxiv.org/abs/1904.11486), 2019: what pooling breaks, and how to repair it.
# - Keras documentation of
#   [`Conv2D`](https://keras.io/api/layers/convolution_layers/convolution2d/).
