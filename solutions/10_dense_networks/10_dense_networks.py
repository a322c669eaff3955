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
# # 10 Dense networks

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **count** the connections of a dense block, in the lecture's way and in the paper's,
# - **follow** the channels through dense blocks and transitions, with the growth rate,
# - **build** a dense block in Keras and **count** its weights,
# - **read** the paper's table of architectures, and **repair** a row of it,
# - **tell** how Keras draws DenseNet-121 from how we should think of it,
# - **build** a network that takes images of any size, and **say** what that does not promise.
#
# **You need** notebook 08 (functional API, shortcuts), and the 1×1 convolutions of notebook 09.
# **Time:** about 75 minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import keras
import numpy as np
from keras import Input, layers, models, ops

from course_utils import compare, practice_drill
from course_utils.architectures import densenet
from course_utils.arithmetic import conv_params, dense_params
from course_utils.arithmetic.models import count_macs
from course_utils.datasets import load_digits_images
from course_utils.datasets.applications import applications_table
from course_utils.explore import dense_networks, dense_views
from course_utils.plots.applications import plot_params_vs_accuracy
from course_utils.plots.diagrams import plot_model_diagram
from course_utils.plots.training import plot_training_curves
from course_utils.training import fit_quietly

# %% nbgrader={"grade_id": "student_id", "solution": true} tags=["fill-in"]
STUDENT_ID = "student-demo"  # your course id

# %% [markdown]
# *The whole notebook in one picture.* Circles are layers, lines say who reads whom. In a **plain**
# network each layer reads the one before it. In a **residual** network (notebook 08) a shortcut
# jumps over two layers and is *added*. In a **dense** network every layer reads *all* layers before
# it, and what it reads is *concatenated*: stacked, channel upon channel.

# %% tags=["demonstration"]
dense_networks.plot_wirings(n_layers=4)

# %% [markdown]
# **Recall (one minute).** What must agree so that two feature maps can be *added*? And what does a
# 1×1 convolution change, what not?
#
# <details><summary>Compare</summary>To add, height, width <i>and</i> the number of channels must
# agree. A 1×1 convolution changes the number of channels; height and width stay. Both come back in
# section 10.3.</details>

# %% [markdown]
# ## 10.1 The idea (6 minutes)
#
# **DenseNet** (Huang, Liu, van der Maaten and Weinberger, *Densely Connected Convolutional
# Networks*) connects each convolution layer to every other layer in a feed-forward fashion. Layer
# *l* gets the feature maps of all layers before it:
#
# > **x<sub>l</sub> = H<sub>l</sub>([x<sub>0</sub>, x<sub>1</sub>, …, x<sub>l-1</sub>])**
#
# The brackets mean *concatenate*, x<sub>0</sub> is the input of the block, and H<sub>l</sub> is
# batch normalisation, ReLU, 3×3 convolution, in this order. A residual block would compute
# H(x) + x: there the sum mixes old and new, here the old maps stay as they are, for all to read.
#
# *Figure* (after Figure 1 of the paper): a block of five layers. Boxes are layers, coloured sheets
# the feature maps that they make, four each, in the colour of their maker. Every layer gets a line
# from each stack before it; the lines from the block's input are dashed.

# %% tags=["demonstration"]
dense_networks.plot_dense_block(n_layers=5, growth_rate=4, k0=6)

# %% [markdown]
# ## 10.2 How many connections? (6 minutes)
#
# The lecture: traditional convolutional networks with L layers have L connections, one between each
# layer and its subsequent layer (the first reads the input); "a DenseNet has **L(L-1)/2** direct
# connections". The paper's abstract says **L(L+1)/2**.
#
# ### Exercise `connection_counts` (2 points)
#
# How many direct connections have blocks of L = 5 and of L = 12 layers? Give for each the number by
# the lecture's formula, then by the paper's. Then count the lines of the figure: which formula
# counts what?

# %% nbgrader={"grade_id": "connection_counts", "solution": true}
connection_counts = ...  # [lecture L=5, paper L=5, lecture L=12, paper L=12]
### BEGIN SOLUTION
# Layer l reads l - 1 layers: 0 + 1 + ... + (L-1). With the input l sources: 1 + 2 + ... + L.
connection_counts = []
for n_layers in (5, 12):
    connection_counts.append(sum(range(n_layers)))
    connection_counts.append(sum(range(1, n_layers + 1)))
### END SOLUTION

# %% nbgrader={"grade_id": "test_connection_counts", "grade": true}
check("connection_counts", connection_counts)

# %% [markdown]
# <details><summary>Hint 1</summary>Count in the figure, layer by layer: how many lines <i>end</i>
# at layer 1, 2, 3, 4, 5?</details>
# <details><summary>Hint 2</summary>Now count once more without the dashed lines. How many are
# left?</details>

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: "traditional convolutional networks (Resnets) with L layers have L
# connections", a DenseNet has L(L-1)/2.<br>
# <b>Actually</b>: without "(Resnets)"; residual networks already have more, their shortcuts. And
# both formulas for the DenseNet are right, they count different things. Layer <i>l</i> reads
# <i>l</i> sources, the block's input and <i>l</i>-1 layers: 1 + 2 + … + L = L(L+1)/2, the paper's
# formula. Leave the input out, and L connections are missing: L(L-1)/2. Since the plain chain's "L
# connections" include the one from the input, the number to compare it with is the paper's.
# </div>

