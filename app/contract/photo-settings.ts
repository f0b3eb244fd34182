/**
 * What is remembered of a photo across starts: its settings by workspace, as the text that a workspace writes and reads
 * itself (that of the clipboard). Hosts keep it by what is in the file and know nothing of what it says.
 */
import * as z from 'zod';

/** Longest settings of one workspace, characters. */
const longestText = 2048;

/** By the workspace's id; empty: nothing is remembered. */
export const photoSettingsSchema = z
  .record(z.string().min(1).max(64), z.string().max(longestText))
  .refine((settings) => Object.keys(settings).length <= 16);

export const keptPhotosSchema = z
  .array(
    z.strictObject({
      /** `@id` of an admitted file. */
      source: z.string().min(1).max(255),
      settings: photoSettingsSchema,
    }),
  )
  .max(10_000);

export type PhotoSettings = Readonly<Record<string, string>>;
export type KeptPhoto = Readonly<z.infer<typeof keptPhotosSchema>[number]>;

/** What a page can say of them; what is remembered of a file comes with the file (`AdmittedFile.settings`). */
export interface PhotoSettingsDoor {
  /** Remembers the settings of these photos in the place of what was remembered of them. */
  keep(photos: readonly KeptPhoto[]): Promise<void>;
  /** Of how many photos something is remembered. */
  count(): Promise<number>;
  /** Forgets all of them. */
  forget(): Promise<void>;
}
