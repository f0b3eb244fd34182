/** What the making of a map tells its listeners: where the pictures lie by now. */
import * as z from 'zod';

export const mapLayouts = ['umap', 'pca'] as const;
export type MapLayout = (typeof mapLayouts)[number];

/** Of all that was asked for, in that order. */
export const mapEventSchema = z.object({
  type: z.literal('map-places').describe('Where the pictures of a map lie by now'),
  job: z.string(),
  layout: z.enum(mapLayouts),
  step: z.number().int().describe('Of the layout'),
  of: z.number().int(),
  places: z
    .string()
    .describe('x and y of each, float32 in little endian, base64; NaN: it could not be read'),
  clusters: z
    .string()
    .nullable()
    .describe(
      'Cluster of each from 1, a byte, base64; 0: it could not be read; null: not found yet',
    ),
});
export type MapEvent = z.infer<typeof mapEventSchema>;
