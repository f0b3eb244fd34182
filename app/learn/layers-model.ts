/**
 * A network that was learnt as a layers model of TensorFlow.js: `model.json` and one file of weights. It gives what the ONNX file gives (`network.ts`), with channels
 * last. Layers that TensorFlow.js lacks are convolutions with zeros and ones: a fold takes each pixel of a square to channels of its own.
 */
import { HourglassError } from '../contract/index.ts';
import type { Layer } from './engine/index.ts';
import { kinds } from './kinds.ts';
import { addsTo, inputChannels, type Plan } from './network.ts';
import { say } from './sentences.ts';
import { LayersWriter, type Place, type WrittenModel } from './layers-writer.ts';

/** Channels, rows and columns; null: any. A vector has one side. */
type Shape = readonly [number] | readonly [number, number | null, number | null];

interface At {
  readonly place: Place;
  readonly shape: Shape;
}

/** @param weights a vector as `theta` */
export function layersModelOf(plan: Plan, weights: Float32Array): WrittenModel {
  const { settings, tones, half } = plan;
  const { anySize, layers } = kinds[settings.kind];
  const writer = new LayersWriter();
  const channels = inputChannels(plan);
  const side = anySize ? null : settings.patch;
  const whole = writer.input([side, side, channels]);
  const network = (name: string, from: Place): Place => {
    const { place } = walk(
      ...([writer, layers(settings, tones), weights] as const),
      ...([{ place: from, shape: [channels, side, side] }] as const),
    );
    if (settings.loss === 'bce') return writer.activation('probability', 'sigmoid', place);
    if (!addsTo(plan)) return place;
    // Without the noise map, which the network was shown behind the image.
    const image = channels === tones ? from : writer.picked('image', from, channels, tones);
    return writer.layer(name, 'Add', {}, [image, place]);
  };
  if (!half) return writer.end(network('sum', whole));
  const images = [0, 1, 2, 3].map((at) =>
    network('sum', writer.placed(`half_${at}`, whole, channels, at)),
  );
  const joined = writer.layer('halves', 'Concatenate', { axis: -1 }, images);
  return writer.end(writer.unfolded('whole', joined, tones));
}

/** As `pass` of the engine goes, and takes its weights in the same order. */
function walk(writer: LayersWriter, layers: readonly Layer[], weights: Float32Array, from: At): At {
  const kept = new Map<string, At>();
  let at = from;
  let offset = 0;
  const take = (...shape: readonly number[]): Float32Array => {
    const start = offset;
    offset += shape.reduce((product, length) => product * length, 1);
    return weights.subarray(start, offset);
  };
  layers.forEach((layer, number) => {
    const name = `${layer.kind}_${number}`;
    const { place, shape } = at;
    const [depth, rows = null, columns = null] = shape;
    const to = (next: Place, ...sides: (number | null)[]): void => {
      at = { place: next, shape: sides as unknown as Shape };
    };
    const half = (length: number | null): number | null => length && length / 2;
    const twice = (length: number | null): number | null => length && 2 * length;
    switch (layer.kind) {
      case 'keep':
        kept.set(layer.as, at);
        break;
      case 'code':
        break;
      case 'join': {
        const other = kept.get(layer.with)!;
        const joined = writer.layer(name, 'Concatenate', { axis: -1 }, [place, other.place]);
        to(joined, depth + other.shape[0], rows, columns);
        break;
      }
      case 'add':
        to(writer.layer(name, 'Add', {}, [place, kept.get(layer.with)!.place]), ...shape);
        break;
      case 'conv': {
        const { channels, side, stride } = layer;
        const kernel = take(channels, depth, side, side);
        const bias = take(channels);
        to(
          writer.convolution(name, place, { depth, channels, side, stride }, kernel, bias),
          channels,
          stride === 2 ? half(rows) : rows,
          stride === 2 ? half(columns) : columns,
        );
        break;
      }
      case 'dense':
      case 'gaussian': {
        const kernel = take(depth, layer.units);
        to(writer.dense(name, place, kernel, take(layer.units)), layer.units);
        // Used without a draw the mean is the code: how far it spreads is learnt, and not used.
        if (layer.kind === 'gaussian') take(depth + 1, layer.units);
        break;
      }
      case 'relu':
      case 'sigmoid':
        to(writer.activation(name, layer.kind, place), ...shape);
        break;
      case 'fold':
        to(writer.folded(name, place, depth), 4 * depth, half(rows), half(columns));
        break;
      case 'unfold':
        to(writer.unfolded(name, place, depth / 4), depth / 4, twice(rows), twice(columns));
        break;
      case 'double':
        to(
          writer.layer(name, 'UpSampling2D', { size: [2, 2], interpolation: 'nearest' }, [place]),
          ...[depth, twice(rows), twice(columns)],
        );
        break;
      case 'flatten':
        // Channels first, as the weights that follow were learnt.
        to(
          writer.layer(name, 'Flatten', {}, [writer.turned(`${name}_first`, place, [3, 1, 2])]),
          depth * rows! * columns!,
        );
        break;
      case 'picture': {
        const { channels, height, width } = layer;
        const target = { target_shape: [channels, height, width] };
        const flat = writer.layer(name, 'Reshape', target, [place]);
        to(writer.turned(`${name}_last`, flat, [2, 3, 1]), channels, height, width);
        break;
      }
      case 'pool':
        to(writer.layer(name, 'GlobalAveragePooling2D', {}, [place]), depth);
        break;
      case 'normalise':
        throw new HourglassError('invalid-parameter', say('noSuchLayer'), {
          hint: say('useItsOnnx'),
          details: { name: 'folder' },
        });
    }
  });
  return at;
}
