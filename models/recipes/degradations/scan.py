"""Noise of scans: computed tomography, magnetic resonance, X-ray, ultrasound. Crops are gray [N,1,H,W], about [0,1]."""
import math

import torch
from torch import Tensor
from torch.nn import functional as F

from .level import Chance, Sample, blurred, equivalent_level, level_over_light, local_level, local_rms

STRENGTH = (0.7 / 255, 25 / 255)
DOSE = (0.4 / 255, 12 / 255)          # 4..120 HU on the scale of a slice
NOISE_SCALE = 0.1                     # of noise of RMS 1, as it is packed beside a slice: on the unit range of the slice
WATER = 0.0193                        # attenuation per mm at about 70 keV (NIST XCOM)


def projection(image: Tensor, angles: Tensor) -> Tensor:
    """Line integrals along parallel beams, in pixels: [N,1,H,W] -> [N,1,A,D], D the diagonal; `angles` [A] in radians."""
    detectors = 2 * math.ceil(math.hypot(*image.shape[2:]) / 2)
    across = torch.arange(detectors, device=image.device) - (detectors - 1) / 2
    along, across = torch.meshgrid(across, across, indexing="ij")                       # [D,D], beam direction first
    cos, sin = angles.cos()[:, None, None], angles.sin()[:, None, None]
    x, y = across * cos - along * sin, across * sin + along * cos                       # [A,D,D]
    grid = torch.stack([2 * x / image.shape[3], 2 * y / image.shape[2]], -1)
    rotated = [F.grid_sample(one[None].expand(len(angles), -1, -1, -1), grid, align_corners=False).sum(2) for one in image]
    return torch.stack(rotated).transpose(1, 2)


def back_projection(sinogram: Tensor, angles: Tensor, size: tuple[int, int], cutoff: Tensor, boost: Tensor | float = 0) -> Tensor:
    """Filtered back-projection (Kak, Slaney 1988, section 3.3), [N,1,A,D] -> [N,1,H,W].

    The ramp |f| is rolled off by a Hann window that ends at `cutoff` [N,1,1,1] of the Nyquist frequency: a scanner's kernel. Sharp ones (bone,
    lung) lift what is fine before they roll off: by 1 + `boost` (f / Nyquist)^2.
    """
    detectors = sinogram.shape[3]
    frequency = torch.fft.rfftfreq(2 * detectors, device=sinogram.device)
    window = torch.where(frequency < cutoff / 2, 0.5 + 0.5 * torch.cos(2 * math.pi * frequency / cutoff), 0) * (1 + boost * (2 * frequency) ** 2)
    filtered = torch.fft.irfft(torch.fft.rfft(sinogram, 2 * detectors) * frequency * window, 2 * detectors)[..., :detectors]
    y, x = (torch.arange(edge, device=sinogram.device) - (edge - 1) / 2 for edge in size)
    result = torch.zeros(len(sinogram), 1, *size, device=sinogram.device)
    for row, angle in enumerate(angles):
        at = x[None] * angle.cos() + y[:, None] * angle.sin() + (detectors - 1) / 2
        below = at.floor().long().clamp(0, detectors - 2)
        line, part = filtered[:, :, row], at - below
        result += line[:, :, below] * (1 - part) + line[:, :, below + 1] * part
    return result * math.pi / len(angles)


def counting_noise(path: Tensor, photons: Tensor, angles: Tensor, size: tuple[int, int], choice: Chance, sharp: float = 0) -> Tensor:
    """Quantum and electronic noise as a reconstruction shows it; line integrals [N,1,A,D] and photons per ray [N,1,1,1] -> [N,1,H,W], RMS 1.

    A detector element counts Poisson photons (normal approximation) with mean I exp(-p), p its line integral, plus electronic noise of 10
    photons (La Riviere, Bian, Vargas, IEEE TMI 2006, section II). Back-projection is linear, so only the noise of the sinogram is reconstructed.
    A share `sharp` of them is made as scanners of today do with lungs and bones: a kernel that lifts fine detail, and a tube current that follows the
    attenuation from view to view (Kalra et al., Radiology 2004), by a power of 0.3 to 1 of what the densest ray lets through.
    """
    if sharp:
        count = len(path)
        kind = choice.happens(count, sharp)
        densest = path.amax(3, keepdim=True)
        current = torch.exp(choice.uniform(count, 0.3, 1) * (densest - densest.mean(2, keepdim=True)))
        photons = photons * torch.where(kind, current, torch.ones_like(current))
        cutoff = torch.where(kind, choice.uniform(count, 1, 2.4), choice.uniform(count, 0.5, 1.4))
        boost = choice.uniform(count, 0.5, 4) * kind
    else:
        cutoff, boost = choice.uniform(len(path), 0.5, 1.4), 0
    photons = photons * torch.exp(-path)
    spread = (photons + 100).sqrt() / photons.clamp(min=1)                               # of -ln(count), first order
    noise = back_projection(spread * choice.normal(*path.shape), angles, size, cutoff, boost)
    return noise / noise.square().mean((1, 2, 3), keepdim=True).sqrt()