# %% [markdown]
# ## 10.3 From N channels to M channels (7 minutes)
#
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>Think, pair, share</b><br>
# <i>How can we connect a layer with N channels to a layer with M channels?</i>
# <ul>
# <li><b>2 minutes alone:</b> find at least two ways. What must agree in each?</li>
# <li><b>2 minutes with a neighbour:</b> which of your ways has weights? Which could a residual
# network use, which does DenseNet use?</li>
# </ul>
# <details><summary>Compare</summary>
# <b>Concatenate</b>: the result has N + M channels, and nothing must agree except height and width.
# That is DenseNet's way, without weights. To <b>add</b>, or to get another number of channels, use
# a <b>1×1 convolution</b> with M filters: it is learned. Or <b>pad</b> with channels full of zeros
# (if N &lt; M), without weights: one variant of the residual networks does so.
# </details>
# </div>

# %% tags=["demonstration", "nbval-check-output"]
wide, narrow = np.ones((1, 8, 8, 16)), np.ones((1, 8, 8, 12))  # (batch, height, width, channels)
print("concatenate:     ", ops.concatenate([wide, narrow], axis=-1).shape)
print("1×1, then add:   ", ops.add(wide, layers.Conv2D(16, 1)(narrow)).shape)
four_more = ((0, 0), (0, 0), (0, 0), (0, 4))
print("zeros, then add: ", ops.add(wide, ops.pad(narrow, four_more)).shape)
for name, join, other in (
    ("add:             ", layers.Add(), narrow),
    ("concatenate:     ", layers.Concatenate(), narrow[:, ::2, ::2]),
):
    try:
        join([wide, other])
    except ValueError as error:
        print(name, type(error).__name__, "for", wide.shape, "and", other.shape)

# %% [markdown]
# The last line is a warning: maps of *different sizes* cannot be concatenated. Keep it in mind for
# section 10.5.
#
# ### Exercise `n_to_m_params` (1 point)
#
# A 1×1 convolution, with bias, connects 256 channels to 64. How many weights has it?

# %% nbgrader={"grade_id": "n_to_m_params", "solution": true}
n_to_m_params = ...  # one whole number
### BEGIN SOLUTION
n_to_m_params = 1 * 1 * 256 * 64 + 64
### END SOLUTION

# %% nbgrader={"grade_id": "test_n_to_m_params", "grade": true}
check("n_to_m_params", n_to_m_params)

# %% [markdown]
# <details><summary>Hint 1</summary>How many weights has <i>one</i> of the filters? It looks at one
# position, but at all channels there.</details>
# <details><summary>Hint 2</summary>A filter is one output channel. How many are there, and how many
# biases?</details>

# %% [markdown]
# ## 10.4 The growth rate (18 minutes)
#
# Every layer of a block makes the same number of feature maps, **k**: each convolution has k
# filters. This is the **growth rate**. Together with the **k₀** channels of the block's input, the
# *l*-th layer has
#
# > **k₀ + k · (l - 1)**
#
# input feature maps (the lecture's formula and the paper's).
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: "the 1th layer has k₀ + k·(l-1) input feature-maps", and "k₀ is the input
# feature maps".<br>
# <b>Actually</b>: the <i>l</i>-th layer, with the letter l; for the first one the formula gives k₀.
# And k₀ is a number, the number of <i>channels</i> of the block's input. The formula holds within
# one block and starts anew in the next.
# </div>
#
# ### Exercise `layer_input_channels` (2 points)
#
# A dense block of six layers gets k₀ = 64 channels; k = 32. How many channels **enter** layer 6,
# and how many **leave** the block?

# %% nbgrader={"grade_id": "layer_input_channels", "solution": true}
layer_input_channels = ...  # [into layer 6, out of the block]
### BEGIN SOLUTION
layer_input_channels = [64 + 32 * (6 - 1), 64 + 32 * 6]
### END SOLUTION

# %% nbgrader={"grade_id": "test_layer_input_channels", "grade": true}
check("layer_input_channels", layer_input_channels)

# %% [markdown]
# <details><summary>Hint 1</summary>Write down what has been made before layer 6 begins, and by
# whom.</details>
# <details><summary>Hint 2</summary>What leaves the block would enter a layer 7, if there were
# one.</details>

# %% [markdown]
# ### Exercise `dense_block` (4 points)
#
# Write a dense block with Keras' functional API. Each of the `n_layers` layers is
#
# > batch normalisation → ReLU → 3×3 convolution with `growth_rate` filters, `padding="same"`, **no
# > bias**,
#
# applied to `x`. Then concatenate `[x, new]`, first the old channels, then the new ones; the result
# is the `x` of the next layer.
#
# Examples: 32×32×16 with growth rate 12 and 4 layers gives 32×32×64; 8×8×4 with 4 and 2 gives
# 8×8×12. How many weights do you expect in the first one?


