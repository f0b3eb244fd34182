/** Where pixels of scans lie in a body. */
import * as z from 'zod';

export const vectorSchema = z.tuple([z.number(), z.number(), z.number()]);

/**
 * Where the pixels of a scan lie in a body: millimetres, x to the patient's left, y to the back, z to the head
 * (DICOM PS3.3, C.7.6.2.1.1).
 */
export const bodyPlaceSchema = z.object({
  origin: vectorSchema.describe('Of the middle of the first pixel'),
  right: vectorSchema.describe('Direction along a row, of length 1'),
  down: vectorSchema.describe('Direction along a column, of length 1'),
});
export type BodyPlace = z.infer<typeof bodyPlaceSchema>;
