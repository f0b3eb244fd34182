/** What was measured: one entry per picture and method, and the spectra of errors for the check for grids. */
import {
  addErrors,
  createGridSpectrum,
  readGrid,
  type GridReading,
  type GridSpectrum,
} from './grid.ts';
import { plane, type Field } from './field.ts';

export interface Measurement {
  /** For example `white`, `real`, `ct`. */
  readonly set: string;
  /** For example `σ 25`; pictures of one set and noise are averaged. */
  readonly noise: string;
  readonly image: string;
  /** `noisy`, one of Hourglass, or a peer. */
  readonly method: string;
  /** The strength it ran with, in its own terms. */
  readonly setting: string;
  /** dB */
  readonly psnr: number;
  readonly ssim: number;
  readonly seconds?: number;
  /** Noise that Hourglass read: 8-bit levels for photographs, stored values for scans. */
  readonly reading?: number;
  /** The noise that was added, in the unit of `reading`. */
  readonly truth?: number;
  /** The pixels that came back are those that went in. */
  readonly unchanged?: boolean;
  /** Change of the mean, and of a channel's mean beyond that, 8-bit steps. */
  readonly brightness: number;
  readonly colour: number;
  /** Root mean square of the error in stored units: scans only. */
  readonly rmse?: number;
  /** The same within soft tissue (CT), and the PSNR within the body (MR). */
  readonly tissue?: number;
  readonly inside?: number;
  /** Change of the mean of flat regions against the noisy input and against the truth, percent. */
  readonly flat?: number;
  readonly flatTruth?: number;
}

export interface GridRow {
  readonly set: string;
  readonly noise: string;
  readonly method: string;
  /** By stride; amplitudes in 8-bit steps. */
  readonly strides: Readonly<Record<number, GridReading>>;
}

export interface Results {
  readonly measurements: Measurement[];
  /** @param errors result − reference, 8-bit steps */
  add(measurement: Measurement, errors: Field): void;
  grids(): GridRow[];
}

export function createResults(): Results {
  const measurements: Measurement[] = [];
  const spectra = new Map<string, GridSpectrum>();
  return {
    measurements,
    add(measurement, errors) {
      measurements.push(measurement);
      const key = JSON.stringify([measurement.set, measurement.noise, measurement.method]);
      const spectrum = spectra.get(key) ?? createGridSpectrum();
      spectra.set(key, spectrum);
      for (let c = 0; c < errors.channels; c++)
        addErrors(spectrum, plane(errors, c), errors.width, errors.height);
    },
    grids: () =>
      [...spectra].flatMap(([key, spectrum]) => {
        const [set, noise, method] = JSON.parse(key) as [string, string, string];
        const strides = readGrid(spectrum);
        return strides ? [{ set, noise, method, strides }] : [];
      }),
  };
}
