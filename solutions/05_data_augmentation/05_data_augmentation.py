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
# # 05 Data augmentation and dropout

# %% [markdown] tags=["badges"]

# %% [markdown]
# **After this notebook you can**
#
# - **explain** what augmentation can do for a network, and what it cannot,
# - **set** the parameters of Keras' random layers in the right units,
# - **keep** random changes to training, and validation pictures untouched,
# - **choose** transformations that keep the label,
# - **combine** augmentation with dropout, and **judge** by experiment whether it helped,
# - **do** the lecture's homework: MNIST with data augmentation.
#
# **You need** notebooks 01 to 04 (convolution, pooling, a network with `fit`, pictures from a
# folder). **Time:** about 90 minutes. No downloads, no GPU.
#
# **How to work:** guess where a cell asks for a prediction (a wrong guess costs nothing), work the
# exercises with pencil and paper first, and open the hints one at a time.

# %% tags=["setup"] nbgrader={"grade_id": "setup", "locked": true}

# %% nbgrader={"grade_id": "imports", "locked": true}
import keras
import numpy as np
import pandas as pd
from keras import Input, layers, models, optimizers

from course_utils import compare, practice_drill
from course_utils.arithmetic.models import count_macs, layer_table
from course_utils.datasets import (
    dogs_vs_cats_folder,
    load_digits_images,
    load_mnist,
    load_sample_photos,
)
from course_utils.explore import augmentation
from course_utils.plots.images import plot_images
from course_utils.plots.training import plot_training_curves
from course_utils.training import fit_quietly

# %% [markdown]
# *The whole notebook in one picture.* Three pictures (left), each with six transformed versions:
# turned a little, moved, sheared, enlarged, mirrored, upside down. A network can be trained on the
# versions, too, *with the label of the original*. That is augmentation, and it is only honest where
# the answer to the question under the picture is yes. Go through all 18: where is it no?

# %% tags=["demonstration"]
base_dir, _ = dogs_vs_cats_folder()
dog_files = sorted((base_dir / "train" / "dogs").glob("*.jpg"))
picture = keras.utils.load_img(dog_files[2], target_size=(150, 150))
dog = keras.utils.img_to_array(picture) / 255
digits = load_digits_images(size=28)
two, six = (digits.x_train[digits.y_train == n][0] for n in (2, 6))
two, six = (np.pad(digit, ((4, 4), (4, 4), (0, 0))) for digit in (two, six))  # more room
augmentation.plot_versions({"dog": dog, "2": two, "6": six})

# %% [markdown]
# **Recall (one minute).** A network has a training accuracy of 1.00 and a validation accuracy of
# 0.80. What is this called, and what would help for certain?
#
# <details><summary>Compare</summary>Over-fitting: it knows its training pictures by heart. More
# <i>different</i> training pictures would help. Often there are no more, and that is where this
# notebook begins.</details>

# %% [markdown]
# ## 5.1 The idea (5 minutes)
#
# Over-fitting comes from too few samples. **Data augmentation** generates more training data from
# the samples there are, by random transformations that yield *believable-looking* pictures. The
# goal: **at training time, the model will never see the exact same picture twice**. That exposes it
# to more aspects of the data and helps it generalise. When pictures are read through a loader, as
# in notebook 04, the transformations happen on the fly: nothing is saved, and each epoch draws new
# ones.
#
# In Keras 3 the transformations are *layers*. This one moves a picture by up to a tenth of its
# height and width, in a random direction:

# %% tags=["demonstration"]
move = layers.RandomTranslation(0.1, 0.1, fill_mode="constant", seed=1)
eight = np.repeat(two[None], 8, axis=0)  # eight times the same picture
plot_images(np.asarray(move(eight, training=True)))

# %% [markdown]
# *Figure:* the same 2 eight times, each time in another place.
#
# Such a layer can be the first layer of a network. **Predict:** the next cell builds one,
# untrained, and asks it about the *same* picture 16 times: once as in training, once with
# `predict`. How many *different* answers does `predict` give?

# %% nbgrader={"grade_id": "predict_changed", "solution": true} tags=["prediction"]
predict_changed = ...  # your guess: 1 to 16
### BEGIN SOLUTION
predict_changed = 16
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_changed", "grade": true}
check("predict_changed", predict_changed)

# %% tags=["demonstration"]
untrained = models.Sequential(
    [Input((36, 36, 1)), layers.RandomTranslation(0.1, 0.1), layers.Flatten(), layers.Dense(1)]
)
sixteen = np.repeat(two[None], 16, axis=0)
as_in_training = np.asarray(untrained(sixteen, training=True)).round(4)
predicted = untrained.predict(sixteen, verbose=0).round(4)
print("as in training:", len(np.unique(as_in_training)), "different answers")
compare("predict_changed", predict_changed, len(np.unique(predicted)))

# %% [markdown]
# Random layers act **in training only**. In `predict` and `evaluate` they hand the pictures on as
# they are, and so do validation pictures pass through `fit`. That is as it must be: we want to know
# how the network does on *real* pictures. One trap: a random layer that you call *yourself*,
# outside a model, takes `training=True` unless you say otherwise. So always say it.

