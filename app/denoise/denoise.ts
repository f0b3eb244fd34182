/**
 * Cleans one picture: settings to a plan that is fixed before the first tile, one tiled run of the
 * network, pixels to a sink. The screen and the export use this same function and differ in the sink
 * only (`app/runtime/sinks.ts`), so that what is seen is what is saved. What a tile goes through is
 * `clean-tile.ts`; commands are `capability.ts`.
 */
import type {
  CommandContext,
  DeviceChoice,
  DeviceUsed,
  ModelUsed,
  Precision,
  PrecisionChoice,
} from '../contract/index.ts';
import type { DenoiseSettings, NoiseReading, StructureReading } from '../contract/denoise.ts';
import type { Inference, ModelCard, PixelSink, Tile } from '../runtime/index.ts';
import { scaleOf } from '../pixels/raster.ts';
import { fillTile, passesOf } from './asking.ts';
import { checkSuitable, type CleanSpec } from './clean-spec.ts';
import { finishTile } from './clean-tile.ts';
import { frameOf } from './noise/inside.ts';
import { photonNoiseOf } from './noise/light.ts';
import { magnitudeNoiseOf } from './noise/magnitude.ts';
import { unevennessOf } from './noise/uneven.ts';
import { outsideOf } from './outside.ts';
import type { Picture } from './picture.ts';
import { isFullScale, isSlice, isSmall } from './range.ts';
import { marginOf } from './removed.ts';
import { addStructure, createStructureSums, readStructure } from './structure.ts';

/** What decides how strongly a picture is cleaned. */
export type LevelSettings = Pick<DenoiseSettings, 'strength' | 'share' | 'sigma'>;

/** True when the settings can not be resolved without measuring the noise. */
export const needsReading = ({ sigma, strength, share }: LevelSettings): boolean =>
  sigma === undefined && strength !== 0 && !(strength === 'auto' && share === 0);

/**
 * The noise level for the network and the one that detail recovery takes for true, 8-bit levels.
 * @param reading may be null where `needsReading` says so
 */
export function resolveLevels(
  settings: LevelSettings,
  reading: NoiseReading | null,
): { sigma: number; noise: number } {
  const { sigma, strength, share = 100 } = settings;
  if (sigma !== undefined) return { sigma, noise: sigma };
  const noise = reading?.sigma ?? 0;
  if (strength === 'auto') return { sigma: (share / 100) * (reading?.suggestedSigma ?? 0), noise };
  return { sigma: (strength / 100) * noise, noise };
}

/**
 * For a network without a noise map: how much of what it removes is removed. A level that is given
 * counts as all of it, because the network can not be told.
 */
export function resolveBlend(settings: LevelSettings, reading: NoiseReading | null): number {
  const { sigma, strength, share = 100 } = settings;
  if (sigma !== undefined) return sigma > 0 ? 1 : 0;
  if (strength === 'auto')
    return (reading?.suggestedStrength ?? 0) > 0 ? Math.min(1, share / 100) : 0;
  return Math.min(1, strength / 100);
}

const spreadOf = (picture: Picture): CleanSpec['local'] =>
  photonNoiseOf(picture) ?? unevennessOf(picture)?.grid ?? null;

/**
 * @throws HourglassError model-unsuitable
 */
export function createSpec(
  picture: Picture,
  card: ModelCard,
  settings: LevelSettings & Pick<DenoiseSettings, 'detail' | 'chroma'>,
  reading: NoiseReading | null,
): CleanSpec {
  checkSuitable(card, picture.tones);
  const { detail, chroma } = settings;
  return {
    ...picture,
    card,
    ...resolveLevels(settings, reading),
    // A level that a person gives holds everywhere.
    local: settings.sigma === undefined && reading?.uneven ? spreadOf(picture) : null,
    twice: isSlice(picture) || (reading?.source === 'few-photons' && isSmall(picture.source)),
    ...frameOf(picture),
    outside: outsideOf(picture),
    keepsMean: picture.tones === 1 && magnitudeNoiseOf(picture) === null,
    blend: card.input.noiseMap ? 1 : resolveBlend(settings, reading),
    detail,
    chroma,
  };
}

