/**
 * A scan written as it is seen: 8 bits of what lies in a window of its measured values. The formula is that of the screen
 * (`levelInRange`), and so are the values that it begins with. Which window, a command says.
 */
import { basename } from 'node:path';
import {
  abilitiesOf,
  firstRange,
  HourglassError,
  invalidParameter,
  isCt,
  labelOf,
  levelInRange,
  rangeOfWindow,
  wholeWindow,
  windowOf,
  windowsOfCt,
  windowText,
  type Notice,
  type OutputFormat,
  type Scale,
  type Sharing,
  type ShownRange,
  type ValueWindow,
  type WindowChoice,
} from '../../contract/index.ts';
import { contentOf } from '../content.ts';
import { displayRange, displayScale } from '../display-range.ts';
import type { DecodedImage, ImageWriter, WriteRequest } from '../types.ts';
import { createSharingWriter, telling } from './sharing-writer.ts';
import { say } from './sentences.ts';

/** What a picture is seen through. */
export interface ShownWindow {
  readonly range: ShownRange;
  /** As a person types it; of a file that has none: from black to white. */
  readonly words: string;
  readonly inverted: boolean;
}

export const asksForWindow = ({ window, preset }: WindowChoice): boolean =>
  window !== undefined || preset !== undefined;

/**
 * Refuses what can be told before anything is read.
 * @throws HourglassError invalid-parameter: two windows, one without a width, none to invert, 16 bits; output-unsupported: a format that
 *   holds what its source does
 */
export function refuseWindow(
  request: WindowChoice & { readonly depth: 'keep' | '8' | '16' },
  { path, format }: { readonly path: string; readonly format: OutputFormat },
): void {
  const wrong = (text: string, hint: string): HourglassError =>
    new HourglassError('invalid-parameter', text, { hint });
  if (!asksForWindow(request)) {
    if (request.invert) throw wrong(say('nothingToInvert'), say('giveWindow'));
    return;
  }
  const { window, preset, depth } = request;
  if (window !== undefined && preset !== undefined)
    throw wrong(say('twoWindows'), say('giveOneWindow'));
  if (window !== undefined && !windowOf(window))
    throw invalidParameter('window', say('widthAboveZero'), window);
  if (depth === '16') throw wrong(say('windowHasEightBits'), say('storedForSixteen'));
  const { isSources, of } = abilitiesOf(format);
  if (isSources || of)
    throw new HourglassError(
      'output-unsupported',
      say('noWindowIn', { name: basename(path), format: labelOf(format) }),
      { hint: say('windowAsPicture') },
    );
}

/**
 * The window of a picture that is asked for; null: what is stored is written.
 * @throws HourglassError output-unsupported: it is no scan of one tone, or has no Hounsfield units for a window of CT
 */
export function shownWindowOf(image: DecodedImage, request: WindowChoice): ShownWindow | null {
  if (!asksForWindow(request)) return null;
  const name = basename(image.path);
  const unsupported = (text: string, hint: string): HourglassError =>
    new HourglassError('output-unsupported', text, { hint });
  if (contentOf(image).family !== 'scan' || image.raster.channels !== 1)
    throw unsupported(say('noWindowOf', { name }), say('withoutWindow'));
  const scale = displayScale(image, displayRange(image));
  const { preset = 'file', invert: inverted } = request;
  const named = preset !== 'file' && preset !== 'whole';
  if (named && !isCt({ ...image.scanned, scale }))
    throw unsupported(say('noHounsfield', { name, preset }), say('giveOwnWindow'));
  const window =
    request.window !== undefined
      ? windowOf(request.window)
      : named
        ? windowsOfCt[preset]
        : preset === 'whole'
          ? wholeWindow(scale)
          : null;
  return seenThrough(scale, window, inverted);
}

function seenThrough(scale: Scale, window: ValueWindow | null, inverted: boolean): ShownWindow {
  const turned = inverted ? { ...scale, inverted: !scale.inverted } : scale;
  return {
    range: window ? rangeOfWindow(turned, window) : firstRange(turned),
    words: windowText(window ?? scale.window ?? wholeWindow(scale)),
    inverted,
  };
}

/**
 * A writer that takes rows of stored values, of any type, and writes their levels: gray of 8 bits.
 * @throws HourglassError as `createSharingWriter`
 */
export async function createWindowWriter(
  request: WriteRequest,
  sharing: Sharing,
  { range, words, inverted }: ShownWindow,
): Promise<ImageWriter> {
  const level = levelInRange(range);
  const { path, from, mark } = request;
  const { scale } = from.raster;
  const about = { words, unit: scale?.unit ?? 'none', inverted: inverted ? 'yes' : 'no' };
  const notice: Notice = {
    level: 'warning',
    text: say('seenThroughWindow', { name: basename(path), ...about }),
  };
  const turned = inverted ? ', light and dark swapped' : '';
  const writer = await createSharingWriter(
    {
      ...request,
      sampleType: 'uint8',
      from: { ...from, raster: { sampleType: 'uint8' } },
      mark: {
        ...mark,
        action: `${mark.action}; seen through the window ${words}, 8 bits${turned}`,
      },
    },
    sharing,
  );
  return telling(
    {
      writeRows(samples, rows) {
        const levels = new Uint8Array(samples.length);
        for (let at = 0; at < levels.length; at++) levels[at] = level(samples[at]!);
        return writer.writeRows(levels, rows);
      },
      finish: (signal) => writer.finish(signal),
      abort: () => writer.abort(),
    },
    [notice],
  );
}
