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
# # 06 Classic networks: LeNet-5, AlexNet, VGG-16

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **rebuild** three famous networks from their descriptions,
# - **account** for every one of their parameters, from thousands to a hundred million and more,
# - **explain** what each of them did better than the one before,
# - **read** a network's channels when it is split over two GPUs,
# - **tell** which layers hold the weights and which do the work.
#
# **You need** notebooks 01 to 03: weights of a layer, output sizes, pooling, receptive fields.
# **Time:** about 75 minutes. No downloads, no GPU; one cell needs 2 GB of memory for a moment.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import keras
import numpy as np
from keras import Input, layers, models

from course_utils import compare, practice_drill
from course_utils.architectures import alexnet, lenet
from course_utils.arithmetic.models import count_params, layer_table
from course_utils.datasets import load_mnist, load_sample_photos
from course_utils.explore import classic_networks, stacked_convolutions
from course_utils.plots.confusion import plot_confusion_matrix
from course_utils.plots.diagrams import plot_model_diagram
from course_utils.plots.images import plot_images
from course_utils.plots.responses import plot_filters
from course_utils.plots.training import plot_training_curves
from course_utils.training import fit_quietly

# %% nbgrader={"grade_id": "student_id", "solution": true} tags=["fill-in"]
STUDENT_ID = "student-demo"  # your course id

# %% [markdown]
# *The whole notebook in one picture.* Three networks, drawn to one scale. Each block is what a
# layer hands on: the higher, the larger its maps; the broader, the more of them (square roots, or
# the first network would be a dot). All three follow one recipe: **convolutions** (light blue) and
# **poolings** (orange, crossed) in turn make the maps smaller and more numerous, and three
# **dense** layers (green) decide. In 16 years the recipe stayed, and everything got bigger.

# %% tags=["demonstration"]
classic_networks.plot_three_networks()

# %% [markdown]
# **Recall (one minute).** A 5×5 convolution without padding and with 16 filters runs over a map of
# 14×14×6. What is its output shape, and how many weights and biases does it have?
#
# <details><summary>Compare</summary>(10, 10, 16): the window has 14 - 5 + 1 places along each axis.
# Every filter has 5·5·6 weights and a bias, so there are (150 + 1)·16 = 2,416. It is a layer of the
# first network, and you have just counted it.</details>

# %% [markdown]
# ## 6.1 LeNet-5 (20 minutes)
#
# LeNet-5 learned to read handwritten digits: grey images with one digit each, from which later the
# data set **MNIST** was made (60,000 images for training and 10,000 for testing). It was published
# by LeCun, Bottou, Bengio and Haffner in November 1998, and read cheques for years. Convolution,
# pooling, convolution, pooling, dense layers: what notebook 03 built is a descendant.
#
# The usual modern version, for images of 28×28×1:
#
# | layer | what it does | activation |
# |---|---|---|
# | C1 | convolution, 6 filters 5×5, padded: the map stays 28×28 | tanh |
# | S2 | *average* pooling 2×2 | |
# | C3 | convolution, 16 filters 5×5, not padded | tanh |
# | S4 | average pooling 2×2 | |
# | | flatten | |
# | C5 | dense, 120 neurons | tanh |
# | F6 | dense, 84 neurons | tanh |
# | output | dense, 10 neurons | softmax |
#
# (The names are the paper's: C for convolution, S for "subsampling", which is pooling, F for "fully
# connected", which is dense. C5 was a convolution whose 5×5 kernel covered the whole 5×5 map: a
# dense layer by another name.)
#
# **Predict.** The lecture asks: *approximately* how many parameters does LeNet-5 have? Guess from
# the table, without calculating.

# %% nbgrader={"grade_id": "predict_lenet_params", "solution": true} tags=["prediction"]
predict_lenet_params = ...  # your guess: one whole number
### BEGIN SOLUTION
predict_lenet_params = 60_000
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_lenet_params", "grade": true}
check("predict_lenet_params", predict_lenet_params)

# %% [markdown]
# ### Exercise `lenet5_model` (4 points)
#
# Build the network of the table as a Keras model. Begin with `Input((28, 28, 1))`. Do not compile
# or train it. Asked for are the layers, their options and their order; you get points for parts
# that are right.