# %% nbgrader={"grade_id": "dense_block", "solution": true}
def dense_block(x, growth_rate, n_layers):
    """Return the tensor that leaves a dense block with `n_layers` layers."""
    ### BEGIN SOLUTION
    for _ in range(n_layers):
        new = layers.BatchNormalization()(x)
        new = layers.ReLU()(new)
        new = layers.Conv2D(growth_rate, 3, padding="same", use_bias=False)(new)
        x = layers.Concatenate()([x, new])  # x itself, not what BN and ReLU made of it
    return x
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_dense_block", "grade": true}
check("dense_block", dense_block)

# %% [markdown]
# <details><summary>Hint 1</summary>A loop over the layers. In it, four calls, each of the form
# <code>layers.Something(options)(tensor)</code>.</details>
# <details><summary>Hint 2</summary>You need two names: one for what the next layer reads, one for
# what the present layer makes. Which of them does BN change?</details>
# <details><summary>Hint 3</summary><code>layers.Concatenate()</code> takes a <i>list</i> of
# tensors and joins their last axis, the channels.</details>
#
# *Why does a single concatenation per layer connect a layer with all others?* Because nothing is
# ever taken away: the old `x` is part of the new one, with everything that was part of it before.

# %% [markdown]
# ### Narrow layers
#
# "DenseNet can have very narrow layers", the paper says, for example k = 12: twelve feature maps.
# VGG-16 has 64 to 512 in each layer. Narrow layers suffice because a layer need not *repeat* what
# others have found already: it reads their maps, and adds a little of its own to the "collective
# knowledge" of the block.
#
# **Predict.** A dense block with k₀ = 16, k = 12 and four layers ends with 64 channels. A chain of
# four layers (BN–ReLU–3×3 convolution), each with 64 filters, ends with 64 channels, too. How many
# **times** as many weights has the chain? Round to a whole number.

# %% nbgrader={"grade_id": "predict_chain_ratio", "solution": true} tags=["prediction"]
predict_chain_ratio = ...  # your guess: a whole number
### BEGIN SOLUTION
predict_chain_ratio = 5
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_chain_ratio", "grade": true}
check("predict_chain_ratio", predict_chain_ratio)

# %% tags=["demonstration", "nbval-check-output"]
stack = [Input((32, 32, 16))]
for _ in range(4):
    conv = layers.Conv2D(64, 3, padding="same", use_bias=False)
    stack += [layers.BatchNormalization(), layers.ReLU(), conv]
in_chain = models.Sequential(stack).count_params()
in_block = dense_networks.block_params(k0=16, growth_rate=12, n_layers=4)
print(f"chain {in_chain:,} weights, dense block {in_block:,}: {in_chain / in_block:.1f} times")
compare("predict_chain_ratio", predict_chain_ratio, round(in_chain / in_block))

# %% [markdown]
# The chain computes all of its 64 channels anew in every layer; the block keeps the old ones.
#
# **Explore.** *Figure:* for each layer a bar of the channels that it reads, grey those of the
# block's input, coloured those made by layer 1, 2, 3, ... The last bar leaves the block. On the
# right the arithmetic, and the weights of the block and of such a chain.
#
# 1. Compare with your own answers: k₀ = 64, k = 32, six layers.
# 2. k = 1, sixteen layers. What share of the last layer's input is the block's input?
# 3. Which of the three numbers makes the advantage over the chain larger, which smaller?

# %% tags=["demonstration"]
dense_networks.explore_growth()

# %% [markdown]
# The price: the channels of *all* layers must be kept in memory until the end of the block, and in
# long blocks the last layers read very wide inputs, each channel with nine weights for every
# filter. From 1,000 channels to k = 32 a 3×3 convolution has 9 · 1,000 · 32 = 288,000 weights.
# DenseNet-121 therefore first squeezes every layer's input to 4k = 128 channels with a 1×1
# convolution, the **bottleneck** of notebook 09: 1,000 · 128 + 9 · 128 · 32 = 164,864 weights. Your
# `dense_block` is short and does without it.
#
# ### Exercise `drill_dense` (2 points)
#
# Your personal variant, drawn from your `STUDENT_ID`. First a worked example with other numbers:
# read the question, work it out, then run the second cell.

# %% tags=["demonstration"]
example = practice_drill("drill_dense", 1)
example

# %% tags=["demonstration", "nbval-check-output"]
print(example.solution())

# %% tags=["demonstration"]
drill("drill_dense", STUDENT_ID)

# %% nbgrader={"grade_id": "drill_dense", "solution": true}
drill_dense = ...  # [into the layer, out of the block, lecture, paper]: four whole numbers
### BEGIN SOLUTION
from course_utils.drills import draw

drill_dense = draw("drill_dense", STUDENT_ID).answer
### END SOLUTION

# %% nbgrader={"grade_id": "test_drill_dense", "grade": true}
check("drill_dense", drill_dense, student_id=STUDENT_ID)

