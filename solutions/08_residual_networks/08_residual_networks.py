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
# # 08 Residual networks

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **write** models with the functional API, and **say** when the Sequential form is not enough,
# - **build** a residual block, and a stack of 32 of them with a loop,
# - **show** in an experiment that shortcuts train a network which does not train without them, and
#   **explain** it with three cases,
# - **join** branches of different shape with a projection,
# - **read** ResNet-34 and ResNet-50, and **check** the keras.applications table against today's
#   Keras.
#
# **You need** notebooks 06 (classic networks) and 07 (why very deep networks would not train).
# **Time:** about 90 minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import keras
import numpy as np
import pandas as pd
from keras import Input, Model, layers, models

from course_utils import compare
from course_utils.architectures.applications import count_network, measured_counts
from course_utils.architectures.depth import digit_depth_net
from course_utils.architectures.resnet import cifar_resnet, resnet34
from course_utils.arithmetic.models import count_macs, layer_table
from course_utils.datasets import load_digits_images, load_mnist, load_sample_photos
from course_utils.datasets.applications import applications_table
from course_utils.explore import applications_table as table_figures
from course_utils.explore import block_paths, network_rows, residual
from course_utils.plots.applications import plot_params_vs_accuracy
from course_utils.plots.diagrams import plot_model_diagram
from course_utils.plots.training import plot_training_curves
from course_utils.training import fit_quietly

# %% [markdown]
# *The whole notebook in one picture.* A photograph of a temple runs through up to 30 convolutions
# with random weights, as they are before any training. Top row, convolutions one after the other:
# the temple dissolves, and the values (a typical one stands below each picture) shrink to almost
# nothing. Bottom row, the same weights, but every second convolution *adds* its result to what it
# was given: the temple is still there after 30, and so are the values. (Each convolution has 16
# channels; a picture shows their mean.) A network that cannot see its input cannot learn from it.

# %% tags=["demonstration"]
temple = load_sample_photos()["china"]
residual.plot_signals(temple)

# %% [markdown]
# **Recall (one minute).** Notebook 07: which two things can happen to a gradient on its way back
# through many layers? And what did batch normalisation do for 30 plain layers?
#
# <details><summary>Compare</summary>It can vanish or explode: every layer multiplies it by
# something. Batch normalisation got training moving, but did not make 30 plain layers learn
# well.</details>

# %% [markdown]
# ## 8.1 The functional API (12 minutes)
#
# So far every network was a chain, and `Sequential` a list of its layers. In a chain nothing can go
# *around* a layer. The **functional API** writes down a graph instead. Its one idea, in the words
# of the Keras documentation: *a layer instance is callable on a tensor, and returns a tensor*.
#
# Read the next cell line by line. It builds a small network twice, for four numbers and three
# classes.

