import { expect, test } from 'vitest';
import {
  lowDoseNoise,
  poisson,
  project,
  reconstruct,
  type Scanner,
} from '../../bench/quality/ct.ts';
import { normal, uniform } from '../../random.ts';

const SIDE = 96;
const RADIUS = 30;
const PIXEL = 0.5;

/** A disc with soft edges: what a pixel's square covers of it, roughly. */
function disc(value: number): Float32Array {
  const centre = (SIDE - 1) / 2;
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const r = Math.hypot((i % SIDE) - centre, Math.floor(i / SIDE) - centre);
    return value * Math.min(1, Math.max(0, RADIUS + 0.5 - r));
  });
}

const scanner = (photons: number): Scanner => ({
  views: 180,
  pixel: PIXEL,
  photons,
  electronic: 0,
});

/** Of the middle of a picture. */
function statistics(values: Float32Array, half = 15) {
  const centre = SIDE / 2;
  const list: number[] = [];
  for (let y = centre - half; y < centre + half; y++)
    for (let x = centre - half; x < centre + half; x++) list.push(values[y * SIDE + x]!);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return { mean, deviation: Math.sqrt(variance) };
}

test('a disc casts chords as long as they are, from every side', () => {
  const { views, detectors, data } = project(disc(0.02), SIDE, 60, PIXEL);
  const middle = (detectors - 1) / 2;
  for (let view = 0; view < views; view++)
    for (const t of [0, 10, -20]) {
      const chord = 2 * Math.sqrt(RADIUS ** 2 - t * t) * PIXEL;
      expect(data[view * detectors + middle + t]! / (0.02 * chord)).toBeCloseTo(1, 1.5);
    }
});

test('back projection undoes the projection', () => {
  const result = reconstruct(project(disc(0.02), SIDE, 180, PIXEL), SIDE, PIXEL);
  const { mean, deviation } = statistics(result);
  expect(mean / 0.02).toBeCloseTo(1, 1.7);
  expect(deviation / 0.02).toBeLessThan(0.02);
});

test('noise has no mean and is √(dose) weaker', () => {
  const clean = project(disc(0.02), SIDE, 180, PIXEL);
  const few = statistics(lowDoseNoise(clean, SIDE, scanner(2e4), 1));
  const many = statistics(lowDoseNoise(clean, SIDE, scanner(8e4), 2));
  expect(Math.abs(few.mean)).toBeLessThan(0.1 * few.deviation);
  expect(few.deviation / many.deviation).toBeGreaterThan(1.8);
  expect(few.deviation / many.deviation).toBeLessThan(2.2);
});

test('its spectrum is that of the filter: little at low frequencies, next to nothing at the highest', () => {
  const empty = project(new Float32Array(SIDE * SIDE), SIDE, 180, PIXEL);
  const noise = lowDoseNoise(empty, SIDE, scanner(1e5), 4);
  // |f| (½ + ½ cos 2πf)²: 0.02 at 0.02 cycles per pixel, 0.09 at 0.2, 0.0003 at 0.46.
  const middle = power(noise, 0.2);
  expect(power(noise, 0.02) / middle).toBeLessThan(0.5);
  expect(power(noise, 0.46) / middle).toBeLessThan(0.1);
});

/** Mean power of the middle 64 × 64 pixels at a distance from zero, over 16 directions. */
function power(values: Float32Array, frequency: number): number {
  let total = 0;
  for (let direction = 0; direction < 16; direction++) {
    const angle = (Math.PI * direction) / 16;
    const [u, v] = [frequency * Math.cos(angle), frequency * Math.sin(angle)];
    let [re, im] = [0, 0];
    for (let y = 0; y < 64; y++)
      for (let x = 0; x < 64; x++) {
        const value = values[(y + 16) * SIDE + x + 16]!;
        const window =
          (1 - Math.cos((2 * Math.PI * x) / 64)) * (1 - Math.cos((2 * Math.PI * y) / 64));
        re += value * window * Math.cos(2 * Math.PI * (u * x + v * y));
        im += value * window * Math.sin(2 * Math.PI * (u * x + v * y));
      }
    total += re * re + im * im;
  }
  return total;
}

test('noise is that of counted photons: its size from first principles', () => {
  // Behind no matter every ray counts N photons, −ln has a deviation of 1 / √N, and a pixel gets the
  // filter's energy: σ² = π² / (views N) Σ h² with the Hann-weighted ramp (Kak, Slaney, equation 61).
  const empty = project(new Float32Array(SIDE * SIDE), SIDE, 180, PIXEL);
  const noise = lowDoseNoise(empty, SIDE, scanner(1e5), 3);
  const energy = simpson((f) => (f * (0.5 + 0.5 * Math.cos(2 * Math.PI * f))) ** 2) / PIXEL ** 2;
  // Linear interpolation between detectors keeps 2/3 of white noise, and more of smooth noise.
  const expected = ((Math.PI / Math.sqrt(180 * 1e5)) * Math.sqrt(energy) * 1000) / 0.0193;
  const { deviation } = statistics(noise);
  expect(deviation / expected).toBeGreaterThan(0.75);
  expect(deviation / expected).toBeLessThan(1.05);
});

/** ∫ from −½ to ½ */
function simpson(f: (x: number) => number): number {
  const steps = 1000;
  let sum = 0;
  for (let i = 0; i <= steps; i++)
    sum += f(-0.5 + i / steps) * (i === 0 || i === steps ? 1 : i % 2 ? 4 : 2);
  return sum / (3 * steps);
}

test.each([3, 25, 500])('Poisson numbers of mean %d have that mean and variance', (mean) => {
  const [next, gauss] = [uniform(7), normal(8)];
  const list = Array.from({ length: 20000 }, () => poisson(mean, next, gauss));
  const average = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - average) ** 2, 0) / list.length;
  expect(Math.abs(average / mean - 1)).toBeLessThan(0.02);
  expect(Math.abs(variance / mean - 1)).toBeLessThan(0.05);
  expect(list.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
});