def ct(clean: Tensor, choice: Chance, views: int = 120, sharp: float = 0) -> Sample:
    """Noise of a low dose, through a projection round trip (parallel beam).

    The crop is taken for an object; its `counting_noise` is added, brought to a standard deviation log-uniform in 0.7..25 of 255.
    The level is that, or the equivalent one where the kernel is so smooth that it is the greater.
    """
    count, _, height, width = clean.shape
    angles = torch.arange(views, device=clean.device) * math.pi / views + choice.uniform(1, 0, math.pi / views).item()
    thickness = choice.uniform(count, 1, 6)                                              # of the densest ray, in exponents
    path = projection(clean.clamp(min=0), angles)
    path = path / path.amax((1, 2, 3), keepdim=True).clamp(min=1e-3) * thickness
    noise = counting_noise(path, choice.log_uniform(count, 1e3, 1e5), angles, (height, width), choice, sharp) * choice.log_uniform(count, *STRENGTH)
    level = torch.maximum(noise.square().mean((1, 2, 3), keepdim=True).sqrt(), equivalent_level(noise, choice))
    return clean, clean + noise, level


def sharp_ct(clean: Tensor, choice: Chance) -> Sample:
    """`ct` by sharp kernels and a modulated tube current only"""
    return ct(clean, choice, sharp=1)


def slice_noise(hounsfield: Tensor, count: int, choice: Chance, views: int = 240, sharp: float = 0) -> Tensor:
    """The noise of `count` low doses of one whole slice [H,W] in Hounsfield units, each by a scanner of its own; [count,H,W], RMS 1.

    As `ct`, but with the slice's own attenuation: a ray between two bones is starved along its whole length, so that the noise of
    a place has a direction and a strength that its surroundings do not tell.
    """
    angles = torch.arange(views, device=hounsfield.device) * math.pi / views
    attenuation = (1 + hounsfield[None, None] / 1000).clamp(min=0) * WATER
    path = torch.cat([projection(attenuation, part) for part in angles.split(24)], 2) * choice.uniform(count, 0.5, 0.9)      # mm per pixel
    return counting_noise(path, choice.log_uniform(count, 1e4, 3e5), angles, hounsfield.shape, choice, sharp)[:, 0]


def low_dose(crops: Tensor, choice: Chance) -> Sample:
    """A slice with the noise of a low dose: [N,1+K,H,W], channel 0 the slice and 1..K what `slice_noise` left for it (data.pack_doses).

    Reconstruction is linear, so any two of the K, weighted by the cosine and the sine of an angle, are fresh noise of the same kind.
    The level is that of `ct`, but local in three of four crops.
    """
    count, clean = len(crops), crops[:, :1]
    two = torch.stack([torch.randperm(crops.shape[1] - 1, generator=choice.generator, device=crops.device)[:2] + 1 for _ in range(count)])
    first, second = (crops[torch.arange(count), two[:, i]][:, None] for i in (0, 1))
    angle = choice.uniform(count, 0, math.pi / 2)
    noise = (angle.cos() * first + angle.sin() * second) / NOISE_SCALE * choice.log_uniform(count, *DOSE)
    local = torch.maximum(local_rms(noise), local_level(noise))
    whole = local.square().mean((1, 2, 3), keepdim=True).sqrt().expand_as(local)
    return clean, clean + noise, torch.where(choice.happens(count, 0.75), local, whole)


