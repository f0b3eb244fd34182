/**
 * `Einsum` for the WASM backend of TensorFlow.js 4.22, which has no kernel of it: sums of products of two tensors as a product of matrices. Letters that are in
 * both and in the result number the matrices, letters in both alone are summed over.
 */
import type * as Core from '@tensorflow/tfjs-core';

type Tf = typeof Core;

/** Once for a process. */
export function registerEinsum(tf: Tf): void {
  if (tf.getKernel('Einsum', 'wasm')) return;
  tf.registerKernel({
    kernelName: 'Einsum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const tensors = Object.values(inputs) as Core.Tensor[];
      return tf.tidy(() => summed(tf, String(attrs?.equation), tensors));
    },
  });
}

/** @throws Error for what is no product of two, and for a letter that is twice in one of them */
function summed(tf: Tf, equation: string, tensors: readonly Core.Tensor[]): Core.Tensor {
  const [from = '', to = ''] = equation.replace(/\s/g, '').split('->');
  const [left, right] = from.split(',').map((letters) => [...letters]);
  const [a, b] = tensors;
  const result = [...to];
  if (!left || !right || !a || !b || tensors.length !== 2)
    throw new Error(`Einsum ${equation} is no product of two`);
  if ([left, right].some((letters) => new Set(letters).size !== letters.length))
    throw new Error(`Einsum ${equation} takes a diagonal`);
  const sides = new Map([
    ...left.map((letter, at) => [letter, a.shape[at]!] as const),
    ...right.map((letter, at) => [letter, b.shape[at]!] as const),
  ]);
  const both = left.filter((letter) => right.includes(letter));
  const numbers = both.filter((letter) => result.includes(letter));
  const over = both.filter((letter) => !result.includes(letter));
  const rows = left.filter((letter) => !both.includes(letter));
  const columns = right.filter((letter) => !both.includes(letter));
  const size = (letters: readonly string[]): number =>
    letters.reduce((product, letter) => product * sides.get(letter)!, 1);
  const matrices = (
    tensor: Core.Tensor,
    letters: readonly string[],
    groups: readonly (readonly string[])[],
  ): Core.Tensor3D =>
    tf.reshape(
      tf.transpose(
        tensor,
        groups.flat().map((letter) => letters.indexOf(letter)),
      ),
      groups.map(size) as [number, number, number],
    );
  const product = tf.matMul(
    matrices(a, left, [numbers, rows, over]),
    matrices(b, right, [numbers, over, columns]),
  );
  const letters = [...numbers, ...rows, ...columns];
  const whole = tf.reshape(
    product,
    letters.map((letter) => sides.get(letter)!),
  );
  return tf.transpose(
    whole,
    result.map((letter) => letters.indexOf(letter)),
  );
}
