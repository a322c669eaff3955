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
# # 11 Other convolutions and NASNet

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **enlarge** a receptive field with dilation, and **say** what it costs and where it leaves
# holes,
# - **split** a convolution into a depthwise and a pointwise step, **write** both in NumPy and
#   **count** what is saved,
# - **recognise** the other ways of making convolutions cheaper: 1×7 then 7×1, and groups,
# - **describe** how NASNet's cells were found by a search,
# - **run** such a search yourself, with a policy gradient, and **judge** it against pure chance.
#
# **You need** notebooks 01 to 03 (weights, output sizes, receptive fields), 09 (1×1 convolutions)
# and 10. **Time:** about 90 minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import keras
import numpy as np
from keras import Input, layers, models, ops

from course_utils import compare, nas, practice_drill
from course_utils.arithmetic.models import count_macs
from course_utils.datasets import load_digits_images
from course_utils.explore import architecture_search, other_convolutions, receptive_fields
from course_utils.plots.grids import plot_number_grids
from course_utils.plots.training import plot_training_curves
from course_utils.training import fit_quietly

# %% [markdown]
# *The whole notebook in one picture.* Every convolution answers two questions. **Which pixels**
# does one output number read (top row, orange)? **Which input channels** (left dots) does one
# output channel (right dots) read (bottom row, orange lines)? An ordinary 3×3 convolution reads
# nine neighbours in all channels. The others leave something out: a dilated one leaves gaps between
# the pixels, a grouped one reads some of the channels, a depthwise one a single channel, a
# pointwise one a single pixel.

# %% tags=["demonstration"]
other_convolutions.plot_family()

# %% [markdown]
# **Recall (one minute).** How many weights without biases does a 3×3 convolution from 16 to 32
# channels have, and how wide is the receptive field of three stacked 3×3 convolutions?
#
# <details><summary>Compare</summary>3·3·16·32 weights: nine for each <i>pair</i> of an input and an
# output channel. Multiply it out now, you need it three times today. The receptive field: 1 + 2 + 2
# + 2 = 7 pixels.</details>

# %% [markdown]
# ## 11.1 Dilated convolutions (18 minutes)
#
# ```python
# keras.layers.Conv2D(filters, kernel_size, dilation_rate=(1, 1))
# ```
#
# A **dilated** convolution pulls the taps of its kernel apart. The *dilation rate* is the spacing
# between two neighbouring values of the kernel: 1 is the ordinary convolution, with 2 every second
# pixel is read, with 4 every fourth. The kernel has as many weights as before; it only reaches
# further.
#
# *Figure:* the nine pixels that one output of a 3×3 kernel reads, orange, for dilation rates 1, 2
# and 4. The pale squares lie between them and are skipped.

# %% tags=["demonstration"]
other_convolutions.plot_dilated_grids((1, 2, 4))

# %% [markdown]
# ### Exercise `dilated_extent` (1 point)
#
# How wide is the window that a kernel with 3 taps covers, from its first pixel to its last, at
# dilation rates 1, 2 and 4? Can you say it for *k* taps and rate *d*?

# %% nbgrader={"grade_id": "dilated_extent", "solution": true}
dilated_extent = ...  # three whole numbers: for rates 1, 2, 4
### BEGIN SOLUTION
# k taps and k - 1 gaps; in each gap d - 1 pixels are skipped.
dilated_extent = [3 + (3 - 1) * (rate - 1) for rate in (1, 2, 4)]
### END SOLUTION

# %% nbgrader={"grade_id": "test_dilated_extent", "grade": true}
check("dilated_extent", dilated_extent)

# %% [markdown]
# <details><summary>Hint 1</summary>Count in the figure, along one row.</details>
# <details><summary>Hint 2</summary>Three taps have two gaps between them. How many pixels are
# skipped in each gap?</details>

# %% [markdown]
# **Explore.** *Figure:* a handwritten digit, on it the frame and the taps of a dilated kernel;
# beside it the arithmetic.
#
# 1. Which three settings have a window of 13 pixels? Which of them reads the most pixels?
# 2. How do the weights change with *d*, and how with *k*?
# 3. When does the kernel not fit into the picture any more?

# %% tags=["demonstration"]
digits = load_digits_images(size=28)
print(digits.note)
other_convolutions.explore_dilation(digits.x_train[digits.y_train == 3][0, :, :, 0])

# %% [markdown]
# ### Exercise `dilated_shape` and `dilated_weights` (1 + 1 points)
#
# `Conv2D(32, 3, dilation_rate=2, use_bias=False)` on a 28×28 map with 16 channels. What is the
# output shape, and how many weights does the layer have?

# %% nbgrader={"grade_id": "dilated", "solution": true}
dilated_shape = ...  # (height, width, channels)
dilated_weights = ...  # one whole number
### BEGIN SOLUTION
extent = 3 + (3 - 1) * (2 - 1)
dilated_shape = (28 - extent + 1, 28 - extent + 1, 32)
dilated_weights = 3 * 3 * 16 * 32  # the gaps have no weights
### END SOLUTION

# %% nbgrader={"grade_id": "test_dilated", "grade": true}
check("dilated_shape", dilated_shape)
check("dilated_weights", dilated_weights)

# %% [markdown]
# <details><summary>Hint 1</summary>No <code>padding=</code>: the window must stay inside the map.
# How many positions does it have? (Notebook 02, with the window of your last answer.)</details>
# <details><summary>Hint 2</summary>For the weights ask: how many numbers of the map are multiplied
# for one output number?</details>

# %% [markdown]
# **Compare** with Keras. The multiplications are those for one image.

# %% tags=["demonstration", "nbval-check-output"]
for padding in ("valid", "same"):
    for rate in (1, 2, 4):
        layer = layers.Conv2D(32, 3, dilation_rate=rate, padding=padding, use_bias=False)
        model = models.Sequential([Input((28, 28, 16)), layer])
        shape, weights, macs = model.output_shape[1:], model.count_params(), count_macs(model)
        print(f"{padding:5}  dilation {rate}: {shape}  {weights:,} weights", end="  ")
        print(f"{macs:,} multiplications")

