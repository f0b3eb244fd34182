/** The training engine: layers to ONNX graphs, forwards and backwards. Runs nothing itself. */
export * from '../../runtime/draws.ts';
export { Graph, sizeOf, type Shape } from '../../runtime/onnx-graph.ts';
export { layerSchema, pass, type Layer, type Passed } from './layers.ts';
export { bce, kl, l1, mse, ntXent, sparsity } from './losses.ts';
export { encodeModel, OPSET, type OnnxModel } from '../../runtime/onnx.ts';
export {
  closeStep,
  initialState,
  scalarsOf,
  vectors,
  type StepGraph,
  type StepOptions,
  type TrainingState,
} from './step.ts';
export { Tape, type Parameter, type Value, type WeightGradient } from './tape.ts';