# %% tags=["demonstration", "nbval-check-output"]
chain = models.Sequential(
    [Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")]
)

inputs = Input(shape=(4,))  # a tensor without numbers yet
hidden = layers.Dense(5, activation="relu")  # a layer ...
x = hidden(inputs)  # ... called on a tensor returns a tensor
predictions = layers.Dense(3, activation="softmax")(x)  # make the layer and call it, in one line
graph = Model(inputs=inputs, outputs=predictions)  # everything between the two

for model in (chain, graph):
    print(f"{type(model).__name__:10} {model.count_params()} weights, output {model.output_shape}")
print("x is a", type(x).__name__, "of shape", x.shape)

# %% [markdown]
# From here on both are the same: `compile`, `fit`, `evaluate` and `predict` do not care how a model
# was written.
#
# ### Exercise `functional_mlp` (2 points)
#
# The lecture shows this Sequential network for flattened 28×28 digits:
#
# ```python
# model = models.Sequential()
# model.add(Input((784,)))
# model.add(layers.Dense(64, activation="relu"))
# model.add(layers.Dense(64, activation="relu"))
# model.add(layers.Dense(10, activation="softmax"))
# model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
# model.fit(data, labels)
# ```
#
# Build the same network with the functional API. (`compile` is not needed here.)

# %% nbgrader={"grade_id": "functional_mlp", "solution": true}
functional_mlp = ...  # a Model
### BEGIN SOLUTION
inputs = Input(shape=(784,))
x = layers.Dense(64, activation="relu")(inputs)
x = layers.Dense(64, activation="relu")(x)
predictions = layers.Dense(10, activation="softmax")(x)
functional_mlp = Model(inputs=inputs, outputs=predictions)
### END SOLUTION

# %% nbgrader={"grade_id": "test_functional_mlp", "grade": true}
check("functional_mlp", functional_mlp)

# %% [markdown]
# <details><summary>Hint 1</summary>Begin with an <code>Input</code> for 784 numbers, and keep it:
# it is a tensor. Every further line calls one new layer on the tensor of the line before.</details>
# <details><summary>Hint 2</summary>It is usual to call all intermediate tensors <code>x</code>:
# <code>x = layer(x)</code>. Only the first and the last one need a name of their own, for
# <code>Model</code>.</details>
#
# **What for?** The lecture: "The way to go for complex models": those with several inputs or
# outputs, *directed acyclic graphs* (paths that branch and join again), and layers that are
# *shared*. *Figure:* all three in one model. Two digits go through the **same** convolution (its
# weights exist once), the results are joined, and there are two answers: the difference of the
# digits and whether they are equal.

# %% tags=["demonstration"]
first, second = Input((8, 8, 1), name="first"), Input((8, 8, 1), name="second")
look = layers.Conv2D(16, 3, strides=2, activation="relu", name="look")
both = layers.concatenate([look(first), look(second)], name="both")  # called twice: shared
features = layers.GlobalAveragePooling2D(name="mean")(both)
difference = layers.Dense(1, name="difference")(features)
equal = layers.Dense(1, activation="sigmoid", name="equal")(features)
plot_model_diagram(Model([first, second], [difference, equal]))

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture's notebooks begin with</b> <code>from keras.layers import *</code> and
# <code>from keras.models import *</code>, and write <code>Dense(64, input_dim=784)</code>.<br>
# <b>Actually</b>: the star still works, but it pours about 175 names into the notebook and hides
# where each comes from. Import the modules: <code>from keras import layers, models</code>. And
# <code>input_dim</code> draws a warning; an <code>Input</code> comes first.
# </div>

# %% [markdown]
# ## 8.2 A residual block (5 minutes)
#
# A **residual block** has two ways from its input to its output. The **branch** is a short chain:
# convolution, ReLU, convolution. The **shortcut** (or *skip connection*) carries the input as it
# is. Both are added, number by number, and then comes the second ReLU. If the best result would be
# H(x), the branch has to learn only what is *missing*, H(x) - x: the **residual**.
#
# *Figure:* two convolutions without and with a shortcut (orange). The ⊕ adds two tensors.

# %% tags=["demonstration"]
block_paths.plot_paths({name: block_paths.BLOCKS[name] for name in ("plain", "residual")})

# %% [markdown]
# The shortcut has no weights and costs next to nothing. In Keras it is one line:
# `layers.add([branch, x])`, with a **list** of tensors.

# %% [markdown]
# ## 8.3 Can we add after the first ReLU? (12 minutes)
#
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>Think, pair, share</b><br>
# <i>"Can we add after the first ReLU?"</i> That is: close the shortcut after one convolution and
# its ReLU, and not after two convolutions.
# <ul>
# <li><b>2 minutes alone:</b> draw this block. What would Keras need, to be able to add? What can
# the sum be that a convolution with ReLU alone could not be?</li>
# <li><b>2 minutes with a neighbour:</b> stack 30 such blocks. Which way can the values go?</li>
# </ul>
# <details><summary>Compare</summary>
# There are two questions in it: <i>may</i> we, and is it <i>worth while</i>? For the first, look at
# what an addition needs. For the second, look at the figure and the two experiments below: what
# does W·x + x give that W·x could not, and which sign has what a ReLU lets through?
# </details>
# </div>
#
# *Figure:* the usual block, and the one in question.

# %% tags=["demonstration"]
names = ("residual", "after the first ReLU")
block_paths.plot_paths({name: block_paths.BLOCKS[name] for name in names})

# %% [markdown]
# **Experiment 1.** One linear layer W with a shortcut, before any ReLU. Is there a layer without a
# shortcut that gives the same? And once the branch ends in a ReLU, as in the question?

# %% tags=["demonstration", "nbval-check-output"]
rng = np.random.default_rng(0)
W, x = rng.integers(-3, 4, (4, 4)), rng.integers(-5, 6, 4)
print("x            ", x)
print("W·x + x      ", W @ x + x)
print("(W + I)·x    ", (W + np.eye(4, dtype=int)) @ x)
print("ReLU(W·x) + x", np.maximum(W @ x, 0) + x)

# %% [markdown]
# **Experiment 2.** The temple again, with shortcuts switched off, around every two convolutions, or
# around every single one with its ReLU. *Figure:* left, the mean of the 16 channels after so many
# convolutions (own contrast); right, how large a typical value is by then, for all three, on a
# logarithmic axis. At first the plain stack is shown after 30 convolutions.
#
# 1. At how many convolutions do *you* lose the temple in the plain stack?
# 2. Which connections let the values grow without end, and why can they never come back?
# 3. Are these accidents of the weights? Move *other weights*.

# %% tags=["demonstration"]
residual.explore_signal(temple)

# %% [markdown]
# ### Exercise `add_after_first_relu` (1 point)
#
# Can we add after the first ReLU?
#
# - **A** No: Keras forbids it, since the addition has to come before the activation of a layer.
# - **B** Yes, if the shapes match; but a one-convolution skip brings little, and a branch that ends
#   in ReLU can only add non-negative values.
# - **C** Yes, and it is better: more skips, so that each convolution has a way back of its own.
# - **D** Only with batch normalisation, which brings both parts of the sum to the same scale.

# %% nbgrader={"grade_id": "add_after_first_relu", "solution": true}
add_after_first_relu = ...  # "A", "B", "C" or "D"
### BEGIN SOLUTION
add_after_first_relu = "B"
### END SOLUTION

# %% nbgrader={"grade_id": "test_add_after_first_relu", "grade": true}
check("add_after_first_relu", add_after_first_relu)

# %% [markdown]
# <details><summary>Hint 1</summary>Try it: <code>x = Input((8, 8, 16))</code>, a convolution with
# 16 filters, <code>padding="same"</code> and ReLU, then <code>layers.add</code>.</details>
# <details><summary>Hint 2</summary>Experiment 1 answers what one linear layer gains from a
# shortcut, and what a ReLU in the branch changes: compare the last line with x, value by value.
# Experiment 2 shows a danger.</details>

# %% [markdown]
# ## 8.4 In Keras, and 32 times (12 minutes)
#
# The lecture puts two columns side by side, and a third one with a question mark.
#
# | plain | residual | for loop, depth = 32 |
# |---|---|---|
# | `a = Conv2D(...)(x)` | `a = Conv2D(...)(x)` | ? |
# | `b = Conv2D(...)(a)` | `b = layers.add([a, x])` | |
# | `c = Conv2D(...)(b)` | `c = Conv2D(...)(b)` | |
# | `d = Conv2D(...)(c)` | `d = layers.add([c, b])` | |
# | `e = Conv2D(...)(d)` | `e = Conv2D(...)(d)` | |
# | | `f = layers.add([e, d])` | |
#
# Note that this listing closes its shortcut after *every* convolution: the block of the last
# section. (Section 8.7 builds the usual one.)
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture writes</b> <code>add(a, input)</code>, and calls the plain column "FCN (fully
# convolutional network)".<br>
# <b>Actually</b>: <code>layers.add</code> takes a <b>list</b>; with two arguments it raises a
# TypeError. Do not call a tensor <code>input</code>, that is the name of a Python function. And FCN
# usually means something else: a network without dense layers that labels every pixel.
# </div>
#
# ### Exercise `residual_stack_32` (3 points)
#
# Answer the question mark. Build this model:
#
# 1. `Input((28, 28, 1))`;
# 2. a convolution with 16 filters, 3×3, `padding="same"`, ReLU;
# 3. in a loop, **32 times**: such a convolution again, and an addition of its result and of the
#    tensor that the pass began with;
# 4. flatten, and a Dense layer with softmax for ten classes.

# %% nbgrader={"grade_id": "residual_stack_32", "solution": true}
residual_stack_32 = ...  # a Model
### BEGIN SOLUTION
inputs = Input((28, 28, 1))
x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
for _ in range(32):
    a = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.add([a, x])  # the sum is what the next pass begins with
outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
residual_stack_32 = Model(inputs, outputs)
### END SOLUTION

# %% nbgrader={"grade_id": "test_residual_stack_32", "grade": true}
check("residual_stack_32", residual_stack_32)

# %% [markdown]
# <details><summary>Hint 1</summary>Write the residual column with only two names: one for the
# tensor that runs through the loop, one for the convolution's result.</details>
# <details><summary>Hint 2</summary>In <code>b = add([a, x])</code> and <code>d = add([c, b])</code>
# the <i>second</i> tensor is always the sum before. So the sum must get the name of the running
# tensor.</details>
# <details><summary>Hint 3</summary>Why does step 2 stand outside the loop? Because the input has
# one channel, and a sum with 16 channels would not be a shortcut any more (section 8.7).</details>

# %% [markdown]
# ## 8.5 Does it train? (14 minutes)
#
# Back to the plain networks of notebook 07. `digit_depth_net(depth, kind)` builds them again: a
# convolution with 16 filters, then `depth` more, all 3×3 with padding "same", then max-pooling,
# flatten, softmax. With `kind="residual"` every two convolutions form a block as in section 8.2.
# (The lecture's own notebook does this with MNIST; it was not available to us, so the experiment is
# rebuilt from its title and picture.)
#
# *Figure:* the network with depth 2, read from top to bottom. Behind the first convolution the
# arrows part: one goes through the two convolutions of the branch, one around them to `add`.

# %% tags=["demonstration"]
plot_model_diagram(digit_depth_net(2, "residual"))

# %% [markdown]
# ### Live check `plain_equals_residual` (not graded)
#
# Depth 30, images of 8×8×1, max-pooling 2×2: how many weights has the plain network, and how many
# has the residual one?

# %% nbgrader={"grade_id": "plain_equals_residual", "solution": true} tags=["prediction"]
plain_equals_residual = ...  # two whole numbers: plain, residual
### BEGIN SOLUTION
first = 3 * 3 * 1 * 16 + 16
thirty = 30 * (3 * 3 * 16 * 16 + 16)
softmax = 4 * 4 * 16 * 10 + 10
plain_equals_residual = [first + thirty + softmax, first + thirty + softmax]
### END SOLUTION

# %% tags=["demonstration"]
practice("plain_equals_residual", plain_equals_residual)

# %% [markdown]
# **Predict.** First the plain network of depth 30. Is its trouble that it learns its training
# images by heart and is bad on new ones, or another one? Say it with a number: after eight epochs,
# on how many **per cent** of the digits that it was **trained** with is it right?

# %% nbgrader={"grade_id": "predict_plain_training", "solution": true} tags=["prediction"]
predict_plain_training = ...  # your guess: per cent, 0 to 100
### BEGIN SOLUTION
predict_plain_training = 60
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_plain_training", "grade": true}
check("predict_plain_training", predict_plain_training)

# %% [markdown]
# **Run.** 1,200 digits of 8×8 pixels for training, 597 for validation; Adam, eight epochs.

# %% tags=["demonstration"]
digits = load_digits_images(size=8)
print(digits.note)


def train(kind, depth):
    """Train a network of this kind and depth from the same seed."""
    keras.utils.set_random_seed(1)
    network = digit_depth_net(depth, kind)
    settings = {"epochs": 8, "batch_size": 64, "seed": 1}
    new = (digits.x_test, digits.y_test)
    return fit_quietly(network, digits.x_train, digits.y_train, validation_data=new, **settings)


runs = {f"{kind} {n}": train(kind, n) for kind, n in [("plain", 2), ("plain", 30)]}
plain = runs["plain 30"].history
compare("predict_plain_training", predict_plain_training, round(100 * plain["accuracy"][-1]))
print(f"its loss: {plain['loss'][-1]:.3f}; that of guessing, ln 10: {np.log(10):.3f}")

# %% [markdown]
# **Run.** Now the same 31 convolutions with 15 shortcuts.

# %% tags=["demonstration"]
runs["residual 30"] = train("residual", 30)
results = pd.DataFrame(
    {
        "train_accuracy": {name: run.history["accuracy"][-1] for name, run in runs.items()},
        "val_accuracy": {name: run.history["val_accuracy"][-1] for name, run in runs.items()},
    }
)
display(results.round(3))
plot_training_curves(runs)

# %% [markdown]
# *Table:* accuracy after the last epoch, on the training and on the validation digits. *Figure:*
# loss (left) and accuracy (right) by epoch, solid for training, dashed for validation. The plain
# network of depth 30 (orange) never leaves its starting point, a flat line at the level of
# guessing. With shortcuts (green) the same number of weights learns at least as fast as the shallow
# network (blue).
#
# ### Live check `depth_with_residuals` (not graded)
#
# Does your run show it, too?

# %% tags=["demonstration"]
practice("depth_with_residuals", results)

# %% [markdown]
# **Read it honestly.**
#
# - The deep plain network fails *on the images it is trained with*. That is not over-fitting, which
#   would show as a high training and a low validation accuracy. It is a failure of *optimisation*.
# - The deep residual network is hardly better than the *shallow* one: these digits do not need 31
#   convolutions. What is shown is that depth no longer does harm.
# - This is one seed. We tried a second one: the plain network of depth 30 stayed at guessing again,
#   the accuracy of the residual one moved by less than a percentage point.
#
# **And adding after the first ReLU?** Train that, too, and look at the very first step of all
# three: the loss before training, and how strongly it pulls at the first kernel.

# %% tags=["demonstration"]
import tensorflow as tf

x, y = digits.x_train[:64], digits.y_train[:64]
for kind in ("plain", "residual", "one_conv_skip"):
    keras.utils.set_random_seed(1)
    network = digit_depth_net(30, kind)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, network(x)))
    gradient = tape.gradient(loss, network.layers[1].kernel)
    print(f"{kind:14} loss {loss:8.1f}   gradient of the first kernel {tf.norm(gradient):.1e}")

