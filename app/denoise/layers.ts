/**
 * Cleaned layers of an open document: how they are named, which is finished, what is said of its settings.
 * The screen makes them (`preview.ts`); an export of the same settings writes one that is finished.
 */
import type { Notice } from '../contract/index.ts';
import type { DenoiseSettings } from '../contract/denoise.ts';
import { layerIdOf, layerKind, type OpenDocument, type Raster } from '../pixels/index.ts';
import { factsOf, unlikeNotice, type Made } from '../runtime/index.ts';
import { changesNothing, type CleanSpec } from './clean-spec.ts';
import { needsReading, type CleanResult, type LevelSettings } from './denoise.ts';
import { say } from './sentences.ts';

/** What the run found is kept with the layer. */
export const cleanedLayer = layerKind<CleanResult>(() => say('cleanedPicture'));

/** Equal settings that matter to the pixels, equal id. */
export function layerId(
  spec: CleanSpec,
  { device, precision }: Pick<DenoiseSettings, 'device' | 'precision'>,
): string {
  const { card, noise, detail, chroma, local } = spec;
  const level = card.input.noiseMap ? spec.sigma : `share ${spec.blend}`;
  const facts = [card.id, card.version, card.sha256, level, local !== null];
  facts.push(detail > 0 ? noise : 0, detail);
  return layerIdOf('clean', [...facts, spec.tones === 3 ? chroma : 100, device, precision]);
}

/** The finished layer of a document for these settings, if the screen has computed it. */
export function finishedLayer(
  document: OpenDocument,
  id: string,
): { readonly raster: Raster; readonly result: CleanResult } | null {
  const layer = document.layer(id, cleanedLayer);
  return layer?.facts ? { raster: layer.raster, result: layer.facts } : null;
}

/** What a person should know about a run, besides files. */
export function noticesOf(spec: CleanSpec, settings: LevelSettings, image: Made): Notice[] {
  const notices: Notice[] = [];
  const tell = (text: string): void => void notices.push({ level: 'info', text });
  if (changesNothing(spec)) {
    tell(say('nothingCleaned'));
    // Neighbours of a PET that was filtered by 7 mm correlate by 0.7 to 0.8: that is a picture to every estimator.
    if (spec.scan && needsReading(settings)) tell(say('coarseNoiseNotRead'));
    return notices;
  }
  const unlike = unlikeNotice(spec.card, () => factsOf(image, spec, spec.noise));
  if (unlike) notices.push(unlike);
  if (spec.outside) tell(say('airStays'));
  if (spec.tones === 1 && spec.chroma !== 100) tell(say('pictureGrayChromaStrengthNo'));
  if (spec.card.input.noiseMap) return notices;
  if (settings.sigma !== undefined) tell(say('modelTakesNoNoiseLevel', { id: spec.card.id }));
  else if ((settings.strength === 'auto' ? (settings.share ?? 100) : settings.strength) > 100)
    tell(say('modelTakesNoNoiseLevelStrength', { id: spec.card.id }));
  return notices;
}