def starved(clean: Tensor, choice: Chance) -> Sample:
    """Fluorescence and other light of few photons: 1..30 at the brightest, Poisson, on an offset, with the camera's read noise; 8 bits in half.

    The crop is taken to a power of 1..3, since most of such a picture is dark. Counts y with mean peak x + ambient; read noise of 0.2..3 electrons
    (Zhang et al., CVPR 2019, "A Poisson-Gaussian denoising dataset with real fluorescence microscopy images", equation 1: variance a x + b); the scale of the result is such that
    the brightest place is at 0.6..1.2, as exposures and later stretching leave it, and an offset lies below. The level is that of the place's light: told one for all of a crop, a network
    learns that dark places have less noise than it is told, and leaves it in the air of MR.
    """
    count = len(clean)
    signal = clean.clamp(0, 1) ** choice.uniform(count, 1, 3)
    peak = choice.log_uniform(count, 1, 30)
    ambient = choice.uniform(count, 0, 0.1) * peak
    read = choice.log_uniform(count, 0.2, 3)
    counts = torch.poisson(signal * peak + ambient, generator=choice.generator) + read * choice.normal(*clean.shape)
    scale, offset = choice.uniform(count, 0.6, 1.2) / (peak + ambient), choice.uniform(count, 0, 0.08)
    answer, noisy = (signal * peak + ambient) * scale + offset, counts * scale + offset
    stored = torch.where(choice.happens(count, 0.5), (255 * noisy.clamp(0, 1)).round() / 255, noisy)
    return answer, stored, level_over_light(stored, scale, (scale * read).square() - scale * offset, choice)


def ultrasound(clean: Tensor, choice: Chance) -> Sample:
    """Fully developed speckle as a scanner shows it: the logarithm of a Rayleigh envelope (Goodman, JOSA 1976; Dutt, Greenleaf, IEEE TMI 1996).

    A complex Gaussian field through a point spread of 0.4..1 px along the beam and 1..3 px across, so that grains are wide; its decibels over a display
    range of 45..70 dB, from 1 to 4 independent looks. The mean is that of the clean picture.
    """
    count, _, height, width = clean.shape
    fy = torch.fft.fftfreq(height, device=clean.device)[:, None]
    fx = torch.fft.rfftfreq(width, device=clean.device)[None]
    along, across = choice.uniform(count, 0.4, 1), choice.uniform(count, 1, 3)
    response = torch.exp(-2 * math.pi ** 2 * ((along * fy) ** 2 + (across * fx) ** 2))

    def part() -> Tensor:
        field = torch.fft.irfft2(torch.fft.rfft2(choice.normal(*clean.shape)) * response, s=(height, width))
        return field / field.square().mean((2, 3), keepdim=True).sqrt()

    looks = 1 + torch.randint(0, 4, (count, 1, 1, 1), generator=choice.generator, device=clean.device)
    intensity = torch.zeros_like(clean)
    for look in range(4):
        intensity += (look < looks) * (part().square() + part().square())
    decibels = 10 * intensity.clamp(min=1e-6).log10()
    noise = (decibels - decibels.mean((2, 3), keepdim=True)) / choice.uniform(count, 45, 70)
    signal = clean.clamp(min=0)
    return signal, (signal + noise).clamp(min=0), equivalent_level(noise, choice)


def rician(clean: Tensor, choice: Chance) -> Sample:
    """The magnitude of a complex signal with white noise in both parts (Gudbjartsson, Patz, MRM 1995, equation 1); level sigma, 8 % vague.

    What noise lifts the air to follows from sigma, and a network that is told it exactly subtracts exactly that: 15 % too much cost 2 dB.
    """
    level = choice.log_uniform(len(clean), *STRENGTH)
    noisy = ((clean.clamp(min=0) + level * choice.normal(*clean.shape)).square() + (level * choice.normal(*clean.shape)).square()).sqrt()
    told = level * (0.08 * choice.normal(len(clean), 1, 1, 1)).exp()
    return clean.clamp(min=0), noisy, told.expand_as(clean)


def poisson(clean: Tensor, choice: Chance) -> Sample:
    """Photon counts of an X-ray detector: variance proportional to the signal, blurred by 0..0.6 px by the scintillator."""
    signal = clean.clamp(min=0)
    noise = blurred(choice.normal(*clean.shape), choice.uniform(len(clean), 0, 0.6)) * signal.sqrt()
    noise = noise / noise.square().mean((1, 2, 3), keepdim=True).clamp(min=1e-8).sqrt() * choice.log_uniform(len(clean), *STRENGTH)
    return signal, signal + noise, equivalent_level(noise, choice)


def speckle(clean: Tensor, choice: Chance) -> Sample:
    """Multiplicative noise of coherent imaging: gamma distributed with 16..400 looks, correlated over 0..1 px (Goodman, JOSA 1976)."""
    signal, looks = clean.clamp(min=0), choice.log_uniform(len(clean), 16, 400)
    white = blurred(choice.normal(*clean.shape), choice.uniform(len(clean), 0, 1))
    # Wilson and Hilferty 1931: the cube root of a gamma variable is nearly normal.
    gain = (1 - 1 / (9 * looks) + white / (3 * looks.sqrt())).clamp(min=0) ** 3
    noise = signal * (gain - 1)
    return signal, signal + noise, equivalent_level(noise, choice)