runs["one_conv_skip 30"] = train("one_conv_skip", 30)
accuracy = {name: run.history["val_accuracy"][-1] for name, run in runs.items()}
print()
for name, value in accuracy.items():
    print(f"{name:18} validation accuracy {value:.3f}")

# %% [markdown]
# Without shortcuts the gradient of the first layer has vanished. With shortcuts around pairs it has
# an ordinary size. With a shortcut around *each* convolution and its ReLU it explodes: every one of
# 30 additions can only make the values larger, and the first thing training has to do is to repair
# that. It learns, but far more slowly. (The paper of 2015 remarks that it saw no advantage from
# shortcuts around a single layer.)
#
# **With the real MNIST**, if it is on your machine or can be fetched: 3,000 images of 28×28 pixels,
# three epochs, 2,000 test images.

# %% tags=["demonstration"]
mnist = load_mnist()
for kind, n in [] if mnist.is_standin else [("plain", 2), ("plain", 30), ("residual", 30)]:
    keras.utils.set_random_seed(1)
    network = digit_depth_net(n, kind, (28, 28, 1))
    fit_quietly(network, mnist.x_train[:3000], mnist.y_train[:3000], epochs=3, batch_size=64)
    _, correct = network.evaluate(mnist.x_test[:2000], mnist.y_test[:2000], verbose=0)
    print(f"{kind} {n}: test accuracy {correct:.3f}")

