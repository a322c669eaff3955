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
# # 07 Very deep networks and why they would not train

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **count** the weights of a network with a thousand layers, and **say** why nobody builds it that
#   way,
# - **show** by an experiment that more layers can make a network *worse*, on the training images
#   too,
# - **measure** gradients that vanish or explode, layer by layer,
# - **implement** ReLU with its derivative, and batch normalisation,
# - **judge** what batch normalisation costs, and **avoid** its best-known trap.
#
# **You need** notebooks 01 to 03 (weights, output sizes, receptive fields) and 06 (how AlexNet and
# VGG-16 became deeper). **Time:** about 75 minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import time
from functools import cache

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import Input, layers, models

from course_utils import compare, gradients, practice_drill
from course_utils.architectures.deep_convnet import deep_convnet
from course_utils.architectures.depth import digit_depth_net
from course_utils.datasets import load_digits_images, load_mnist
from course_utils.explore import depth, normalisation
from course_utils.plots.gradients import plot_gradient_norms
from course_utils.plots.grids import plot_number_grids
from course_utils.plots.training import plot_training_curves
from course_utils.training import fit_quietly

# %% nbgrader={"grade_id": "data", "locked": true}
digits = load_digits_images(size=8)
batch = digits.x_train[:64], digits.y_train[:64]
held_out = digits.x_test, digits.y_test
recipe = {"epochs": 6, "batch_size": 64, "validation_data": held_out, "seed": 1}

# %% [markdown]
# *The whole notebook in one picture.* Three stacks of 30 convolutions, before any training; they
# differ only in the size of their random weights. Left, forward: how much two images still differ
# after each layer. Right, backward: how strongly the loss pulls at the weights of each layer. Mind
# the scales: each line of the grid is a factor of 100. Only in the middle (orange squares) does a
# deep network hear something of the image *and* of its mistakes.

# %% tags=["demonstration"]
depth.plot_fates(digits.x_train[:16], digits.y_train[:16])

# %% [markdown]
# **Recall (one minute).** A 3×3 convolution with 16 filters reads a map with 16 channels. How many
# weights does it have? And what does an optimiser do with a weight whose gradient is 0?
#
# <details><summary>Compare</summary>3·3·16·16 + 16 = 2,320. And nothing: a step is a multiple of
# the gradient (Adam divides it by its usual size, but a 0 stays a 0). That is the whole problem of
# this notebook.</details>

# %% [markdown]
# ## 7.1 Training a very deep convnet (20 minutes)
#
# From LeNet to VGG-16 deeper networks were better networks (notebook 06). So why not a thousand
# layers? The lecture shows this listing. Its indentation was lost on the slide:
#
# ```python
# model = models.Sequential()
# model.add(Input((28, 28, 1)))
# model.add(layers.Conv2D(filters=16, kernel_size=5, activation="relu"))
# for i in range(1000):
# model.add(layers.Conv2D(filters=4, kernel_size=5, activation="relu", padding="same"))
# model.add(layers.Conv2D(filters=16, kernel_size=5, activation="relu"))
# model.add(layers.MaxPooling2D(pool_size=2, strides=2))
# model.add(layers.Flatten())
# model.add(layers.Dense(16, activation="relu"))
# model.add(layers.Dense(16, activation="relu"))
# model.add(layers.Dense(10, activation="softmax"))
# model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
# ```

# %% [markdown]
# ### Exercise `loop_body` (1 point)
#
# Which lines belong inside the `for` loop?
#
# - **A** all eight lines that follow
# - **B** only the convolution with `padding="same"`
# - **C** that convolution and the max-pooling
# - **D** none

# %% nbgrader={"grade_id": "loop_body", "solution": true}
loop_body = ...  # one letter in quotes
### BEGIN SOLUTION
loop_body = "B"
### END SOLUTION

# %% nbgrader={"grade_id": "test_loop_body", "grade": true}
check("loop_body", loop_body)

# %% [markdown]
# <details><summary>Hint 1</summary>Go round the loop twice, on paper: what shape arrives at each
# layer in the second round?</details>
# <details><summary>Hint 2</summary>Which of these layers can be repeated a thousand times without
# making the map smaller?</details>
#
# **Run.** What Keras says if everything is inside the loop, in its second round:

# %% tags=["demonstration"]
model = models.Sequential([Input((28, 28, 1)), layers.Conv2D(16, 5, activation="relu")])
try:
    for i in (1, 2):
        print("round", i)
        model.add(layers.Conv2D(4, 5, activation="relu", padding="same"))
        model.add(layers.Conv2D(16, 5, activation="relu"))
        model.add(layers.MaxPooling2D(2, strides=2))
        model.add(layers.Flatten())
        model.add(layers.Dense(10, activation="softmax"))
except ValueError as error:
    print(str(error).splitlines()[0])

# %% [markdown]
# ### Exercise `deep1000_params` (3 points)
#
# How many parameters does the network have, with the right loop body and 1000 rounds? Count by
# hand, layer by layer: you cannot build it (we come to that).

