/**
 * What is remembered between sessions: one definition for the file that the host keeps and for what the
 * page makes of it. Every field is optional, so that old files stay readable; an unknown field is dropped,
 * and one of the wrong type is forgotten alone. What a value may be is the page's to know: a format, for
 * one, may be of a version that is older or newer than this one.
 */
import * as z from 'zod';
import { placeIds, type PlaceId } from './places.ts';
import { longestPresetName, mostPresets } from './presets.ts';

const forgiving = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** How files of one place are written. */
const outputPreferencesSchema = z.lazy(() =>
  z.object({
    out: forgiving(z.string()),
    format: forgiving(z.string()),
    depth: forgiving(z.string()),
    quality: forgiving(z.number()),
    folder: forgiving(z.string()),
    maxSide: forgiving(z.number()),
    maxBytes: forgiving(z.number()),
    srgb: forgiving(z.boolean()),
    strip: forgiving(z.string()),
    values: forgiving(z.string()),
    transferSyntax: forgiving(z.string()),
    deidentify: forgiving(z.boolean()),
    retain: forgiving(z.array(z.string())),
  }),
);

const remembered = forgiving(outputPreferencesSchema);

/** Photos that a preset is given to by itself: all that is said must be so. */
const presetUseSchema = z.lazy(() =>
  z.object({
    /** As EXIF names it. */
    camera: z.string().max(200).optional(),
    /** And above. */
    iso: z.number().optional(),
  }),
);

export const presetSchema = z.lazy(() =>
  z.object({
    workspace: z.string().max(64),
    name: z.string().min(1).max(longestPresetName),
    /** As the workspace writes and reads them: the text of the clipboard. */
    settings: z.string().max(500),
    use: forgiving(presetUseSchema),
  }),
);

export const preferencesSchema = z.lazy(() =>
  z.object({
    ...(Object.fromEntries(placeIds.map((id) => [id, remembered])) as unknown as Readonly<
      Record<PlaceId, typeof remembered>
    >),
    theme: forgiving(z.enum(['dark', 'light', 'system'])),
    /** A tag; absent: that of the system. Read by hosts before anything else (`hosts/shared/language.ts`). */
    language: forgiving(z.string().max(35)),
    device: forgiving(z.string()),
    /** Address of the archive that results were sent to last, where the person asked for it to be remembered. Never a token. */
    archive: forgiving(z.string().max(2000)),
    presets: forgiving(z.array(presetSchema).max(mostPresets)),
    /** The three first steps were gone through, or dismissed for ever. */
    tourDone: forgiving(z.boolean()),
    /** Settings are remembered with each photo. */
    rememberPhotos: forgiving(z.boolean()),
    /** Once in a month the window asks whether it shall look for a newer version; absent: it never does. */
    remindUpdates: forgiving(z.boolean()),
    panels: forgiving(
      z.object({
        inspector: forgiving(z.boolean()),
        filmstrip: forgiving(z.boolean()),
        inspectorWidth: forgiving(z.number()),
      }),
    ),
  }),
);

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };
export type PresetUse = Present<z.infer<typeof presetUseSchema>>;
export type Preset = Present<Omit<z.infer<typeof presetSchema>, 'use'>> & {
  readonly use?: PresetUse;
};
export type OutputPreferences = z.infer<typeof outputPreferencesSchema>;
export type Preferences = z.infer<typeof preferencesSchema>;
