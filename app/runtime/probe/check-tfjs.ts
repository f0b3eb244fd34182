/**
 * The check of a TensorFlow.js model that a person adds: translated to an ONNX file, which must give what TensorFlow.js gives. Runs in the throw-away
 * process of `main.ts`, where a stranger's files are read; whether what came out cleans is `check-model.ts`' question, as of every network.
 */
import { readFile, stat } from 'node:fs/promises';
import { HourglassError } from '../../contract/index.ts';
import { decimal } from '../../contract/sentences/index.ts';
import { writeWhole } from '../../pixels/write-whole.ts';
import { compare } from '../tfjs/compare.ts';
import { LARGEST_JSON } from '../tfjs/model-json.ts';
import { unsuitable } from '../tfjs/refuse.ts';
import { say } from '../tfjs/sentences.ts';
import { translate } from '../tfjs/translate.ts';
import { groupsBeside } from '../tfjs/weights.ts';
import { plainWords } from '../words.ts';
import type { TranslationAnswer } from './model-findings.ts';

/**
 * @param path of a model.json; its weights lie beside it
 * @param to where the ONNX file is written
 */
export async function checkTfjs(path: string, to: string): Promise<TranslationAnswer> {
  try {
    const { size } = await stat(path);
    const most = decimal(LARGEST_JSON / 1024 ** 2);
    if (size > LARGEST_JSON)
      throw unsuitable(
        say('tooLarge', { what: say('description'), size: decimal(size / 1024 ** 2), most }),
      );
    const translated = await translate(await readFile(path, 'utf8'), groupsBeside(path));
    await writeWhole(to, translated.bytes, 0o644);
    return { compared: await compare(to, translated) };
  } catch (error) {
    return { refused: error instanceof HourglassError ? error.message : plainWords(error) };
  }
}