# %% nbgrader={"grade_id": "deep1000_params", "solution": true}
deep1000_params = ...  # one whole number
### BEGIN SOLUTION
first = 5 * 5 * 1 * 16 + 16
loop = (5 * 5 * 16 * 4 + 4) + 999 * (5 * 5 * 4 * 4 + 4)  # the first one sees 16 channels
last = 5 * 5 * 4 * 16 + 16
flat = 10 * 10 * 16  # 28 → 24 → 20 → pooled 10
dense = (flat * 16 + 16) + (16 * 16 + 16) + (16 * 10 + 10)
deep1000_params = first + loop + last + dense
### END SOLUTION

# %% nbgrader={"grade_id": "test_deep1000_params", "grade": true}
check("deep1000_params", deep1000_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Write down the shape after each layer first. The thousand layers
# do not change height and width.</details>
# <details><summary>Hint 2</summary>How many channels does a loop layer read? Is that the same
# number for all thousand?</details>
# <details><summary>Hint 3</summary>For the first dense layer you need the flattened size: two
# convolutions are <i>not</i> padded, then comes the pooling.</details>

# %% [markdown]
# ### Exercise `deep_params` (2 points)
#
# Now for any number `n` of rounds, `n = 0` included. Example: `deep_params(1)` is 29694.


# %% nbgrader={"grade_id": "deep_params", "solution": true}
def deep_params(n):
    """Return the number of parameters of the lecture's network with n loop layers."""
    ### BEGIN SOLUTION
    channels, total = 16, 5 * 5 * 1 * 16 + 16
    for _ in range(n):
        total += 5 * 5 * channels * 4 + 4
        channels = 4
    total += 5 * 5 * channels * 16 + 16  # reads what the loop hands on: 16 channels if n is 0
    return total + (10 * 10 * 16 * 16 + 16) + (16 * 16 + 16) + (16 * 10 + 10)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_deep_params", "grade": true}
check("deep_params", deep_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Keep a variable for the number of channels that the next layer
# reads, and let a loop run over the layers.</details>
# <details><summary>Hint 2</summary>Without any loop layer, what does the last convolution
# read?</details>

# %% [markdown]
# **Compare** with Keras, for as many layers as we want to wait for. `deep_convnet(n)` is the
# listing above.

# %% tags=["demonstration", "nbval-check-output"]
for n in (0, 1, 2, 32, 100):
    print(f"n = {n:3}: {deep_convnet(n).count_params():,} parameters")
try:
    deep_convnet(1000)
except ValueError as error:
    print("\nn = 1000:", error)

# %% [markdown]
# A thousand layers and not half a million weights: VGG-16 has over three hundred times as many.
# Weights are not what makes depth hard.
#
# **Run.** The lecture calls `model.add` again and again. Does building take time in proportion to
# the number of layers?

# %% tags=["demonstration"]
for n in (25, 100):
    start = time.process_time()
    model = models.Sequential([Input((28, 28, 1))])
    for _ in range(n):
        model.add(layers.Conv2D(4, 5, activation="relu", padding="same"))
    print(f"{n} layers, one add each: {time.process_time() - start:.2f} s")

# %% [markdown]
# Each `add` builds the whole model again, so n layers cost about n² steps: four times as many
# layers take much more than four times as long. A list, `models.Sequential([...])`, is built once.
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: repeat the loop 1000 times and <code>print(model.summary())</code>, after
# <code>from keras.layers import *</code> and <code>from keras.models import *</code>.<br>
# <b>Actually</b>: only <i>one</i> line stands in the loop. Keras 3 ends with a
# <code>RecursionError</code> at 1000 layers, since Python by default allows 1,000 calls inside each
# other (about 900 layers still work; <code>sys.setrecursionlimit(20000)</code> and a list would
# build all of them). <code>model.summary()</code> prints by itself and returns <code>None</code>,
# so <code>print</code> adds a line "None". And <code>import *</code> still works, but brings more
# than a hundred names and hides where each of them comes from: import modules, as this notebook
# does.
# </div>

# %% [markdown]
# **One more thing about the listing.** It uses `categorical_crossentropy`, which wants labels as
# rows with a single 1 (`to_categorical`). That is fine. The networks below use
# `sparse_categorical_crossentropy`, which takes the labels as whole numbers and computes the same:

# %% tags=["demonstration", "nbval-check-output"]
labels = np.array([2, 0])
probabilities = np.array([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]])
one_hot = keras.utils.to_categorical(labels, num_classes=3)
print("one-hot rows: ", one_hot.tolist())
print("categorical:  ", np.round(keras.losses.categorical_crossentropy(one_hot, probabilities), 4))
sparse = keras.losses.sparse_categorical_crossentropy(labels, probabilities)
print("sparse:       ", np.round(sparse, 4))

# %% [markdown]
# **Practice** (not graded). Each padded 5×5 layer lets the network see 4 pixels more: after a
# thousand of them the window is 4,001 pixels wide, for an image of 28. Here are stacks of a more
# sensible depth. First a worked example; cover the second output with your hand.

# %% tags=["demonstration"]
example = practice_drill("drill_receptive_field", 701)
example

# %% tags=["demonstration", "nbval-check-output"]
print(example.solution())

# %% [markdown]
# Now you, as often as you like: change the number of the question, and check your answer in a cell
# of your own with `question.check(7)` (your answer in place of 7). `print(question.solution())`
# shows the worked way.

# %% tags=["demonstration"]
question = practice_drill("drill_receptive_field", 702)
question

# %% [markdown]
# And a whole network whose parameters you count, as in `deep1000_params`:

# %% tags=["demonstration"]
question = practice_drill("drill_conv_stack_params", 701)
question

# %% [markdown]
# ## 7.2 Depth and learning (17 minutes)
#
# The lecture's next notebook is called *CNN_Depth_and_Learning*: the same network at growing depth,
# and its accuracy. We do it with 8×8 digits, so that it takes seconds. The network: one
# convolution, then `depth` more, all 3×3 with 16 filters, `padding="same"` and ReLU; then
# max-pooling and ten softmax units. Adam, batches of 64, six epochs, everything else as Keras
# chooses it.

# %% tags=["demonstration", "nbval-check-output"]
print(digits.note)
for n in (2, 8, 16, 30):
    print(f"depth {n:2}: {digit_depth_net(n).count_params():,} parameters")

# %% [markdown]
# This helper trains the network of a depth. It keeps what it has trained: a second call with the
# same arguments returns at once.


# %% nbgrader={"grade_id": "training_helper", "locked": true}
@cache
def trained(depth, kind="plain"):
    """Train the digit network of this depth; `.history["val_accuracy"][-1]` is its last value."""
    keras.utils.set_random_seed(1)
    network = digit_depth_net(depth, kind)
    return fit_quietly(network, digits.x_train, digits.y_train, **recipe)


# %% [markdown]
# **Predict.** With depth 2 about 95 of 100 held-out digits are right; pure guessing gets 10. How
# many of 100 are right with depth 30?

# %% nbgrader={"grade_id": "predict_deep_accuracy", "solution": true} tags=["prediction"]
predict_deep_accuracy = ...  # your guess: per cent, a whole number from 0 to 100
### BEGIN SOLUTION
predict_deep_accuracy = 98
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_deep_accuracy", "grade": true}
check("predict_deep_accuracy", predict_deep_accuracy)

# %% [markdown]
# ### Exercise `depth_experiment` (3 points)
#
# Train the plain network at depths 2, 8, 16 and 30, and collect the results in a
# `pandas.DataFrame` with one row per depth and the columns `depth`, `train_accuracy` and
# `val_accuracy`: the accuracies of the *last* epoch, from 0 to 1. (Takes about half a minute.)
#
# `trained(2).history` is a dictionary with the lists `"accuracy"` (training) and `"val_accuracy"`.

# %% nbgrader={"grade_id": "depth_experiment", "solution": true}
depth_experiment = ...  # a pandas.DataFrame
### BEGIN SOLUTION
rows = []
for n in (2, 8, 16, 30):
    history = trained(n).history
    rows.append(
        {
            "depth": n,
            "train_accuracy": history["accuracy"][-1],
            "val_accuracy": history["val_accuracy"][-1],
        }
    )
depth_experiment = pd.DataFrame(rows)
### END SOLUTION

# %% nbgrader={"grade_id": "test_depth_experiment", "grade": true}
check("depth_experiment", depth_experiment)

# %% [markdown]
# <details><summary>Hint 1</summary><code>pd.DataFrame([{"depth": 2, "train_accuracy": 0.5}])</code>
# is a table with one row. Collect such dictionaries in a list.</details>
# <details><summary>Hint 2</summary>The last element of a list has index -1.</details>

# %% [markdown]
# **Compare.** *Figure:* accuracy against depth, blue circles for the training images, orange
# squares (dashed) for the held-out ones. The dotted line is pure guessing, one in ten.

# %% tags=["demonstration"]
deep_run = trained(30).history
compare("predict_deep_accuracy", predict_deep_accuracy, round(100 * deep_run["val_accuracy"][-1]))
print(f"depth 30: loss {deep_run['loss'][-1]:.3f}; ln 10 = {np.log(10):.3f}")
try:
    display(depth.plot_accuracy_by_depth(depth_experiment))
except ValueError as missing:
    print(missing)

# %% [markdown]
# A few layers more do no harm. Then it gets worse, and at depth 30 the network has learned
# **nothing**: its loss is ln 10, which is what ten equal probabilities cost, for every image.
#
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>Think, pair, share</b><br>
# <i>"Of course: 30 layers have more weights than 1,200 digits can teach. The network
# over-fits."</i>
# <ul>
# <li><b>2 minutes alone:</b> which point of the figure would look different if that were true?</li>
# <li><b>2 minutes with a neighbour:</b> could the deep network, in principle, compute what the
# shallow one computes? How would you set its additional layers by hand?</li>
# </ul>
# <details><summary>Compare</summary>
# An over-fitted network is <i>good</i> on its training images. This one is as bad on them as on the
# others, so it is not over-fitting: the <b>optimisation</b> fails. In principle the deep network
# can do whatever the shallow one can: let each additional layer copy its input (a kernel with a
# single 1 in its middle, one for each channel; ReLU leaves positive numbers alone). The good
# solution exists. Gradient descent does not get there, and section 7.3 shows why. Keep the copying
# layer in mind for notebook 08.
# </details>
# </div>

# %% [markdown]
# **Is it the small digits?** With the real MNIST, if it is on your machine, the same happens: 3,000
# images, three epochs. (The network pools once more, because the images are larger.) Without MNIST
# this cell trains nothing.

# %% tags=["demonstration"]
mnist = load_mnist()
for n in (2, 30) if not mnist.is_standin else ():
    keras.utils.set_random_seed(1)
    network = digit_depth_net(n, "plain", (28, 28, 1))
    fit_quietly(network, mnist.x_train[:3000], mnist.y_train[:3000], epochs=3, batch_size=64)
    _, accuracy = network.evaluate(mnist.x_test[:2000], mnist.y_test[:2000], verbose=0)
    print(f"depth {n}: accuracy {accuracy:.3f} on 2,000 test images")

# %% [markdown]
# ## 7.3 Three villains (20 minutes)
#
# | villain | what happens |
# |---|---|
# | **vanishing gradient** | on its way back to the first layers the gradient becomes tiny |
# | **exploding gradient** | it becomes huge, and one step destroys what was learned |
# | **internal covariate shift** | each layer learns from inputs that change with every step below |
#
# The lecture's remedies: **ReLU** and **batch normalisation**. First the gradients.
#
# ### Vanishing: a product of small numbers
#
# Back-propagation is the chain rule: the gradient of an early layer is a **product** with one
# factor for each later layer, and the slope of the activation is part of each factor. *Figure:*
# sigmoid (blue) and ReLU (orange, dashed), left; their slopes, right. The sigmoid's slope is
# s·(1 - s), where s is its value, and never above ¼. ReLU's slope is 1 wherever x is positive.

# %% tags=["demonstration"]
depth.plot_activations()

# %% [markdown]
# ### Exercise `sigmoid_gradient_bound` (1 point)
#
# A gradient goes back through 8 sigmoids. By which factor can these sigmoids *alone* (weights
# aside) scale it at most? Give a number with at least four significant digits, or a formula.

# %% nbgrader={"grade_id": "sigmoid_gradient_bound", "solution": true}
sigmoid_gradient_bound = ...  # a number
### BEGIN SOLUTION
sigmoid_gradient_bound = (1 / 4) ** 8  # the largest slope, once for each sigmoid
### END SOLUTION

# %% nbgrader={"grade_id": "test_sigmoid_gradient_bound", "grade": true}
check("sigmoid_gradient_bound", sigmoid_gradient_bound)

# %% [markdown]
# <details><summary>Hint 1</summary>What is the steepest place of the sigmoid, and how steep is it
# there?</details>
# <details><summary>Hint 2</summary>The chain rule multiplies.</details>

# %% [markdown]
# ### Exercise `relu_and_grad` (1 point)
#
# Write ReLU and its derivative: `relu_and_grad(x)` returns two arrays of the shape of `x`, the
# values and the derivatives (numbers, 0 and 1). At x = 0 there is no derivative; libraries take 0
# there, so do the same.
#
# Example: `[-2, 0, 3]` gives `[0, 0, 3]` and `[0, 0, 1]`.


# %% nbgrader={"grade_id": "relu_and_grad", "solution": true}
def relu_and_grad(x):
    """Return relu(x) and its derivative at x, two arrays of numbers."""
    ### BEGIN SOLUTION
    return np.maximum(x, 0), (x > 0).astype(float)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_relu_and_grad", "grade": true}
check("relu_and_grad", relu_and_grad)

# %% [markdown]
# <details><summary>Hint 1</summary>The larger one of x and 0: NumPy has a function for
# that.</details>
# <details><summary>Hint 2</summary><code>x > 0</code> is an array of True and False; <code>
# .astype(float)</code> turns it into numbers.</details>

# %% [markdown]
# ### Exercise `gradient_norms` (3 points)
#
# Now measure it in a real network. `gradient_norms(model, x, y)` returns a list: for every layer
# that has a `kernel`, in the order of the layers, the **L2 norm** of the derivative of the loss by
# that kernel (the root of the sum of the squares of all its elements).
#
# - The loss is the **mean** of `keras.losses.sparse_categorical_crossentropy(y, probabilities)`.
# - Call the model as training does: `model(x, training=True)`.
#
# TensorFlow differentiates what happens under a "tape". A small example:

# %% tags=["demonstration", "nbval-check-output"]
weight = tf.Variable([3.0, 4.0])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(weight**2)
slope = tape.gradient(loss, [weight])  # one derivative for each thing in the list
print(slope[0].numpy(), "with norm", float(tf.norm(slope[0])))


# %% nbgrader={"grade_id": "gradient_norms", "solution": true}
def gradient_norms(model, x, y):
    """Return the norm of d(loss)/d(kernel) for each layer with a kernel, first layer first."""
    ### BEGIN SOLUTION
    kernels = [layer.kernel for layer in model.layers if hasattr(layer, "kernel")]
    with tf.GradientTape() as recorded:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x, training=True))
        loss = tf.reduce_mean(losses)
    return [float(tf.norm(slope)) for slope in recorded.gradient(loss, kernels)]
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_gradient_norms", "grade": true}
check("gradient_norms", gradient_norms)