# %% [markdown]
# ## 8.6 Why do residual networks work? (12 minutes)
#
# The lecture writes one block as a formula, with W for convolutions:
#
# > **X<sub>l+1</sub> = W<sub>b</sub> · ReLU(W<sub>a</sub> · ReLU(X<sub>l</sub>)) + X<sub>l</sub>**
#
# (here a ReLU stands *before* each convolution and none after the sum; in the block of section 8.2
# one stands behind the first convolution and one behind the sum) and looks at three cases.
#
# | the branch ... | then X<sub>l+1</sub> is ... | so the block ... |
# |---|---|---|
# | has learned something | "something reasonable" + X<sub>l</sub> | does better than nothing |
# | has weights near zero | "almost zero" + X<sub>l</sub> ≈ X<sub>l</sub> | does no harm |
# | has weights "closer to one" | "= 2·X<sub>l</sub>" | keeps what was there |
#
# The second case is the heart of it (L2 regularisation, a penalty on squared weights, pulls them
# towards zero). A plain layer with weights close to zero destroys the signal; a residual block with
# weights close to zero *is the identity*. So a deep network can always be at least as good as a
# shallower one, by leaving its additional blocks near zero. A plain one would have to *learn* the
# identity, and Figure 1 of the paper shows that it does not. And backward: the derivative of
# X<sub>l</sub> + (something) is 1 + (something), so the gradient, too, has a way through.

# %% [markdown]
# ### Exercise `zero_branch` (1 point)
#
# All weights of W<sub>a</sub> and W<sub>b</sub> are exactly zero, and X<sub>l</sub> has three
# channels, with the values 1, -2 and 3. What does the formula give?

# %% nbgrader={"grade_id": "zero_branch", "solution": true}
zero_branch = ...  # three numbers
### BEGIN SOLUTION
x = np.array([1, -2, 3])
W_a = W_b = np.zeros((3, 3))
zero_branch = W_b @ np.maximum(W_a @ np.maximum(x, 0), 0) + x  # zero + x
### END SOLUTION

# %% nbgrader={"grade_id": "test_zero_branch", "grade": true}
check("zero_branch", zero_branch)

# %% [markdown]
# <details><summary>Hint 1</summary>Two terms: first W<sub>b</sub> · (anything), then the
# shortcut.</details>
# <details><summary>Hint 2</summary>Which parts of the formula stand inside the two
# ReLUs?</details>
#
# ### Exercise `identity_branch` (1 point)
#
# The lecture says: block weights closer to one give X<sub>l+1</sub> = 2·X<sub>l</sub>. When is that
# right?
#
# - **A** When all kernel entries equal 1.
# - **B** When the kernels are identity maps and X<sub>l</sub> ≥ 0.
# - **C** Always.
# - **D** When the biases are 1.

# %% nbgrader={"grade_id": "identity_branch", "solution": true}
identity_branch = ...  # "A", "B", "C" or "D"
### BEGIN SOLUTION
identity_branch = "B"
### END SOLUTION

# %% nbgrader={"grade_id": "test_identity_branch", "grade": true}
check("identity_branch", identity_branch)

# %% [markdown]
# <details><summary>Hint 1</summary>What must W · X be, so that X + W · X is 2·X?</details>
# <details><summary>Hint 2</summary>What does a 3×3 kernel of ones do to a grey image? And what does
# ReLU do to a negative number?</details>
#
# **Compare and explore.** *Figure:* eight channels of one pixel, through one block. Left (grey) the
# input X, in the middle (orange) what the branch gives, on the right (blue) the result of the
# block, with a black line at X and a cross at 2·X for each channel. W<sub>a</sub> and W<sub>b</sub>
# are 1×1 convolutions with equal weights. Shown are small random weights: the result is nearly X.
#
# 1. Switch the shortcut off. What is left of X with small weights, and with zero weights?
# 2. Identity weights: which bars reach their cross, and which do not? Why?
# 3. All weights one: how far is that from 2·X?
# 4. ReLU last, as in the paper of 2015: what happens to negative channels?

# %% tags=["demonstration"]
residual.explore_block_values()

# %% [markdown]
# The same with real 3×3 convolutions in Keras, 16 channels, every value of X equal to 1:

# %% tags=["demonstration", "nbval-check-output"]
identity_kernel = np.zeros((3, 3, 16, 16))
identity_kernel[1, 1] = np.eye(16)  # the middle of the window, each channel to itself
for name, kernel in (("identity", identity_kernel), ("all one", np.ones((3, 3, 16, 16)))):
    convolve = layers.Conv2D(16, 3, padding="same", use_bias=False)
    x = np.ones((1, 8, 8, 16), "float32")
    convolve(x)  # now the layer has weights
    convolve.set_weights([kernel])
    branch = convolve(layers.ReLU()(convolve(layers.ReLU()(x))))
    result = float(branch[0, 4, 4, 0]) + 1
    print(f"{name:8} kernel: a 1 in the middle of the map becomes {result:,.0f}")
