import { readFile, writeFile } from 'node:fs/promises';
import { compare } from '../../../../app/runtime/tfjs/compare.ts';
import { translate } from '../../../../app/runtime/tfjs/translate.ts';
import { groupsBeside } from '../../../../app/runtime/tfjs/weights.ts';

/** @returns by how much a model of TensorFlow.js and its translation differ. @param path of its model.json */
export async function compared(path: string): Promise<number> {
  const translated = await translate(await readFile(path, 'utf8'), groupsBeside(path));
  await writeFile(`${path}.onnx`, translated.bytes);
  const words = await compare(`${path}.onnx`, translated);
  return Number(/most ([\d.e+-]+)\.$/.exec(words)?.[1]);
}
