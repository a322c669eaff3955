"""Data for the notebooks: the real thing where it can be had, an embedded stand-in otherwise.

``mnist``    the MNIST handwritten digits, or their stand-in
``digits``   1,797 small handwritten digits that come with scikit-learn; digits on a canvas
``photos``   two photographs that come with scikit-learn
``pets``     folders of cat and dog pictures: photographs, or drawings in their place
``clutter``  characters and digits in random colours on random backgrounds
``cifar10``  the CIFAR-10 photographs, or digits on clutter in their place
``hyperspectral``  a picture with many bands, made from a photograph
``applications``  pretrained networks: size, accuracy, parameters
``dataset``  what a loaded data set consists of
``sources``  where a real data set comes from: this machine's cache, the internet, or nowhere

Images are float32 in [0, 1] of shape (n, height, width, channels), labels whole numbers.
The environment variable COURSE_DATA ("auto", "online" or "offline") says what ``source="auto"``
means; nothing is ever fetched when it is "offline".
"""

from course_utils.datasets.dataset import Dataset
from course_utils.datasets.digits import load_digits_images, place_on_canvas
from course_utils.datasets.mnist import load_mnist
from course_utils.datasets.pets import dogs_vs_cats_folder, make_pets_folder
from course_utils.datasets.photos import load_sample_photos

__all__ = [
    "Dataset",
    "dogs_vs_cats_folder",
    "load_digits_images",
    "load_mnist",
    "load_sample_photos",
    "make_pets_folder",
    "place_on_canvas",
]