# %% [markdown]
# <details><summary>Hint 1</summary>Three steps: collect the kernels; compute the loss under the
# tape; ask the tape for the derivatives by the kernels.</details>
# <details><summary>Hint 2</summary><code>hasattr(layer, "kernel")</code> tells whether a layer has
# one: pooling, Flatten and batch normalisation have none.</details>
# <details><summary>Hint 3</summary><code>sparse_categorical_crossentropy</code> returns one number
# for each image. Only what is computed inside the <code>with</code> block can be
# differentiated.</details>

# %% [markdown]
# **Run.** Four networks **before training**, one batch of 64 digits. (So that this works even if
# you skipped the exercise, it calls the course's own `gradients.gradient_norms`.)

# %% tags=["demonstration"]
norms = {}
for kind, n in (("sigmoid", 8), ("sigmoid", 30), ("plain", 8), ("plain", 30)):
    keras.utils.set_random_seed(1)
    name = f"{'ReLU' if kind == 'plain' else kind}, depth {n}"
    norms[name] = gradients.gradient_norms(digit_depth_net(n, kind), *batch)
    print(f"{name:17} first convolution {norms[name][0]:.1e}, last {norms[name][-2]:.1e}")
plot_gradient_norms(norms)

# %% [markdown]
# *Figure:* gradient norm by layer, the image on the left, the loss on the right; the last point is
# the softmax layer. Read it from right to left, as back-propagation goes.
#
# - **Sigmoid** (blue circles, orange squares): a straight line on a logarithmic scale, that is a
#   fixed *factor* per layer. Through 30 layers nothing arrives that a step could use.
# - **ReLU, depth 8** (green triangles): level. All layers can learn.
# - **ReLU, depth 30** (pink diamonds): level, too, but four powers of ten lower, *everywhere*. The
#   gradient does not get lost on its way back. Something else is wrong here.