# %% [markdown]
# ## 10.5 Transition layers (5 minutes)
#
# Maps of different sizes cannot be concatenated, and yet a network should shrink its maps. So a
# DenseNet consists of several dense blocks, and **between** them stand **transition layers**, which
# change the size of the feature maps by convolution and pooling:
#
# > BN → ReLU → 1×1 convolution → 2×2 average pooling with stride 2
#
# The 1×1 convolution also *halves the number of channels* (the paper's compression, θ = 0.5):
# otherwise they would only ever grow.
#
# *Figure* (after Figure 2 of the paper): a small DenseNet with three blocks. The height is the
# number of channels. In a block, blue, each layer is a step up of k = 12 upon the block's input,
# grey; in a transition, orange, the channels are halved. Squares show the size of the maps, which
# is constant in a block. (The number of weights above the picture is that of layers with the
# bottleneck just mentioned.)

# %% tags=["demonstration"]
small = densenet.densenet_stages((3, 4, 5), growth_rate=12, image_shape=(64, 64, 3))
dense_views.plot_physical_view(small, classes=10)

# %% [markdown]
# ### Exercise `transition_params` (1 point)
#
# The first transition of DenseNet-121 gets 256 channels: BN on these, ReLU, a 1×1 convolution
# **without bias** to 128 channels, average pooling. How many weights in all, including those of BN
# that are not trained?

# %% nbgrader={"grade_id": "transition_params", "solution": true}
transition_params = ...  # one whole number
### BEGIN SOLUTION
# BN: scale, offset, moving mean, moving variance for each channel that comes in.
transition_params = 4 * 256 + 1 * 1 * 256 * 128
### END SOLUTION

