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
# # 12 Transfer learning

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **reuse** a network that others have trained, in two ways: feature extraction and fine-tuning,
# - **explain** why its dense layers are left behind,
# - **carry out** the steps of fine-tuning in the right order, and **count** what trains in each,
# - **train** a small network live and read its instruments,
# - **judge** when transfer helps, and **choose** a base from a table.
#
# **You need** notebooks 04 to 06 (image data, over-fitting, VGG16); 08 helps. **Time:** about 120
# minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import keras
import numpy as np
import pandas as pd
from keras import Input, layers, models, ops, optimizers

from course_utils import compare, practice_drill
from course_utils.architectures.backbone import backbone_record, load_backbone, load_pretrained
from course_utils.architectures.browser import convnetjs_cifar10
from course_utils.architectures.pretrained import pretrained_base
from course_utils.arithmetic.models import count_macs, count_params, layer_table
from course_utils.datasets.applications import applications_table
from course_utils.datasets.cifar10 import load_cifar10
from course_utils.datasets.clutter import LETTERS, digits_on_clutter, glyphs_on_clutter
from course_utils.explore import transfer
from course_utils.live_trainer import LiveTrainer
from course_utils.plots import plot_images
from course_utils.plots.applications import plot_params_vs_accuracy
from course_utils.training import fit_quietly
from course_utils.transfer_runs import ways_with_ten_images

# %% [markdown]
# *The whole notebook in one picture.* Three ways to a classifier for your images. **From scratch**
# (top) all layers begin random (blue, dotted). **Feature extraction** (middle) takes the blocks of
# a network that has already learned something else, keeps them as they are (grey, hatched), and
# only trains a new classifier. **Fine-tuning** (bottom) goes on from there: the top block (orange)
# is adjusted a little, too.

# %% tags=["demonstration"]
transfer.plot_ways()

# %% [markdown]
# **Recall (one minute).** In notebook 06 you counted VGG16's 138,357,544 parameters. Where do most
# of them lie, and what did dropout and augmentation (notebook 05) help against?
#
# <details><summary>Compare</summary>In the dense layers: the first one alone has 102,764,544. The
# 13 convolutions share the small rest. Dropout and augmentation help against over-fitting: a
# network that has seen few images learns them by heart. Today there is a third remedy.</details>

# %% [markdown]
# ## 12.1 A pretrained network (8 minutes)
#
# A **pretrained network** is a saved network that was previously trained on a large data set,
# typically for large-scale image classification. If that data set is large and general enough, the
# patterns it has learned, from edges to textures to parts of objects, are useful for quite other
# images. A network trained on ImageNet (mostly animals and everyday objects) can be repurposed for
# something as remote as identifying furniture. Some have even applied such networks to medical
# imaging, although they had learned from pictures taken by ordinary cameras.
#
# This **portability of learned features across problems** is a key advantage of deep learning over
# older, shallow approaches, and it makes deep learning effective for problems with *little data*.
# There are two ways to use it, **feature extraction** and **fine-tuning**.

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: ImageNet has 14 million images and 1000 classes.<br>
# <b>Actually</b>: this mixes two data sets. The <i>whole</i> of ImageNet has some 14 to 15 million
# images in roughly 22,000 categories (so the AlexNet paper). The 1000 classes belong to the
# <i>ILSVRC</i> subset, about 1.2 million training images; the networks of
# <code>keras.applications</code> were trained on this one.
# </div>

# %% [markdown]
# ### Our own small "VGG"
#
# The lecture's pretrained network is VGG16. Its weights are a download of 59 MB even without the
# dense layers, and a forward pass of it on a laptop takes its time. So this course ships a small
# one: three blocks of one convolution and one pooling, trained on a task that has many images,
# **24 printed letters on cluttered backgrounds**. It plays VGG16's part: trained elsewhere, saved,
# and ready to be used for something else.

# %% tags=["demonstration", "nbval-check-output"]
backbone = load_backbone()
record = backbone_record()
print(f"trained on {record['training_images']:,} images, {record['task']}")
print(f"right on fresh letters: {record['accuracy_on_fresh_images']:.1%}")
layer_table(backbone)

# %% [markdown]
# *Table:* three blocks take 32×32×3 to 4×4×64, with 56,320 weights. What followed, `Flatten` and 24
# softmax units for the letters, is not in it: this is a **convolutional base**.
#
# *Figure:* six images it learned from, and six it has never seen: **handwritten digits**, our task
# of today. Other shapes, other strokes; only the kind of picture is the same.

# %% tags=["demonstration"]
letter_images, letter_labels = glyphs_on_clutter(6, seed=1)
digits = digits_on_clutter(40)
plot_images(
    [*letter_images, *digits.x_train[:6]],
    [*(LETTERS[label] for label in letter_labels), *digits.y_train[:6]],
    n_cols=6,
)

# %% [markdown]
# ## 12.2 CIFAR-10 (6 minutes)
#
# The lecture's data set comes from the **Canadian Institute For Advanced Research**: 60,000 colour
# images of 32×32 pixels in 10 classes, airplanes, cars, birds, cats, deer, dogs, frogs, horses,
# ships and trucks, with 6,000 images each. 1,000 of each class are for testing.

# %% tags=["demonstration"]
photos = load_cifar10()
one_of_each = [np.flatnonzero(photos.y_train == label)[0] for label in range(10)]
plot_images(photos.x_train[one_of_each], photos.class_names, n_cols=10)

# %% [markdown]
# *Figure:* one image of each class. The sentence above it says whether they are CIFAR-10's, or
# stand in for them: handwritten digits on cluttered backgrounds, which have the same shape and the
# same number of classes.
#
# ### Exercise `cifar10_shapes` (1 point)
#
# `(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()` loads the original.
# What are the shapes of the four arrays? (Keras hands out the labels as a *column*, one row per
# image.)