# %% [markdown]
# ### The signal can vanish, too
#
# With depth 30 the *signal* has died on its way **forward**: after 30 layers all images look alike,
# and if they look alike the loss cannot tell the weights what to change. The cause is the size of
# the random weights at the start. Keras draws them with variance 1 / (mean of fan in and fan out)
# (Glorot and Bengio); *fan in* is how many numbers are summed up for one output, *fan out* how many
# outputs one input reaches. That keeps the size of the signal in a *linear* layer; ReLU throws half
# of it away, layer after layer.
#
# **Run.** The same stack with weights of larger variance: gain 1 is Keras' default, 2 doubles the
# variance, and so on.


# %% tags=["demonstration"]
def relu_stack(gain):
    """Build 30 convolutions whose first weights have `gain` times the default variance."""
    convolutions = []
    for _ in range(30):
        weights = keras.initializers.VarianceScaling(gain, "fan_avg", "uniform")
        options = {"padding": "same", "activation": "relu", "kernel_initializer": weights}
        convolutions.append(layers.Conv2D(16, 3, **options))
    head = [layers.Flatten(), layers.Dense(10, activation="softmax")]
    return models.Sequential([Input((8, 8, 1)), *convolutions, *head])


# %% tags=["demonstration"]
by_gain = {}
for gain in (1, 2, 4, 8):
    keras.utils.set_random_seed(1)
    by_gain[f"gain {gain}"] = gradients.gradient_norms(relu_stack(gain), *batch)
    print(f"gain {gain}: first convolution {by_gain[f'gain {gain}'][0]:.0e}")
