/** Runs of a network on a known picture, for the checks of devices and of 8 bits (`check.ts`). */
import type { DeviceId, DeviceReport } from '../../contract/index.ts';
import { inferenceThreads } from '../cpu.ts';
import { bufferSizes, inputChannels } from '../pipeline.ts';
import { SessionPool } from '../sessions.ts';
import type { Tensors } from '../sessions.ts';
import type { ModelCard } from '../types.ts';

/** One pool of sessions, released by the end of the process. */
export function createTrials(model: ModelCard) {
  const pool = new SessionPool();
  return {
    /** Input and room for the output, at a side. */
    at: (side: number): Tensors => ({
      side,
      inputChannels: inputChannels(model),
      outputChannels: model.output.channels,
      outputSide: side / model.output.cell,
      input: referencePicture(side, inputChannels(model)),
      output: new Float32Array(bufferSizes(model, side).output / 4),
    }),
    /** @throws Error in the device's words */
    run: (
      trial: Tensors,
      device: { readonly id: DeviceId } & Pick<DeviceReport, 'graphOptimization'>,
      { path, sha256 }: { readonly path: string; readonly sha256: string },
    ): Promise<void> =>
      pool.run(
        {
          path,
          sha256,
          device: device.id,
          optimization: device.graphOptimization,
          threads: inferenceThreads(),
          inputName: model.input.name,
          outputName: model.output.name,
        },
        trial,
      ),
  };
}

/** Slopes, an edge and a fixed pattern of grain; planar [channels, side, side], map last. */
export function referencePicture(side: number, channels: number): Float32Array {
  const picture = new Float32Array(channels * side * side);
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++, at++) {
        const slope = 0.2 + (0.4 * ((x + channel * 5) % side)) / side;
        const edge = x * 2 + y > side ? 0.25 : 0;
        // Knuth's multiplicative hash, top bits: grain without a generator's state.
        const grain = (Math.imul(at + 1, 2654435761) >>> 24) / 255 - 0.5;
        picture[at] = channel === 3 ? 25 / 255 : slope + edge + 0.2 * grain;
      }
  return picture;
}