# %% nbgrader={"grade_id": "cifar10_shapes", "solution": true}
cifar10_shapes = ...  # four shapes: x_train, y_train, x_test, y_test
### BEGIN SOLUTION
# Of 6,000 images per class 1,000 are for testing.
cifar10_shapes = [
    (10 * 5000, 32, 32, 3),
    (10 * 5000, 1),
    (10 * 1000, 32, 32, 3),
    (10 * 1000, 1),
]
### END SOLUTION

# %% nbgrader={"grade_id": "test_cifar10_shapes", "grade": true}
check("cifar10_shapes", cifar10_shapes)

# %% [markdown]
# <details><summary>Hint 1</summary>Here the number of images belongs to the shape: it is the first
# axis of all four.</details>
# <details><summary>Hint 2</summary>A column of N numbers has two axes.</details>

# %% [markdown]
# ## 12.3 The baseline, trained live (18 minutes)
#
# What can be done *without* transfer? The lecture ends with a network that trains while you watch,
# in a web browser: A. Karpathy's [ConvNetJS CIFAR-10
# demo](https://cs.stanford.edu/people/karpathy/convnetjs/demo/cifar10.html). In its own words:
#
# ```
# layer_defs.push({type:'input', out_sx:32, out_sy:32, out_depth:3});
# layer_defs.push({type:'conv', sx:5, filters:16, stride:1, pad:2, activation:'relu'});
# layer_defs.push({type:'pool', sx:2, stride:2});
# layer_defs.push({type:'conv', sx:5, filters:20, stride:1, pad:2, activation:'relu'});
# layer_defs.push({type:'pool', sx:2, stride:2});
# layer_defs.push({type:'conv', sx:5, filters:20, stride:1, pad:2, activation:'relu'});
# layer_defs.push({type:'pool', sx:2, stride:2});
# layer_defs.push({type:'softmax', num_classes:10});
# ```
#
# ### Exercise `convnetjs_params` (1 point)
#
# How many parameters does this network have, biases included? (`softmax` is a dense layer with
# softmax, on the flattened maps.)

# %% nbgrader={"grade_id": "convnetjs_params", "solution": true}
convnetjs_params = ...  # one whole number
### BEGIN SOLUTION
convolutions = [(5 * 5 * 3 + 1) * 16, (5 * 5 * 16 + 1) * 20, (5 * 5 * 20 + 1) * 20]
# Padding by 2 keeps the side, three poolings halve it: 32, 16, 8, 4.
convnetjs_params = sum(convolutions) + (4 * 4 * 20 + 1) * 10
### END SOLUTION

# %% nbgrader={"grade_id": "test_convnetjs_params", "grade": true}
check("convnetjs_params", convnetjs_params)

# %% [markdown]
# <details><summary>Hint 1</summary>Write the shape behind every layer first.
# <code>pad:2</code> is Keras' <code>padding="same"</code> for a 5×5 kernel.</details>
# <details><summary>Hint 2</summary>A filter spans all channels of its input and has one bias. The
# poolings have no parameters, but they decide how many numbers reach the softmax layer.</details>

# %% [markdown]
# **Run.** The same network in Keras, with the shapes that you need. Its first layer is not in the
# list above: it moves the pixels from 0 ... 1 to -0.5 ... 0.5, which the demo does when it loads an
# image.

# %% tags=["demonstration", "nbval-check-output"]
baseline = convnetjs_cifar10()
for layer in baseline.layers:
    print(f"{type(layer).__name__:14} {layer.output.shape[1:]}")
print(f"{count_macs(baseline):,} multiplications per image")

# %% [markdown]
# The demo trains with **Adadelta**, four images at a time, with a weight decay of 0.0001 (a small
# penalty on squared weights, "L2", that pulls them towards 0), and it augments: a random flip, and
# shifts by up to 2 pixels. Its panel shows seven numbers. These are
# the values in the lecture's picture:
#
# | reading | lecture | what it says |
# |---|---|---|
# | forward time per example | 8 ms | speed |
# | backprop time per example | 14 ms | speed |
# | classification loss | 1.58629 | cross-entropy; guessing among ten gives ln 10 = 2.303 |
# | L2 weight decay loss | 0.00132 | what the weight decay adds |
# | training accuracy | 0.44 | on the last images, *before* learning from them |
# | validation accuracy | 0.2 | on a few images that it does not learn from |
# | examples seen | 1858 | a small part of CIFAR-10 so far |
#
# **Explore.** The next cell rebuilds this panel. *Figure:* the readings, the loss so far, the
# filters of the first layer, and predictions for test images. It has had 4,000 examples here, about
# twice as many as in the lecture's picture; with a running kernel you can start and pause it, and
# change the settings. Loss and training accuracy are averages over the last 100 images, the
# validation accuracy is measured on 200 test images.
#
# 1. Which reading moves first, and which hardly at all?
# 2. Turn the learning rate down to 0.001. What does the loss do now?
# 3. How noisy are the accuracies, and why? Which of them will be ahead in the end?
# 4. If the images are digits, the panel shifts them but leaves the flips out. Why?

# %% tags=["demonstration"]
keras.utils.set_random_seed(0)
trainer = LiveTrainer(convnetjs_cifar10(), photos)
trainer.step(1000)  # of four images each
trainer.show()

# %% [markdown]
# **Predict.** The demo's text says that with Adadelta "we don't have to worry about learning
# rates". Take it at its word: `optimizers.Adadelta()`, with Keras' default settings. The task is
# easy this time, ten printed letters with 1,500 images. Which accuracy on 300 fresh images does the
# network reach after four epochs: 10, 20, 30, ..., or 100 %?

