"""What noise is put on training crops: one file per origin, and the table of mixtures that the trainings use.

Every degradation takes clean crops [N,C,H,W] (C is 3 or 1, values in [0,1]) and a `Chance`, and returns (clean, noisy, level):
what the network should answer, what it sees, and level [N,1,H,W], the noise's strength on the same scale, as `level.py` defines it.
"""
from .camera import camera, coloured, jpeg_clean, reduced
from .everyday import film, framed, phone, resized, squeezed
from .gaussian import clean, strong, white
from .level import Chance, Sample, equivalent_level
from .pattern import pattern, patterned
from .scan import ct, low_dose, poisson, rician, sharp_ct, speckle, starved, ultrasound

__all__ = ["Chance", "Sample", "camera", "clean", "coloured", "ct", "equivalent_level", "film", "framed", "jpeg_clean", "low_dose", "pattern",
           "patterned", "phone", "poisson", "reduced", "resized", "rician", "sharp_ct", "speckle", "squeezed", "starved", "strong", "ultrasound", "white"]