# %% nbgrader={"grade_id": "test_transition_params", "grade": true}
check("transition_params", transition_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Which of the four steps have weights at all?</details>
# <details><summary>Hint 2</summary>Notebook 07: what does batch normalisation keep for each
# channel? Two things are trained, two are measured.</details>

# %% [markdown]
# ## 10.6 Accuracy versus parameters (8 minutes)
#
# What is it all good for? The paper's Figure 3 plots the error on ImageNet against the number of
# parameters: DenseNets reach the accuracy of residual networks with a fraction of the weights. We
# redraw it from the table of notebook 08, which the Keras documentation printed in 2019.
#
# *Figure:* top-1 accuracy (up is better) against the number of parameters (left is cheaper; note
# the logarithmic axis). DenseNets, vermilion diamonds, stand to the left of residual networks, blue
# dots, of about the same accuracy.

# %% tags=["demonstration"]
table = [row for row in applications_table() if row.model.startswith(("DenseNet", "ResNet"))]
dense = [row.model for row in table if row.model.startswith("DenseNet")]
plot_params_vs_accuracy([row for row in table if "V2" not in row.model], highlight=dense)

# %% tags=["demonstration", "nbval-check-output"]
rows = {row.model: row for row in table}
for name in ("DenseNet121", "ResNet50"):
    row = rows[name]
    print(f"{name:12} {row.params:>11,} parameters, top-1 accuracy {row.top1:.3f}")
print(f"{rows['ResNet50'].params / rows['DenseNet121'].params:.2f} times the parameters")

# %% [markdown]
# (The later ResNet V2, left out here, is better than ResNet at the same size; try the figure with
# the whole `table`.)
#
# ### Does it show on our small digits?
#
# A DenseNet with k = 12 and two blocks of four layers, against a plain network with batch
# normalisation and almost exactly as many weights: eight 3×3 convolutions with 24 filters. Both get
# 1,200 training images of handwritten digits, six epochs, and a learning rate that falls to zero.


# %% tags=["demonstration", "nbval-check-output"]
def plain_network(filters=24):
    x = image = Input((None, None, 1))
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(x)
    for number in range(8):
        if number == 4:
            x = layers.AveragePooling2D(2)(x)
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.GlobalAveragePooling2D()(x)
    return models.Model(image, layers.Dense(10, activation="softmax")(x))


builders = {"dense": densenet.digit_densenet, "plain": plain_network}
for name, build in builders.items():
    print(f"{name}: {build().count_params():,} weights, {len(build().layers)} Keras layers")

# %% [markdown]
# **Predict.** By how many *percentage points* will the dense network be better on the 597 held-out
# digits after training? (Below 0: the plain one is better.)

# %% nbgrader={"grade_id": "predict_dense_lead", "solution": true} tags=["prediction"]
predict_dense_lead = ...  # your guess: percentage points, rounded
### BEGIN SOLUTION
predict_dense_lead = 3
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_dense_lead", "grade": true}
check("predict_dense_lead", predict_dense_lead)

# %% tags=["demonstration"]
digits = load_digits_images(size=28)
print(digits.note)
trained, runs, accuracy = {}, {}, {}
for name, build in builders.items():
    keras.utils.set_random_seed(0)
    model = trained[name] = build()
    falling = keras.optimizers.schedules.CosineDecay(5e-3, decay_steps=6 * 38)
    adam = keras.optimizers.Adam(falling)
    model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    held_out = digits.x_test, digits.y_test
    runs[name] = fit_quietly(
        model, digits.x_train, digits.y_train, epochs=6, validation_data=held_out
    )
    accuracy[name] = runs[name].history["val_accuracy"][-1]
    print(f"{name}: {accuracy[name]:.3f} after {runs[name].seconds:.0f} s")
lead = 100 * (accuracy["dense"] - accuracy["plain"])
compare("predict_dense_lead", predict_dense_lead, round(lead))

# %% tags=["demonstration"]
plot_training_curves(runs)

# %% [markdown]
# *Figure:* loss and accuracy by epoch for both networks; solid for training, dashed for held-out
# digits. At first the dashed curves can be as bad as guessing, and jump up and down, though
# training goes well: while the weights change in large steps, the moving averages of batch
# normalisation lag behind them (notebook 07). As the learning rate falls, the curves calm down.
#
# **Read it honestly.** Both networks learn the digits almost perfectly. **At this scale DenseNet
# has no advantage**: the task is too easy to tell two networks of 41,000 weights apart, a
# difference of half a percentage point is three digits, and the dense network usually takes
# *longer* for the same number of weights (see the seconds). The parameter efficiency is *read from
# the table above*, where networks of many million weights were trained on a million photographs;
# these few seconds do not show it.

# %% [markdown]
# ## 10.7 Reading the table of architectures (10 minutes)
#
# The paper's Table 1 lists four DenseNets for ImageNet, "growth rate 32 for all"; "each 'conv' is
# BN–ReLU–Conv". One layer of a block now has *two* convolutions: 1×1 with 4k = 128 filters (the
# bottleneck), then 3×3 with k = 32. As the lecture prints it:
#
# | stage | output | DenseNet-121 | DenseNet-169 | DenseNet-201 | DenseNet-264 |
# |---|---|---|---|---|---|
# | convolution | 112×112 | 7×7 conv, stride 2 | same | same | same |
# | pooling | 56×56 | 3×3 max pool, stride 2 | same | same | same |
# | dense block (1) | 56×56 | [1×1 conv, 3×3 conv] ×6 | ×6 | ×6 | ×6 |
# | transition (1) | 56×56, 28×28 | 1×1 conv; 2×2 average pool | same | same | same |
# | dense block (2) | 28×28 | [1×1 conv, 3×3 conv] ×12 | ×12 | ×12 | ×12 |
# | transition (2) | 28×28, 14×14 | 1×1 conv; 2×2 average pool | same | same | same |
# | dense block (3) | 14×14 | [1×1 conv, 3×3 conv] | | | |
# | transition (3) | 14×14, 7×7 | 1×1 conv; 2×2 average pool | same | same | same |
# | dense block (4) | 7×7 | [1×1 conv, 3×3 conv] ×24 | ×32 | ×48 | ×64 |
# | classification | 1×1 | 7×7 global average pool; 1000 softmax | same | same | same |
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: dense block (3) has no repeats, and block (4) has ×24, ×32, ×48,
# ×64.<br>
# <b>Actually</b>: a row was lost. The numbers beside block (4) are those of block (3); the row of
# block (4) is missing. You will restore it.
# </div>
#
# ### Exercise `densenet_blocks` (1 point)
#
# How many layers has the *fourth* dense block of DenseNet-121, -169, -201 and -264? The name of a
# network counts its layers with weights (convolutions and the classifier, not BN). One of the four
# names does not come out whole: there, round *up*.

# %% nbgrader={"grade_id": "densenet_blocks", "solution": true}
densenet_blocks = ...  # four whole numbers
### BEGIN SOLUTION
# name = first convolution + 2 per layer of a block + 3 transitions + classifier
third = {121: 24, 169: 32, 201: 48, 264: 64}
densenet_blocks = [-(-(name - 5) // 2) - 6 - 12 - layers_3 for name, layers_3 in third.items()]
### END SOLUTION

# %% nbgrader={"grade_id": "test_densenet_blocks", "grade": true}
check("densenet_blocks", densenet_blocks)

# %% [markdown]
# <details><summary>Hint 1</summary>Outside the blocks: the first convolution, one in each of the
# transitions, the classifier. Take them off the name.</details>
# <details><summary>Hint 2</summary>What remains is spent in blocks, two for each layer. Three of
# the four blocks you know.</details>

# %% [markdown]
# ### Exercise `channels_over_depth` (3 points)
#
# The lecture remarks: "this table does not discuss how the number of channels changes over depth".
# So do it: how many **channels** has DenseNet-121 after the stem (the 7×7 convolution has 2k = 64
# filters; pooling keeps them), block 1, transition 1, block 2, transition 2, block 3, transition 3
# and block 4?

# %% nbgrader={"grade_id": "channels_over_depth", "solution": true}
channels_over_depth = ...  # eight whole numbers
### BEGIN SOLUTION
channels_over_depth = [64]
for number, n_layers in enumerate((6, 12, 24, 16)):
    if number:
        channels_over_depth.append(channels_over_depth[-1] // 2)  # a transition
    channels_over_depth.append(channels_over_depth[-1] + 32 * n_layers)
### END SOLUTION

# %% nbgrader={"grade_id": "test_channels_over_depth", "grade": true}
check("channels_over_depth", channels_over_depth)

# %% [markdown]
# <details><summary>Hint 1</summary>The figure of section 10.5 is the same with smaller numbers:
# steps up, then halve.</details>
# <details><summary>Hint 2</summary>The bottlenecks change nothing here: what a layer <i>adds</i>
# comes from its 3×3 convolution.</details>
# <details><summary>Hint 3</summary>What goes into block 2 is what left transition 1: it is the new
# k₀.</details>

# %% [markdown]
# **Compare** with Keras: for each stage what leaves it, and its weights, by arithmetic and counted
# in `keras.applications.DenseNet121`.

# %% tags=["demonstration", "nbval-check-output"]
network = keras.applications.DenseNet121(weights=None)
prefixes = ("conv1", "conv2", "pool2", "conv3", "pool3", "conv4", "pool4", "conv5")
stages = densenet.densenet_stages(densenet.LAYERS["DenseNet-121"])
for stage, prefix in zip(stages, prefixes, strict=True):
    own = [layer for layer in network.layers if layer.name.startswith(prefix)]
    counted = sum(layer.count_params() for layer in own)
    print(f"{stage.name:13} {stage.shape!s:15} {stage.params:>9,} = {counted:>9,}")
last = network.get_layer("bn").count_params(), network.get_layer("predictions").count_params()
print(f"last BN {last[0]:,}, classifier {last[1]:,}")
print(f"all: {network.count_params():,}, not trained: ", end="")
print(f"{sum(np.prod(weight.shape) for weight in network.non_trainable_weights):,}")
print(f"multiplications for one image: {count_macs(network):,}")

# %% tags=["demonstration", "nbval-check-output"]
for name, repeats in densenet.LAYERS.items():
    stages = densenet.densenet_stages(repeats)
    channels = stages[-1].shape[2]
    weights = sum(stage.params for stage in stages) + densenet.classifier_params(channels)
    named = 1 + 2 * sum(repeats) + 3 + 1
    print(
        f"{name} {repeats}: {named} layers with weights, {channels} channels, {weights:,} weights"
    )

# %% [markdown]
# The first three totals are those of the table in notebook 08. (The last line is a curiosity: by
# its own naming rule DenseNet-264 is one short. Keras does not offer this network.)

# %% [markdown]
# ## 10.8 One network, two views (7 minutes)
#
# The lecture's notebook *DenseNet121_plot_model* draws the network:
#
# ```python
# from keras.applications.densenet import DenseNet121
# from keras.utils import plot_model
#
# model = DenseNet121(weights="imagenet")
# plot_model(model, show_shapes=True, show_layer_names=True, to_file="DenseNet121.png")
# ```

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture's code</b> downloads weights, draws with <code>plot_model</code>, and fetches the
# picture with <code>google.colab.files.download</code>.<br>
# <b>Actually</b>: for drawing and counting <code>weights=None</code> is enough, without a download.
# <code>plot_model</code> needs the package <code>pydot</code> <i>and</i> the program
# <code>graphviz</code>; without them a script stops with an <code>ImportError</code>, a notebook
# prints a message. The next cell then draws the course's own diagram. And
# <code>google.colab</code> exists on Colab only: elsewhere the picture is already on your disk.
# </div>

# %% [markdown]
# **Predict.** How many layers does *Keras* count in DenseNet-121, `len(model.layers)`?

# %% nbgrader={"grade_id": "predict_keras_layers", "solution": true} tags=["prediction"]
predict_keras_layers = ...  # your guess: a whole number
### BEGIN SOLUTION
predict_keras_layers = 121
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_keras_layers", "grade": true}
check("predict_keras_layers", predict_keras_layers)

# %% tags=["demonstration", "nbval-check-output"]
compare("predict_keras_layers", predict_keras_layers, len(network.layers))
print("initial layers")
for layer in network.layers[:7]:
    name, shape = type(layer).__name__, layer.output.shape[1:]
    print(f"   {name:23} {shape!s:15} {layer.count_params():>9,} weights")
print("final layers")
for layer in network.layers[-5:]:
    name, shape = type(layer).__name__, layer.output.shape[1:]
    print(f"   {name:23} {shape!s:15} {layer.count_params():>9,} weights")

# %% [markdown]
# *Figure,* **the "plot_model view"**, only its beginning: the initial layers (zero padding, 7×7
# convolution, BN, ReLU, zero padding, 3×3 max-pooling), then the first layer of block 1. Its 1×1
# convolution makes 128 channels (later ones squeeze to 128), the 3×3 convolution makes 32, and
# `concat` joins these with the 64 that came in. Drawn in this size, the whole network would be
# about nine metres long.

# %% tags=["demonstration"]
import importlib.util
import shutil
import tempfile

beginning = models.Model(network.input, network.get_layer("conv2_block1_concat").output)
if shutil.which("dot") and importlib.util.find_spec("pydot"):
    file = tempfile.mkdtemp() + "/beginning.png"
    picture = keras.utils.plot_model(beginning, file, show_shapes=True, show_layer_names=True)
else:
    picture = plot_model_diagram(beginning)
picture

# %% [markdown]
# *Figure:* all layers as narrow boxes, in Keras' order, column by column from top to bottom; the
# concatenations, pink, stick out to the left. Can you find the blocks? The transitions, with their
# orange poolings, separate them. The long monotonous strip is what `plot_model` shows, too.

# %% tags=["demonstration"]
dense_views.plot_layer_strip(network)

# %% [markdown]
# *Figure:* why it looks like a chain. Above, the graph that Keras stores: each concatenation joins
# the *previous concatenation* with one new layer, so it looks as if a layer read only its
# neighbour. Below, what that means: the concatenation before it holds the maps of everybody, so
# each layer reads all of them. Both drawings are the same computation.

# %% tags=["demonstration"]
dense_views.plot_two_views(n_layers=3)

# %% [markdown]
# **Explore the "physical view"**, how we understand it. *Figure:* initial layers, four dense
# blocks, three transitions, final layers; channels as height, the size of the maps as squares. Grey
# is what a block got, each blue step one of its layers.
#
# 1. Compare with your list of channels.
# 2. DenseNet-121 with k = 12 and k = 48: how does the number of weights change?
# 3. Move the side of the image. What changes, and what does not? That is the next section.

# %% tags=["demonstration"]
dense_views.explore_physical_view()

# %% [markdown]
# ## 10.9 Any input size (8 minutes)
#
# The lecture: the global average pooling at the end "allows you to have the input image be any
# size, not just a fixed size like 227×227". Convolutions and poolings slide over whatever they get,
# and the *number of channels* at the end never depends on the image; only the height and the width
# of the last map do. Averaging over all positions removes these. In Keras: leave the sides open,
# `Input((None, None, 1))`.

# %% tags=["demonstration", "nbval-check-output"]
small_net = trained["dense"]
until_last_map = models.Model(small_net.input, small_net.layers[-3].output)
for height, width in ((28, 28), (40, 56), (227, 227)):
    image = np.zeros((1, height, width, 1), "float32")
    print(f"{height}×{width}: last map {until_last_map(image).shape[1:]}", end=", ")
    print("probabilities", small_net(image).shape[1:])

# %% [markdown]
# With `Flatten` this cannot work: the dense layer after it has a weight for each *position*, and
# must know how many there are.

# %% tags=["demonstration", "nbval-check-output"]
image = Input((None, None, 1))
try:
    layers.Dense(10)(layers.Flatten()(layers.Conv2D(8, 3)(image)))
except ValueError as error:
    print(type(error).__name__, "-", str(error).split(". ")[0])

# %% [markdown]
# ### Exercise `any_size_model` (2 points)
#
# Build a network of your own: `Input((None, None, 1))`, at least one convolution, a softmax of 10
# units, **fewer than 5,000 weights**. It must give probabilities for 28×28 images and for 40×56
# ones; the last lines of the cell try it.

# %% nbgrader={"grade_id": "any_size_model", "solution": true}
any_size_model = ...  # a Keras model
### BEGIN SOLUTION
any_size_model = models.Sequential(
    [
        Input((None, None, 1)),
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),  # (height, width, 16) becomes (16,)
        layers.Dense(10, activation="softmax"),
    ]
)
### END SOLUTION
for size in ((28, 28), (40, 56)):
    print(size, "gives", any_size_model(np.zeros((1, *size, 1), "float32")).shape)

# %% nbgrader={"grade_id": "test_any_size_model", "grade": true}
check("any_size_model", any_size_model)

# %% [markdown]
# <details><summary>Hint 1</summary>Which layer makes one number of each channel, whatever the
# height and width?</details>
# <details><summary>Hint 2</summary>Too many weights? A 3×3 convolution from C to F channels has
# 9·C·F of them: make the layers narrower.</details>

# %% [markdown]
# ### Any size, at any price?
#
# **Predict.** We put the held-out digits, 28×28, in the middle of an empty canvas of 40×56 pixels:
# the same strokes of the same thickness. What **percentage** of them does the trained dense network
# recognise now?

# %% nbgrader={"grade_id": "predict_larger_canvas", "solution": true} tags=["prediction"]
predict_larger_canvas = ...  # your guess: 0 to 100
### BEGIN SOLUTION
predict_larger_canvas = 95
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_larger_canvas", "grade": true}
check("predict_larger_canvas", predict_larger_canvas)

# %% tags=["demonstration"]
canvas = np.pad(digits.x_test, ((0, 0), (6, 6), (14, 14), (0, 0)))
enlarged = load_digits_images(size=40).x_test
recognised = {}
for name, images in {"28×28": digits.x_test, "canvas": canvas, "enlarged": enlarged}.items():
    guesses = trained["dense"].predict(images, verbose=0).argmax(axis=1)
    recognised[name] = 100 * np.mean(guesses == digits.y_test)
    print(f"{name:9} {images.shape[1:3]}: {recognised[name]:.0f} % recognised")
compare("predict_larger_canvas", predict_larger_canvas, round(recognised["canvas"]))

# %% [markdown]
# **It runs on any size; it is not *good* at any size.** On the canvas most positions of the last
# map see nothing but background, and the average of each channel is taken over all of them: the
# averages that the last dense layer was trained on are diluted. Digits *enlarged* to 40×40 fare
# better, but their strokes are thicker than any the network has seen. A network for many sizes must
# be *trained* with many sizes.

# %% [markdown]
# ### The other way: a dense layer as a convolution
#
# AlexNet (notebook 06) flattens its last map. For 227×227 images this is 6×6×256; larger images
# give a larger map, and the dense layer fc6 would not fit.

# %% tags=["demonstration", "nbval-check-output"]
alexnet_base = models.Sequential(
    [
        Input((None, None, 3)),
        layers.Conv2D(96, 11, strides=4, activation="relu"),
        layers.MaxPooling2D(3, strides=2),
        layers.Conv2D(256, 5, padding="same", activation="relu"),
        layers.MaxPooling2D(3, strides=2),
        layers.Conv2D(384, 3, padding="same", activation="relu"),
        layers.Conv2D(384, 3, padding="same", activation="relu"),
        layers.Conv2D(256, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(3, strides=2),
    ]
)
for side in (227, 259, 291):
    last_map = alexnet_base.compute_output_shape((None, side, side, 3))[1:]
    print(f"{side}×{side} gives {last_map}")
print(f"fc6 as dense layer:       {dense_params(6 * 6 * 256, 4096):,} weights")
print(f"fc6 as 6×6 convolution:   {conv_params(6, in_channels=256, filters=4096):,} weights")

# %% [markdown]
# The same number, and indeed the same layer: a dense layer on a 6×6 map is a convolution whose
# window is the whole map. As a convolution it *slides* when the map is larger. We test it with 5
# units in place of 4,096: copy the weights of a dense layer, in another shape, into a convolution.

# %% tags=["demonstration", "nbval-check-output"]
keras.utils.set_random_seed(0)
last_map = np.random.default_rng(0).random((1, 6, 6, 256)).astype("float32")
fc6, conv6 = layers.Dense(5), layers.Conv2D(5, 6)
as_dense = fc6(last_map.reshape(1, -1))
conv6.build(last_map.shape)
kernel, bias = fc6.get_weights()
conv6.set_weights([kernel.reshape(6, 6, 256, 5), bias])
print("equal results:", np.allclose(as_dense, conv6(last_map)[0, 0], atol=1e-4))
for side in (6, 7, 8):
    print(f"{side}×{side} map:", conv6(np.ones((1, side, side, 256), "float32")).shape[1:])

# %% [markdown]
# For a 291×291 image fc6 is evaluated at 3×3 places: nine answers, one for each window of the
# image. Averaging them gives a single one again. So any fully connected classifier can be turned
# into a network for larger images, without new training (VGG was tested in this way).

# %% [markdown]
# ## In your own words
#
# ### Exercise `densenet_written` (2 points, graded by your teacher)
#
# In 40 to 120 words: where does the difference between L(L-1)/2 and L(L+1)/2 come from, and why may
# the layers of a DenseNet be narrow?

# %% [markdown] nbgrader={"grade_id": "densenet_written", "grade": true, "solution": true}
# **Model answer.** Layer l of a block reads l sources: the block's input and the l-1 layers before
# it. Summed over L layers that is 1 + 2 + … + L = L(L+1)/2, the paper's number. The lecture counts
# only connections from layer to layer and leaves the L connections from the input out, which gives
# L(L-1)/2; for five layers 15 and 10. Layers may be narrow (k = 12) because all maps made so far
# are passed on unchanged: a layer sees k₀ + k(l-1) channels and need not repeat what others have
# found. It only adds k new maps. In our example the block had about an eighth of the weights of a
# chain of 64 channels.
#
# **Marking scheme (2 points)**
#
# - 1 point: the difference is the block's input as a source of its own, L connections.
# - 1 point: every layer still sees all earlier maps (concatenation keeps them), so it only has to
#   add a few new ones. Half a point for "fewer weights" without a reason.

# %% [markdown]
# ## Summary
#
# | idea | in one line |
# |---|---|
# | dense block | every layer reads all before it; concatenate, do not add |
# | connections | L(L+1)/2 with the block's input (paper), L(L-1)/2 without (lecture) |
# | growth rate k | layer l reads k₀ + k·(l-1) channels and adds k; k₀ + k·L leave the block |
# | layer | BN → ReLU → 3×3 convolution, no bias; in DenseNet-121 after a 1×1 bottleneck to 4k |
# | transition | BN → ReLU → 1×1 convolution (halves the channels) → 2×2 average pooling |
# | from N to M channels | a 1×1 convolution with M filters; or concatenate, or pad with zeros |
# | two views | Keras: a chain of concatenations. We: everybody reads everybody |
# | any input size | `Input((None, None, C))` and global average pooling, no `Flatten` |
# | honest limit | no advantage on small digits; any size *runs*, but train for the sizes you need |
#
# **Next:** notebook 11 makes the convolutions themselves cheaper, and lets a search find the cells.

# %% [markdown]
# ## Further reading
#
# - G. Huang, Z. Liu, L. van der Maaten, K. Q. Weinberger, [Densely Connected Convolutional
#   Networks](https://arxiv.org/abs/1608.06993), 2016: Figures 1 to 3 and Table 1 are those of this
#   notebook.
# - G. Pleiss and others, [Memory-Efficient Implementation of
#   DenseNets](https://arxiv.org/abs/1707.06990), 2017: what all the concatenations cost.
# - M. Lin, Q. Chen, S. Yan, [Network In Network](https://arxiv.org/abs/1312.4400), 2013: the 1×1
#   convolution and global average pooling.
# - J. Long, E. Shelhamer, T. Darrell, [Fully Convolutional Networks for Semantic
#   Segmentation](https://arxiv.org/abs/1411.4038), 2014: dense layers as convolutions.
# - [Keras applications: DenseNet](https://keras.io/api/applications/densenet/).