# %% nbgrader={"grade_id": "lenet5_model", "solution": true}
lenet5_model = ...  # a Keras model
### BEGIN SOLUTION
lenet5_model = models.Sequential(
    [
        Input((28, 28, 1)),
        layers.Conv2D(6, 5, padding="same", activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Conv2D(16, 5, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(120, activation="tanh"),
        layers.Dense(84, activation="tanh"),
        layers.Dense(10, activation="softmax"),
    ]
)
### END SOLUTION

# %% nbgrader={"grade_id": "test_lenet5_model", "grade": true}
check("lenet5_model", lenet5_model)

# %% [markdown]
# <details><summary>Hint 1</summary>One line of Keras for each line of the table, inside
# <code>models.Sequential([...])</code>. The classroom network of notebook 03 has the same
# form.</details>
# <details><summary>Hint 2</summary><code>MaxPooling2D</code> has a brother that averages. The
# activation is an argument of the convolution or dense layer.</details>
# <details><summary>Hint 3</summary>"The map stays 28×28": which value of <code>padding=</code> does
# that (notebook 02)? And what is the default, for C3?</details>

# %% [markdown]
# **Compare.** The course has a LeNet-5 of its own, to look at and to train. It differs from yours
# in one thing: a layer of zeros makes the image 32×32, as in 1998, and C1 does not pad. The result
# is the same, number by number. *Table:* its layers with output shapes, parameters and, in the
# column *macs*, how many multiplications they cost for one image (multiply-accumulates: each
# product is also added to a sum).

# %% tags=["demonstration", "nbval-check-output"]
reader = lenet.lenet5()
compare("predict_lenet_params", predict_lenet_params, reader.count_params())
layer_table(reader)

# %% [markdown]
# *Figure:* the same network as blocks. The higher a block, the higher its map; the broader, the
# more channels. Blue layers have weights; yellow ones make the maps smaller or, Flatten, write them
# in one line. From there on the height says how many numbers there are. A single block holds nearly
# four fifths of all parameters. Which one?

# %% tags=["demonstration"]
plot_model_diagram(reader)

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: LeNet-5 has <i>approximately how many</i> parameters?<br>
# <b>Actually</b> there are three answers. The network of <b>1998</b> has 60,000 (you will see why
# they are so round and so few). The <b>usual modern</b> version has 61,706. And if you forget that
# LeNet-5 wants <b>32×32</b> pixels, and feed it 28×28 without padding, you get a third network:
# smaller maps all the way, and 44,426.
# </div>

# %% tags=["demonstration", "nbval-check-output"]
unpadded = lenet.lenet5(pad=False)
for name, model in (("modern", reader), ("not padded", unpadded)):
    maps = [layer.output.shape[1:3] for layer in model.layers if layer.name[0] in "CS"][:4]
    sides = " → ".join(str(rows) for rows, _ in maps)
    print(f"{name:10} sides {sides:18} {model.count_params():,} parameters")

# %% [markdown]
# ### The LeNet_5 notebook: it learns
#
# The lecture opens a notebook called `LeNet_5`. It loads MNIST and prints the shapes `(60000, 28,
# 28)`, `(60000,)`, `(10000, 28, 28)` and `(10000,)`; then it makes one-hot labels, builds the
# network, trains it, draws the curves and a confusion matrix. We do the same here with what is at
# hand; the next cell says what that is. (Of the real MNIST we use 6,000 images: your time is
# precious.)

# %% tags=["demonstration"]
data = load_mnist()
x_train, y_train = data.x_train[:6000], data.y_train[:6000]
x_test, y_test = data.x_test[:2000], data.y_test[:2000]
for array in (x_train, y_train, x_test, y_test):
    print(array.shape)

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: <code>from keras.layers import *</code>, labels through
# <code>to_categorical</code>, and a loss for one-hot labels.<br>
# <b>Actually</b>: both still work. But <code>import *</code> brings in over a hundred names and
# hides where they come from: import <code>layers</code> and write <code>layers.Dense</code>. And
# with the loss <code>sparse_categorical_crossentropy</code> the labels may stay what they are,
# whole numbers from 0 to 9.
# </div>

# %% [markdown]
# **Run.** Twice: as in 1998 with tanh and average pooling, and with ReLU and max-pooling, which
# replaced them later. Which one will win?

# %% tags=["demonstration"]
runs = {}
for name, options in (("tanh, average", ("tanh", "average")), ("ReLU, max", ("relu", "max"))):
    keras.utils.set_random_seed(1)
    network = lenet.lenet5(*options)
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    runs[name] = run = fit_quietly(
        network, x_train, y_train, epochs=8, batch_size=32, validation_data=(x_test, y_test)
    )
    print(f"{name:14} test accuracy {run.history['val_accuracy'][-1]:.3f}", end="")
    print(f" after 8 epochs, {run.seconds:.0f} s")
plot_training_curves(runs)

# %% [markdown]
# *Figure:* loss (left) and accuracy (right) by epoch, solid for training, dashed for test images;
# blue is the version of 1998, orange the one with ReLU. Both read nearly all digits after a few
# seconds. **Nobody wins:** on so easy a task a difference of a percentage point (of the stand-in's
# 597 test images that is six) depends on the seed more than on the activation. Why ReLU took over
# one sees in deeper networks only (notebook 07).
#
# *Figure:* the confusion matrix of the second network. Rows are the true digits, columns what the
# network says; right answers lie on the diagonal. A single error is one pale square: which digit
# was taken for which?

# %% tags=["demonstration"]
said = network.predict(x_test, verbose=0).argmax(axis=1)
plot_confusion_matrix(y_test, said, data.class_names)

# %% [markdown]
# *Try it:* give your own model the same training: `lenet5_model.compile(...)`, then
# `fit_quietly(lenet5_model, x_train, y_train, epochs=8)`. Should it be better or worse?

# %% [markdown]
# ### The network of 1998: a hand-made pattern of connections
#
# In 1998 every weight cost time, so LeCun's group saved some. In the modern C3 each of the 16 maps
# sees all 6 maps of S2. In the original each of them saw a *choice*. There was a second reason:
# maps with different inputs are forced to find different things.
#
# *Figure:* columns are the 16 maps of C3, rows the 6 maps of S2. A blue square means "sees". The
# first six columns see three neighbours each (after the last map the first one follows again), the
# next nine see four, the last one sees all.

# %% tags=["demonstration"]
classic_networks.plot_map_connections(lenet.C3_SEES)

# %% [markdown]
# ### Exercise `lenet5_c3_params` (2 points)
#
# For the C3 of 1998: how many connections from a map to a map are there (blue squares), and how
# many parameters does the layer have? A map of C3 has one 5×5 kernel for each map it sees, and one
# bias.

# %% nbgrader={"grade_id": "lenet5_c3_params", "solution": true}
lenet5_c3_params = ...  # two whole numbers: connections between maps, parameters
### BEGIN SOLUTION
pairs = 6 * 3 + 9 * 4 + 1 * 6
lenet5_c3_params = [pairs, pairs * 5 * 5 + 16]
### END SOLUTION

# %% nbgrader={"grade_id": "test_lenet5_c3_params", "grade": true}
check("lenet5_c3_params", lenet5_c3_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Count the squares by groups of columns: how many columns see
# three maps, how many see four, how many six?</details>
# <details><summary>Hint 2</summary>Each square is one kernel of 5×5. And the biases belong to the
# columns, not to the squares.</details>

# %% [markdown]
# **Compare** with the whole network of 1998. Two more things were different. S2 and S4 did not only
# average: each map had a coefficient and a bias that were trained. And the output had **no trained
# weights at all**: ten fixed pictures of 7×12 pixels, and each output measures how far the 84
# numbers of F6 are from its picture. That is why F6 has 84 neurons: 7·12.

# %% tags=["demonstration", "nbval-check-output"]
original = lenet.lenet5_1998()
for part in ("C1", "S2", "C3", "S4", "C5", "F6", "output"):
    own = [layer for layer in original.layers if layer.name.startswith(part)]
    fixed = "" if all(layer.trainable for layer in own) else "  (fixed)"
    print(f"{part:6} {sum(layer.count_params() for layer in own):>6,}{fixed}")
print(f"\ntrained: {count_params(original, trainable=True):,}")
print(f"fixed:   {count_params(original, trainable=False):>6,}")

# %% [markdown]
# Exactly the paper's 60,000 trainable parameters. (It also counts "connections", every use of a
# weight or bias: 340,908.) *Figure:* the ten fixed pictures that F6 had to imitate; drawn by us
# after the paper's idea.

# %% tags=["demonstration"]
plot_images(list(lenet.digit_codes()), data.class_names, n_cols=10)

# %% [markdown]
# ## 6.2 AlexNet (25 minutes)
#
# 14 years later. The **ImageNet** collection made a far harder contest possible, ILSVRC: tell 1000
# kinds of things apart in photographs. There are roughly 1.2 million training images, 50,000 for
# validation and 150,000 for testing. In 2012 Krizhevsky, Sutskever and Hinton entered with a
# convolutional network and won so clearly that the field changed its methods within two years.
#
# | ILSVRC-2012 | top-5 test error |
# |---|---|
# | AlexNet | **15.3 %** |
# | second best (no convolutional network) | 26.2 % |
#
# "Top-5 error": the right class is not among the network's five best guesses. The network has five
# convolutions, some followed by max-pooling, three dense layers and a softmax over 1000 classes;
# 650,000 neurons, and **? million parameters**. New were its size, ReLU in place of tanh, dropout
# in the dense layers, augmented images (notebook 05), and training on two graphics cards.
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: ILSVRC is a "Competition" with roughly 1000 images in each of 1000
# categories; AlexNet's error is 15.3 %.<br>
# <b>Actually</b>: the C stands for "Challenge"; 1.2 million images in 1000 classes are about 1,200
# per class. And 15.3 % is the mean of several such networks, some of them trained on more of
# ImageNet beforehand. One network alone had 18.2 % (on the validation images).
# </div>

# %% [markdown]
# **Predict.** How many *million* parameters? (LeNet-5 has 0.06 million.)

# %% nbgrader={"grade_id": "predict_alexnet_millions", "solution": true} tags=["prediction"]
predict_alexnet_millions = ...  # your guess: millions
### BEGIN SOLUTION
predict_alexnet_millions = 60
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_alexnet_millions", "grade": true}
check("predict_alexnet_millions", predict_alexnet_millions)

# %% [markdown]
# *Figure:* AlexNet as in the paper: everything stands there twice. The upper half ran on one
# graphics card (GPU), the lower half on another: 3 GB of memory on one card were not enough. Blue
# boxes are convolutions with their kernel and number of filters *on this card*, green boxes dense
# layers. Thick orange arrows are data that cross over to the other card. "Pool 3×3/2" is
# max-pooling with windows of 3×3 and stride 2.

# %% tags=["demonstration"]
classic_networks.plot_two_gpus()

# %% [markdown]
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>Think, pair, share</b><br>
# <i>Read the diagram.</i> How many filters has conv1 as a whole? Which layers see the maps of both
# cards, and what do the others miss? Which layer do you expect to hold most of the parameters?
# <ul>
# <li><b>2 minutes alone:</b> follow one path from the image to the softmax, and note how the
# windows move over 227 pixels in the first layer.</li>
# <li><b>2 minutes with a neighbour:</b> explain to each other what changes for a filter of conv4
# when the other card is switched off.</li>
# </ul>
# <details><summary>Compare</summary>
# The halves belong together: 48 and 48 filters are <i>one</i> layer of 96. Only conv3 and the dense
# layers look at both halves. A filter of conv2, conv4 or conv5 sees half of the maps and so has
# half of the weights: with the other card switched off, conv4 would not notice before conv3's maps
# change. In Keras this is the option <code>groups=2</code>. As for the parameters: do not trust the
# number of filters, look for a place where <i>everything</i> is connected with everything.
# </details>
# </div>

# %% [markdown]
# As one tower, that is with both halves put together:
#
# | layer | what it does |
# |---|---|
# | conv1, pool1 | 96 filters 11×11, stride 4, not padded; max-pooling 3×3, stride 2 |
# | conv2, pool2 | 256 filters 5×5, `"same"`; max-pooling 3×3, stride 2 |
# | conv3 | 384 filters 3×3, `"same"` |
# | conv4 | 384 filters 3×3, `"same"` |
# | conv5, pool5 | 256 filters 3×3, `"same"`; max-pooling 3×3, stride 2 |
# | fc6, fc7 | flatten; dense, 4096 neurons; dense, 4096 neurons (with dropout) |
# | fc8 | dense, 1000 neurons, softmax |
#
# All poolings are `"valid"`. The paper's "local response normalisation" after conv1 and conv2 has
# no parameters; VGG soon showed that it is not needed, and we leave it out.
#
# ### Exercise `alexnet_shapes` (2 points)
#
# The output shapes of conv1, pool1, conv2, pool2, conv3, conv4, conv5 and pool5 for an image of
# 227×227×3.

# %% nbgrader={"grade_id": "alexnet_shapes", "solution": true}
alexnet_shapes = ...  # eight shapes (height, width, channels)
### BEGIN SOLUTION
conv1 = (227 - 11) // 4 + 1
pool1 = (conv1 - 3) // 2 + 1
pool2 = (pool1 - 3) // 2 + 1
pool5 = (pool2 - 3) // 2 + 1
alexnet_shapes = [
    (conv1, conv1, 96),
    (pool1, pool1, 96),
    (pool1, pool1, 256),  # "same" keeps the size
    (pool2, pool2, 256),
    (pool2, pool2, 384),
    (pool2, pool2, 384),
    (pool2, pool2, 256),
    (pool5, pool5, 256),
]
### END SOLUTION

# %% nbgrader={"grade_id": "test_alexnet_shapes", "grade": true}
check("alexnet_shapes", alexnet_shapes)

# %% [markdown]
# <details><summary>Hint 1</summary>One formula does it all: ⌊(n - k) / s⌋ + 1, for pooling as well
# as for convolutions that are not padded.</details>
# <details><summary>Hint 2</summary>Convolutions with <code>"same"</code> and stride 1 only change
# the number of channels. So there are four sides to calculate.</details>
# <details><summary>Hint 3</summary>These poolings overlap: the window of 3 moves by 2. From a map
# of 55 it does not make 28.</details>

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b> (as the paper does): the images have 224×224 pixels.<br>
# <b>Actually</b>: a window of 11 with stride 4 then has 54 places, not 55, and ends three pixels
# before the border. With 227 everything fits; the paper must have meant this, or padded. (You
# calculated it in notebook 02.)
# </div>

# %% [markdown]
# ### Exercise `alexnet_params` (3 points)
#
# All parameters of AlexNet, biases included: as a single tower, and in the two-GPU version, where
# conv2, conv4 and conv5 have `groups=2`. (Conv3 and the dense layers see both halves.)

# %% nbgrader={"grade_id": "alexnet_params", "solution": true}
alexnet_params = ...  # two whole numbers: single tower, two GPUs
### BEGIN SOLUTION
dense = (6 * 6 * 256 * 4096 + 4096) + (4096 * 4096 + 4096) + (4096 * 1000 + 1000)


def alexnet_convolutions(groups):
    """Return the parameters of the five convolutions; a filter sees C / groups channels."""
    conv1 = 11 * 11 * 3 * 96 + 96
    conv2 = 5 * 5 * (96 // groups) * 256 + 256
    conv3 = 3 * 3 * 256 * 384 + 384
    conv4 = 3 * 3 * (384 // groups) * 384 + 384
    conv5 = 3 * 3 * (384 // groups) * 256 + 256
    return conv1 + conv2 + conv3 + conv4 + conv5


alexnet_params = [alexnet_convolutions(groups) + dense for groups in (1, 2)]
### END SOLUTION

# %% nbgrader={"grade_id": "test_alexnet_params", "grade": true}
check("alexnet_params", alexnet_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Write a line of Python for each layer; there are eight. Your
# <code>alexnet_shapes</code> tell how many channels each filter sees, and how many numbers Flatten
# hands to fc6.</details>
# <details><summary>Hint 2</summary>A convolution: kernel height × kernel width × input channels ×
# filters, and one bias for each filter.</details>
# <details><summary>Hint 3</summary>For the second number change three lines only: with
# <code>groups=2</code> a filter sees half of the channels. There are as many filters and biases as
# before.</details>

# %% [markdown]
# ### Exercise `fc_share` (1 point)
#
# What fraction of the single tower's parameters is in its three dense layers?

# %% nbgrader={"grade_id": "fc_share", "solution": true}
fc_share = ...  # a number between 0 and 1; within 0.005 is right
### BEGIN SOLUTION
dense_params = (6 * 6 * 256 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000
convolution_params = 34_944 + 614_656 + 885_120 + 1_327_488 + 884_992
fc_share = dense_params / (dense_params + convolution_params)
### END SOLUTION

# %% nbgrader={"grade_id": "test_fc_share", "grade": true}
check("fc_share", fc_share)

# %% [markdown]
# <details><summary>Hint 1</summary>You have both parts already: they are lines of your calculation
# for <code>alexnet_params</code>.</details>
# <details><summary>Hint 2</summary>Dense layers: fc6, fc7 and fc8. Divide their sum by the
# total.</details>

# %% [markdown]
# **Compare** with Keras. *Table:* the single tower.

# %% tags=["demonstration", "nbval-check-output"]
tables = {"AlexNet": layer_table(alexnet.alexnet())}
two_gpus = layer_table(alexnet.alexnet(groups=2))
keras.backend.clear_session()  # 2 × 250 MB of random weights are not needed any more

millions = tables["AlexNet"].total("params") / 1e6
compare("predict_alexnet_millions", predict_alexnet_millions, round(millions))
tables["AlexNet"]

# %% tags=["demonstration", "nbval-check-output"]
for name, table in (("single tower", tables["AlexNet"]), ("two GPUs", two_gpus)):
    print(
        f"{name:12} {table.total('params'):,} parameters, {table.total('macs'):,} multiplications"
    )

neurons = sum(np.prod(row["output_shape"]) for row in tables["AlexNet"] if row["params"])
print(f"neurons      {neurons:,}")

# %% [markdown]
# The paper says 60 million, which is right for its two-GPU version, and 650,000 neurons, which is
# about right. (For conv1 it prints 253,440 neurons; 55·55·96 are 290,400. Even famous papers have
# errors.)
#
# *Figure:* the five convolutions in both versions. Conv2, conv4 and conv5 have half of the weights
# when each filter sees one card only; conv1 and conv3 save nothing. Together that is 1.4 million,
# more than a third of all convolution weights, and yet only 2 % of the network. Section 6.4 asks
# why.

# %% tags=["demonstration"]
classic_networks.plot_group_savings(tables["AlexNet"], two_gpus)

# %% [markdown]
# Splitting the channels was a makeshift for small memories. Years later it came back as an idea of
# its own, grouped convolutions (notebook 11).

# %% [markdown]
# ## 6.3 VGG-16 (20 minutes)
#
# In 2014 Simonyan and Zisserman of Oxford's *Visual Geometry Group* asked a simple question: what
# happens if one makes AlexNet *deeper and simpler*? They replaced its large kernels (11 and 5 in
# the first two layers) by **several 3×3 kernels, one after another**, and trained for weeks on
# NVIDIA Titan Black cards. In ILSVRC-2014 they came second after GoogLeNet (notebook 09).
#
# - "3×3 convolutions" and "2×2 max-pooling with stride 2" **everywhere**, always `"same"` padding.
# - Occam's razor: simpler solutions are more likely to be correct. There are no special sizes to
#   choose any more, only *how many* layers and *how many* filters.
# - The **16** counts the layers that have weights.
#
# | block | convolutions 3×3, `"same"`, ReLU | then |
# |---|---|---|
# | 1 | 2 with 64 filters | max-pooling 2×2 |
# | 2 | 2 with 128 filters | max-pooling 2×2 |
# | 3 | 3 with 256 filters | max-pooling 2×2 |
# | 4 | 3 with 512 filters | max-pooling 2×2 |
# | 5 | 3 with 512 filters | max-pooling 2×2 |
# | head | flatten | dense 4096, dense 4096, dense 1000 with softmax |
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: VGG-16 achieved 92.7 % top-5 test accuracy.<br>
# <b>Actually</b>: that is the team's <i>ensemble</i> in the contest, several networks together (an
# error of 7.3 %). For the single network the lecture's own table of <code>keras.applications</code>
# has 0.901 (notebook 08).
# </div>

# %% [markdown]
# ### Why small kernels?
#
# *Figure:* upper row, from left to right: the last value reads 3×3 values of the map before it, and
# so on back to the image. In the end it sees 5×5 pixels, just as one layer with a 5×5 kernel does
# (lower row). Orange is what the window in the middle reads. On the right the weights between
# **one** input and **one** output channel: 2·9 = 18 in place of 25.

# %% tags=["demonstration"]
stacked_convolutions.plot_stack(2)

# %% [markdown]
# *Figure:* the same for three layers. They see 7×7 pixels with 45 % fewer weights than a single
# layer. And there are **three** activations in place of one, so the stack can compute more
# complicated functions of these pixels.

# %% tags=["demonstration"]
stacked_convolutions.plot_stack(3)

# %% [markdown]
# ### Exercise `stacked_3x3_params` (2 points)
#
# Now with channels: input and output of every layer have 64. How many weights, *without* biases,
# have two 3×3 layers, one 5×5 layer, three 3×3 layers and one 7×7 layer?

# %% nbgrader={"grade_id": "stacked_3x3_params", "solution": true}
stacked_3x3_params = ...  # four whole numbers: two 3×3, one 5×5, three 3×3, one 7×7
### BEGIN SOLUTION
stacked_3x3_params = [n * k * k * 64 * 64 for n, k in ((2, 3), (1, 5), (3, 3), (1, 7))]
### END SOLUTION

# %% nbgrader={"grade_id": "test_stacked_3x3_params", "grade": true}
check("stacked_3x3_params", stacked_3x3_params)

# %% [markdown]
# <details><summary>Hint 1</summary>The figures show one input and one output channel. How many
# pairs of an input and an output channel are there now?</details>
# <details><summary>Hint 2</summary>A 3×3 filter spans all 64 input channels, and there are 64
# filters.</details>

# %% [markdown]
# **Explore.** *Figure:* as before, with your numbers.
#
# 1. How does the saving (in per cent) depend on the channels? Why?
# 2. Four layers: how many pixels do they see, and how much is saved?
# 3. AlexNet's conv1 has a window of 11. How many 3×3 layers see as much? (Mind that conv1 also has
# a stride; that is a different matter.)

# %% tags=["demonstration"]
stacked_convolutions.explore_stacks()

# %% [markdown]
# ### Exercise `vgg16_layer_count` (1 point)
#
# How many convolutions has VGG-16, how many dense layers, and how many entries has `model.layers`
# of the Keras model? Keras lists every layer, from the input to the output, with or without
# weights.

# %% nbgrader={"grade_id": "vgg16_layer_count", "solution": true}
vgg16_layer_count = ...  # three whole numbers: convolutions, dense layers, len(model.layers)
### BEGIN SOLUTION
convolutions = 2 + 2 + 3 + 3 + 3
vgg16_layer_count = [convolutions, 3, 1 + convolutions + 5 + 1 + 3]  # input, ..., flatten, dense
### END SOLUTION

# %% nbgrader={"grade_id": "test_vgg16_layer_count", "grade": true}
check("vgg16_layer_count", vgg16_layer_count)

# %% [markdown]
# <details><summary>Hint 1</summary>The first two must add up to the number in the network's
# name.</details>
# <details><summary>Hint 2</summary>Which layers have no weights? Go through the table from top to
# bottom. Something stands before block 1, too.</details>

# %% [markdown]
# ### Exercise `vgg16_params` (2 points)
#
# For images of 224×224×3: how many parameters has the first dense layer (fc1), and how many has the
# whole network? Biases included.

# %% nbgrader={"grade_id": "vgg16_params", "solution": true}
vgg16_params = ...  # two whole numbers: fc1, total
### BEGIN SOLUTION
filters = [64] * 2 + [128] * 2 + [256] * 3 + [512] * 3 + [512] * 3
channels = [3, *filters[:-1]]  # a convolution sees the filters of the one before
base = sum(3 * 3 * c * f + f for c, f in zip(channels, filters, strict=True))
side = 224 // 2**5
fc1 = side * side * 512 * 4096 + 4096
vgg16_params = [fc1, base + fc1 + (4096 * 4096 + 4096) + (4096 * 1000 + 1000)]
### END SOLUTION

# %% nbgrader={"grade_id": "test_vgg16_params", "grade": true}
check("vgg16_params", vgg16_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Only the poolings change the size of the maps. What is left of
# 224 after all of them?</details>
# <details><summary>Hint 2</summary>Flatten hands height × width × 512 numbers to fc1, and every
# one of its 4096 neurons has a weight for each of them, and a bias.</details>
# <details><summary>Hint 3</summary>For the total let Python add up the 13 convolutions in a loop:
# keep the filters of the layer before as the channels of the next.</details>

# %% [markdown]
# ### The Using_VGG16 notebook
#
# The lecture's notebook `Using_VGG16` loads the trained network, shows it one photograph and lets
# it guess. Keras has VGG-16 built in: two lines.
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: <code>model = VGG16()</code>.<br>
# <b>Actually</b>: the default is <code>weights="imagenet"</code>, and this call downloads 553 MB
# (528 MiB, the number in Keras' own table). With <code>weights=None</code> you get the same layers
# with random weights, without any download.
# </div>

# %% [markdown]
# The cell below builds it with **random weights**: layers, shapes and counts are real, but it has
# never seen an image. If you have a good connection and the time, set `DOWNLOAD = True`. The
# network needs up to 2 GB of memory while it is built, so we build it once, note what we want to
# know, and delete it.

# %% tags=["demonstration"]
from keras.applications.vgg16 import VGG16, decode_predictions, preprocess_input

DOWNLOAD = False  # True: the trained weights, 553 MB
vgg = VGG16(weights="imagenet" if DOWNLOAD else None)
tables["VGG-16"] = layer_table(vgg)
plot_model_diagram(vgg)

# %% [markdown]
# *Figure:* VGG-16, in the order of the layers, row by row. Blocks get lower and broader: half the
# size, twice the channels. The last ones are Flatten and the dense layers. *Table:* with every
# parameter, and the multiplications for one image.

# %% tags=["demonstration", "nbval-check-output"]
print(len(vgg.layers), "entries in model.layers")
tables["VGG-16"]

# %% [markdown]
# **One photograph.** VGG-16 wants its pixels prepared exactly as in its training:
# `preprocess_input` swaps red and blue (RGB to BGR) and subtracts the mean colour of ImageNet,
# 103.939, 116.779 and 123.68. It expects 0 to 255.

# %% tags=["demonstration", "nbval-check-output"]
pixel = np.array([[[10.0, 20.0, 30.0]]])  # red, green, blue
print("one pixel:", pixel.ravel(), "becomes", preprocess_input(pixel.copy()).ravel().round(3))

# %% tags=["demonstration"]
photo = load_sample_photos()["flower"][100:324, 200:424]  # 224×224 pixels
probabilities = vgg.predict(preprocess_input(255 * photo[None]), verbose=0)
print(f"largest of the 1,000 probabilities: {probabilities.max():.4f}")
if DOWNLOAD:
    for _, name, probability in decode_predictions(probabilities, top=5)[0]:
        print(f"{probability:.3f}  {name}")
else:
    print("random weights: roughly 1/1000 for every class, it means nothing")
plot_images([photo], ["what do you see, VGG-16?"])

# %% [markdown]
# *Figure:* a dahlia. With random weights the network has no opinion: every class gets roughly
# 0.001. Do not draw conclusions from such an output; with the trained weights the same lines name
# the five most likely classes.
#
# *Figure:* the 64 filters of the first convolution, as they look at the red channel before
# training: noise. After training one finds edges, spots and colours there, as in notebook 01.

# %% tags=["demonstration"]
figure = plot_filters(vgg.get_layer("block1_conv1"), channel=0, n_cols=16)
del vgg  # and its 553 MB of weights
keras.backend.clear_session()
figure

# %% [markdown]
# ## 6.4 Where are the weights, where is the work? (10 minutes)
#
# **Predict.** You know where VGG-16 keeps its weights. Now the *work*: of all multiplications for
# one image, how many per cent happen in the convolutions?

# %% nbgrader={"grade_id": "predict_conv_work", "solution": true} tags=["prediction"]
predict_conv_work = ...  # your guess: 0 to 100
### BEGIN SOLUTION
predict_conv_work = 90
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_conv_work", "grade": true}
check("predict_conv_work", predict_conv_work)

# %% tags=["demonstration", "nbval-check-output"]
shares = {}
for name, table in {"LeNet-5": layer_table(reader), **tables}.items():
    dense_layers = [row for row in table if row["type"] == "Dense"]
    for column in ("params", "macs"):
        part, total = sum(row[column] for row in dense_layers), table.total(column)
        shares[name, column] = part / total
        print(f"{name:8} {column:7} {total:>14,}   dense layers {part / total:6.1%}")

compare("predict_conv_work", predict_conv_work, round(100 * (1 - shares["VGG-16", "macs"])))

# %% [markdown]
# *Figure:* for every layer its share of the network's weights (blue, to the left) and of its
# multiplications (orange, hatched, to the right). The two halves hardly overlap: **the dense layers
# hold the weights, the convolutions do the work.** One layer, fc6 or fc1, has more weights than all
# others together; it is used once per image. A convolution has few weights and uses each of them at
# every position.

# %% tags=["demonstration"]
classic_networks.plot_weights_and_work(tables)

# %% [markdown]
# **Explore.** VGG-16 with other images and another head. *Figure:* weights (left) and
# multiplications for one image (right), in the convolutions and in the dense layers.
#
# 1. Double the side of the image to 448. Which of the four bars grow, which one does not?
# 2. How does one get rid of nearly all dense weights? "None, averaged" is the global average
# pooling of notebook 03: each of the 512 maps becomes one number.
# 3. Which setting makes a *faster* network, which one a *smaller* one?

# %% tags=["demonstration"]
classic_networks.explore_head()

# %% [markdown]
# That is what the next generation did. GoogLeNet, which won in 2014, and ResNet average the last
# maps and have one dense layer only. VGG-16's huge head was a habit inherited from LeNet-5.

# %% [markdown]
# ### Exercise `drill_conv_stack_params` (1 point)
#
# Your personal variant, drawn from your `STUDENT_ID`: all parameters of a small network in the old
# recipe. First a worked example with other numbers: read the question, work it out, then run the
# second cell.

# %% tags=["demonstration"]
example = practice_drill("drill_conv_stack_params", 1)
example

# %% tags=["demonstration", "nbval-check-output"]
print(example.solution())

# %% tags=["demonstration"]
drill("drill_conv_stack_params", STUDENT_ID)

# %% nbgrader={"grade_id": "drill_conv_stack_params", "solution": true}
drill_conv_stack_params = ...  # one whole number
### BEGIN SOLUTION
from course_utils.drills import draw

drill_conv_stack_params = draw("drill_conv_stack_params", STUDENT_ID).answer
### END SOLUTION

# %% nbgrader={"grade_id": "test_drill_conv_stack_params", "grade": true}
check("drill_conv_stack_params", drill_conv_stack_params, student_id=STUDENT_ID)

# %% [markdown]
# <details><summary>Hint 1</summary>Three layers have parameters. Write the shape behind every layer
# first, then count.</details>
# <details><summary>Hint 2</summary>Mind the padding in both convolutions, and that pooling rounds
# down. Only the dense layer depends on the size of the image.</details>
#
# More practice, as much as you like, not graded: change the number, and put each of these lines in
# a cell of its own.
#
# ```python
# more = practice_drill("drill_conv_stack_params", 2)
# more                    # the question
# more.check(12345)       # your answer
# print(more.solution())  # the worked way
# ```

# %% [markdown]
# ## In your own words
#
# ### Exercise `classic_written` (2 points, graded by your teacher)
#
# In 40 to 120 words: what did VGG change against AlexNet, why does it pay, and what did it leave
# wasteful? Use numbers of this notebook.

# %% [markdown] nbgrader={"grade_id": "classic_written", "grade": true, "solution": true}
# **Model answer.** VGG replaced AlexNet's large kernels (11×11, 5×5) by stacks of 3×3 convolutions
# with "same" padding, and used one kind of pooling, 2×2, throughout. Two 3×3 layers see 5×5 pixels
# with 28 % fewer weights than one 5×5 layer, three see 7×7 with 45 % fewer, and there are two or
# three activations instead of one. The uniform design leaves only depth and width to choose, so the
# network could become deeper: 13 convolutions in place of 5. What stayed wasteful are the dense
# layers. They hold 89 % of the 138 million weights, 103 million in fc1 alone, but do less than 1 %
# of the work; and the whole network needs 15.5 billion multiplications for one image.
#
# **Marking scheme (2 points)**
#
# - 1 point, the change and why it pays: small stacked kernels (or uniformity), *with* a reason:
#   same receptive field with fewer weights, more activations, or a simpler design.
# - 1 point, the waste: the dense layers hold most of the weights (89 %, or fc1's 103 million).
#   Half a point for "many parameters" or "slow" without saying where.

# %% [markdown]
# ## Summary
#
# | | LeNet-5 | AlexNet | VGG-16 |
# |---|---|---|---|
# | year | 1998 | 2012 | 2014 |
# | image | 32×32×1 | 227×227×3 | 224×224×3 |
# | parameters | 0.06 million | 62 million (on two GPUs 61) | 138 million |
# | multiplications per image | 0.4 million | 1.1 billion | 15.5 billion |
# | layer with most weights | C5 | fc6 | fc1 |
# | work in convolutions | 86 % | 95 % | 99 % |
# | new | the recipe | size, ReLU, dropout, GPUs | 3×3 and 2×2 everywhere |
#
# - **The recipe**: convolution and pooling in turn, then dense layers.
# - **Output sizes**: ⌊(n - k) / s⌋ + 1 without padding, for convolution and pooling.
# - **`groups=2`**: each filter sees half of the channels and has half of the weights.
# - **Stacked 3×3**: the same field, fewer weights, more activations.
# - **Weights are not work**: dense layers hold the ones, convolutions do the other.
#
# **Next:** notebook 07 asks why one cannot simply go on and stack a hundred layers.

# %% [markdown]
# ## Further reading
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, [Gradient-Based Learning Applied to Document
#   Recognition](http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf), Proceedings of the IEEE, 1998:
#   section II has LeNet-5, table I the connections of C3.
# - A. Krizhevsky, I. Sutskever, G. Hinton, [ImageNet Classification with Deep Convolutional Neural
#   Networks](https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks),
#   NIPS 2012.
# - K. Simonyan, A. Zisserman, [Very Deep Convolutional Networks for Large-Scale Image
#   Recognition](https://arxiv.org/abs/1409.1556), ICLR 2015.
# - O. Russakovsky et al., [ImageNet Large Scale Visual Recognition
#   Challenge](https://arxiv.org/abs/1409.0575), 2015: the contest, its data and its winners.
# - A. Ng, *Convolutional Neural Networks*, Coursera: week 2 presents the same three networks.