try:
    layers.Conv2D(32, 3, strides=2, dilation_rate=2)(np.zeros((1, 28, 28, 16), "float32"))
except ValueError as error:
    print("\nstride 2 and dilation 2 together:", type(error).__name__)
    print(str(error).splitlines()[0])

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: dilation expands the receptive field at the <i>same computation and
# memory costs</i>.<br>
# <b>Actually</b>: the same number of weights, and the same multiplications <b>for each position of
# the output</b>. With <code>padding="valid"</code> there are fewer positions: at rate 4 a side of
# 28 shrinks to 20, not to 26. With <code>padding="same"</code> all three lines above are equal. And
# Keras refuses a stride above 1 together with a dilation rate above 1.
# </div>

# %% [markdown]
# ### What it is good for: seeing far without getting small
#
# To enlarge the receptive field networks usually pool, or stride. Both **reduce the resolution**:
# what comes out is a small map. For "cat or dog?" that is welcome; for "which *pixels* are cat?" it
# is not. Dilation allows an **exponential** expansion of the receptive field **without loss of
# resolution**: let the rate double from layer to layer, 1, 2, 4, 8, ... Each layer then sees about
# twice as far as the one before, and the map stays as it is.

# %% tags=["demonstration", "nbval-check-output"]
pooled = [Input((28, 28, 1))]
dilated = [Input((28, 28, 1))]
for rate in (1, 2, 4):
    pooled += [layers.Conv2D(8, 3, padding="same"), layers.MaxPooling2D()]
    dilated += [layers.Conv2D(8, 3, padding="same", dilation_rate=rate)]
for name, stack in (("with pooling ", pooled), ("with dilation", dilated)):
    model = models.Sequential(stack)
    shapes = [layer.output.shape[1:3] for layer in model.layers]
    print(f"{name} {model.count_params():,} weights; sides", [side for side, _ in shapes])

# %% [markdown]
# ### Exercise `dilated_receptive_field` (2 points)
#
# How wide is the receptive field of three stacked 3×3 convolutions with dilation rates 1, 2, 4, and
# of four with rates 1, 2, 4, 8? (Stride 1 everywhere. Without dilation it is 7 and 9.)

# %% nbgrader={"grade_id": "dilated_receptive_field", "solution": true}
dilated_receptive_field = ...  # two whole numbers
### BEGIN SOLUTION
# One pixel, and each layer adds (3 - 1) · rate: no strides, so the jump stays 1.
stacks = [1, 2, 4], [1, 2, 4, 8]
dilated_receptive_field = [1 + sum(2 * rate for rate in rates) for rates in stacks]
### END SOLUTION

# %% nbgrader={"grade_id": "test_dilated_receptive_field", "grade": true}
check("dilated_receptive_field", dilated_receptive_field)

# %% [markdown]
# <details><summary>Hint 1</summary>Notebook 03: begin with one pixel; each layer adds (k-1)·d times
# the jump.</details>
# <details><summary>Hint 2</summary>There is no stride and no pooling. What is the jump in every
# layer?</details>

# %% [markdown]
# **Compare.** *Figure:* a row of pixels (bottom) and three layers with rates 1, 2 and 4 above it.
# The orange value at the top reads three values four places apart; each of these reads three that
# are two apart; and so on. In the end no pixel of the window is left out.

# %% tags=["demonstration"]
receptive_fields.plot_field_cone([(3, 1, 1), (3, 1, 2), (3, 1, 4)])

# %% [markdown]
# *Figure:* receptive field against the number of layers. Ordinary 3×3 convolutions (blue dots) grow
# by 2 pixels per layer, along a straight line. When the rate doubles from layer to layer (orange
# squares), each layer adds twice as much as the one before. The grey line is the whole digit: the
# ordinary ones need 14 layers to see it.

# %% tags=["demonstration"]
receptive_fields.plot_growth(
    {
        "3×3, dilation 1 in every layer": [(3, 1, 1)] * 14,
        "3×3, dilation 1, 2, 4, 8": [(3, 1, 2**layer) for layer in range(4)],
    },
    goal=28,
)

# %% [markdown]
# ### The price: holes
#
# **Predict.** Now three layers that *all* have dilation rate 2. Together they see a window of
# 13×13 = 169 pixels. How many of these 169 pixels does the output really read?

# %% nbgrader={"grade_id": "predict_gridding", "solution": true} tags=["prediction"]
predict_gridding = ...  # your guess: 1 to 169
### BEGIN SOLUTION
predict_gridding = 169
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_gridding", "grade": true}
check("predict_gridding", predict_gridding)

# %% [markdown]
# **Run.** We ask the network: with all weights 1 the output reads a pixel if a change of this pixel
# changes the output.

# %% tags=["demonstration"]
three_layers = models.Sequential(
    [Input((13, 13, 1))]
    + [layers.Conv2D(1, 3, dilation_rate=2, kernel_initializer="ones") for _ in range(3)]
)
one_pixel_each = np.eye(169, dtype="float32").reshape(169, 13, 13, 1)  # 169 pictures
answers = three_layers.predict(one_pixel_each, verbose=0)
compare("predict_gridding", predict_gridding, int((answers != 0).sum()))
other_convolutions.plot_gridding(
    {
        "dilation 1, 2, 3": [(3, 1, 1), (3, 1, 2), (3, 1, 3)],
        "dilation 2, 2, 2": [(3, 1, 2)] * 3,
    }
)

# %% [markdown]
# *Figure:* by how many paths each pixel reaches the output, brighter for more; hatched pixels are
# never read. Both stacks see 13×13 pixels with the same number of weights. With rates 1, 2, 3 the
# window is filled. With 2, 2, 2 it is a sieve: only every second row and column counts, and the
# neighbouring output reads *other* pixels. This is the **gridding artefact**: neighbouring outputs
# hardly know of each other, and a map of labels gets a checked pattern. So do not repeat one rate;
# mix them.
#
# In practice dilation is not equally exciting for all problems. Where an output is wanted *for
# every pixel* or *every sample* it is standard (semantic segmentation, or sound in WaveNet); for
# classifying whole images pooling and strides do the job, and every later layer is cheaper on the
# smaller map.