print("(9·16)² + 1 =", f"{(9 * 16) ** 2 + 1:,}")

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: block weights closer to one → X<sub>l+1</sub> = 2·X<sub>l</sub>.
# <details><summary><b>Actually</b> (open it when you have answered)</summary>
# only if the branch is the <i>identity</i> (a kernel with a 1 in its middle, from each channel to
# itself) and X<sub>l</sub> has no negative values. A 3×3 kernel of ones over C channels sums 9·C
# numbers.</details>
# </div>
# <br>
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture's formula</b> has each ReLU <i>before</i> its convolution:
# W<sub>b</sub>·ReLU(W<sub>a</sub>·ReLU(X)) + X.<br>
# <b>Actually</b> there are two forms. This one is the <i>pre-activation</i> form of 2016; in it the
# shortcut runs through the whole network untouched. The paper of 2015, whose Figure 2 is on another
# slide, has ReLU(W<sub>b</sub>·ReLU(W<sub>a</sub>·X) + X), with batch normalisation after each
# convolution.
# </div>
#
# *Figure:* both forms. On top the block of 2015, at the bottom the formula.

# %% tags=["demonstration"]
forms = {"2015": block_paths.BLOCKS["residual"], "2016": block_paths.BLOCKS["pre-activation"]}
block_paths.plot_paths(forms)

# %% [markdown]
# ## 8.7 Only tensors of the same shape (12 minutes)
#
# "Can add tensors of same shape only", says the lecture. Try it.

# %% tags=["demonstration", "nbval-check-output"]
pairs = [
    ((28, 28, 16), (28, 28, 16)),
    ((28, 28, 32), (28, 28, 16)),
    ((26, 26, 16), (28, 28, 16)),
    ((28, 28, 1), (28, 28, 16)),
    ((1, 1, 16), (28, 28, 16)),
]
for one, other in pairs:
    try:
        result = layers.add([Input(one), Input(other)]).shape[1:]
    except ValueError as error:
        result = f"{type(error).__name__}: {str(error).split('.')[0]}"
    print(f"{one} + {other}: {result}")

try:
    layers.add(Input((28, 28, 16)), Input((28, 28, 16)))
except TypeError as error:
    print("\nwithout a list:", type(error).__name__)

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: one can add tensors of the same shape only.<br>
# <b>Actually</b>: that is the mathematics. Keras (like NumPy) <i>broadcasts</i> an axis of length
# 1: it repeats the one channel 16 times, silently. Such a network builds, trains, and is not the
# one you meant.
# </div>
#
# What if a block has to halve the map, or to double the channels? Then the shortcut gets a layer of
# its own, a **projection**: a convolution with a 1×1 kernel, as many filters as the branch has, and
# the stride of the branch. (A 1×1 convolution mixes the channels of each pixel; notebook 09 is full
# of them.) Where the shapes agree the shortcut stays as it is.
#
# *Figure:* on top a block that keeps its shape, below one that halves the map. Its shortcut, too,
# goes through a convolution.

# %% tags=["demonstration"]
halving = block_paths.Block(["stride 2", "ReLU", "conv", "+", "ReLU"], 0, "1×1, stride 2")
block_paths.plot_paths({"same shape": block_paths.BLOCKS["residual"], "half the size": halving})

# %% [markdown]
# ### Exercise `residual_block` (3 points)
#
# Write a function that builds a residual block on a tensor `x` and returns the new tensor:
#
# - **branch:** 3×3 convolution with `filters` filters, padding "same" and the stride `stride`;
#   ReLU; 3×3 convolution with `filters` filters, padding "same" (stride 1, no ReLU),
# - **shortcut:** `x` itself if it has the shape of the branch's result, else a 1×1 convolution with
#   `filters` filters and stride `stride`,
# - **result:** ReLU of their sum.
#
# All convolutions have biases; there is no batch normalisation. It should give
#
# | x | call | output | weights |
# |---|---|---|---|
# | (28, 28, 16) | `residual_block(x, 16)` | (28, 28, 16) | 4,640 |
# | (28, 28, 16) | `residual_block(x, 32)` | (28, 28, 32) | 14,432 |
# | (28, 28, 16) | `residual_block(x, 32, stride=2)` | (14, 14, 32) | 14,432 |


# %% nbgrader={"grade_id": "residual_block", "solution": true}
def residual_block(x, filters, stride=1):
    """Return a tensor: ReLU of a branch of two convolutions plus the shortcut."""
    ### BEGIN SOLUTION
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    branch = layers.Conv2D(filters, 3, padding="same")(branch)
    shortcut = x
    if x.shape != branch.shape:
        shortcut = layers.Conv2D(filters, 1, strides=stride)(x)
    return layers.ReLU()(layers.add([branch, shortcut]))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_residual_block", "grade": true}
check("residual_block", residual_block)

# %% [markdown]
# <details><summary>Hint 1</summary>Build the branch first. You can ask any tensor for its
# <code>.shape</code>.</details>
# <details><summary>Hint 2</summary>A projection is needed for other channels <i>and</i> for another
# height and width: comparing the channels alone is not enough.</details>
# <details><summary>Hint 3</summary>Which activation has the second convolution? Look at the order
# of the boxes in section 8.2.</details>

# %% [markdown]
# ## 8.8 ResNet (14 minutes)
#
# He, Zhang, Ren and Sun (Microsoft Research) entered ILSVRC-2015 with such networks.
#
# - **1st place** in classification: an *ensemble* of residual networks reached **3.57 %** top-5
#   error on the ImageNet test set.
# - Depth of up to **152 layers**, 8 times deeper than VGG, "but still having lower complexity".
#
# Is that so? One multiplication-and-addition counts as one; papers call them FLOPs.

# %% tags=["demonstration", "nbval-check-output"]
counts = measured_counts()
print("network    with weights    multiply-adds           weights")
for name in ("VGG16", "VGG19", "ResNet50", "ResNet152"):
    macs, millions = counts[name].macs / 1e9, counts[name].params / 1e6
    print(f"{name:10} {counts[name].weight_layers:4} layers  {macs:6.2f} billion", end="  ")
    print(f"{millions:6.1f} million weights")
print("152 / 19 =", 152 / 19)

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b> "lower complexity" and "FLOPs", and 3.57 % error.<br>
# <b>Actually</b>: what is counted are multiply-accumulates (one multiplication and one addition
# together): VGG-19 19.63, ResNet-34 3.66, its plain twin 3.64, ResNet-152 11.28 billion for one
# image. Keras' ResNet-50 has 3.86. And 3.57 % is the top-5 error of an <i>ensemble</i>; the single
# networks stand in the table of section 8.10.
# </div>
#
# **Figure 1 of the paper** is our experiment in earnest: on CIFAR-10, a plain network with 56
# layers has a higher error than one with 20, *on the training images already*. Those networks are
# not large. Their shortcuts are all free of weights; where the channels double, the missing ones
# are filled with zeros.

