/**
 * How a written file tells its colours: by the profile of the original, by code points where original and format have them, else by a
 * profile that says what the original said without one; and what a person must be told of it.
 */
import {
  abilitiesOf,
  formatsFor,
  HourglassError,
  labelOf,
  listed,
  type Notice,
} from '../contract/index.ts';
import { describedProfile, type ColourDescription } from './colour/description.ts';
import { profileSpace } from './metadata/icc.ts';
import { say } from './sentences.ts';
import type { WriteRequest } from './types.ts';

/**
 * The profile that goes into the file; null: none.
 * @throws HourglassError output-unsupported: a gray profile in a format that stores no gray
 */
export function outputProfile(request: WriteRequest, colours: 1 | 3): Uint8Array | null {
  // A DNG tells its colours by its own tags (DNG 1.7.1, chapter 6).
  if (request.format === 'dng') return null;
  const { icc, profileName, colour } = request.from.metadata;
  const space = profileSpace(icc);
  const holdsGray = abilitiesOf(request.format).grayProfile;
  // Codes count before a profile beside them; and beside one the encoder states no matrix, which at quality 100 is none of YCbCr.
  if (request.format === 'avif' && colour?.codes) return null;
  if (!icc || space === null) {
    if (!colour || isToldAgain(request, colour)) return null;
    return describedProfile(colour, colours === 1 && holdsGray ? 'GRAY' : 'RGB ');
  }
  if (colours === 1 && space === 'GRAY' && !holdsGray)
    throw new HourglassError(
      'output-unsupported',
      say('noGrayProfile', {
        format: labelOf(request.format),
        profile: profileName ?? say('unnamed'),
      }),
      { hint: choose(({ grayProfile }) => grayProfile) },
    );
  return icc;
}

/** True where the format says it in the file's own way, so that no profile need say it. */
const isToldAgain = ({ format, from }: WriteRequest, colour: ColourDescription): boolean =>
  (format === 'avif' && colour.codes !== null) ||
  // Old readers of PNG know no code points; what a PNG told without a profile they are told as before.
  (format === 'png' && from.format !== 'avif' && !!from.metadata.pngColour);

/** What became of colours that were told without a profile. */
export function colourNotice(request: WriteRequest): Notice | null {
  const { format, from } = request;
  const { icc, colour } = from.metadata;
  const label = labelOf(format);
  if (!colour || isToldAgain(request, colour)) return null;
  if (colour.isHdr)
    return format === 'png'
      ? null
      : {
          level: 'warning',
          text: say('hdrNotTold', { format: label, colour: colour.name }),
        };
  if (icc) return null;
  return {
    level: 'info',
    text: say('toldByProfile', { told: colour.told, colour: colour.name, format: label }),
  };
}

/** Names the formats that would do. */
export const choose = (can: (abilities: ReturnType<typeof abilitiesOf>) => boolean): string =>
  say('chooseFormat', {
    formats: listed(
      formatsFor(null)
        .filter((format) => can(abilitiesOf(format)))
        .map(labelOf),
      'or',
    ),
  });
