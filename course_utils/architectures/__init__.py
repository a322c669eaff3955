"""Networks that the notebooks show, one module for each family.

``lenet``           LeNet-5, of today and of 1998
``alexnet``         AlexNet, as one tower or split over two GPUs
``classic_layers``  the layers of LeNet-5, AlexNet and VGG-16 as plain numbers
``deep_convnet``    the lecture's very deep convnet
``depth``           a digit network at any depth: plain, normalised, with shortcuts
``resnet``          residual networks and their plain twins
``resnext``         residual blocks with grouped convolutions
``googlenet``       inception modules, GoogLeNet
``densenet``        DenseNet, built and counted
``applications``    the networks of the lecture's table, counted in today's Keras
``backbone``        a small base that has already learned, and how it was trained
``pretrained``      VGG16's base where its weights can be had, the course's otherwise
``browser``         the network that ConvNetJS trains in a browser

Import a builder from its module, ``from course_utils.architectures.depth import digit_depth_net``:
nothing is re-exported, so a notebook depends on the family it shows and on no other.
Builders return new Keras models with random weights. Importing the package does not import
TensorFlow.
"""
