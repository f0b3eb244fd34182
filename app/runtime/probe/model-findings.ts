/** What the checks of an added network (`check-model.ts`, `check-tfjs.ts`) tell the host (`app/jobs/user-models.ts`). */
import * as z from 'zod';
import { cardSchema } from '../card.ts';

const modelFindingsSchema = cardSchema
  .pick({ input: true, halo: true, memory: true })
  .required()
  .extend({
    output: z.object({ name: z.string() }),
    grayMapFactor: z.number(),
    checks: z.array(z.string()),
    limits: z.array(z.string()),
  });
export type ModelFindings = z.infer<typeof modelFindingsSchema>;

/** `refused`: why, as whole sentences that do not name the file. */
export const modelAnswerSchema = z.union([
  z.object({ found: modelFindingsSchema }),
  z.object({ refused: z.string() }),
]);
export type ModelAnswer = z.infer<typeof modelAnswerSchema>;

/** `compared`: how near the translation is to TensorFlow.js, as a sentence. */
export const translationAnswerSchema = z.union([
  z.object({ compared: z.string() }),
  z.object({ refused: z.string() }),
]);
export type TranslationAnswer = z.infer<typeof translationAnswerSchema>;

/** `psnr`: dB at which a drawn picture comes back. */
export const codecAnswerSchema = z.union([
  z.object({ psnr: z.number() }),
  z.object({ refused: z.string() }),
]);
export type CodecAnswer = z.infer<typeof codecAnswerSchema>;
