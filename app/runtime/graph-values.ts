/** Values of graphs as they travel between the engine's threads, and as who runs a graph has them. Loads nothing: the thread does too. */
import type { GraphBuffers } from './protocol.ts';
import type { GraphTensors } from './types.ts';

export const tensorsOf = (buffers: GraphBuffers): GraphTensors =>
  Object.fromEntries(
    Object.entries(buffers).map(([name, { data, shape }]) => [
      name,
      { data: new Float32Array(data), shape },
    ]),
  );

/** @throws Error for memory that others use too: it would be gone for them */
export const buffersOf = (tensors: GraphTensors): GraphBuffers =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => {
      const { buffer } = data;
      if (!(buffer instanceof ArrayBuffer) || data.byteLength !== buffer.byteLength)
        throw new Error(`${name} has no memory of its own.`);
      return [name, { data: buffer, shape }];
    }),
  );
