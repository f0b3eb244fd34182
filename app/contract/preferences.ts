/**
 * What is remembered between sessions: one definition for the file that the host keeps and for what the
 * page makes of it. Every field is optional, so that old files stay readable; an unknown field is dropped,
 * and one of the wrong type is forgotten alone. What a value may be is the page's to know: a format, for
 * one, may be of a version that is older or newer than this one.
 */
import * as z from 'zod';
import { placeIds, type PlaceId } from './places.ts';

const forgiving = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** How files of one place are written. */
const outputPreferencesSchema = z.object({
  out: forgiving(z.string()),
  format: forgiving(z.string()),
  depth: forgiving(z.string()),
  quality: forgiving(z.number()),
  folder: forgiving(z.string()),
  maxSide: forgiving(z.number()),
  srgb: forgiving(z.boolean()),
  strip: forgiving(z.string()),
});

const remembered = forgiving(outputPreferencesSchema);

export const preferencesSchema = z.object({
  ...(Object.fromEntries(placeIds.map((id) => [id, remembered])) as unknown as Readonly<
    Record<PlaceId, typeof remembered>
  >),
  theme: forgiving(z.enum(['dark', 'light', 'system'])),
  device: forgiving(z.string()),
  /** Settings are remembered with each photo. */
  rememberPhotos: forgiving(z.boolean()),
  panels: forgiving(
    z.object({
      inspector: forgiving(z.boolean()),
      filmstrip: forgiving(z.boolean()),
      inspectorWidth: forgiving(z.number()),
    }),
  ),
});

export type OutputPreferences = z.infer<typeof outputPreferencesSchema>;
export type Preferences = z.infer<typeof preferencesSchema>;