plot_gradient_norms(by_gain)

# %% [markdown]
# *Figure:* gradient norm by layer for four gains. Gain 1 (blue) vanishes; 4 (green) and 8 (pink)
# **explode**: with a gradient in the thousands or millions one step of plain gradient descent
# throws every weight away. In between lies gain 2 (orange): twice the variance makes good for the
# half that ReLU throws away. It is the **He initialisation** (`kernel_initializer="he_uniform"`),
# made for ReLU. Our experiment keeps Keras' default on purpose; with He weights at the start it
# would look less dark.
#
# Try it in a cell of your own. It learns: at depth 30 good first weights can be enough.
#
# ```python
# model = relu_stack(2)
# model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
# fit_quietly(model, digits.x_train, digits.y_train, **recipe).history["val_accuracy"]
# ```
#
# **Explore**, in plain NumPy. *Figure:* left how much the images still differ after each layer,
# right the gradient, both on the same logarithmic scale; the grey line is 1. The switch puts
# **batch normalisation** before each activation, which gives the signal the same size in every
# layer; section 7.4 shows how.
#
# 1. Sigmoid, gain 1: let the depth grow from 8 to 30. What happens to the gradient of layer 1?
# 2. ReLU, depth 30: try all gains. Which one keeps both curves most nearly level?
# 3. Now switch on batch normalisation, and try all gains again. What do you notice?
# 4. Sigmoid, depth 30, batch normalisation: is the gradient saved? The signal?