# %% nbgrader={"grade_id": "predict_adadelta_accuracy", "solution": true} tags=["prediction"]
predict_adadelta_accuracy = ...  # your guess: per cent, a multiple of ten
### BEGIN SOLUTION
predict_adadelta_accuracy = 90
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_adadelta_accuracy", "grade": true}
check("predict_adadelta_accuracy", predict_adadelta_accuracy)

# %% tags=["demonstration"]
x, y = glyphs_on_clutter(1800, LETTERS[:10], seed=2)
accuracy = {}
for name, optimizer in (
    ("Adadelta()", optimizers.Adadelta()),
    ("Adadelta(learning_rate=1.0)", optimizers.Adadelta(learning_rate=1.0)),
):
    keras.utils.set_random_seed(0)
    network = convnetjs_cifar10()
    network.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    run = fit_quietly(network, x[:1500], y[:1500], epochs=4, batch_size=16)
    accuracy[name] = network.evaluate(x[1500:], y[1500:], verbose=0)[1]
    print(f"{name:27} loss {run.history['loss'][0]:.2f} -> {run.history['loss'][-1]:.2f}", end="  ")
    print(f"accuracy on fresh images {accuracy[name]:.2f}")
percent = int(10 * round(10 * accuracy["Adadelta()"]))
compare("predict_adadelta_accuracy", predict_adadelta_accuracy, percent)

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b> (quoting the demo's page): the state of the art on CIFAR-10 is about 90 %,
# humans reach 94 %; and Adadelta means no worry about learning rates.<br>
# <b>Actually</b>: the page is old, the state of the art is above 99 % now. Keras' Adadelta
# multiplies its steps by a learning rate whose default, 0.001, makes them a thousand times smaller
# than the paper's: it hardly learns, as you see. Write <code>Adadelta(learning_rate=1.0)</code>.
# And the panel's validation accuracy of 0.2 is measured on a tiny moving window of images: it jumps
# up and down, do not take it for the accuracy of the network.
# </div>

# %% [markdown]
# ## 12.4 Feature extraction (20 minutes)
#
# **Feature extraction** takes the *convolutional base* of a pretrained network, runs the new data
# through it, and trains a *new classifier* on top of what comes out. The base is **frozen**: its
# weights do not change.
#
# What comes out of the base are **features**. Are they worth anything for digits, if they were
# learned on letters?
#
# **Explore.** *Figure:* a picture of a digit (black frame) and, in each row, the seven that are
# most like it among 400. In the upper row their *pixels* are compared, in the lower row the
# *features* from the backbone. A tick and a green frame mean: the same digit.
#
# 1. What do the neighbours by pixels have in common, if not the digit?
# 2. Find a picture where both rows fail. Can you see why?

# %% tags=["demonstration"]
features = backbone.predict(digits.x_train, batch_size=100, verbose=0)
for name, points in (("pixels", digits.x_train), ("features", features)):
    nearest = transfer.nearest(points, np.arange(400), count=7)
    same = digits.y_train[nearest] == digits.y_train[:, None]
    print(f"nearest by {name}: {same.mean():.0%} show the same digit (guessing: 10 %)")
transfer.explore_neighbours(digits.x_train, digits.y_train, features)

# %% [markdown]
# Nobody told the backbone about digits, and no weight of it was changed: it just has learned to
# look at strokes in place of colours.
#
# ### Exercise `why_skip_dense` (1 point)
#
# Why take only the convolutional base, and leave the dense layers behind?
#
# - **A** Dense layers cannot be saved: only the kernels of convolutions fit into a file of weights.
# - **B** They are specific to the old classes and know nothing of positions; the convolutional base
#   is more generic.
# - **C** They have too few parameters: the convolutional base holds nearly all that was learned.
# - **D** Their licence forbids it: only convolutional bases may be used for other purposes.

# %% nbgrader={"grade_id": "why_skip_dense", "solution": true}
why_skip_dense = ...  # one letter, in quotes
### BEGIN SOLUTION
why_skip_dense = "B"
### END SOLUTION

# %% nbgrader={"grade_id": "test_why_skip_dense", "grade": true}
check("why_skip_dense", why_skip_dense)

# %% [markdown]
# <details><summary>Hint 1</summary>What do the 24 units that our backbone's old classifier had
# answer, if you show them a 7?</details>
# <details><summary>Hint 2</summary>The base keeps a map: <i>where</i> something was found. What
# does Flatten with a dense layer make of it?</details>

# %% [markdown]
# **Try it.** The dense layer that once named the letters is still on disk. What does it say about
# digits? *Figure:* one image of each digit, and above it the letter that the old classifier names
# most often for this digit, among its 40 images.

# %% tags=["demonstration"]
kernel, bias = load_pretrained().classifier.get_weights()
named = (features.reshape(len(features), -1) @ kernel + bias).argmax(axis=1)
favourites = [np.bincount(named[digits.y_train == digit]).argmax() for digit in range(10)]
first_of_each = [np.flatnonzero(digits.y_train == digit)[0] for digit in range(10)]
plot_images(digits.x_train[first_of_each], [LETTERS[index] for index in favourites], n_cols=10)

# %% [markdown]
# It has no choice: letters are all it can say. Some of its answers are understandable, none is of
# use.
#
# ### Two ways to implement it
#
# | | compute the features once | put the frozen base into the model |
# |---|---|---|
# | the base runs | once over the data | in every epoch |
# | cost | low: then only the classifier trains | high: the base is the expensive part |
# | data augmentation | no: the features are fixed | possible: each epoch sees new images |
# | next step fine-tuning | the base must be added first | ready for it |
#
# The first way in code. There are 400 images, and the classifier is done in a few seconds.

# %% tags=["demonstration"]
keras.utils.set_random_seed(0)
classifier = models.Sequential(
    [Input((4, 4, 64)), layers.Flatten(), layers.Dense(10, activation="softmax")]
)
classifier.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
run = fit_quietly(classifier, features, digits.y_train, epochs=20)
test_features = backbone.predict(digits.x_test, batch_size=100, verbose=0)
_, accuracy = classifier.evaluate(test_features, digits.y_test, verbose=0)
print(f"{run.seconds:.1f} s, {count_params(classifier, trainable=True):,} weights trained:")
print(f"test accuracy {accuracy:.2f} on {len(digits.x_test)} digits")

# %% [markdown]
# ### Exercise `extract_features` (2 points)
#
# Write the step before the classifier as a function: run `images` through `base`, in **inference
# mode** and in batches of `batch_size`, and return an array with **one row per image**, all numbers
# of its maps in a row. (Inference mode is the way a network works after training: dropout is off,
# and batch normalisation uses its moving averages, notebook 07.) The order of the images stays, and
# no weight of the base may change.
#
# Example: 5 images through the backbone, whose maps are 4×4×64, give an array of shape (5, 1024).


# %% nbgrader={"grade_id": "extract_features", "solution": true}
def extract_features(base, images, batch_size=32):
    """Return the flattened outputs of `base`, an array of shape (number of images, features)."""
    ### BEGIN SOLUTION
    maps = base.predict(images, batch_size=batch_size, verbose=0)
    return maps.reshape(len(images), -1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_extract_features", "grade": true}
check("extract_features", extract_features)

# %% [markdown]
# <details><summary>Hint 1</summary><code>base.predict</code> works in inference mode and goes
# through the batches by itself; <code>verbose=0</code> keeps it quiet.</details>
# <details><summary>Hint 2</summary>NumPy's <code>reshape</code> finds one length by itself if you
# write -1 for it. Which axis must stay as it is?</details>

# %% [markdown]
# ## 12.5 Using the VGG16 convolutional base for CIFAR-10 (12 minutes)
#
# The lecture's notebook of this name takes
#
# ```python
# keras.applications.VGG16(weights="imagenet", include_top=False, input_shape=(32, 32, 3))
# ```
#
# `include_top=False` leaves the dense layers out. That also frees the size of the images:
# convolutions and poolings take any size, only dense layers insist on one.
#
# ### Exercise `vgg16_base_facts` (1 + 1 points)
#
# Which shape has the output of this base for 32×32 images, and how many parameters does it have?
# (Notebook 06: five blocks with 2, 2, 3, 3, 3 convolutions of 64, 128, 256, 512, 512 filters, all
# 3×3 with padding, and a pooling after each block.)

# %% nbgrader={"grade_id": "vgg16_base_facts", "solution": true}
vgg16_base_output = ...  # (height, width, channels)
vgg16_base_params = ...  # one whole number
### BEGIN SOLUTION
vgg16_base_output = (32 // 2**5, 32 // 2**5, 512)
vgg16_base_params, channels = 0, 3
for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
    for _ in range(convolutions):
        vgg16_base_params += (3 * 3 * channels + 1) * filters
        channels = filters
### END SOLUTION

# %% nbgrader={"grade_id": "test_vgg16_base_facts", "grade": true}
check("vgg16_base_output", vgg16_base_output)
check("vgg16_base_params", vgg16_base_params)

# %% [markdown]
# <details><summary>Hint 1</summary>The convolutions are padded. What does each of the five poolings
# do to the side?</details>
# <details><summary>Hint 2</summary>A loop over the blocks is less work than adding 13 numbers: keep
# the number of channels in a variable. The first convolution of a block reads what the block before
# has left.</details>

# %% [markdown]
# **Compare.** Keras builds VGG16's base for two larger sizes, with random weights; nothing is
# downloaded. The number of weights does not depend on the size of the images, the output does.

# %% tags=["demonstration"]
counts = set()
for side in (150, 224):
    images = Input((side, side, 3))
    vgg16 = keras.applications.VGG16(include_top=False, weights=None, input_tensor=images)
    print(f"{side}×{side}: output {vgg16.output_shape[1:]}")
    counts.add(vgg16.count_params())
    del vgg16
keras.backend.clear_session()
print("as many weights for both:", len(counts) == 1)
if vgg16_base_params is not ...:
    print("as many as you say:", counts == {vgg16_base_params})

# %% [markdown]
# ### Feed it what it was fed
#
# A pretrained base expects pixels in the form of *its* training data. Our backbone saw numbers from
# 0 to 1. VGG16 saw bytes, in the order blue, green, red, minus the mean colour of ImageNet; every
# family of networks has its own `preprocess_input`:

# %% tags=["demonstration", "nbval-check-output"]
one_pixel = np.array([[[[10.0, 20.0, 30.0]]]])  # red, green, blue
for family in (keras.applications.vgg16, keras.applications.mobilenet_v2):
    name = family.__name__.split(".")[-1]
    print(f"{name:13}", family.preprocess_input(one_pixel.copy()).ravel().round(3).tolist())

# %% [markdown]
# **Run.** The lecture's experiment on a small part of the data: 40 images of each class, features
# from a pretrained base, a new classifier. With VGG16's weights at hand this is VGG16 on CIFAR-10;
# otherwise the course's backbone goes on with the stand-in, and the cell says so.

# %% tags=["demonstration"]
base, preprocess = pretrained_base()
chosen = np.concatenate([np.flatnonzero(photos.y_train == label)[:40] for label in range(10)])
train, test = (
    ops.convert_to_numpy(base(preprocess(images))).reshape(len(images), -1)
    for images in (photos.x_train[chosen], photos.x_test[:700])
)
keras.utils.set_random_seed(0)
classifier = models.Sequential([Input(train.shape[1:]), layers.Dense(10, activation="softmax")])
classifier.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
fit_quietly(classifier, train, photos.y_train[chosen], epochs=20)
_, accuracy = classifier.evaluate(test, photos.y_test[:700], verbose=0)
print(f"{photos.name}, 400 training images: test accuracy {accuracy:.2f} (guessing: 0.10)")

# %% [markdown]
# ## 12.6 Fine-tuning (20 minutes)
#
# **Fine-tuning** unfreezes a few of the *top* layers of the frozen base and jointly trains both the
# newly added part and these top layers. It is called fine-tuning because it *slightly adjusts* the
# more abstract representations of the base, to make them more relevant for the problem at hand. The
# lower layers hold what is useful for any picture, edges and spots of colour; and the fewer weights
# train, the less a small data set can be learned by heart.
#
# ### Exercise `fine_tuning_order` (1 point)
#
# Here are the lecture's five steps, shuffled. Give their numbers in the right order; the lecture
# begins with building the network.
#
# 1. train the part you added
# 2. unfreeze some layers of the base
# 3. add your custom network on top of an already trained base
# 4. jointly train these layers and the part you added
# 5. freeze the base

# %% nbgrader={"grade_id": "fine_tuning_order", "solution": true}
fine_tuning_order = ...  # a list of the numbers 1 to 5
### BEGIN SOLUTION
fine_tuning_order = [3, 5, 1, 2, 4]
### END SOLUTION

# %% nbgrader={"grade_id": "test_fine_tuning_order", "grade": true}
check("fine_tuning_order", fine_tuning_order)

# %% [markdown]
# <details><summary>Hint 1</summary>At first the new part is random: its errors are large, and they
# flow back into every layer that may train.</details>
# <details><summary>Hint 2</summary>Where must the base be frozen, and when is it safe to touch
# it?</details>

# %% [markdown]
# ### What happens if one skips the order
#
# **Run.** The whole base is unfrozen at once, under a random classifier. The cell measures how far
# the kernels move away from what they had learned.

# %% tags=["demonstration"]
learned = [layer.get_weights()[0] for layer in load_backbone().layers[::2]]
for rate in (1e-3, 1e-2):
    keras.utils.set_random_seed(0)
    base = load_backbone(trainable=True)
    hasty = models.Sequential([base, layers.Flatten(), layers.Dense(10, activation="softmax")])
    optimizer = optimizers.RMSprop(learning_rate=rate)
    hasty.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit_quietly(hasty, digits.x_train, digits.y_train, epochs=10, batch_size=16)
    pairs = zip(base.layers[::2], learned, strict=True)
    moved = [np.abs(layer.get_weights()[0] - w).mean() / np.abs(w).mean() for layer, w in pairs]
    _, accuracy = hasty.evaluate(digits.x_test, digits.y_test, verbose=0)
    shares = ", ".join(f"{share:.0%}" for share in moved)
    print(f"learning rate {rate}: kernels moved by {shares}; test accuracy {accuracy:.2f}")

# %% [markdown]
# With the larger learning rate not much is left of what the base knew. With the usual one the
# damage is moderate on this small network; but all 66,570 weights train on 400 images now, every
# epoch is expensive, and compare the accuracy with that of feature extraction above.

# %% [markdown]
# ### Who trains? `trainable`
#
# `base.trainable = False` freezes a base: it sets `trainable` to False **in every layer inside**,
# at that moment. `base.trainable = True` sets it to True in every layer inside.
#
# **Predict.** The base is frozen; then *one* layer in it is set back:
#
# ```python
# base.trainable = False
# base.get_layer("block3_conv").trainable = True
# model = models.Sequential([base, layers.Flatten(), layers.Dense(10, activation="softmax")])
# ```
#
# The model has four layers with weights: three convolutions and the dense one. In how many of them
# do the weights change in a training step?

# %% nbgrader={"grade_id": "predict_thawed_layer", "solution": true} tags=["prediction"]
predict_thawed_layer = ...  # your guess: 0 to 4
### BEGIN SOLUTION
predict_thawed_layer = 1
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_thawed_layer", "grade": true}
check("predict_thawed_layer", predict_thawed_layer)

# %% tags=["demonstration"]
base = load_backbone()  # frozen
base.get_layer("block3_conv").trainable = True
model = models.Sequential([base, layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
with_weights = [layer for layer in [*base.layers, *model.layers[1:]] if layer.weights]
before = [layer.get_weights()[0] for layer in with_weights]
model.train_on_batch(digits.x_train[:16], digits.y_train[:16])
changed = [
    layer.name
    for layer, old in zip(with_weights, before, strict=True)
    if (layer.get_weights()[0] != old).any()
]
compare("predict_thawed_layer", predict_thawed_layer, len(changed))
print("changed:", ", ".join(changed))
print("base.trainable:", base.trainable, " base.trainable_weights:", len(base.trainable_weights))

# %% [markdown]
# So `base.trainable` may say False, and its list of trainable weights be empty (length 0), while a
# layer inside trains: the switch of a container is no lock, the layers have the last word. (Older
# versions of Keras did keep such a layer frozen. And with TensorFlow, setting the switch to the
# value that it has already does nothing at all, whatever the layers say.) Write it so that there is
# no doubt: **set the base first, then the layers one by one.**

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: add, freeze, train, unfreeze, train jointly.<br>
# <b>Actually</b>: right, and four things must be added, or it goes wrong.
# <ol style="margin:.3em 0">
# <li><b>Compile again</b> after every change of <code>trainable</code>: a model goes on training
# what it was compiled for.</li>
# <li>Take a <b>much lower learning rate</b> for the joint training, 10 to 100 times lower than for
# the new part: the aim is to adjust, not to learn anew.</li>
# <li>Keep <b>batch normalisation</b> of the base in inference mode:
# <code>base(x, training=False)</code>. Its moving averages are part of what was learned.</li>
# <li>Use the <b>base's own <code>preprocess_input</code></b> (section 12.5).</li>
# </ol>
# </div>

# %% [markdown]
# **Explore.** *Figure:* the weights of each block of a base, from the image (bottom) upwards, and
# of a new classifier; hatched parts are frozen. The title counts what trains.
#
# 1. The backbone with one block unfrozen: which share of the weights trains?
# 2. VGG19 for 32×32 and for 224×224 images, with 4096 hidden units: where do the weights of the
# classifier come from?
# 3. Nothing unfrozen, no hidden units: how many weights train for 10 classes, and how many images
# do you have?

# %% tags=["demonstration"]
transfer.explore_freezing()

# %% [markdown]
# ### Exercise `unfreeze_top_block` (3 points)
#
# `model` consists of `base` and a classifier. The base was frozen, and the classifier has learned.
# Prepare the model for the last step:
#
# - of the layers **in `base`** exactly those whose name starts with `prefix` can train, for example
#   `"block3"`; the layers outside the base can train, too;
# - compile it again, with `RMSprop` at `learning_rate`, the loss that the model has had
#   (`model.loss`), and `metrics=["accuracy"]`.
#
# The function changes the model and returns nothing.


# %% nbgrader={"grade_id": "unfreeze_top_block", "solution": true}
def unfreeze_top_block(model, base, prefix, learning_rate):
    """Let only the layers of `base` train whose names start with `prefix`, and compile again."""
    ### BEGIN SOLUTION
    base.trainable = True  # all layers in it; then freeze one by one
    for layer in base.layers:
        layer.trainable = layer.name.startswith(prefix)
    optimizer = optimizers.RMSprop(learning_rate=learning_rate)
    model.compile(optimizer, loss=model.loss, metrics=["accuracy"])
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_unfreeze_top_block", "grade": true}
check("unfreeze_top_block", unfreeze_top_block)

# %% [markdown]
# <details><summary>Hint 1</summary>First the switch of the whole base, then a loop over
# <code>base.layers</code>. Which value of the switch leaves you a free hand in the loop?</details>
# <details><summary>Hint 2</summary><code>"block3_conv".startswith("block3")</code> is True or
# False, and so is <code>layer.trainable</code>.</details>
# <details><summary>Hint 3</summary>The check trains for a few steps before and after your function,
# and looks at which layers have changed. Without a compile nothing new trains.</details>

# %% [markdown]
# ## 12.7 Fine tuning the VGG16 model for CIFAR-10 (8 minutes)
#
# The lecture's last notebook does this with VGG16. On its base for 32×32 images come `Flatten`, 256
# dense units with ReLU, and 10 softmax units; then block 5, its top block, is unfrozen.
#
# ### Exercise `trainable_counts` (3 points)
#
# How many parameters of this model train
#
# 1. while the base is frozen,
# 2. when its block 5 is unfrozen, too (three 3×3 convolutions, 512 channels in and out),
# 3. when everything is unfrozen?

# %% nbgrader={"grade_id": "trainable_counts", "solution": true}
trainable_counts = ...  # three whole numbers
### BEGIN SOLUTION
classifier_params = (512 + 1) * 256 + (256 + 1) * 10  # Flatten gives 1·1·512 numbers
block5_params = 3 * (3 * 3 * 512 + 1) * 512
trainable_counts = [
    classifier_params,
    classifier_params + block5_params,
    classifier_params + 14_714_688,  # all of the base
]
### END SOLUTION

# %% nbgrader={"grade_id": "test_trainable_counts", "grade": true}
check("trainable_counts", trainable_counts)

# %% [markdown]
# <details><summary>Hint 1</summary>Poolings and Flatten have no parameters. Your own two layers
# train in all three cases.</details>
# <details><summary>Hint 2</summary>Dense(256) reads what Flatten gives: see
# <code>vgg16_base_output</code>. And <code>vgg16_base_params</code> is the whole base.</details>

# %% [markdown]
# **Compare**, with random weights. Which share of the base is it that may be adjusted in each case?

# %% tags=["demonstration"]
images = Input((32, 32, 3))
base = keras.applications.VGG16(include_top=False, weights=None, input_tensor=images)
classifier = [layers.Flatten(), layers.Dense(256, activation="relu"), layers.Dense(10)]
model = models.Sequential([base, *classifier])
cases = {"frozen": [], "block 5 unfrozen": base.layers[-4:], "all unfrozen": base.layers}
for name, unfrozen in cases.items():
    for layer in base.layers:
        layer.trainable = layer in unfrozen
    share = sum(layer.count_params() for layer in unfrozen) / base.count_params()
    of_all = count_params(model, trainable=True) / model.count_params()
    print(f"{name:17} {share:4.0%} of the base train, {of_all:4.0%} of the whole model")
del base, model
keras.backend.clear_session()

# %% [markdown]
# So block 5 alone, the "few top layers", is almost half of the base.
#
# **More practice** (not graded). As many questions of this kind as you like: change the number.
# `.solution()` shows the arithmetic.

# %% tags=["demonstration"]
practice_drill("drill_trainable_counts", 1)

# %% [markdown]
# ## 12.8 Does it help? The comparison (18 minutes)
#
# Now measure it: **400 training images**, 40 of each digit, and 700 test images. All three ways of
# the opening picture get the same 400 images. (It is always the digits, also if you have CIFAR-10:
# the small backbone knows letters, and was never shown a frog.)
#
# The next cell prepares what all three need.

# %% nbgrader={"grade_id": "comparison", "locked": true}
few = digits_on_clutter(40)  # 400 training and 700 test images, pixels from 0 to 1


def new_classifier():
    """Return the layers of a new classifier of ten digits."""
    return [layers.Flatten(), layers.Dropout(0.3), layers.Dense(10, activation="softmax")]


def train_and_measure(model, optimizer, epochs):
    """Compile, train on the 400 images, and return the accuracies on training and test images."""
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit_quietly(model, few.x_train, few.y_train, epochs=epochs, batch_size=16, seed=1)
    train = model.evaluate(few.x_train, few.y_train, verbose=0)
    test = model.evaluate(few.x_test, few.y_test, verbose=0)
    return [train[1], test[1]]


# %% [markdown]
# ### Exercise `transfer_vs_scratch` (4 points)
#
# Train all three and put the accuracies into a table, `pd.DataFrame(..., index=[...],
# columns=[...])`:
#
# | | train_accuracy | test_accuracy |
# |---|---|---|
# | **scratch** | | |
# | **feature_extraction** | | |
# | **fine_tuning** | | |
#
# - *scratch*: the layers of the backbone with **fresh random weights**,
#   `models.clone_model(load_backbone(trainable=True))`, and a new classifier. 30 epochs with
#   `"adam"` are enough to learn the 400 images by heart (at least 0.9 on the training images).
# - *feature_extraction*: the frozen backbone and a new classifier; 20 epochs with `"adam"`.
# - *fine_tuning*: **the same model**, goes on with block 3 unfrozen, `RMSprop` at 1e-4, 10 epochs.
#
# The check looks at what should come out: from scratch memorises the training images; feature
# extraction is better on the test images by at least 0.15; fine-tuning does not lose more than 0.05
# of it. The cell takes less than a minute.

# %% nbgrader={"grade_id": "transfer_vs_scratch", "solution": true}
transfer_vs_scratch = ...  # a pandas DataFrame
### BEGIN SOLUTION
keras.utils.set_random_seed(1)
untrained = models.clone_model(load_backbone(trainable=True))
network = models.Sequential([untrained, *new_classifier()])
rows = [train_and_measure(network, "adam", epochs=30)]

pretrained = load_backbone()  # frozen
network = models.Sequential([pretrained, *new_classifier()])
rows.append(train_and_measure(network, "adam", epochs=20))

pretrained.trainable = True
for layer in pretrained.layers:
    layer.trainable = layer.name.startswith("block3")
rows.append(train_and_measure(network, optimizers.RMSprop(learning_rate=1e-4), epochs=10))

transfer_vs_scratch = pd.DataFrame(
    rows,
    index=["scratch", "feature_extraction", "fine_tuning"],
    columns=["train_accuracy", "test_accuracy"],
)
### END SOLUTION

# %% nbgrader={"grade_id": "test_transfer_vs_scratch", "grade": true}
check("transfer_vs_scratch", transfer_vs_scratch)

# %% [markdown]
# <details><summary>Hint 1</summary>A model is a list of layers, and a base may be the first of
# them: <code>models.Sequential([base, *new_classifier()])</code>.</details>
# <details><summary>Hint 2</summary>The third way needs what you wrote in
# <code>unfreeze_top_block</code>: the switch of the base, the loop over its layers.
# <code>train_and_measure</code> compiles.</details>
# <details><summary>Hint 3</summary><code>pd.DataFrame([[0.1, 0.2], [0.3, 0.4]], index=["a", "b"],
# columns=["x", "y"])</code> has two rows and two columns.</details>

# %% [markdown]
# **Look at it.** *Figure:* your accuracies on training images (grey) and test images (blue); the
# dotted line is guessing.

# %% tags=["demonstration"]
if transfer_vs_scratch is ...:
    print("Fill in transfer_vs_scratch first.")
else:
    display(transfer_vs_scratch.round(3))
    display(transfer.plot_accuracies({"40 images of each digit": transfer_vs_scratch}))

# %% [markdown]
# From scratch is a picture of over-fitting: it knows its 400 images by heart and little more than
# guesses on new ones. The same architecture with weights that learned *letters* is right on most
# *digits*. Fine-tuning adds a little to that, or nothing: that is what it is, fine.
#
# **Predict.** The same with only **10** images of each digit. By how many *percentage points* is
# fine-tuning better than feature extraction now, on the test images? Round to a whole number (below
# 0: worse). Mind that 7 of the 700 test images are one point.

# %% nbgrader={"grade_id": "predict_fine_tuning_gain", "solution": true} tags=["prediction"]
predict_fine_tuning_gain = ...  # your guess: percentage points
### BEGIN SOLUTION
predict_fine_tuning_gain = 5
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_fine_tuning_gain", "grade": true}
check("predict_fine_tuning_gain", predict_fine_tuning_gain)

# %% tags=["demonstration"]
ten = ways_with_ten_images()
gain = ten["test_accuracy"]["fine_tuning"] - ten["test_accuracy"]["feature_extraction"]
compare("predict_fine_tuning_gain", predict_fine_tuning_gain, round(100 * gain))
transfer.plot_accuracies({"10 images of each digit": ten})

# %% [markdown]
# *Figure:* as above, with 100 training images in all. From scratch is at the level of guessing.
# Feature extraction is right on about half of the digits. Fine-tuning does not help: a point more
# or less is luck (it is 7 of the 700 test images), and from 100 images the 36,928 weights of block
# 3 learn little that is new. So: **with very few images extract features; fine-tune when there is
# enough data to do it with.**
#
# What this does *not* show: letters and digits are close relatives, and our pictures are made. How
# much transfer helps depends on how much the two tasks share.

# %% [markdown]
# ## 12.9 Choosing a base (8 minutes)
#
# Which network to start from? Small or large, fast or accurate? `keras.applications` has many; this
# is the table that the Keras documentation printed in 2019, with the accuracies on ImageNet.

# %% tags=["demonstration", "nbval-check-output"]
table = pd.DataFrame(applications_table())
best_under = {limit: table[table.size_mb <= limit].nlargest(1, "top1") for limit in (20, 100, 600)}
for limit, row in best_under.items():
    model, top1, size = row[["model", "top1", "size_mb"]].values[0]
    print(f"up to {limit:3} MB: {model:13} top-1 accuracy {top1:.3f} ({size} MB)")
table["params"] = table.params.map("{:,}".format)
table.drop(columns="depth").sort_values("top1", ascending=False).reset_index(drop=True)

# %% [markdown]
# *Figure:* the same table: parameters (logarithmic) against top-1 accuracy. Up and to the left is
# good: accurate with few parameters. Marked are VGG16, a small network and the most accurate one.

# %% tags=["demonstration"]
plot_params_vs_accuracy(applications_table(), highlight=("VGG16", "MobileNetV2", "NASNetLarge"))

# %% [markdown]
# <div style="border:2px solid #0072B2;border-radius:8px;padding:.6em 1em;
# background:#eef5fb;color:#111">
# <b>Think, pair, share</b><br>
# <i>Which base would you start from: for an app that names plants on a telephone; for a hospital
# that has 5,000 X-ray images and a large computer; for a class of 30 laptops without a GPU?</i>
# <ul>
# <li><b>2 minutes alone:</b> for each case write down the number that decides.</li>
# <li><b>2 minutes with a neighbour:</b> agree on a row of the table, or on what you would have to
# know first.</li>
# </ul>
# <details><summary>Compare</summary>On a telephone size and time decide: a MobileNet. With a large
# computer accuracy may decide; but X-ray images are grey and far from ImageNet, so try two bases
# and <i>measure</i>, and expect to fine-tune more than the top block. On 30 laptops the time of a
# forward pass decides, and computing the features once. In all three cases VGG16 is hardly the
# answer: 528 MB, and beaten by networks of a sixth of its size. It is in textbooks because it is
# easy to read.
# </details>
# </div>

# %% [markdown]
# ## In your own words
#
# ### Exercise `transfer_written` (2 points, graded by your teacher)
#
# Answer in 40 to 150 words: why is it called *fine*-tuning, and why the low learning rate? And what
# would you do with **50 images of furniture** in five classes?

# %% [markdown] nbgrader={"grade_id": "transfer_written", "grade": true, "solution": true}
# **Model answer.** Fine-tuning starts from representations that are already good and adjusts the
# more abstract ones, in the top layers, a little towards the new problem. So the steps must be
# small: with a high learning rate, or with the large errors of a random classifier, the weights
# would be pushed far away from what they had learned, and from a few images it could not be learned
# again. In our experiment a rate of 0.01 moved the kernels by almost half of their size, and the
# accuracy fell far below that of feature extraction.
#
# With 50 images of furniture I would only extract features: take a base trained on ImageNet (it has
# seen chairs and tables), with its own preprocessing, freeze it, train a small classifier with
# dropout, augment, and measure by cross-validation, because ten test images say little. I would not
# fine-tune: with 10 images per class it did not help here. Once there are some hundred images I
# would try to unfreeze the top block.
#
# **Marking scheme (2 points)**
#
# - 1 point: adjusts what has been learned (half), and the low rate or the order protects it (half).
# - 1 point: feature extraction with a frozen base and a small new classifier (half), for a reason:
#   too few images to train or fine-tune many weights (half). Augmentation, preprocessing or
#   cross-validation may stand in for a missing half.

# %% [markdown]
# ## Summary
#
# | | from scratch | feature extraction | fine-tuning |
# |---|---|---|---|
# | base | random | pretrained, frozen | pretrained, top block unfrozen |
# | trains | everything | the new classifier | top block and classifier |
# | order | one step | add, freeze, train | ..., unfreeze, compile, train jointly |
# | learning rate | usual | usual | 10 to 100 times lower |
# | images needed | many | few | some more |
# | here, 400 images | about guessing | most digits right | about as good, a little better |
#
# | idea | in one line |
# |---|---|
# | why without dense layers | they are tied to the old classes and to one size of images |
# | `trainable` | set the base first, then its layers; compile afterwards |
# | `preprocess_input` | pixels as in the base's own training |
# | batch normalisation | in a frozen base keep it in inference mode |
# | Adadelta in Keras | `learning_rate=1.0`, the default hardly learns |
#
# This was the last notebook. You can now read most convolutional networks, build them, count them,
# train them, and begin your own with somebody else's weights.

# %% [markdown]
# ## Further reading
#
# - F. Chollet, *Deep Learning with Python*, section 5.3 of the first edition, which the lecture
#   follows.
# - A. Karpathy, [ConvNetJS CIFAR-10
#   demo](https://cs.stanford.edu/people/karpathy/convnetjs/demo/cifar10.html): the network of
#   section 12.3, in your browser.
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson, [How transferable are features in deep neural
#   networks?](https://arxiv.org/abs/1411.1792), 2014: layer by layer.
# - S. Kornblith, J. Shlens, Q. V. Le, [Do Better ImageNet Models Transfer
#   Better?](https://arxiv.org/abs/1805.08974), 2018: choosing a base, measured.
# - A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009: CIFAR-10.
# - M. D. Zeiler, [ADADELTA](https://arxiv.org/abs/1212.5701), 2012.
# - Keras, [Transfer learning and
#   fine-tuning](https://keras.io/guides/transfer_learning/): the guide to `trainable`.
