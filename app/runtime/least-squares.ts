/** Linear regression: the normal equations with a ridge, solved by Cholesky's factors (Golub & Van Loan, Matrix Computations, 4th edition, section 5.3). */

/** Of each number of the diagonal: features that say nothing of their own get nothing, whatever their size. */
const RIDGE = 1e-6;
/** Of the largest number of the diagonal: what is there by rounding alone gets nothing either. */
const FLOOR = 1e-9;

/**
 * @param features [samples][inputs]
 * @param targets [samples][outputs]
 * @returns [inputs][outputs], for which features · result is nearest to the targets
 */
export function leastSquares(
  features: Float32Array,
  targets: Float32Array,
  inputs: number,
  outputs: number,
): Float64Array {
  const samples = features.length / inputs;
  const left = Array.from({ length: inputs }, () => new Float64Array(inputs));
  const right = new Float64Array(inputs * outputs);
  for (let s = 0; s < samples; s++)
    for (let i = 0; i < inputs; i++) {
      const value = features[s * inputs + i]!;
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) left[i]![j]! += value * features[s * inputs + j]!;
      for (let o = 0; o < outputs; o++)
        right[i * outputs + o]! += value * targets[s * outputs + o]!;
    }
  const floor = FLOOR * Math.max(...left.map((row, i) => row[i]!)) || 1;
  for (let i = 0; i < inputs; i++) {
    const ridge = Math.max(RIDGE * left[i]![i]!, floor);
    left[i]![i]! += ridge;
    for (let j = 0; j <= i; j++) {
      let sum = left[i]![j]!;
      for (let k = 0; k < j; k++) sum -= left[i]![k]! * left[j]![k]!;
      left[i]![j] = i === j ? Math.sqrt(Math.max(sum, ridge)) : sum / left[j]![j]!;
    }
  }
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      let sum = right[i * outputs + o]!;
      for (let k = 0; k < i; k++) sum -= left[i]![k]! * right[k * outputs + o]!;
      right[i * outputs + o] = sum / left[i]![i]!;
    }
    for (let i = inputs - 1; i >= 0; i--) {
      let sum = right[i * outputs + o]!;
      for (let k = i + 1; k < inputs; k++) sum -= left[k]![i]! * right[k * outputs + o]!;
      right[i * outputs + o] = sum / left[i]![i]!;
    }
  }
  return right;
}