# %% tags=["demonstration"]
depth.explore_depth(digits.x_train[:32], digits.y_train[:32])

# %% [markdown]
# <details><summary>What we saw</summary>1: it loses a fixed factor with each layer, about
# two powers of ten for every three layers. 2: gain 2. 3: the gain hardly matters any more: whatever
# the size of the weights, the next normalisation takes it out again. The gradient now <i>grows</i>
# towards the image. 4: much better than before, yet both still shrink with depth: normalisation
# repairs the size of a signal, not the flat slope of a sigmoid.</details>

# %% [markdown]
# ## 7.4 Batch normalisation (18 minutes)
#
# If signals that are too small or too large are the problem, why not set their size? **Batch
# normalisation** (Ioffe and Szegedy, 2015) does, for every channel and in every step: subtract the
# mean of the channel, divide by its standard deviation, both taken from the current batch. Then
# scale by γ (gamma) and shift by β (beta), which are trained, so that the network can choose any
# size it likes:
#
# > **y = γ · (x - mean) / √(variance + ε) + β**
#
# The small ε (Keras: 0.001) keeps the root away from 0.
#
# *Figure:* a batch of three images with two channels. The orange numbers share one mean and one
# variance: in batch normalisation all images and all positions of *one channel*.

# %% tags=["demonstration"]
normalisation.plot_averaged_together()

# %% [markdown]
# **By hand.** Three samples (rows) with two channels (columns). The first channel, 1, 3, 5, has
# mean 3 and variance (4 + 0 + 4) / 3; the second is just twice as large. *Figure:* the batch, and
# the batch after subtracting the means and dividing by the standard deviations: both channels have
# become the same.

# %% tags=["demonstration"]
small_batch = np.array([[1, 2], [3, 6], [5, 10]])
centred = small_batch - small_batch.mean(axis=0)
normal = centred / small_batch.std(axis=0)
plot_number_grids(
    {"batch": small_batch, "minus mean": centred, "by deviation": normal.round(2)},
    signs=("→", "→"),
)

# %% [markdown]
# ### Exercise `batchnorm_forward` (3 points)
#
# Write the formula for training: `x` is (N, C) or (N, H, W, C); `gamma` and `beta` hold one number
# for each channel. The variance is the mean of the squared deviations (divide by N, not N-1).
#
# Example: `[[1, 2], [3, 6], [5, 10]]` with gamma 1, 1 and beta 0, 0 gives
# `[[-1.2245, -1.2247], [0, 0], [1.2245, 1.2247]]`. (The columns differ a little: guess why.)


# %% nbgrader={"grade_id": "batchnorm_forward", "solution": true}
def batchnorm_forward(x, gamma, beta, eps: float = 1e-3):
    """Normalise each channel (last axis) over all other axes, then scale and shift."""
    ### BEGIN SOLUTION
    axes = tuple(range(x.ndim - 1))  # all but the channels
    mean = x.mean(axis=axes)
    variance = ((x - mean) ** 2).mean(axis=axes)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_batchnorm_forward", "grade": true}
check("batchnorm_forward", batchnorm_forward)

# %% [markdown]
# <details><summary>Hint 1</summary>Over which axes of an (N, H, W, C) array do you average, so that
# C numbers are left?</details>
# <details><summary>Hint 2</summary><code>x.mean(axis=(0, 1, 2))</code> averages over three axes at
# once. <code>x.ndim</code> tells how many there are. NumPy lines up a (C,) array with the last
# axis by itself.</details>

# %% [markdown]
# **Compare** with Keras. The layer behaves differently in training and afterwards: in training it
# uses the batch, and on the side keeps **moving averages** of mean and variance; afterwards
# (`training=False`, in `predict` and `evaluate`) it uses the moving averages, so that the answer
# for one image does not depend on the others. They start at mean 0 and variance 1.

# %% tags=["demonstration", "nbval-check-output"]
layer = layers.BatchNormalization()
inputs = small_batch.astype("float32")
in_training = layer(inputs, training=True).numpy()
afterwards = layer(inputs, training=False).numpy()
print("training=True:", *in_training.round(4), sep="\n  ")
print("moving mean after this one batch:", layer.moving_mean.numpy().round(2))
print("training=False:", *afterwards.round(2), sep="\n  ")

# %% [markdown]
# ### Exercise `batchnorm_param_count` (1 point)
#
# A batch normalisation layer follows a convolution with 64 filters. How many weights does the layer
# have in all (`count_params`), and how many of them are trainable?