# %% [markdown]
# ## 5.2 Which transformations, and how far? (20 minutes)
#
# The lecture's Listing 5.11 still uses the class of notebook 04:
#
# ```python
# # Listing 5.11, legacy API: to read, not to run
# datagen = ImageDataGenerator(rotation_range=40, width_shift_range=0.2, height_shift_range=0.2,
#                              shear_range=0.2, zoom_range=0.2, horizontal_flip=True,
#                              fill_mode="nearest")
# ```
#
# | argument | what the lecture says about it |
# |---|---|
# | `rotation_range` | a value in degrees (0–180), within which to rotate pictures at random |
# | `width_shift_range` | a fraction of the total width, within which to move sideways |
# | `height_shift_range` | a fraction of the total height, within which to move up and down |
# | `shear_range` | for randomly applying shearing transformations |
# | `zoom_range` | for randomly zooming inside pictures |
# | `horizontal_flip` | for randomly flipping half of the pictures left-right (*) |
# | `fill_mode` | how to fill new pixels, which appear after a rotation or a shift |
#
# (*) Relevant when there are no assumptions of horizontal asymmetry.
#
# … and there are more.

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture prints</b> Listing 5.7 of notebook 04 once more on this page (again without the
# comma after <code>target_size=(150, 150)</code>, with stray bars and arrows), and imports the
# class with <code>from keras.preprocessing.image import ImageDataGenerator</code>.<br>
# <b>Actually</b>: the repaired listing stands in notebook 04, and that import is an ImportError in
# Keras 3. The old class lives on as
# <code>tensorflow.keras.preprocessing.image.ImageDataGenerator</code>, for old code only. And it
# needs a guest: without the package SciPy its rotations, shifts, shears and zooms end in an
# ImportError, too. The random layers need nothing but Keras.
# </div>

# %% [markdown]
# ### Exercise `shift_in_pixels` (1 point)
#
# The pictures are 150 pixels wide, and `width_shift_range=0.2`. By how many pixels is a picture
# moved to the right at most?

# %% nbgrader={"grade_id": "shift_in_pixels", "solution": true}
shift_in_pixels = ...  # pixels
### BEGIN SOLUTION
shift_in_pixels = 0.2 * 150  # a fraction of the width, in either direction
### END SOLUTION

# %% nbgrader={"grade_id": "test_shift_in_pixels", "grade": true}
check("shift_in_pixels", shift_in_pixels)

# %% [markdown]
# <details><summary>Hint 1</summary>What is the range a fraction of? The table says it.</details>
# <details><summary>Hint 2</summary>A range of 0.2 means from -0.2 to +0.2.</details>

# %% [markdown]
# ### Exercise `shear_units` (1 point)
#
# The lecture does not say in which unit a shear is given. The legacy class's own documentation
# does: *"shear_range: Float. Shear Intensity (Shear angle in counter-clockwise direction in
# degrees)"*. So `shear_range=0.2` shears a picture by up to
#
# **A** 20 % of the width · **B** 0.2 radians · **C** 0.2 degrees · **D** 20 degrees

# %% nbgrader={"grade_id": "shear_units", "solution": true}
shear_units = ...  # a letter in quotes
### BEGIN SOLUTION
shear_units = "C"
### END SOLUTION

# %% nbgrader={"grade_id": "test_shear_units", "grade": true}
check("shear_units", shear_units)

# %% [markdown]
# **Compare.** What does the old class really draw? Its numbers can be had without any picture. The
# next cell asks it 2,000 times, with the ranges of Listing 5.11, and prints the smallest and the
# largest number.

# %% tags=["demonstration"]
ranges = {"rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 0.2}
ranges |= {"shear_range": 0.2, "zoom_range": 0.2, "horizontal_flip": True}
print(augmentation.legacy_draws(n=2000, side=150, **ranges))

# %% [markdown]
# *What to see:* every range goes in both directions. The zoom of height and width are drawn
# independently of each other, so a dog may become broad or slim. And the shear is hardly worth its
# name.

# %% [markdown]
# ### From legacy to modern
#
# | legacy argument | Keras 3 layer | mind the difference |
# |---|---|---|
# | `rotation_range` | `RandomRotation(factor)` | a fraction of a full turn; ±factor |
# | `height_shift_range` | `RandomTranslation(h, w)`: `h` | a fraction as before, but **first** |
# | `width_shift_range` | `RandomTranslation(h, w)`: `w` | a fraction as before |
# | `shear_range` | `RandomShear(x_factor)` | no longer degrees but a slope: columns per row |
# | `zoom_range` | `RandomZoom(h)` or `RandomZoom(h, w)` | positive zooms **out**; `h` for both |
# | `horizontal_flip=True` | `RandomFlip("horizontal")` | bare: upside down as well |
# | `fill_mode="nearest"` | `fill_mode="nearest"` | the default is now `"reflect"` |
# | `rescale=1./255` | `Rescaling(1./255)` | not random: it acts always |
#
# More layers, more ideas: `RandomBrightness`, `RandomContrast` and `RandomColorJitter` (for the
# legacy `brightness_range` and `channel_shift_range`; mind that they expect pixels from 0 to 255
# unless told `value_range=(0, 1)`), `RandomErasing`, and `MixUp` and `CutMix`, which mix two
# pictures *together with their labels*.

# %% [markdown]
# ### Exercise `rotation_factor` (1 point)
#
# Which `factor` makes `layers.RandomRotation(factor)` the same as `rotation_range=40`?

# %% nbgrader={"grade_id": "rotation_factor", "solution": true}
rotation_factor = ...  # a number
### BEGIN SOLUTION
rotation_factor = 40 / 360
### END SOLUTION

# %% nbgrader={"grade_id": "test_rotation_factor", "grade": true}
check("rotation_factor", rotation_factor)

# %% [markdown]
# <details><summary>Hint 1</summary>A full turn is 360 degrees. Which part of it are 40?</details>
# <details><summary>Hint 2</summary>Both the old range and the new factor count from the upright
# position, to either side. Nothing has to be halved or doubled.</details>

# %% [markdown]
# **Run: measure the layers.** A pair such as `(0.2, 0.2)` leaves these layers no choice: it draws
# exactly 0.2. (`RandomShear` is the exception: it takes either sign.) So we can measure what 0.2
# means, on a white square of 50×50 pixels in a black picture.


# %% tags=["demonstration", "nbval-check-output"]
def measured(layer):
    """Return top and left edge, height and width of the square after a layer."""
    square = np.zeros((1, 150, 150, 1), "float32")
    square[:, 50:100, 50:100] = 1
    after = np.asarray(layer(square, training=True))[0, :, :, 0] > 0.5
    rows, columns = np.flatnonzero(after.any(axis=1)), np.flatnonzero(after.any(axis=0))
    return f"top {rows[0]:3}, left {columns[0]:3}, {len(rows)} high, {len(columns)} wide"


print("untouched:                     ", measured(layers.Rescaling(1.0)))
shift = layers.RandomTranslation((0.2, 0.2), (0, 0), fill_mode="constant")
print("RandomTranslation: height 0.2  ", measured(shift))
for zoom in (0.2, -0.2):
    print(f"RandomZoom: {zoom:+}               ", measured(layers.RandomZoom((zoom, zoom))))
apart = layers.RandomZoom((0.2, 0.2), (-0.2, -0.2))
print("RandomZoom: height +, width -  ", measured(apart))

# %% [markdown]
# *What to see:* the first argument of `RandomTranslation` moves down. A zoom of +0.2 makes the
# square *smaller*: 50 pixels become 50/1.2 ≈ 42; and -0.2 makes it larger, 50/0.8 ≈ 62. With two
# arguments the zoom is no longer the same in both directions, as in the legacy class.

# %% [markdown]
# **Explore.** *Figure:* a picture before and after one transformation, with the numbers in all
# their units. Positive rotations go against the clock.
#
# 1. Turn the dog by 90°, with each kind of new pixels. Which kind is the most believable?
# 2. Up to which zoom, in and out, would you still say "dog" at once?
# 3. Choose the flower. Is there a transformation that it does not mind at all?
# 4. Choose the 6 and find the rotation where you would first hesitate.

# %% tags=["demonstration"]
flower = load_sample_photos()["flower"][::2, 100:527:2]
augmentation.explore_transformations({"dog": dog, "flower": flower, "6": six})

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture lists</b> <code>shear_range=0.2</code> among the strong transformations.<br>
# <b>Actually</b>: the same number means two things. In the legacy class it is an angle, and the
# picture below in the middle shows the most that can happen: nothing one could see. In Keras 3,
# <code>RandomShear(0.2)</code> is a slope: each row is moved by up to 0.2 pixels more than the row
# above, 18 pixels over 90 rows.
# </div>

# %% [markdown]
# *Figure:* a dog; the same dog sheared by the legacy 0.2; and by a slope of 0.2. The dashed line is
# the middle of the picture.

# %% tags=["demonstration"]
augmentation.plot_shear_units(dog)

# %% [markdown]
# ### Exercise `flip_horizontal` (1 point)
#
# No layer is magic. Write the mirror: for a batch of shape (N, H, W, C), mirror *every* picture
# left to right.


# %% nbgrader={"grade_id": "flip_horizontal", "solution": true}
def flip_horizontal(batch):
    """Return the batch (N, H, W, C) with every picture mirrored left-right."""
    ### BEGIN SOLUTION
    return batch[:, :, ::-1]
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_flip_horizontal", "grade": true}
check("flip_horizontal", flip_horizontal)

# %% [markdown]
# <details><summary>Hint 1</summary>Which of the four axes runs from left to right?</details>
# <details><summary>Hint 2</summary><code>a[::-1]</code> walks an axis backwards, the first one.
# Colons in front of it skip axes.</details>

# %% [markdown]
# ### Exercise `shift_image` (3 points)
#
# Write the shift: move the content of a picture (H, W, C) *down* by `dy` and to the *right* by `dx`
# pixels; negative numbers go up and left. New pixels are filled as by `fill_mode="nearest"`: each
# repeats the nearest pixel of the old picture. Shape and type of the pixels stay.
#
# Example: with `dy=1, dx=0` the rows `1 2 3`, `4 5 6`, `7 8 9` become `1 2 3`, `1 2 3`, `4 5 6`.
# With `dy=0, dx=-1` they become `2 3 3`, `5 6 6`, `8 9 9`.


# %% nbgrader={"grade_id": "shift_image", "solution": true}
def shift_image(image, dy, dx):
    """Return the picture (H, W, C) moved down by dy and right by dx, edges repeated."""
    ### BEGIN SOLUTION
    height, width = image.shape[:2]
    # Which row and column does each new pixel come from? From outside: the nearest one inside.
    rows = np.clip(np.arange(height) - dy, 0, height - 1)
    columns = np.clip(np.arange(width) - dx, 0, width - 1)
    return image[rows][:, columns]
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_shift_image", "grade": true}
check("shift_image", shift_image)

# %% [markdown]
# <details><summary>Hint 1</summary>Think backwards: where does the pixel in row <i>r</i> of the
# <i>new</i> picture come from?</details>
# <details><summary>Hint 2</summary>Write down these rows as an array, for example for a height of 3
# and dy = 1. One of them lies outside: which row should stand there?
# <code>np.clip</code>.</details>
# <details><summary>Hint 3</summary><code>image[rows]</code> with an array of numbers picks rows in
# that order, repeated ones as well. The columns go the same way, along the next axis.</details>

# %% [markdown]
# ## 5.3 The DL_DataAugmentation notebook (10 minutes)
#
# The lecture opens a notebook here. It loads one picture, `image.load_img('dog-2109.jpg',
# target_size=(150,150))`, shows it with `plt.imshow(img)`, and then a grid of augmented versions.
# `load_img` now lives in `keras.utils`; the first figure of this notebook used it. What remains is
# the grid.

# %% tags=["demonstration"]
edge = {"fill_mode": "nearest"}
strong = models.Sequential(  # about the ranges of Listing 5.11
    [
        layers.RandomRotation(0.1, **edge),  # up to 36 degrees
        layers.RandomTranslation(0.2, 0.2, **edge),
        layers.RandomShear(0.2, **edge),
        layers.RandomZoom(0.2, 0.2, **edge),
        layers.RandomFlip("horizontal"),
    ]
)
augmentation.plot_augmentation_grid(dog, strong, n=16, seed=0)

# %% [markdown]
# *Figure:* sixteen versions of one dog, no two alike. Run the cell with another `seed`, or with
# `flower` in place of `dog`. Look at the smeared stripes at the edges: that is `"nearest"`, and a
# network learns to live with them.

# %% [markdown]
# ### Exercise `label_preserving` (2 points)
#
# For handwritten digits, which of these keep the label?
#
# **A** rotation by ±10° · **B** horizontal flip · **C** shift by ±2 pixels · **D** zoom by ±10 % ·
# **E** rotation by ±180° · **F** vertical flip

# %% nbgrader={"grade_id": "label_preserving", "solution": true}
label_preserving = ...  # a set of letters, such as {"A", "B"}
### BEGIN SOLUTION
label_preserving = {"A", "C", "D"}
### END SOLUTION

# %% nbgrader={"grade_id": "test_label_preserving", "grade": true}
check("label_preserving", label_preserving)

# %% [markdown]
# <details><summary>Hint 1</summary>Think of someone who reads your handwriting. What would puzzle
# them?</details>
# <details><summary>Hint 2</summary>One digit is enough to spoil a transformation. Try each letter
# on 2, 6 and 9, on paper, or with the explorer.</details>

# %% [markdown]
# ## 5.4 What augmentation cannot do (10 minutes)
#
# The versions look new, but they are still heavily **inter-correlated**: they come from a small
# number of originals. *You cannot produce new information, you can only remix existing
# information.*
#
# *Figure:* how alike the colours of pictures are, each picture against each (yellow: the same
# colours). On the left 24 pictures made of **4** dogs, strongly transformed, six versions each:
# four bright blocks. Who has seen one of a block knows the colours of the other five. On the right
# **24 different** dogs: each brings something of its own.

# %% tags=["demonstration"]
dogs = np.stack(
    [
        keras.utils.img_to_array(keras.utils.load_img(file, target_size=(150, 150))) / 255
        for file in dog_files[:24]
    ]
)
keras.utils.set_random_seed(0)
six_each = np.stack(
    [np.asarray(strong(np.repeat(one[None], 6, axis=0), training=True)) for one in dogs[:4]]
)
augmentation.plot_likeness(six_each, dogs)

# %% [markdown]
# Colours are only the easiest thing to measure. The same is true of what matters more: a breed, a
# pose, a handwriting that is not among the originals will not come out of any transformation.
#
# So augmentation alone may not be enough. The lecture adds a **`Dropout` layer, right before the
# densely connected classifier**. In training it sets a random part of its inputs to 0, others for
# every batch, so that no neuron can rely on a single feature; in `predict` and `evaluate` it does
# nothing. You know this behaviour: it is that of the random layers.

# %% tags=["demonstration", "nbval-check-output"]
drop = layers.Dropout(0.5, seed=0)
features = np.ones((1, 12), "float32")
print("in training: ", np.asarray(drop(features, training=True))[0].astype(int))
print("otherwise:   ", np.asarray(drop(features, training=False))[0].astype(int))

# %% [markdown]
# *What to see:* about half of the twelve ones are gone. Those that are left are doubled, so that
# the sum stays about the same.

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture says</b>: remixing existing information could "increase" the chances of
# over-fitting.<br>
# <b>Actually</b>: augmentation <i>reduces</i> over-fitting. Because the pictures stay correlated it
# may just not be enough to get rid of it. Hence the dropout.
# </div>

# %% [markdown]
# ## 5.5 Listing 5.13: a convnet with dropout (15 minutes)
#
# The lecture's network for cats and dogs, as it is printed:
#
# ```python
# # Listing 5.13, as in the lecture: to read, not to run
# model = models.Sequential()
# model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(150, 150, 3)))
# model.add(layers.MaxPooling2D((2, 2)))
# model.add(layers.Conv2D(64, (3, 3), activation='relu'))
# model.add(layers.MaxPooling2D((2, 2)))
# model.add(layers.Conv2D(128, (3, 3), activation='relu'))
# model.add(layers.MaxPooling2D((2, 2)))
# model.add(layers.Conv2D(128, (3, 3), activation='relu'))
# model.add(layers.MaxPooling2D((2, 2)))
# model.add(layers.Flatten())
# model.add(layers.Dropout(0.5))
# model.add(layers.Dense(512, activation='relu'))
# model.add(layers.Dense(1, activation='sigmoid'))
# model.compile(loss='binary_crossentropy', optimizer=optimizers.RMSprop(lr=1e-4), metrics=['acc'])
# ```
#
# ### Exercise `flatten_size` (1 point)
#
# By hand: how many numbers come out of `Flatten`, and how many parameters has the `Dropout` layer?

# %% nbgrader={"grade_id": "flatten_size", "solution": true}
flatten_size = ...  # [length of Flatten's output, parameters of Dropout]
### BEGIN SOLUTION
side = 150
for _ in range(4):
    side = (side - 2) // 2  # a 3×3 convolution without padding, then pooling by 2
flatten_size = [side * side * 128, 0]
### END SOLUTION

# %% nbgrader={"grade_id": "test_flatten_size", "grade": true}
check("flatten_size", flatten_size)

# %% [markdown]
# <details><summary>Hint 1</summary>Write the side of the map behind every layer: 150, 148, 74, and
# so on. Notebook 02 for the convolutions, notebook 03 for the pooling.</details>
# <details><summary>Hint 2</summary>Flatten hands over height × width × channels of the last map.
# Dropout throws dice. Does it learn anything?</details>

# %% [markdown]
# ### Exercise `listing_5_13_model` (3 points)
#
# Build this network in today's form: begin with `Input((150, 150, 3))`, and do not compile it.

# %% nbgrader={"grade_id": "listing_5_13_model", "solution": true}
listing_5_13_model = ...  # a Keras model
### BEGIN SOLUTION
stack = [Input((150, 150, 3))]
for filters in (32, 64, 128, 128):
    stack += [layers.Conv2D(filters, (3, 3), activation="relu"), layers.MaxPooling2D((2, 2))]
stack += [layers.Flatten(), layers.Dropout(0.5)]
stack += [layers.Dense(512, activation="relu"), layers.Dense(1, activation="sigmoid")]
listing_5_13_model = models.Sequential(stack)
### END SOLUTION

# %% nbgrader={"grade_id": "test_listing_5_13_model", "grade": true}
check("listing_5_13_model", listing_5_13_model)

# %% [markdown]
# <details><summary>Hint 1</summary><code>models.Sequential([...])</code> takes a list of layers;
# the input shape is a list entry of its own.</details>
# <details><summary>Hint 2</summary>Four times the same pair of layers, with other numbers of
# filters; then four layers as printed, in this order.</details>

# %% [markdown]
# **Compare.** *Table:* your network, layer by layer, once you have built it. Where do its
# parameters sit?

# %% tags=["demonstration", "nbval-check-output"]
if listing_5_13_model is not ...:
    print(f"{listing_5_13_model.count_params():,} parameters,", end=" ")
    print(f"{count_macs(listing_5_13_model):,} multiplications for one picture")
    display(layer_table(listing_5_13_model))

# %% [markdown]
# One layer holds nine tenths of all parameters: the first Dense layer. It is the part that can
# learn the training pictures by heart, and that is why `Dropout` stands right before it.

# %% [markdown]
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture writes</b> <code>optimizers.RMSprop(lr=1e-4)</code>, <code>metrics=['acc']</code>
# and <code>input_shape=</code> in the first layer.<br>
# <b>Actually</b>: the name <code>lr</code> is a ValueError by now, write
# <code>learning_rate=1e-4</code>. <code>'acc'</code> still works, but the history then speaks of
# <code>acc</code> and <code>val_acc</code>; this course writes <code>"accuracy"</code>.
# <code>input_shape=</code> works with a warning; begin with <code>Input(shape)</code> instead.
# </div>

# %% tags=["demonstration", "nbval-check-output"]
try:
    optimizers.RMSprop(**{"lr": 1e-4})
except ValueError as error:
    print("ValueError:", error)
tiny = models.Sequential([Input((2,)), layers.Dense(1, activation="sigmoid")])
tiny.compile(optimizers.RMSprop(learning_rate=1e-4), "binary_crossentropy", metrics=["acc"])
run = fit_quietly(tiny, np.zeros((4, 2)), np.zeros(4), epochs=1)
print("keys of the history:", sorted(run.history))

# %% [markdown]
# **Practice drill** `drill_conv_stack_params` (not graded), as often as you like: change the number
# of the question, and check your answer in a cell of your own.
#
# ```python
# question.check(50000)       # your answer in place of 50000
# print(question.solution())  # the worked way
# ```

# %% tags=["demonstration"]
question = practice_drill("drill_conv_stack_params", 1)
question

# %% [markdown]
# ## 5.6 With and without (15 minutes)
#
# Does it help? We train one small network on **150 real handwritten digits**, the small ones of the
# first figure, in three ways: as they are, with augmentation, with augmentation and dropout.
# Everything else is the same: the digits, the first weights, the number of steps. Validated is on
# 597 digits that no network is trained on.

# %% tags=["demonstration"]
print(digits.note)
x_few, y_few = digits.x_train[:150], digits.y_train[:150]
# One epoch is eight passes over the 150 digits: fewer stops for validation.
x_epoch, y_epoch = np.tile(x_few, (8, 1, 1, 1)), np.tile(y_few, 8)


def mild():
    """Small transformations that keep a digit what it is; new pixels are black."""
    return [
        layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
        layers.RandomRotation(0.04, fill_mode="constant"),
        layers.RandomZoom(0.1, 0.1, fill_mode="constant"),
    ]


# %% tags=["demonstration"]
runs = {}


def train(name, random_layers=list, rate=0.0):
    """Train a network with the layers that random_layers() makes, and this rate of dropout."""
    keras.utils.set_random_seed(1)
    net = [Input((28, 28, 1)), *random_layers()]
    net += [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D()]
    net += [layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D()]
    net += [layers.Flatten(), layers.Dropout(rate), layers.Dense(64, activation="relu")]
    net = models.Sequential([*net, layers.Dense(10, activation="softmax")])
    net.compile(optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    validation = digits.x_test, digits.y_test
    runs[name] = run = fit_quietly(net, x_epoch, y_epoch, epochs=12, validation_data=validation)
    known = net.evaluate(x_few, y_few, verbose=0, return_dict=True)["accuracy"]
    accuracy, loss = (run.history[key][-1] for key in ("val_accuracy", "val_loss"))
    print(f"{name:26} {known:.3f} on its own digits, {accuracy:.3f} on new ones", end="")
    print(f" (gap {known - accuracy:.3f}), validation loss {loss:.2f}")


# %% tags=["demonstration"]
train("none")
train("augmentation", mild)
train("augmentation and dropout", mild, rate=0.25)
plot_training_curves(runs)

# %% [markdown]
# *Figure:* loss (left) and accuracy (right) by epoch, solid for training, dashed for validation;
# blue without anything, orange with augmentation, green with augmentation and dropout.
#
# **Read it in this order.**
#
# 1. *Blue:* the network soon knows its 150 digits by heart (training accuracy 1). A little later
#    its validation loss stops falling and creeps up: what it still learns it learns about *these*
#    digits.
# 2. *Orange and green* learn more slowly: they have a harder task. In the figure their training
#    accuracy is that on the *augmented* digits; the printed one is on the digits as they are.
#    Training and validation stay close together, and their validation loss ends far below the blue
#    one.
# 3. *New digits:* with augmentation the loss ends at about half, and a few more of the 597 digits
#    are right. With other seeds that we tried the loss fell clearly, too, and accuracy rose by a
#    few points; how much differs from run to run.
# 4. *Orange against green:* what dropout adds is **too little to be sure of** with so few digits.
#    Here it is ahead; with other random numbers it was behind.
#
# And patience. After the first epoch (eight passes) the augmented networks are *worse*, and who
# stops then concludes that augmentation does not help. When we tried the same with 80 *drawn* cats
# and dogs, the accuracy with augmentation had not caught up after 80 passes, in both of two runs.

# %% [markdown]
# **Predict.** Now another transformation: the digits as they are, but each may be mirrored,
# `RandomFlip("horizontal")`. Which accuracy on new digits (which nobody mirrors) do you expect?

# %% nbgrader={"grade_id": "predict_flipped_digits", "solution": true} tags=["prediction"]
predict_flipped_digits = ...  # your guess: 0 to 1
### BEGIN SOLUTION
predict_flipped_digits = 0.9
### END SOLUTION

# %% nbgrader={"grade_id": "test_predict_flipped_digits", "grade": true}
check("predict_flipped_digits", predict_flipped_digits)


# %% tags=["demonstration"]
def mirror():
    return [layers.RandomFlip("horizontal")]


def too_far():
    black = {"fill_mode": "constant"}
    far = [layers.RandomTranslation(0.2, 0.2, **black), layers.RandomRotation(0.1, **black)]
    return [*far, layers.RandomShear(0.2, **black), layers.RandomZoom(0.2, 0.2, **black)]


train("wrong: mirrored", mirror)
train("too strong: Listing 5.11", too_far)
mirrored = runs["wrong: mirrored"].history["val_accuracy"][-1]
compare("predict_flipped_digits", predict_flipped_digits, round(mirrored, 2))
plot_training_curves({name: runs[name] for name in ("none", *list(runs)[-2:])})

# %% [markdown]
# *Figure:* as above; blue is again the network without augmentation, orange the one that saw
# mirrored digits, green the one with about the ranges that the lecture uses for cats and dogs
# (without the flip).
#
# - **Wrong:** the mirrored digits did no good, they did harm, although the network saw more
#   different pictures than before. Half of what it learns is about symbols that do not exist, and
#   some of these look like other digits. It still knows its own digits by heart.
# - **Too strong:** the task has become too hard. On what it is shown in training the network stays
#   far below 1, even its own digits as they are it does not all know (the first number above), and
#   on new ones it is worse than the network without augmentation. After a shift of 0.2, a turn of
#   36° and a zoom of 0.2 together little of a digit may be left. Longer training, or a larger
#   network, would narrow the distance. Milder ranges are cheaper.
#
# *Try it:* `train("mirrored and mild", lambda: mirror() + mild())`. Can good
# transformations make up for a bad one?

# %% [markdown]
# ## 5.7 The homework (15 minutes)
#
# > **Homework: Train CNN on MNIST with data augmentation!**
#
# <div style="border:2px solid #D55E00;border-radius:8px;padding:.6em 1em;
# background:#fdf3ec;color:#111">
# <b>The lecture sets</b> this homework a page after <code>horizontal_flip=True</code>.<br>
# <b>Actually</b>: that setting is for cats and dogs. Do not copy it: what it does to digits you
# have just measured.
# </div>

# %% [markdown]
# To see anything you must have *few* digits: here are 200 of MNIST for training, and 500 others for
# validation (or of its stand-in; the cell says which).

# %% nbgrader={"grade_id": "homework_data", "locked": true}
mnist = load_mnist()
x_train, y_train = mnist.x_train[:200], mnist.y_train[:200]
x_val, y_val = mnist.x_test[:500], mnist.y_test[:500]

# %% [markdown]
# ### Exercise `homework_mnist_augmentation` (2 + 1 + 2 points)
#
# Deliver three things, in one cell:
#
# - **`augmenter`**, a `keras.Sequential` of random layers that suits digits. In training it gives
#   every copy another look, but no other label; elsewhere it changes nothing.
# - **`model`**, the trained network: input (28, 28, 1), at least one convolution, a `Dropout` layer
#   before the dense classifier, ten numbers out of a `softmax`. The augmenter is its first layer
#   (or is applied to the training digits before). It is tried on 500 digits that are in neither
#   of your two sets, and must recognise 85 % of them.
# - **`results`**, a `pandas.DataFrame` with the rows `plain` and `augmented` (its index) and the
#   columns `train_accuracy`, `val_accuracy`, `val_loss`. `plain` is the same network without
#   augmentation and dropout. Take the numbers with `evaluate` after training, on the *untouched*
#   `x_train` and on `x_val`.
#
# What must hold in your results: `plain` knows its training digits (0.95 or more); the validation
# loss of `augmented` is smaller; and its validation accuracy is at least 0.85.
#
# The cell runs again when your work is graded, and must end within a minute: no `validation_data`
# in `fit`, a small network, and about 60 epochs for each row. (See how long yours takes here.)

# %% nbgrader={"grade_id": "homework_mnist_augmentation", "solution": true}
augmenter = ...  # a keras.Sequential of random layers
model = ...  # the network trained with augmentation
results = ...  # a pandas.DataFrame: rows plain, augmented
### BEGIN SOLUTION
augmenter = models.Sequential(
    [
        layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),  # ±2.8 pixels
        layers.RandomRotation(15 / 360, fill_mode="constant"),
        layers.RandomZoom(0.1, fill_mode="constant"),
    ]
)


def digit_network(first_layers, last_layers):
    """A small convnet with something in front and something before its classifier."""
    convolutions = [
        layers.Conv2D(16, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Flatten(),
    ]
    classifier = [layers.Dense(64, "relu"), layers.Dense(10, "softmax")]
    return models.Sequential(
        [Input((28, 28, 1)), *first_layers, *convolutions, *last_layers, *classifier]
    )


rows = {}
for name in ("plain", "augmented"):
    keras.utils.set_random_seed(3)
    with_all = name == "augmented"
    model = digit_network(
        [augmenter] if with_all else [], [layers.Dropout(0.25)] if with_all else []
    )
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizers.Adam(0.002), loss, metrics=["accuracy"])
    fit_quietly(model, x_train, y_train, epochs=60, seed=3)
    train_scores = model.evaluate(x_train, y_train, verbose=0, return_dict=True)
    val_scores = model.evaluate(x_val, y_val, verbose=0, return_dict=True)
    rows[name] = {
        "train_accuracy": train_scores["accuracy"],
        "val_accuracy": val_scores["accuracy"],
        "val_loss": val_scores["loss"],
    }
results = pd.DataFrame.from_dict(rows, orient="index")
### END SOLUTION

# %% nbgrader={"grade_id": "test_homework_mnist_augmentation", "grade": true}
check("homework_augmenter", augmenter)
check("homework_model", model)
check("homework_results", results)

# %% [markdown]
# The check tries your augmenter on fifty copies of digits of its own, in training and outside of
# it.
#
# <details><summary>Hint 1</summary>First the <code>augmenter</code> alone: look at it with
# <code>augmentation.plot_augmentation_grid(x_train[0], augmenter)</code>. Would you accept all
# sixteen labels?</details>
# <details><summary>Hint 2</summary>Write one function that builds the network, with and without the
# extra layers, and one loop over the names of the two rows. Section 5.6 shows a network of a
# suitable size. Set the seed in the loop, so that both start from the same weights.</details>
# <details><summary>Hint 3</summary><code>evaluate(..., return_dict=True)</code> gives a dictionary
# with "accuracy" and "loss"; <code>pd.DataFrame.from_dict({"plain": {...}, "augmented": {...}},
# orient="index")</code> makes the table.</details>

# %% tags=["demonstration"]
if results is not ...:
    display(results.round(3))

# %% [markdown]
# *Table:* your results. With the real MNIST the difference is larger than with the stand-in: in
# three runs with 200 digits and 60 epochs, plain came to 0.79 and augmented to 0.90 to 0.93, and
# the validation loss fell to less than a third.

# %% [markdown]
# ## In your own words
#
# ### Exercise `augmentation_written` (2 points, graded by your teacher)
#
# In 40 to 120 words: why are a thousand augmented pictures not as good as a thousand new ones, and
# why does dropout help on top of augmentation?

# %% [markdown] nbgrader={"grade_id": "augmentation_written", "grade": true, "solution": true}
# **Model answer.** Augmented pictures are remixed from a small number of originals, so they are
# heavily inter-correlated: whoever has seen one version of a dog knows its colours, its breed, its
# background. A thousand new pictures would bring new dogs; a thousand versions bring the same dogs
# turned and moved. No transformation produces new information. Therefore the network can still
# over-fit, above all in the dense classifier, which has most of the parameters. Dropout regularises
# that part: in each step it switches off a random half of the features, so that no neuron can rely
# on a single one, and learning training pictures by heart becomes hard.
#
# **Marking scheme (2 points)**
#
# - 1 point: augmented pictures are inter-correlated, a remix of the same information; new pictures
#   bring new information. Half a point for "they are too similar" without a reason.
# - 1 point: dropout regularises the dense classifier (random features are switched off, so it
#   cannot rely on single ones); over-fitting is reduced by augmentation but not gone.

# %% [markdown]
# ## Summary
#
# | idea | in one line |
# |---|---|
# | augmentation | random, believable versions; the model never sees the exact same picture twice |
# | when | in training only; validation and test pictures stay untouched |
# | rotation | `RandomRotation`: fraction of a full turn, to either side |
# | shift | `RandomTranslation`: fractions, height first |
# | zoom | positive is out |
# | shear | legacy: degrees; Keras 3: a slope |
# | flip | say `"horizontal"`; only where a mirrored picture keeps its label |
# | fill mode | legacy default `"nearest"`, Keras 3 default `"reflect"`, digits: `"constant"` |
# | what it cannot do | bring new information: over-fitting is reduced, not eliminated |
# | dropout | right before the dense classifier, in training only, no parameters |
# | price | learning is slower: more epochs |
# | honest limit | 150 digits show what augmentation does; what dropout adds is too little to see |
#
# **Next:** notebook 06 looks at the networks that made all this famous: LeNet-5, AlexNet, VGG-16.
# (AlexNet was trained with augmentation *and* dropout.)

# %% [markdown]
# ## Further reading
#
# - F. Chollet, *Deep Learning with Python*, section 5.2.5: using data augmentation. Listings 5.11
#   and 5.13 are from there.
# - Keras: [image augmentation
#   layers](https://keras.io/api/layers/preprocessing_layers/image_augmentation/), with all
#   arguments and units.
# - P. Simard, D. Steinkraus, J. Platt, *Best Practices for Convolutional Neural Networks Applied to
#   Visual Document Analysis*, 2003: distorted digits, long before anybody said augmentation.
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, [Dropout: A Simple Way
#   to Prevent Neural Networks from
#   Overfitting](https://jmlr.org/papers/v15/srivastava14a.html), 2014.
# - C. Shorten, T. Khoshgoftaar, *A survey on Image Data Augmentation for Deep Learning*, Journal of
#   Big Data, 2019.
# - H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz, [mixup: Beyond Empirical Risk
#   Minimization](https://arxiv.org/abs/1710.09412), 2017; S. Yun and others,
#   [CutMix](https://arxiv.org/abs/1905.04899), 2019.
