/**
 * The losses. Each adds a weighted term to the tape; a weight is a number or a scalar input, which may change from step to
 * step (β while it warms up).
 */
import { sizeOf } from '../../runtime/onnx-graph.ts';
import type { Tape, Value } from './tape.ts';

type Weight = number | Value;

/**
 * Mean squared error.
 * @param mask factor on each squared difference, of the same shape: of blind pixels alone, scaled so that their mean comes out
 */
export function mse(tape: Tape, x: Value, target: Value, weight: Weight = 1, mask?: Value): void {
  const { graph } = tape;
  const difference = graph.sub(x.name, target.name);
  const counted = mask ? graph.mul(difference, mask.name) : difference;
  tape.term('mse', graph.mean(graph.mul(counted, difference)), weight, (w) =>
    tape.accumulate(x, () => graph.mul(counted, graph.times(w, 2 / sizeOf(x.shape)))),
  );
}

/** Mean absolute error. */
export function l1(tape: Tape, x: Value, target: Value, weight: Weight = 1): void {
  const { graph } = tape;
  const difference = graph.sub(x.name, target.name);
  tape.term('l1', graph.mean(graph.op('Abs', [difference])), weight, (w) =>
    tape.accumulate(x, () =>
      graph.mul(graph.op('Sign', [difference]), graph.times(w, 1 / sizeOf(x.shape))),
    ),
  );
}

/**
 * Binary cross-entropy of logits, targets from 0 to 1: max(z, 0) − z·t + log(1 + e^−|z|), which does not overflow. Its sigmoid
 * lives in the network that is written.
 */
export function bce(tape: Tape, logits: Value, target: Value, weight: Weight = 1): void {
  const { graph } = tape;
  const { name, shape } = logits;
  const far = graph.op('Exp', [graph.op('Neg', [graph.op('Abs', [name])])]);
  const log = graph.op('Log', [graph.add(graph.scalar(1), far)]);
  const near = graph.sub(graph.op('Relu', [name]), graph.mul(name, target.name));
  tape.term('bce', graph.mean(graph.add(near, log)), weight, (w) =>
    tape.accumulate(logits, () =>
      graph.mul(
        graph.sub(graph.op('Sigmoid', [name]), target.name),
        graph.times(w, 1 / sizeOf(shape)),
      ),
    ),
  );
}

/** Mean absolute code: what makes an autoencoder sparse. */
export function sparsity(tape: Tape, code: Value, weight: Weight): void {
  const { graph } = tape;
  tape.term('sparsity', graph.mean(graph.op('Abs', [code.name])), weight, (w) =>
    tape.accumulate(code, () =>
      graph.mul(graph.op('Sign', [code.name]), graph.times(w, 1 / sizeOf(code.shape))),
    ),
  );
}

/**
 * KL(N(mean, e^logVariance) ‖ N(0, 1)) = −½ Σ (1 + logVariance − mean² − e^logVariance), nats, mean over the batch: Kingma &
 * Welling 2014, appendix B.
 */
export function kl(
  tape: Tape,
  { mean, logVariance }: { readonly mean: Value; readonly logVariance: Value },
  weight: Weight,
): void {
  const { graph } = tape;
  const rows = mean.shape[0]!;
  const one = graph.scalar(1);
  const variance = graph.op('Exp', [logVariance.name]);
  const inner = graph.sub(
    graph.sub(graph.add(one, logVariance.name), graph.mul(mean.name, mean.name)),
    variance,
  );
  tape.term('kl', graph.times(graph.sum(inner), -0.5 / rows), weight, (w) => {
    tape.accumulate(mean, () => graph.mul(mean.name, graph.times(w, 1 / rows)));
    tape.accumulate(logVariance, () =>
      graph.mul(graph.sub(variance, one), graph.times(w, 0.5 / rows)),
    );
  });
}

/** Takes a vector's likeness to itself out of the softmax. */
const NEVER = -1e9;

/**
 * NT-Xent (Chen et al. 2020, equation 1): each of 2·pairs vectors of length 1 shall find its twin among all others. Row i and
 * row i + pairs are two views of one picture.
 * @param codes [2·pairs, units]
 */
export function ntXent(tape: Tape, codes: Value, temperature: number, weight: Weight = 1): void {
  const { graph } = tape;
  const rows = codes.shape[0]!;
  const pairs = rows / 2;
  const square = (value: (i: number, j: number) => number): string =>
    graph.floats(
      Float32Array.from({ length: rows * rows }, (_, at) =>
        value(Math.floor(at / rows), at % rows),
      ),
      [rows, rows],
    );
  const twins = square((i, j) => (j === (i + pairs) % rows ? 1 : 0));
  const itself = square((i, j) => (i === j ? NEVER : 0));
  const likeness = graph.times(
    graph.op('Gemm', [codes.name, codes.name], { transB: 1 }),
    1 / temperature,
  );
  const logits = graph.add(likeness, itself);
  const logs = graph.op('LogSoftmax', [logits], { axis: 1 });
  const value = graph.times(graph.sum(graph.mul(logs, twins)), -1 / rows);
  tape.term('ntXent', value, weight, (w) =>
    tape.accumulate(codes, () => {
      const softmax = graph.op('Softmax', [logits], { axis: 1 });
      const d = graph.mul(graph.sub(softmax, twins), graph.times(w, 1 / (rows * temperature)));
      // Each likeness has two sides.
      const both = graph.add(d, graph.transpose(d, [1, 0]));
      return graph.op('MatMul', [both, codes.name]);
    }),
  );
}