# %% nbgrader={"grade_id": "batchnorm_param_count", "solution": true}
batchnorm_param_count = ...  # two whole numbers: all, trainable
### BEGIN SOLUTION
batchnorm_param_count = [4 * 64, 2 * 64]  # gamma, beta, moving mean, moving variance
### END SOLUTION

# %% nbgrader={"grade_id": "test_batchnorm_param_count", "grade": true}
check("batchnorm_param_count", batchnorm_param_count)

# %% [markdown]
# <details><summary>Hint 1</summary>Which numbers does the formula need for each channel? Which more
# does the layer keep for later?</details>
# <details><summary>Hint 2</summary>Print <code>len(layer.weights)</code> and
# <code>len(layer.trainable_weights)</code> of the layer above: it has two channels, and each weight
# is an array with one number for each.</details>

# %% [markdown]
# ### Does it help?
#
# **Run.** Depth 16 once more, now with a batch normalisation between each convolution and its ReLU.
# Its moving averages get Keras' default, momentum 0.99: each batch changes them by one per cent.

# %% tags=["demonstration"]
keras.utils.set_random_seed(1)
normalised = digit_depth_net(16, "batchnorm")
norm_layers = [n for n in normalised.layers if isinstance(n, layers.BatchNormalization)]
for one in norm_layers:
    one.momentum = 0.99
run = fit_quietly(normalised, digits.x_train, digits.y_train, **recipe)
print(f"training accuracy: {run.history['accuracy'][-1]:.3f}", end=", ")
print(f"without batch normalisation {trained(16).history['accuracy'][-1]:.3f}")

# %% [markdown]
# Very good. **Predict:** and its accuracy on the held-out digits, in per cent?

# %% nbgrader={"grade_id": "predict_stale_averages", "solution": true} tags=["prediction"]
predict_stale_averages = ...  # your guess: per cent, a whole number from 0 to 100
### BEGIN SOLUTION
predict_stale_averages = 95
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_stale_averages", "grade": true}
check("predict_stale_averages", predict_stale_averages)

# %% tags=["demonstration"]
actual = round(100 * run.history["val_accuracy"][-1])
compare("predict_stale_averages", predict_stale_averages, actual)
plot_training_curves(
    {"plain, depth 16": trained(16), "batch normalisation, momentum 0.99": run}, ("accuracy",)
)

# %% [markdown]
# *Figure:* accuracy by epoch, solid for training, dashed for the held-out digits; blue is the plain
# network, orange the one with batch normalisation. On the training images (solid) it learns faster
# than the plain one. On the held-out ones (dashed) it seems to guess.
#
# Over-fitting? **No.** Remember that the layer does something *else* after training: it uses its
# moving averages. *Figure below:* the share of its start value (0 for the mean, 1 for the variance)
# that a moving average still holds. Our run has 19 batches in each of 6 epochs. With momentum 0.99
# (dashed) each average is then still to a third what it was before the first image, and the
# errors of 16 layers multiply.

# %% tags=["demonstration"]
normalisation.plot_forgetting((0.9, 0.99), steps=6 * 19)

# %% [markdown]
# **Run the proof.** We let the training images pass through a few more times, **without changing
# one weight**: only the moving averages move, now with momentum 0.9.

# %% tags=["demonstration"]
for one in norm_layers:
    one.momentum = 0.9
for times in range(1, 5):
    for start in range(0, len(digits.x_train), 64):
        normalised(digits.x_train[start : start + 64], training=True)  # no optimiser: no training
    _, accuracy = normalised.evaluate(digits.x_test, digits.y_test, verbose=0)
    print(f"passes: {times}, accuracy {accuracy:.3f} on the held-out digits")

# %% [markdown]
# The weights were good all the time. So if a network with batch normalisation is excellent in
# training and hopeless in validation, look at the moving averages first: train longer, or use
# `layers.BatchNormalization(momentum=0.9)`, as this course does in its short runs.

# %% [markdown]
# ### What it costs, and what it cannot do
#
# **Run.** The gradients of depth 30 with batch normalisation before training; then its training
# (momentum 0.9), beside the plain network; and the time for one training step at depth 8, with and
# without it.

# %% tags=["demonstration"]
keras.utils.set_random_seed(1)
norms_30 = gradients.gradient_norms(digit_depth_net(30, "batchnorm"), *batch)
plot_gradient_norms({"ReLU, depth 30": norms["ReLU, depth 30"], "with batch norm": norms_30})

# %% tags=["demonstration"]
for kind in ("plain", "batchnorm"):
    history = trained(30, kind).history
    print(f"depth 30, {kind:9}: training {history['accuracy'][-1]:.3f}", end=", ")
    print(f"held out {history['val_accuracy'][-1]:.3f}")

# %% tags=["demonstration"]
networks = [digit_depth_net(8, kind) for kind in ("plain", "batchnorm")]
times = np.zeros((14, 2))
for turn in times:  # in turns, so that both meet the same other work of the machine
    for i, network in enumerate(networks):
        start = time.perf_counter()
        network.train_on_batch(*batch)
        turn[i] = time.perf_counter() - start