# %% [markdown]
# ## 11.2 Depthwise separable convolutions (27 minutes)
#
# An ordinary convolution does two things in one go: it looks for patterns *in space*, and it mixes
# *channels*. A **depthwise separable** convolution does one after the other.
#
# 1. **Depthwise:** each input channel gets *one* k×k filter of its own. The results are **not
#    added, just stacked**.
# 2. **Pointwise:** an ordinary 1×1 convolution mixes the stacked maps.
#
# *Figure:* dots are channels, lines are weights, for 4 input channels and 6 filters. On the left an
# ordinary convolution: every output (orange: the first one) reads every input, and each line is a
# 3×3 filter. On the right the two steps: first each channel alone, then lines that are a single
# number.

# %% tags=["demonstration"]
other_convolutions.plot_separable(channels=4, filters=6)

# %% [markdown]
# **By hand.** *Figure:* a 3×3 map with two channels, one below the other; beside each channel its
# own 3×3 filter, and the products. Follow the numbers in the cell after it: the depthwise step
# gives two numbers, one per channel (an ordinary filter would have *added* them). The pointwise
# step makes three numbers of these two, one for each filter.

# %% nbgrader={"grade_id": "small_example", "locked": true}
small_map = np.array([[[1, 0], [2, 1], [0, 1]], [[0, 3], [1, 2], [2, 0]], [[1, 1], [0, 0], [3, 2]]])
small_depthwise = np.array(
    [[[1, 0], [0, 1], [-1, 0]], [[1, 1], [0, -4], [-1, 1]], [[1, 0], [0, 1], [-1, 0]]]
)
small_pointwise = np.array([[1, 0, 2], [0, 1, 1]])  # (2 channels, 3 filters)

# %% tags=["demonstration"]
for channel in (0, 1):
    pictures = {
        f"channel {channel}": small_map[:, :, channel],
        f"its filter {channel}": small_depthwise[:, :, channel],
        "products": small_map[:, :, channel] * small_depthwise[:, :, channel],
    }
    display(plot_number_grids(pictures, signs=("*", "=")))

# %% tags=["demonstration", "nbval-check-output"]
products = small_map * small_depthwise  # one position: the window is the whole map
stacked = products.sum(axis=(0, 1))  # over rows and columns, not over channels
print(f"depthwise step: {stacked}  (an ordinary filter gives {products.sum()})")
for f in range(3):
    weights = small_pointwise[:, f]
    print(f"pointwise filter {f}: {stacked[0]}·{weights[0]} + {stacked[1]}·{weights[1]}", end="")
    print(" =", stacked @ weights)

# %% [markdown]
# ### Exercise `separable_params` (3 points)
#
# The lecture's example: a map with 16 channels, 32 filters, 3×3, **no biases**. How many weights
# has the ordinary convolution; how many the depthwise step, the pointwise step, and both together?

# %% nbgrader={"grade_id": "separable_params", "solution": true}
separable_params = ...  # four whole numbers: ordinary, depthwise, pointwise, separable
### BEGIN SOLUTION
ordinary = 32 * 3 * 3 * 16  # 32 filters, each as deep as the map
depthwise = 16 * 3 * 3  # one flat filter for each input channel
pointwise = 32 * 1 * 1 * 16  # 32 filters of 1×1, as deep as the stacked maps
separable_params = [ordinary, depthwise, pointwise, depthwise + pointwise]
### END SOLUTION

