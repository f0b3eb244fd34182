"""OpenCV's non-local means over raw planes: stdin to stdout. Run by peers.ts; the program needs no Python.

    python opencv-nlm.py WIDTH HEIGHT PLANES H

One plane: 16 bits little endian, absolute differences. Three: 8 bits red, green, blue, filtered in Lab with the same strength for both.
"""
import sys

import cv2
import numpy

width, height, planes = map(int, sys.argv[1:4])
strength = float(sys.argv[4])
codes = sys.stdin.buffer.read()
if planes == 1:
    image = numpy.frombuffer(codes, "<u2").reshape(height, width)
    result = cv2.fastNlMeansDenoising(image, [strength], templateWindowSize=7, searchWindowSize=21, normType=cv2.NORM_L1)
    sys.stdout.buffer.write(result.astype("<u2").tobytes())
else:
    image = numpy.frombuffer(codes, "u1").reshape(3, height, width)[::-1].transpose(1, 2, 0).copy()
    result = cv2.fastNlMeansDenoisingColored(image, None, strength, strength, 7, 21)
    sys.stdout.buffer.write(result.transpose(2, 0, 1)[::-1].tobytes())