/** What a level holds for: it was measured in this picture, is the one of its series, or was given. */
export type LevelOf = 'image' | 'series' | 'given';

const holdsFor: Readonly<Record<LevelOf, string>> = {
  image: 'of this image',
  series: 'one for its series',
  given: 'as given',
};

/**
 * How marks name the level that was cleaned at: "noise level 12.0" of 255, of a scan "noise level 21 HU (of this image)": its levels are those
 * of a range of its own, which nobody knows later.
 */
export function levelWords({ card, sigma, blend, range, source }: CleanSpec, of: LevelOf): string {
  if (!card.input.noiseMap) return `strength ${Math.round(blend * 100)} %`;
  if (isFullScale(range, source)) return `noise level ${sigma.toFixed(1)}`;
  const { slope, unit } = scaleOf(source);
  const level = (sigma / 255) * (range.high - range.low) * (unit === null ? 1 : Math.abs(slope));
  // Never as 12e+3: programs look for the number.
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(level, 1e-3))));
  const said = level.toFixed(Math.min(digits, 6));
  return `noise level ${said} ${unit ?? 'stored values'} (${holdsFor[of]})`;
}

/** How results name what ran. */
export const modelUsed = ({ id, version }: ModelCard, { precision }: CleanResult): ModelUsed => ({
  id,
  version,
  precision,
});

export interface CleanRequest {
  readonly spec: CleanSpec;
  readonly device: DeviceChoice;
  /** Default: what the probe found the fastest on the device. */
  readonly precision?: PrecisionChoice;
  readonly inference: Inference;
  readonly sink: PixelSink;
  /** Exact side of the tiles, for tests. */
  readonly side?: number;
}

export interface CleanResult {
  readonly device: DeviceUsed;
  readonly precision: Precision;
  readonly structure: StructureReading;
  /** Tiles that went through the network; null: none did. */
  readonly tiling: { readonly side: number; readonly tiles: number } | null;
}

/**
 * Runs the network. A spec that changes nothing is not for this function: the input is the result.
 * @throws HourglassError as `Inference.run`
 */
export async function cleanImage(
  request: CleanRequest,
  { signal, progress }: Pick<CommandContext, 'signal' | 'progress'>,
): Promise<CleanResult> {
  const { spec, device, precision, inference, sink, side } = request;
  let sums = createStructureSums();
  const result = await inference.run({
    model: spec.card,
    device,
    ...(precision === undefined ? {} : { precision }),
    width: spec.source.width,
    height: spec.source.height,
    passes: passesOf(spec),
    margin: marginOf(spec),
    ...(side === undefined ? {} : { side }),
    planned: (plan, used) => {
      sums = createStructureSums();
      sink.begin(plan, used);
    },
    fill: (tile, pass, plan, input) => fillTile(spec, { tile, plan }, pass, input),
    collect: async (tile, outputs, plan) => {
      const taken = await finishTile(spec, { tile, plan }, outputs, sink.target(tile));
      // Who looks on sees the tile before it is asked what was taken away.
      await sink.stored(tile);
      const { width, height } = tile.core;
      await addStructure(sums, taken.luma, taken.residual, width, height, taken.ground);
    },
    ...(sink.next ? { next: (waiting: ReadonlySet<Tile>) => sink.next!(waiting) } : {}),
    signal,
    progress,
  });
  const { plan } = result;
  return {
    device: result.device,
    precision: result.precision,
    structure: readStructure(sums),
    tiling: { side: plan.side, tiles: plan.tiles.length },
  };
}

/** The answer where nothing changes and no network runs. */
export const untouched: CleanResult = {
  device: { id: 'cpu', label: 'CPU', fallback: null },
  precision: 'fp32',
  structure: readStructure(createStructureSums()),
  tiling: null,
};
