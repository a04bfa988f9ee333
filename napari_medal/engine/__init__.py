"""The only home of torch and MONAI: preparing, training, predicting."""