# %% nbgrader={"grade_id": "test_separable_params", "grade": true}
check("separable_params", separable_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Draw the figure above with 16 and 32 dots. How many lines are
# there, and how many weights has each?</details>
# <details><summary>Hint 2</summary>How many channels has the map <i>between</i> the two steps? The
# number of filters has not appeared yet.</details>

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture's figure says</b> (in its text) that the intermediate feature map has a depth of 32
# and that a pointwise kernel is 1×1×32.<br>
# <b>Actually</b>: the depthwise step keeps the 16 channels, so there are 32 pointwise filters of
# 1×1×16. The lecture's <i>numbers</i> are right; they count no biases.
# </div>

# %% [markdown]
# ### Exercise `separable_ratio` (1 point)
#
# What share of the ordinary convolution's weights does the separable one need? Give a fraction to
# four decimals. Then try to simplify it: which term comes from the depthwise step, which from the
# pointwise step?

# %% nbgrader={"grade_id": "separable_ratio", "solution": true}
separable_ratio = ...  # a number between 0 and 1
### BEGIN SOLUTION
# (k²·C + C·F) / (k²·C·F) = 1/F + 1/k²
separable_ratio = 1 / 32 + 1 / 3**2
### END SOLUTION

# %% nbgrader={"grade_id": "test_separable_ratio", "grade": true}
check("separable_ratio", separable_ratio)

# %% [markdown]
# <details><summary>Hint 1</summary>The last number of your list over the first one.</details>
# <details><summary>Hint 2</summary>Write both as products with k, C and F, and cancel before you
# calculate. The number of input channels drops out.</details>

# %% [markdown]
# **Compare** with Keras. `SeparableConv2D` does both steps in one layer. By default Keras adds
# biases: one per filter at the end, and 16 more if you build the two steps from two layers.

# %% tags=["demonstration", "nbval-check-output"]
stacks = {
    "Conv2D": [layers.Conv2D(32, 3, padding="same")],
    "SeparableConv2D": [layers.SeparableConv2D(32, 3, padding="same")],
    "DepthwiseConv2D, Conv2D 1×1": [
        layers.DepthwiseConv2D(3, padding="same"),
        layers.Conv2D(32, 1),
    ],
}
for name, stack in stacks.items():
    model = models.Sequential([Input((28, 28, 16)), *stack])
    biases = sum(weight.shape[0] for weight in model.weights if len(weight.shape) == 1)
    print(f"{name:28} {model.count_params():,} weights ({biases} biases)", end=", ")
    print(f"{count_macs(model):,} multiplications on 28×28")

# %% [markdown]
# Simplified, the share is **1/F + 1/k²**: with many filters a separable 3×3 convolution costs about
# a ninth. The multiplications shrink by the same factor, because every weight is used once at every
# position. That is what made networks fit into telephones: MobileNet and Xception consist almost
# entirely of such layers, and NASNet (below) as well.
#
# **Explore** the costs. *Figure:* a bar for the weights of four kinds of convolution (the two in
# the middle come in section 11.3), with their share and their multiplications.
#
# 1. 256 → 256 channels, kernel 7: how many per cent are left?
# 2. Take few filters (16) and many input channels (256). Does the separable one still win against
# 16 groups?
# 3. Which control changes the multiplications but no bar?

# %% tags=["demonstration"]
other_convolutions.explore_costs()

# %% [markdown]
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>Think, pair, share</b><br>
# <i>The lecture writes: "Each convolution may be seen as" a depthwise and a pointwise step. May it?
# Can every ordinary 3×3 convolution be replaced by a separable one that computes the same?</i>
# <ul>
# <li><b>2 minutes alone:</b> compare how many numbers you can choose freely in each of the
# two.</li>
# <li><b>2 minutes with a neighbour:</b> one input channel, two filters: "vertical edges" and
# "horizontal edges". Try to write them as a separable convolution.</li>
# </ul>
# <details><summary>Compare</summary>
# No. The other direction is true: every separable convolution <i>is</i> an ordinary one, whose
# kernel for channel c and filter f is (depthwise filter of c) times (one number). So <b>all filters
# share the same spatial pattern per channel</b> and differ only in how strongly they use it. From
# one channel you cannot get vertical <i>and</i> horizontal edges. A separable layer has fewer
# weights because it can do less; whether what is left is enough must be tried.
# </details>
# </div>

# %% [markdown]
# **Run.** The direction that is true, in Keras: put the product of both steps into an ordinary
# convolution. It computes the same.

# %% tags=["demonstration", "nbval-check-output"]
maps = np.random.default_rng(0).normal(size=(1, 12, 12, 16)).astype("float32")
two_steps = layers.SeparableConv2D(32, 3, use_bias=False)
one_step = layers.Conv2D(32, 3, use_bias=False)
expected, _ = two_steps(maps), one_step(maps)

depthwise, pointwise = two_steps.get_weights()  # (3, 3, 16, 1) and (1, 1, 16, 32)
one_step.set_weights([depthwise * pointwise])  # NumPy broadcasts to (3, 3, 16, 32)
difference = ops.convert_to_numpy(ops.max(ops.abs(one_step(maps) - expected)))
print("depthwise", depthwise.shape, "pointwise", pointwise.shape, "product", one_step.kernel.shape)
print("same output:", bool(difference < 1e-5))

# %% [markdown]
# ### Exercise `depthwise_separable` (4 points)
#
# Write both steps in NumPy, without padding, stride 1. `x` is a map (H, W, C), `depthwise` holds
# one k×k filter for each channel, (k, k, C), and `pointwise` the weights of the F filters, (C, F).
#
# Example: a (4, 5, 2) map with 3×3 filters and `pointwise` of shape (2, 3) gives (2, 3, 3). For
# `small_map`, `small_depthwise`, `small_pointwise` the result is the three numbers above, with
# shape (1, 1, 3).


# %% nbgrader={"grade_id": "depthwise_separable", "solution": true}
def depthwise_separable(x, depthwise, pointwise):
    """Return the (H-k+1, W-k+1, F) output of a depthwise and a pointwise convolution."""
    ### BEGIN SOLUTION
    height, width, channels = x.shape
    k = depthwise.shape[0]
    stacked = np.zeros((height - k + 1, width - k + 1, channels))
    for i in range(height - k + 1):
        for j in range(width - k + 1):
            window = x[i : i + k, j : j + k]  # (k, k, C)
            stacked[i, j] = (window * depthwise).sum(axis=(0, 1))  # do not add the channels
    return stacked @ pointwise  # at every position: C numbers become F
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_depthwise_separable", "grade": true}
check("depthwise_separable", depthwise_separable)

# %% [markdown]
# <details><summary>Hint 1</summary>Two steps, so keep the map between them: what shape has
# it?</details>
# <details><summary>Hint 2</summary>Depthwise: cut out the window as in notebook 01. It is (k, k,
# C), just like <code>depthwise</code>. After multiplying, over which axes do you add, and which one
# must be left over?</details>
# <details><summary>Hint 3</summary>Pointwise: at every position a vector of C numbers times a (C,
# F) matrix. NumPy's <code>@</code> does that for all positions at once.</details>

# %% [markdown]
# **Practice drill** `drill_separable` (not graded). First a worked example; cover the second output
# with your hand.

# %% tags=["demonstration"]
example = practice_drill("drill_separable", 1)
example

# %% tags=["demonstration", "nbval-check-output"]
print(example.solution())

# %% [markdown]
# Now you, as often as you like: change the number of the question, and check your answer in a cell
# of your own.
#
# ```python
# question.check([1, 2, 3, 4])  # your answer in place of 1, 2, 3, 4
# print(question.solution())    # the worked way
# ```

# %% tags=["demonstration"]
question = practice_drill("drill_separable", 2)
question

# %% [markdown]
# ### Is it as good? Really trained
#
# The classroom network of notebook 03, with its second and third convolution separable. (The first
# one reads a single channel: there is nothing to separate.) Both networks train for five epochs on
# the same 1,200 digits.


# %% tags=["demonstration"]
def classroom_network(convolution):
    """Build the classroom network with this kind of layer as second and third convolution."""
    return models.Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            convolution(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            convolution(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


# %% tags=["demonstration"]
runs = {}
for name, convolution in (("ordinary", layers.Conv2D), ("separable", layers.SeparableConv2D)):
    keras.utils.set_random_seed(1)
    network = classroom_network(convolution)
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    held_out = (digits.x_test, digits.y_test)
    runs[name] = fit_quietly(
        network, digits.x_train, digits.y_train, epochs=5, validation_data=held_out
    )
    print(f"{name:9} {network.count_params():,} parameters, {count_macs(network):,}", end=" ")
    print(f"multiplications, accuracy {runs[name].history['val_accuracy'][-1]:.3f}")
plot_training_curves(runs)

# %% [markdown]
# *Figure:* loss (left) and accuracy (right) by epoch, solid for training, dashed for the held-out
# digits; blue is the ordinary network, orange the separable one.
#
# **Read it honestly.** Half of the parameters are gone, and most of those that are left sit in the
# Dense layers: the two convolutions themselves became eight times smaller. The separable network
# learns **more slowly** and is a little behind after five epochs, with other seeds too.
# This small experiment cannot show that separable layers win. They do where the *budget* is fixed:
# for the same weights and multiplications a network can have many more channels or layers. Nor do
# fewer multiplications mean less time on every machine: a depthwise step does little arithmetic for
# each number that it fetches from memory.

# %% [markdown]
# ## 11.3 Other factorisations (10 minutes)
#
# **1×7, then 7×1.** A 7×7 convolution can be replaced by a row and a column, one after the other.
# Together they see the same 7×7 window.
#
# *Figure:* the idea with three numbers. A column (3×1) times a row (1×3) is a whole 3×3 kernel; the
# product shown is a Sobel filter (notebook 01). What you cannot get in this
# way is, for example, a diagonal line: every row of the product is a multiple of *the same* row. As
# with separable convolutions: fewer weights, fewer possible kernels.

# %% tags=["demonstration"]
column, row = np.array([[1], [2], [1]]), np.array([[1, 0, -1]])
plot_number_grids({"3×1": column, "1×3": row, "product": column * row}, signs=("*", "="))

# %% [markdown]
# ### Live check `factorised_7x7` (not graded)
#
# 16 channels in, 16 channels between, 16 channels out, no biases. How many weights have the 1×7 and
# the 7×1 convolution together, and how many has one 7×7 convolution?

# %% nbgrader={"grade_id": "factorised_7x7", "solution": true} tags=["prediction"]
factorised_7x7 = ...  # two whole numbers: both together, and 7×7
### BEGIN SOLUTION
factorised_7x7 = [(1 * 7 * 16 * 16) + (7 * 1 * 16 * 16), 7 * 7 * 16 * 16]
### END SOLUTION

# %% tags=["demonstration"]
practice("factorised_7x7", factorised_7x7)

# %% [markdown]
# In general it is 2·k instead of k·k, as long as the number of channels stays the same throughout.
# 1×3 then 3×1 is the small brother. Both are among the operations that NASNet could choose from,
# and Inception-v3 is full of them.
#
# **Grouped convolutions.** Cut the channels into groups; each filter reads the channels of *its*
# group only. In Keras: `Conv2D(filters, kernel_size, groups=...)`. One group is the ordinary
# convolution; as many groups as channels is the depthwise one. AlexNet (notebook 06) had two
# groups, because it was cut in half for two GPUs.
#
# **Explore.** *Figure:* eight input channels (left) and eight filters (right) with the connections
# of two groups, blue and orange. Each line is a 3×3 filter. Try 1, 4 and 8 groups. What happens to
# the number of lines? Can information get from the first channel to the last filter?

# %% tags=["demonstration"]
other_convolutions.explore_groups()

# %% [markdown]
# ### Exercise `grouped_params` (1 point)
#
# A 3×3 convolution from 128 to 128 channels, no biases: how many weights ordinarily, and how many
# with `groups=32`?

# %% nbgrader={"grade_id": "grouped_params", "solution": true}
grouped_params = ...  # two whole numbers: ordinary, 32 groups
### BEGIN SOLUTION
channels_per_group = 128 // 32
grouped_params = [3 * 3 * 128 * 128, 3 * 3 * channels_per_group * 128]
### END SOLUTION

# %% nbgrader={"grade_id": "test_grouped_params", "grade": true}
check("grouped_params", grouped_params)

# %% [markdown]
# <details><summary>Hint 1</summary>There are still 128 filters. How many channels does each of them
# read?</details>
# <details><summary>Hint 2</summary>Or count by group: how many filters has a group, and how deep
# are they? Then times the number of groups.</details>

# %% [markdown]
# **ResNeXt** uses exactly this layer inside a residual block: 1×1, then 3×3 with 32 groups, then
# 1×1. The table of notebook 08 has two such networks, ResNeXt50 with 25,097,128 and ResNeXt101 with
# 44,315,560 parameters. They are no longer in `keras.applications`, but they are quickly rebuilt.


# %% tags=["demonstration"]
def convolve(x, filters, size, **options):
    """Convolution without bias and batch normalisation."""
    x = layers.Conv2D(filters, size, padding="same", use_bias=False, **options)(x)
    return layers.BatchNormalization()(x)


def resnext_block(x, width, strides=1, project=False):
    """1×1, 3×3 in 32 groups, 1×1, and the shortcut."""
    shortcut = convolve(x, 2 * width, 1, strides=strides) if project else x
    x = layers.ReLU()(convolve(x, width, 1))
    x = layers.ReLU()(convolve(x, width, 3, groups=32, strides=strides))
    x = convolve(x, 2 * width, 1)
    return layers.ReLU()(layers.add([x, shortcut]))


# %% tags=["demonstration", "nbval-check-output"]
def resnext(blocks_per_stage):
    """Build a ResNeXt with four stages of 128, 256, 512 and 1024 filters."""
    inputs = Input((224, 224, 3))
    x = layers.ReLU()(convolve(inputs, 64, 7, strides=2))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    for stage, blocks in enumerate(blocks_per_stage):
        for block in range(blocks):
            strides = 2 if block == 0 and stage > 0 else 1
            x = resnext_block(x, 128 * 2**stage, strides, project=block == 0)
    x = layers.GlobalAveragePooling2D()(x)
    return models.Model(inputs, layers.Dense(1000, activation="softmax")(x))


for name, blocks in (("ResNeXt50", (3, 4, 6, 3)), ("ResNeXt101", (3, 4, 23, 3))):
    print(f"{name:10} {resnext(blocks).count_params():,} parameters")
keras.backend.clear_session()  # both are large: give the memory back

# %% [markdown]
# ## 11.4 NASNet: who designs a network? (4 minutes)
#
# So far people have chosen: 3×3 or 5×5, dilated or pooled, add or concatenate. **NASNet** (Zoph,
# Vasudevan, Shlens, Le, 2017) lets a *search* choose. It continues **Neural Architecture Search**
# (Zoph and Le, 2017), in which reinforcement learning optimises the configuration of an
# architecture.
#
# - Searching directly on ImageNet is too expensive, since every candidate must be trained.
# - So search for a good **cell** on a small **proxy** data set, CIFAR-10, and then **transfer** the
#   cell: stack many copies of it for ImageNet.
# - Even so the search kept a work queue of **500 GPUs** busy for **4 days**. It found several
#   candidate cells; the best is called NASNet-A.
#
# *Figure:* the loop of the search, which the next section takes apart.

# %% tags=["demonstration"]
architecture_search.plot_search_loop()

# %% [markdown]
# ## 11.5 The search algorithm (11 minutes)
#
# A **controller**, a recurrent network, writes down an architecture choice by choice; each choice
# is drawn from a softmax. The **child network** is built and trained, and its accuracy on held-out
# images is the reward. A **policy gradient** changes the controller so that choices which led to
# good rewards become more probable. Then the next child.
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: the child networks are trained "to convergence", and the architecture
# search paper is "under review" for ICLR 2017.<br>
# <b>Actually</b>: the lecture's own Figure 6 shows accuracies after 20 epochs; nobody could afford
# to train thousands of children to the end. And the paper was published at ICLR 2017.
# </div>

# %% [markdown]
# **What is chosen.** A cell consists of B = 5 blocks. For each block the controller chooses
#
# - two hidden states as **inputs** (the outputs of the two cells before, or of earlier blocks of
#   this cell),
# - an **operation** for each of the two,
# - and how to **combine** the two results: add or concatenate.
#
# Two kinds of cell are searched for: a *normal* cell that keeps height and width, and a *reduction*
# cell that halves them. The operations:

# %% tags=["demonstration", "nbval-check-output"]
print(*nas.NASNET_OPERATIONS, sep="\n")

# %% [markdown]
# Every one of them you know by now.
#
# ### Exercise `nas_counts` (1 point)
#
# Give four numbers: the candidate operations; the choices for one block (each choice is one draw
# of the controller); the choices for one whole cell with B = 5 blocks; and what the search cost in
# GPU-days.

# %% nbgrader={"grade_id": "nas_counts", "solution": true}
nas_counts = ...  # four whole numbers: operations, choices per block, choices per cell, GPU-days
### BEGIN SOLUTION
choices = 2 + 2 + 1  # two inputs, two operations, one combination
nas_counts = [len(nas.NASNET_OPERATIONS), choices, choices * 5, 500 * 4]
### END SOLUTION

# %% nbgrader={"grade_id": "test_nas_counts", "grade": true}
check("nas_counts", nas_counts)

# %% [markdown]
# <details><summary>Hint 1</summary>Count the lines of the list for the first number, and the
# decisions (not the bullets) of the text for the second.</details>
# <details><summary>Hint 2</summary>A controller writes one decision after the other: all decisions
# of a block, for all blocks of a cell. A GPU-day is one GPU for one day.</details>

# %% [markdown]
# **Run.** `nas.sample_block(rng, b)` draws block number `b` as an untrained controller would, each
# choice with equal probability. Inputs 0 and 1 are the two cells before, 2, 3, ... the blocks of
# this cell.

# %% tags=["demonstration", "nbval-check-output"]
rng = np.random.default_rng(113)
random_cell = [nas.sample_block(rng, b) for b in (1, 2, 3, 4, 5)]
for number, block in enumerate(random_cell, start=1):
    print(f"block {number}: inputs {block.inputs}, {block.combination}")
    print(f"         {block.operations[0]} / {block.operations[1]}")
print(f"\ndifferent cells with five blocks: {nas.search_space_size(5):,}")

# %% [markdown]
# *Figure:* this random cell, from its inputs (white, bottom) over operations (yellow, in short) and
# combinations (green) to the output (pink), which concatenates all blocks that nobody has read.
# Lines from the previous but one cell are blue.

# %% tags=["demonstration"]
architecture_search.plot_cell(random_cell)

# %% [markdown]
# More than two quintillion cells: trying them all is out of the question.
#
# ### Live check `sample_block` (not graded)
#
# Between how many hidden states does block 1 choose for each of its inputs? And blocks 2, 3, 4, 5?
# Think, or call `nas.sample_block(rng, b)` many times and collect `.inputs`.

# %% nbgrader={"grade_id": "sample_block", "solution": true} tags=["prediction"]
sample_block = ...  # five whole numbers: for blocks 1, 2, 3, 4, 5
### BEGIN SOLUTION
drawn = np.random.default_rng(0)
sample_block = [
    len({state for _ in range(300) for state in nas.sample_block(drawn, b).inputs})
    for b in (1, 2, 3, 4, 5)
]
### END SOLUTION

# %% tags=["demonstration"]
practice("sample_block", sample_block)

# %% [markdown]
# ## 11.6 The best cells, and pure chance (20 minutes)
#
# *Figures:* the two best cells, NASNet-A, normal (first) and reduction (second), in the colours of
# the paper's Figure 4, drawn as `keras.applications` builds them. Look for the patterns: nothing
# but separable convolutions and poolings, only additions as combinations, and identities that work
# as shortcuts, as in a residual network. In the reduction cell blocks 4 and 5 read other blocks,
# and block 2, though read by block 4, is part of the output, too.

# %% tags=["demonstration"]
display(architecture_search.plot_cell(nas.NASNET_A_NORMAL, [0, 2, 3, 4, 5, 6], "normal cell"))
display(architecture_search.plot_cell(nas.NASNET_A_REDUCTION, [3, 4, 5, 6], "reduction cell"))

# %% [markdown]
# **Run.** A whole NASNet, built from these cells (without downloading its weights):

# %% tags=["demonstration", "nbval-check-output"]
network = keras.applications.NASNetMobile(weights=None)
separable = sum(isinstance(layer, layers.SeparableConv2D) for layer in network.layers)
print(f"NASNetMobile: {network.count_params():,} parameters, {len(network.layers)} layers,")
print(f"              {separable} of them SeparableConv2D")
del network
keras.backend.clear_session()

# %% [markdown]
# ### A search you can afford
#
# Our search space is tiny: **two operations in a row**, six candidates for each, between an 8×8
# digit and global average pooling. That makes 36 networks. All of them were trained beforehand,
# each for 8 epochs on 1,200 digits, so that a search can look an accuracy up instead of training.
#
# *Figure:* the accuracies on 597 held-out digits, first operation by row, second by column; the
# best network is framed. Without a 3×3 convolution of some kind a network stays at the level of
# guessing, 0.1. Each value comes from one training: another seed would reorder the best few.

# %% tags=["demonstration"]
table = nas.nas_table()
architecture_search.plot_nas_table(table)

# %% [markdown]
# **Check one child.** Is the table true? Train the best network here, in plain Keras.

# %% tags=["demonstration"]
small_digits = load_digits_images(size=8)
keras.utils.set_random_seed(0)
child = models.Sequential(
    [
        Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.Conv2D(16, 3, padding="same", activation="relu", dilation_rate=2),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ]
)
child.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
run = fit_quietly(child, small_digits.x_train, small_digits.y_train, epochs=8, batch_size=64)
_, accuracy = child.evaluate(small_digits.x_test, small_digits.y_test, verbose=0)
print(f"trained here in {run.seconds:.1f} s: {accuracy:.3f}", end="; ")
print(f"in the table: {table.accuracy.max():.3f}")

# %% [markdown]
# ### The policy gradient, REINFORCE
#
# In place of a recurrent controller we keep a row of **logits** θ for each of the two positions;
# the softmax of a row gives the probabilities of the operations. Draw one operation per position,
# look up the reward R, and move the logits:
#
# > **θ ← θ + lr · (R - b) · (onehot - softmax(θ))**
#
# - *onehot* has a 1 at the operation that was drawn, in every row.
# - *b* is the **baseline**, for example the mean of the rewards so far. Better than usual: the
#   drawn operations become more probable. Worse than usual: less.
# - What one logit gains the others of its row lose.
#
# ### Exercise `reinforce_step` (3 points)
#
# Write this step. `theta` has shape (positions, operations) and may hold whole numbers; `actions`
# holds the index of the operation drawn for each position. Return a **new** array of floats and
# leave `theta` as it is.
#
# Example: two positions with two operations, all logits 0, `actions=[0, 1]`, reward 0.75, baseline
# 0.25 gives `[[0.25, -0.25], [-0.25, 0.25]]`.


# %% nbgrader={"grade_id": "reinforce_step", "solution": true}
def reinforce_step(theta, actions, reward, baseline, lr: float = 1.0):
    """Return the logits after one step of REINFORCE; `theta` is not changed."""
    ### BEGIN SOLUTION
    odds = np.exp(theta - theta.max(axis=1, keepdims=True))  # the largest exponent is 0
    probabilities = odds / odds.sum(axis=1, keepdims=True)
    onehot = np.zeros(theta.shape)
    onehot[np.arange(len(theta)), actions] = 1
    return theta + lr * (reward - baseline) * (onehot - probabilities)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_reinforce_step", "grade": true}
check("reinforce_step", reinforce_step)

# %% [markdown]
# <details><summary>Hint 1</summary>Three lines: the softmax of every row, the one-hot rows, the
# formula.</details>
# <details><summary>Hint 2</summary>A softmax is <code>np.exp(theta)</code>, each row divided by its
# own sum. <code>axis=1, keepdims=True</code> keeps the sums in a column, so that the division
# fits.</details>
# <details><summary>Hint 3</summary><code>np.eye(n)</code> has the one-hot rows of n operations.
# Index it with <code>actions</code>.</details>

# %% [markdown]
# **Run** the search with `nas.reinforce_search`, and beside it `nas.random_search`, which draws
# with equal probability for ever. Both try 120 networks; because luck plays a part, each search
# runs 20 times with other random numbers.
#
# **Predict.** After the first **40** networks, by how many *percentage points* is the best network
# that REINFORCE has found better than the best that random search has found, on average? Round to a
# whole number (below 0: random search is ahead).

# %% nbgrader={"grade_id": "predict_search_lead", "solution": true} tags=["prediction"]
predict_search_lead = ...  # your guess: percentage points, rounded
### BEGIN SOLUTION
predict_search_lead = 10
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_search_lead", "grade": true}
check("predict_search_lead", predict_search_lead)

# %% tags=["demonstration", "nbval-check-output"]
searches = {
    "random search": [nas.random_search(table.accuracy, 120, seed) for seed in range(20)],
    "REINFORCE": [nas.reinforce_search(table.accuracy, 120, seed) for seed in range(20)],
}
best_after_40 = {}
for name, twenty in searches.items():
    late = np.mean([search.rewards[-30:].mean() for search in twenty])
    best_after_40[name] = np.mean([search.best_so_far[39] for search in twenty])
    print(f"{name:14} last 30 networks: {late:.3f} on average", end=", ")
    print(f"best of the first 40: {best_after_40[name]:.3f}")
lead = best_after_40["REINFORCE"] - best_after_40["random search"]
compare("predict_search_lead", predict_search_lead, round(100 * lead))

# %% tags=["demonstration"]
architecture_search.plot_searches(searches)

# %% [markdown]
# *Figure:* means of 20 searches. On the left the accuracy of the network just tried: random search
# (blue, dashed) stays where it is, REINFORCE (orange) learns to try good networks. On the right the
# best network so far: the two curves lie on top of each other.
#
# **Read it honestly.** The controller *learns*; that is the left side. But what one wants in the
# end is *one* good network, and for that the right side counts: **random search is a strong
# baseline**. In a space of 36 networks with several good ones a few dozen draws find one of them.
# The lecture's Figure 6 makes the same comparison in the large: models sampled so far (across)
# against CIFAR-10 accuracy after 20 epochs (up). There reinforcement learning is ahead, also in the
# mean of its best networks, but random search is not far behind; most of the progress is in the
# *search space* that people designed.

# %% [markdown]
# ### Live check `random_search` (not graded)
#
# Random search draws from 36 networks, with repetition. How many draws does it take until, with a
# probability of **at least 90 %**, one of the **best three** has been among them?

# %% nbgrader={"grade_id": "random_search", "solution": true} tags=["prediction"]
random_search = ...  # a whole number of draws
### BEGIN SOLUTION
# The chance that n draws miss all three is (33/36)^n.
random_search = next(n for n in range(1, 1000) if 1 - (33 / 36) ** n >= 0.9)
### END SOLUTION

# %% tags=["demonstration"]
practice("random_search", random_search)

# %% [markdown]
# <details><summary>Hint 1</summary>Turn it round: how probable is it that one draw misses all
# three? That two draws do? That n draws do?</details>
# <details><summary>When your check says ✓</summary>The size of the space plays no part, only the
# <i>share</i> of good networks does. If one architecture in twelve is good, it does not matter
# whether there are 36 or two quintillion.</details>
#
# **Explore** a single search. *Figure:* left the accuracy of each network tried (dots) and the best
# so far (orange); right the probabilities of the next draw, blue for the first operation, orange
# for the second.
#
# 1. Let the number of networks grow from 1 to 120. When does the controller make up its mind?
# 2. Learning rate 6 and several seeds: it makes up its mind soon, often not on the best network,
# and then never looks at another one.
# 3. Learning rate 0: which search is that?

# %% tags=["demonstration"]
architecture_search.explore_search(table)

# %% [markdown]
# ## In your own words
#
# ### Exercise `other_conv_written` (2 points, graded by your teacher)
#
# Choose **one** question and answer it in 40 to 120 words, with a number or a picture from this
# notebook.
#
# - **(a)** When would you prefer dilation to pooling, and what is its price?
# - **(b)** Why does architecture search use a proxy data set, and what could go wrong with it?

# %% [markdown] nbgrader={"grade_id": "other_conv_written", "grade": true, "solution": true}
# **Model answer (a).** When the output must be as fine as the input, for example one label per
# pixel in segmentation. Pooling enlarges the receptive field but makes the map smaller: three
# poolings turn 28×28 into 3×3. Three 3×3 convolutions with rates 1, 2, 4 see 15×15 pixels with the
# weights of ordinary ones, and the map stays 28×28. The price: all later layers work on the large
# map, and with equal rates the window has holes (2, 2, 2 reads only 49 of 169 pixels).
#
# **Model answer (b).** Every candidate must be trained before it gives a reward, and a search needs
# thousands of candidates: on ImageNet that would be far too expensive, even the search on CIFAR-10
# took 500 GPUs for four days. What can go wrong: the cell that is best on small images, after few
# epochs and with few filters, need not be the best on large images and after long training; the
# search may fit the noise of the proxy's validation set; or it favours cells that learn *fast*.
#
# **Marking scheme (2 points)**
#
# - (a) 1 point: dense outputs or resolution must be kept, while the receptive field has to be
#   large. 1 point: a price: gridding, cost of the large maps, or no gain for plain classification.
# - (b) 1 point: cost of training every candidate. 1 point: a way in which the ranking on the proxy
#   can differ from the ranking on the real task (size of images, short training, noise).
# - In both: half a point off if no number or picture of the notebook is used.

# %% [markdown]
# ## Summary
#
# | convolution | pixels read | channels read | weights, C → F channels, no biases |
# |---|---|---|---|
# | ordinary `Conv2D(F, k)` | k×k neighbours | all | k²·C·F |
# | dilated `dilation_rate=d` | k×k, d apart | all | k²·C·F |
# | pointwise `Conv2D(F, 1)` | one | all | C·F |
# | depthwise `DepthwiseConv2D(k)` | k×k neighbours | one | k²·C |
# | separable `SeparableConv2D(F, k)` | k×k neighbours | one, then all | k²·C + C·F |
# | 1×k, then k×1 | k, then k | all | k·C·C + k·C·F |
# | grouped `groups=g` | k×k neighbours | C/g | k²·C·F/g |
#
# | idea | in one line |
# |---|---|
# | dilation | doubling rates: far sight at full resolution; equal rates leave holes |
# | separable | share 1/F + 1/k² of the weights; all filters share the spatial patterns |
# | NASNet | search a cell on CIFAR-10 by reinforcement learning, stack it for ImageNet |
# | policy gradient | reward above the baseline: make the choices of this network more probable |
# | honest limit | separable layers learned more slowly here; random search is a strong baseline |
#
# **Next:** notebook 12 stops training from scratch and reuses what a network has learned elsewhere.

# %% [markdown]
# ## Further reading
#
# - The lecture follows two articles on towardsdatascience.com: P.-L. Pröve, *An Introduction to
#   different Types of Convolutions in Deep Learning*, and C.-F. Wang, *A Basic Introduction to
#   Separable Convolutions*.
# - F. Yu, V. Koltun, [Multi-Scale Context Aggregation by Dilated
#   Convolutions](https://arxiv.org/abs/1511.07122), 2015.
# - F. Chollet, [Xception: Deep Learning with Depthwise Separable
#   Convolutions](https://arxiv.org/abs/1610.02357), 2016, and A. Howard and others,
#   [MobileNets](https://arxiv.org/abs/1704.04861), 2017.
# - S. Xie, R. Girshick, P. Dollár, Z. Tu, K. He, [Aggregated Residual Transformations for Deep
#   Neural Networks](https://arxiv.org/abs/1611.05431), 2016: ResNeXt.
# - B. Zoph, Q. V. Le, [Neural Architecture Search with Reinforcement
#   Learning](https://arxiv.org/abs/1611.01578), ICLR 2017.
# - B. Zoph, V. Vasudevan, J. Shlens, Q. V. Le, [Learning Transferable Architectures for Scalable
#   Image Recognition](https://arxiv.org/abs/1707.07012), 2017: NASNet.
# - L. Li, A. Talwalkar, [Random Search and Reproducibility for Neural Architecture
#   Search](https://arxiv.org/abs/1902.07638), 2019: the honest message, in the large.
