"""Jobs floor: training, prediction and evaluation, each from its arguments to its result."""