# %% tags=["demonstration", "nbval-check-output"]
for depth in (20, 56, 110):
    plain, with_shortcuts = cifar_resnet(depth, plain=True), cifar_resnet(depth)
    weights = plain.count_params(), with_shortcuts.count_params()
    print(f"{depth:3} layers: plain {weights[0]:9,}  residual {weights[1]:9,}", end="  ")
    print(f"{count_macs(plain) / 1e6:5.1f} million multiplications")

# %% [markdown]
# **For ImageNet**, the network with 34 layers: `conv1` is 7×7 with 64 filters and stride 2, then
# max-pooling 3×3 with stride 2, all with padding "same". Then four stages of blocks as in the last
# exercise:
#
# | stage | blocks of two 3×3 convolutions | filters | first block |
# |---|---|---|---|
# | conv2_x | 3 | 64 | stride 1 |
# | conv3_x | 4 | 128 | stride 2 |
# | conv4_x | 6 | 256 | stride 2 |
# | conv5_x | 3 | 512 | stride 2 |
#
# At the end global average pooling, and a Dense layer for 1,000 classes. That makes
# 1 + 2·(3 + 4 + 6 + 3) + 1 = 34 layers with weights.
#
# ### Exercise `resnet34_stage_shapes` (1 point)
#
# For photographs of 224×224×3, give the output shapes of conv2_x (it has the shape that pooling
# gives), conv3_x, conv4_x, conv5_x, and of the pooled vector.

# %% nbgrader={"grade_id": "resnet34_stage_shapes", "solution": true}
resnet34_stage_shapes = ...  # five shapes; the last one is (channels,)
### BEGIN SOLUTION
resnet34_stage_shapes = [
    (56, 56, 64),  # 224 / 2 / 2
    (28, 28, 128),
    (14, 14, 256),
    (7, 7, 512),
    (512,),  # one mean per channel
]
### END SOLUTION

# %% nbgrader={"grade_id": "test_resnet34_stage_shapes", "grade": true}
check("resnet34_stage_shapes", resnet34_stage_shapes)

# %% [markdown]
# <details><summary>Hint 1</summary>Padding "same" with stride 2 halves height and width. Count the
# halvings before conv2_x.</details>
# <details><summary>Hint 2</summary>Global average pooling keeps one number for each channel. A
# shape with a single entry is written <code>(n,)</code>.</details>
#
# **Compare** with Figure 3 of the paper, redrawn. *Figure:* a box for each layer with weights; the
# colour stands for height and width, which are written below (56² means 56×56), with the number of
# channels. VGG-19 on top, then 34 layers plain, then with shortcuts: orange arcs are identities,
# red dotted ones **increase the dimensions** by a projection. All kernels are 3×3, except for the
# first 7×7 in the 34-layer networks. VGG-19 spends most of its multiplications on large maps (on
# the left), which the others leave at once.

# %% tags=["demonstration"]
network_rows.plot_networks()

# %% [markdown]
# *Table:* ResNet-34 as built by `course_utils`, stage by stage. Between the plain and the residual
# network lie only the three projections with their batch normalisation.


# %% tags=["demonstration", "nbval-check-output"]
def stages(model):
    """Return output shape, weights and multiplications of each stage of a residual network."""
    found = {}
    for row in layer_table(model):
        stage = found.setdefault(row["name"].split("_")[0], {"output": (), "weights": 0, "macs": 0})
        stage["output"] = row["output_shape"]
        stage["weights"] += row["params"]
        stage["macs"] += row["macs"]
    return found


network = resnet34()
print(f"{'stage':12} {'output':16} {'weights':>10} {'multiply-adds':>13}")
for name, stage in stages(network).items():
    print(f"{name:12} {stage['output']!s:16} {stage['weights']:>10,} {stage['macs']:>13,}")
print(f"residual     {network.count_params():>27,} {count_macs(network):>13,}")
network = resnet34(plain=True)
print(f"plain        {network.count_params():>27,} {count_macs(network):>13,}")

# %% [markdown]
# ## 8.9 ResNet-ting 64 channels to 256 (6 minutes)
#
# With 50 layers and more, the blocks change: a **bottleneck** of three convolutions, the outer ones
# 1×1. In the first block of ResNet-50 (`conv2_block1`) a map of 56×56×64 goes in, and 56×56×256
# comes out. So the shortcut needs a projection although no stride is involved.
#
# *Figure:* this block. Each box is a convolution with so many filters; every one of the four is
# followed by batch normalisation, and the first two by a ReLU as well (not drawn).

# %% tags=["demonstration"]
bottleneck = block_paths.Block(["1×1, 64", "3×3, 64", "1×1, 256", "+", "ReLU"], 0, "1×1, 256")
block_paths.plot_paths({"64 to 256 channels": bottleneck})

# %% [markdown]
# ### Exercise `projection_params` (2 points)
#
# In Keras' ResNet-50 the convolutions have biases. How many parameters has the shortcut's 1×1
# convolution from 64 to 256 channels, and how many has the whole block: four convolutions and four
# batch normalisations?

# %% nbgrader={"grade_id": "projection_params", "solution": true}
projection_params = ...  # two whole numbers: projection, whole block
### BEGIN SOLUTION
projection = 1 * 1 * 64 * 256 + 256
branch = (1 * 1 * 64 * 64 + 64) + (3 * 3 * 64 * 64 + 64) + (1 * 1 * 64 * 256 + 256)
normalisations = 4 * (64 + 64 + 256 + 256)  # gamma, beta, mean and variance of each channel
projection_params = [projection, projection + branch + normalisations]
### END SOLUTION

# %% nbgrader={"grade_id": "test_projection_params", "grade": true}
check("projection_params", projection_params)

# %% [markdown]
# <details><summary>Hint 1</summary>A convolution: kernel height × kernel width × input channels ×
# filters, plus one bias per filter.</details>
# <details><summary>Hint 2</summary>Write down the channels between the boxes of the figure: 64, 64,
# 64, 256. And batch normalisation has four numbers per channel (notebook 07).</details>
# <details><summary>Hint 3</summary>Four layers in the branch and in the shortcut have filters: 64,
# 64, 256 and 256. Did you count all of them twice, as convolution and as batch
# normalisation?</details>
#
# **Compare** with Keras.

