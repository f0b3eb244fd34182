/**
 * What an added network takes and gives, by its own description: whether it can be a denoiser of
 * Hourglass at all. Whether it is one is found out by running it (`check-model.ts`).
 */
import { open } from 'node:fs/promises';
import type { PortFacts, UnknownNetwork } from '../sessions.ts';
import { say } from '../sentences.ts';

/** Whole sentences for the person. */
export class Refusal extends Error {}

export interface Ports {
  readonly input: string;
  readonly output: string;
  /** Of the input. */
  readonly channels: number;
  readonly imageChannels: 1 | 3;
  readonly noiseMap: boolean;
}

/** @throws Refusal that says which input, what was expected and what was found */
export function readPorts(network: Pick<UnknownNetwork, 'inputs' | 'outputs'>): Ports {
  const input = only(network.inputs, 'input');
  const output = only(network.outputs, 'output');
  const [batch, channels, ...sides] = checkPicture(input, 'input');
  if (typeof batch === 'number' && batch > 1)
    throw new Refusal(
      say('inputTakesPicturesAtOnce', { name: input.name, batch, input: shapeOf(input) }),
    );
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4)
    throw new Refusal(
      say('inputChannelsExpected1One', {
        name: input.name,
        count: typeof channels === 'number' && channels > 0 ? channels : say('openNumber'),
        input: shapeOf(input),
        seems: sides.at(-1) === 1 || sides.at(-1) === 3 ? 'last' : 'no',
      }),
    );
  const fixed = sides.filter((side) => typeof side === 'number' && side > 0);
  if (fixed.length > 0)
    throw new Refusal(
      say('inputTakesPicturesOneSize', { name: input.name, input: shapeOf(input) }),
    );
  checkPicture(output, 'output');
  return {
    input: input.name,
    output: output.name,
    channels,
    imageChannels: channels < 3 ? 1 : 3,
    noiseMap: channels % 2 === 0,
  };
}

function only(ports: readonly PortFacts[], what: string): PortFacts {
  const [port] = ports;
  if (port && ports.length === 1) return port;
  const named = ports.map((one) => `“${one.name}” ${shapeOf(one)}`).join(', ');
  throw new Refusal(
    say('hasPorts', {
      count: ports.length,
      what,
      named: named ? ` (${named})` : '',
      expected: say('expectedOneInputFloat32N'),
    }),
  );
}

function checkPicture(port: PortFacts, what: string): PortFacts['shape'] {
  if (port.type !== 'float32')
    throw new Refusal(
      say('expectedFloat32', {
        what,
        name: port.name,
        found: port.type ? say('type', { type: port.type }) : say('noTensor'),
      }),
    );
  // An output may leave its rank open; running tells.
  if (port.shape.length !== 4 && !(what === 'output' && port.shape.length === 0))
    throw new Refusal(
      say('dimensionsExpectedFourNChannels', {
        what,
        name: port.name,
        length: port.shape.length,
        port: shapeOf(port),
      }),
    );
  return port.shape;
}

const shapeOf = ({ shape }: PortFacts): string =>
  `[${shape.map((size) => (size === -1 || size === '' ? '?' : String(size).slice(0, 40))).join(', ')}]`;

/**
 * Whether weights of an ONNX file lie elsewhere: TensorProto.external_data (field 13 of onnx.proto3), an
 * entry of which begins with the key `location`. Looked for as bytes, without understanding the file.
 */
export async function refersToOtherFiles(path: string): Promise<boolean> {
  const key = Buffer.from('\n\x08location\x12', 'latin1');
  const tag = (13 << 3) | 2;
  /** Room for the tag and the entry's length (one byte or two) before the key. */
  const before = 3;
  const isEntry = (bytes: Buffer, at: number): boolean =>
    (bytes[at - 2] === tag && bytes[at - 1]! < 0x80) ||
    (bytes[at - 3] === tag && bytes[at - 2]! >= 0x80);
  const file = await open(path);
  try {
    const chunk = Buffer.alloc(1 << 20);
    for (let position = 0; ; position += chunk.length - key.length - before) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
      const bytes = chunk.subarray(0, bytesRead);
      for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + 1))
        if (isEntry(bytes, at)) return true;
      if (bytesRead < chunk.length) return false;
    }
  } finally {
    await file.close();
  }
}