times = times[2:]  # in the first turns TensorFlow builds
plain, with_norm = 1000 * np.median(times, axis=0)
ratio = np.median(times[:, 1] / times[:, 0])
print(f"one step at depth 8: {plain:.0f} ms plain, {with_norm:.0f} ms with batch normalisation,")
print(f"typically {ratio:.1f} times as long, on this machine, this time")

# %% [markdown]
# *Figure:* gradient norm by layer at depth 30, before training. With batch normalisation (orange
# squares) nothing vanishes any more; the gradient even grows by two powers of ten towards the
# image. The training **moves**, where the plain network stood still, but after six epochs it is
# still far from what depth 2 reached. Batch normalisation alone does not make depth 30 easy.
# Notebook 08 adds what does: shortcuts.
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: ReLU and batch normalisation greatly resolve these problems, <i>but batch
# normalisation slows down training</i>.<br>
# <b>Actually</b>: it slows down each <b>step</b> (see the times above). It usually needs fewer
# steps: at depth 16 it was ahead after the first epochs, so there it <i>speeds up</i> training. And
# "greatly" has limits: with ReLU and batch normalisation alone depth 30 moved in our experiment,
# and stayed far behind depth 2. As for <b>internal covariate shift</b>: that is how the paper of
# 2015 explains the success of batch normalisation. The explanation is disputed; Santurkar and
# others (2018) found that it makes the loss surface smoother instead.
# </div>

# %% [markdown]
# ## In your own words
#
# ### Exercise `deep_training_written` (2 points, graded by your teacher)
#
# In 60 to 150 words: name the three villains, and say for each of them what ReLU and batch
# normalisation do against it (a table with the columns villain, ReLU, batch normalisation will do;
# "nothing" can be an answer). Then: is "batch normalisation slows down training" true? Use a number
# from this notebook.

# %% [markdown] nbgrader={"grade_id": "deep_training_written", "grade": true, "solution": true}
# **Model answer.** *Vanishing gradient:* each sigmoid multiplies the gradient by at most 1/4, eight
# of them by at most 0.000015; ReLU's slope is 1 where x is positive. The signal can vanish as well
# (ReLU, depth 30, default weights); batch normalisation sets its size anew in every layer.
# *Exploding gradient:* weights that are too large multiply it by more than 1 in every layer; ReLU
# does not help against that, batch normalisation does, since it takes the size of the weights out
# again. *Internal covariate shift:* the inputs of a layer change while the layers below learn;
# batch normalisation keeps their mean and variance fixed (whether this is why it works is
# disputed). "Slows down" is true of a step, in our run 1.3 times as long, but not of
# training: at depth 16 it reached a training accuracy of almost 1.0 after six epochs, more than the
# plain network.
#
# **Marking scheme (2 points)**
#
# - 1 point: all three villains, with what ReLU *and* batch normalisation do (half a point if one is
#   missing or a remedy is wrong).
# - 1 point: slower per step, fewer steps; with a number of the notebook (half a point without).

# %% [markdown]
# ## Summary
#
# | idea | in one line |
# |---|---|
# | 1000 layers | surprisingly few weights; the trouble with depth is not their number |
# | degradation | beyond some depth accuracy falls, **on training images too**: no over-fitting |
# | vanishing gradient | a product with one factor per layer; sigmoid: at most ¼ each |
# | vanishing signal | all images look alike after many layers; then gradients are tiny everywhere |
# | exploding gradient | factors above 1, for example from weights that are too large |
# | He initialisation | twice the variance, because ReLU throws half away |
# | batch normalisation | mean 0, variance 1 per channel over batch and positions; then γ and β |
# | its weights | per channel γ and β, trained, and two moving statistics, measured |
# | its trap | moving averages need time: momentum 0.99 and a short run give validation by chance |
# | its price | slower steps, usually fewer of them |
#
# **Next:** notebook 08 lets each layer start as "copy the input": residual networks.

# %% [markdown]
# ## Further reading
#
# - X. Glorot, Y. Bengio, [Understanding the difficulty of training deep feedforward neural
#   networks](https://proceedings.mlr.press/v9/glorot10a.html), AISTATS 2010: Keras' default
#   weights.
# - K. He, X. Zhang, S. Ren, J. Sun, [Delving Deep into
#   Rectifiers](https://arxiv.org/abs/1502.01852), 2015: weights for ReLU.
# - S. Ioffe, C. Szegedy, [Batch Normalization](https://arxiv.org/abs/1502.03167), 2015.
# - S. Santurkar, D. Tsipras, A. Ilyas, A. Madry, [How Does Batch Normalization Help
#   Optimization?](https://arxiv.org/abs/1805.11604), 2018: it is not the covariate shift.
# - K. He, X. Zhang, S. Ren, J. Sun, [Deep Residual Learning for Image
#   Recognition](https://arxiv.org/abs/1512.03385), 2015: its Figure 1 is our experiment with 20 and
#   56 layers on CIFAR-10.