# %% tags=["demonstration", "nbval-check-output"]
network = keras.applications.ResNet50(weights=None)
for row in layer_table(network):
    if row["name"].startswith("conv2_block1") and row["params"]:
        print(f"{row['name']:22} {row['output_shape']!s:14} {row['params']:>7,}")
print(f"\n{'stage':12} {'output':16} {'weights':>10} {'multiply-adds':>13}")
for name, stage in stages(network).items():
    print(f"{name:12} {stage['output']!s:16} {stage['weights']:>10,} {stage['macs']:>13,}")
print(f"ResNet-50    {network.count_params():>27,} {count_macs(network):>13,}")

# %% [markdown]
# ResNet-50 costs hardly more multiplications than ResNet-34, although its maps are four times as
# deep: the expensive 3×3 convolutions work on the narrow part of the bottleneck.

# %% [markdown]
# ## 8.10 The table of pretrained networks (16 minutes)
#
# The lecture prints the table of 20 networks that stood in the Keras documentation in 2019: size of
# the file, accuracy on the ImageNet *validation* images (top-1: the first guess is right; top-5:
# one of five), parameters, and "depth".
#
# **Predict.** These are the 20. For how many of them does today's `keras.applications` still give
# exactly the printed number of parameters?

# %% tags=["demonstration", "nbval-check-output"]
names = [row.model for row in applications_table()]
for start in range(0, len(names), 4):
    print("".join(f"{name:20}" for name in names[start : start + 4]).rstrip())

# %% nbgrader={"grade_id": "predict_table_matches", "solution": true} tags=["prediction"]
predict_table_matches = ...  # your guess: 0 to 20
### BEGIN SOLUTION
predict_table_matches = 12
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_table_matches", "grade": true}
check("predict_table_matches", predict_table_matches)

# %% [markdown]
# ### Exercise `applications_check` (2 points)
#
# Check five of them yourself: MobileNet, MobileNetV2, DenseNet121, NASNetMobile and ResNet50. Make
# a `pandas.DataFrame` with one row for each and the columns
#
# - `model`: the name,
# - `lecture_params`: the parameters printed in 2019; `applications_table()` returns rows with
#   `.model` and `.params`,
# - `keras_params`: the parameters today,
# - `match`: whether they are equal.
#
# `keras.applications.MobileNet(weights=None)` builds a network **without downloading** its trained
# weights. All five take about ten seconds.

# %% nbgrader={"grade_id": "applications_check", "solution": true}
applications_check = ...  # a pandas.DataFrame
### BEGIN SOLUTION
printed = {row.model: row.params for row in applications_table()}
rows = []
for name in ("MobileNet", "MobileNetV2", "DenseNet121", "NASNetMobile", "ResNet50"):
    build = getattr(keras.applications, name)
    rows.append((name, printed[name], build(weights=None).count_params()))
applications_check = pd.DataFrame(rows, columns=["model", "lecture_params", "keras_params"])
applications_check["match"] = applications_check.lecture_params == applications_check.keras_params
### END SOLUTION

# %% nbgrader={"grade_id": "test_applications_check", "grade": true}
check("applications_check", applications_check)

# %% [markdown]
# <details><summary>Hint 1</summary>A dictionary <code>{row.model: row.params for row in
# applications_table()}</code> finds the printed number by name.</details>
# <details><summary>Hint 2</summary><code>model.count_params()</code> counts all weights of a whole
# network. <code>pd.DataFrame({"model": [...], "lecture_params": [...], ...})</code> makes a table
# of lists.</details>
# <details><summary>Hint 3</summary>Two columns can be compared at once:
# <code>table.lecture_params == table.keras_params</code>.</details>
#
# **Compare: all 20.** The others were counted beforehand in the same way, because building them all
# takes about a minute and 2 GB of memory; this course's tests count every row again. *Table:* the
# lecture's columns (`<NA>` where it prints a dash), and the number of parameters today.

# %% tags=["demonstration"]
lecture = pd.DataFrame(applications_table()).astype({"depth": "Int64"}).set_index("model")
today = pd.DataFrame(list(measured_counts().values())).set_index("model")
both = lecture[["size_mb", "top1", "top5", "depth"]].assign(
    lecture_params=lecture.params.map("{:,}".format),
    params_today=today.params.map("{:,}".format),
    source=today.source,
)
both

# %% tags=["demonstration", "nbval-check-output"]
same = lecture.params == today.params
print(f"equal to the last digit: {same.sum()} of {len(same)}, of them", end=" ")
print(f"{(same & (today.source == 'rebuilt')).sum()} rebuilt by us")
in_keras = int((same & (today.source == "keras.applications")).sum())
compare("predict_table_matches", predict_table_matches, in_keras)
print("counted again just now: ResNeXt50", f"{count_network('ResNeXt50').params:,}")

# %% [markdown]
# Not one digit has changed in years: an architecture is *exactly* reproducible, even if its
# training is not. Only ResNeXt50 and ResNeXt101 are gone from `keras.applications`. They are
# residual networks whose 3×3 convolutions work in 32 groups of channels (notebook 11), quickly
# rebuilt with the functional API: 1×1, 3×3 with `groups=32`, 1×1 with twice as many filters, all
# without biases.
#
# **Parameters against accuracy.** *Figure:* each network by its number of parameters (logarithmic)
# and its top-1 accuracy. The ResNets with 50 and 152 layers are orange.
#
# 1. Which two networks have the most parameters, and how good are they?
# 2. How many times the parameters of DenseNet121 does ResNet50 have, for the same accuracy?
# 3. Which networks would you take for a telephone?

# %% tags=["demonstration"]
plot_params_vs_accuracy(applications_table(), highlight=["ResNet50", "ResNet152"])

# %% [markdown]
# <details><summary>What we saw</summary>1: VGG16 and VGG19, and only the MobileNets are as weak.
# 2: more than three times as many, for 0.749 against 0.750. 3: MobileNet, MobileNetV2 or
# NASNetMobile, which were made for it. And look along a vertical line, for example near 25 million:
# with as many parameters, networks differ by several percentage points.</details>
#
# **Size.** *Figure:* left, the printed size of the file against four bytes for each parameter, both
# logarithmic: all points lie on the line, for a parameter is a 32-bit number. (528 MB for VGG16 is
# nothing but 138,357,544 · 4 / 1024².) Right, what is left over: rounding, and up to four megabytes
# for networks with very many small layers (DenseNet, NASNet), whose names and shapes need room in
# the file, too.

# %% tags=["demonstration"]
table_figures.plot_sizes(applications_table())

# %% [markdown]
# **Depth** is the column to be careful with. Its footnote says "topological depth of the network".
# Count and see.
#
# ### Exercise `depth_column` (2 points)
#
# For **VGG16** and for **DenseNet121**: the number of layers with weights, where only convolutions
# and Dense layers count (batch normalisation does not), and the number of all Keras layers,
# `len(model.layers)`. The lecture's table has one number for each, counted in different ways.

# %% nbgrader={"grade_id": "depth_column", "solution": true}
depth_column = ...  # four numbers: VGG16 with weights, VGG16 all, DenseNet121 with weights, all
### BEGIN SOLUTION
vgg_weights = 13 + 3  # convolutions and Dense layers
vgg_all = vgg_weights + 5 + 1 + 1  # and five poolings, Flatten, the input
dense_net = keras.applications.DenseNet121(weights=None)
with_kernel = [layer for layer in dense_net.layers if hasattr(layer, "kernel")]
depth_column = [vgg_weights, vgg_all, len(with_kernel), len(dense_net.layers)]
### END SOLUTION

# %% nbgrader={"grade_id": "test_depth_column", "grade": true}
check("depth_column", depth_column)

# %% [markdown]
# <details><summary>Hint 1</summary>Let Keras count: build the network with
# <code>weights=None</code> and go through <code>model.layers</code>. (VGG16 needs 2 GB of memory
# and a few seconds; its layers also stand in notebook 06.)</details>
# <details><summary>Hint 2</summary>Convolutions and Dense layers have an attribute
# <code>kernel</code>, batch normalisation has not.</details>
#
# **Compare.** *Figure:* for the ten networks with a printed depth, that number (black line) and
# three ways of counting: convolutions and Dense layers (blue triangle), layers on the longest path
# from input to output (green square), and `len(model.layers)` (red diamond). Where a line meets a
# symbol, that is how this row was counted.

# %% tags=["demonstration"]
table_figures.plot_depths(applications_table(), measured_counts())

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture shows</b> the table of keras.io/applications with a column "topological
# depth".<br>
# <b>Actually</b>: one column, three conventions. VGG16 and VGG19 count <i>all</i> Keras layers,
# with input, pooling and Flatten. Xception, InceptionV3 and InceptionResNetV2 count the longest
# path. The DenseNets count convolutions and the classifier, as in their name. The 88 of MobileNet
# and MobileNetV2 fits none of them today, and half of the rows have no number. The page has moved
# to keras.io/api/applications and prints other depths again (16 for VGG16, 107 for ResNet50, 242
# for DenseNet121). There are newer families, too: MobileNetV3, EfficientNet, ConvNeXt; ResNeXt is
# gone. So say <i>how</i> you count when you name a depth.
# </div>

# %% [markdown]
# ## In your own words
#
# ### Exercise `residual_written` (2 points, graded by your teacher)
#
# In 40 to 120 words, with numbers from your plain-versus-residual experiment and with what Figure 1
# of the paper shows: why is the failure of the 56-layer plain network *not* over-fitting, and how
# do shortcuts help?

# %% [markdown] nbgrader={"grade_id": "residual_written", "grade": true, "solution": true}
# **Model answer.** A network that over-fits is good on its training images and bad on new ones. The
# plain 56-layer network has a higher error than the 20-layer one on the *training* images; ours
# with 30 more convolutions stays at 10 % on the images it trains with, the level of guessing, while
# the shallow one learns them. So it is a problem of optimisation: the deeper network could do as
# well by passing its input on, but does not find that. With a shortcut, a block whose branch is
# near zero *is* the identity, so extra blocks do no harm, and the gradient reaches the first layer
# through the additions (about 1 instead of 10⁻⁶). With equally many weights we got 97 %.
#
# **Marking scheme (2 points)**
#
# - 1 point: the *training* error is higher (or training accuracy stays at guessing), so it is not
#   over-fitting. Half a point off if no number or figure is named.
# - 1 point: a branch near zero makes the block the identity, so depth does no harm; *or* the
#   gradient has a path through the additions. Half a point for "shortcuts help the gradient"
#   without saying how.

# %% [markdown]
# ## Summary
#
# | idea | in one line |
# |---|---|
# | functional API | call layers on tensors; `Model(inputs, outputs)`: branches, shared layers |
# | residual block | ReLU(branch(x) + x): the branch learns what is missing |
# | cost of a shortcut | no weights: plain and residual networks count the same |
# | add after the first ReLU? | allowed, but ReLU(W·x) + x is never below x: values only grow |
# | depth 30, eight epochs | plain: guessing, on training digits too; residual: learns |
# | why | a branch near zero is the identity; the gradient has a way through |
# | other shape | 1×1 convolution (with stride) on the shortcut; beware of broadcasting |
# | ResNet-34, ResNet-50 | 21.8 and 25.6 million weights, 3.7 and 3.9 billion multiplications |
# | the table | 4 bytes per parameter; parameter counts exact; "depth" in three conventions |
#
# **Next:** notebook 09 puts branches side by side and *concatenates* them: inception.

# %% [markdown]
# ## Further reading
#
# - The lecture follows the Coursera course *Convolutional Neural Networks* (deeplearning.ai).
# - K. He, X. Zhang, S. Ren, J. Sun, [Deep Residual Learning for Image
#   Recognition](https://arxiv.org/abs/1512.03385), 2015: Figures 1 to 3, 34 to 152 layers.
# - K. He, X. Zhang, S. Ren, J. Sun, [Identity Mappings in Deep Residual
#   Networks](https://arxiv.org/abs/1603.05027), 2016: ReLU first, the pre-activation form.
# - S. Xie, R. Girshick, P. Dollár, Z. Tu, K. He, [Aggregated Residual Transformations for Deep
#   Neural Networks](https://arxiv.org/abs/1611.05431), 2016: ResNeXt.
# - A. Veit, M. Wilber, S. Belongie, [Residual Networks Behave Like Ensembles of Relatively Shallow
#   Networks](https://arxiv.org/abs/1605.06431), 2016: another way to see why they train.
# - Keras documentation: [the functional API](https://keras.io/guides/functional_api/) and [Keras
#   Applications](https://keras.io/api/applications/).
