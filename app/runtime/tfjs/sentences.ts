/** What the reading of TensorFlow.js models says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('tfjs', {
  // model.json
  notJson: 'It is not valid JSON.',
  noModel:
    'It is no model of TensorFlow.js: expected is a model.json with modelTopology and weightsManifest.',
  wrongField: 'Its field {path} is wrong: {message}.',
  unknownFormat: 'Its format is “{format}”; expected is layers-model or graph-model.',
  keras3:
    'It was saved by Keras 3, which TensorFlow.js 4.22 itself can not load. Save it with Keras 2 (the package tf_keras), or convert it as a graph model.',
  tooLarge: 'Its {what} has {size} MiB; at most {most} are accepted.',
  tooMany: 'It has {count} {what}; at most {most} are accepted.',
  description: 'description',
  weights: 'weights',
  nodes: 'nodes',

  // weights
  shardElsewhere:
    'Its weights name the file “{shard}”, which does not lie beside it: only plain names of files in its own folder are read.',
  shardMissing: 'Its file of weights {shard} is missing: it must lie beside {model}.',
  shardUnreadable: 'Its file of weights {shard} can not be read.',
  shardCut:
    'Its weights are cut short at {shard}: {files} hold {bytes} bytes, but the model needs {expected}.',
  shardLong: 'Its files of weights {files} hold {bytes} bytes, but the model needs {expected}.',
  unknownType: 'Its weight {name} is of type {type}; known are float32, int32 and bool.',
  unknownQuantisation:
    'Its weight {name} is quantised as {type}; known are uint8, uint16 and float16.',
  quantisationLacks: 'Its weight {name} is quantised without its scale and min.',
  weightTwice: 'Its weight {name} is there twice.',
  weightMissing: 'The weight {name} of {owner} is missing.',
  weightShape: 'The weight {name} has the shape {shape}; {owner} wants {wanted}.',

  // layers and operations
  unknownLayer: 'It has a layer {name} of the kind {kind}, which Hourglass does not know.',
  unknownActivation: 'Its layer {name} has the activation {kind}, which Hourglass does not know.',
  unknownOperation: 'It has an operation {kind} ({name}), which Hourglass does not know.',
  layerField: 'Its layer {name} ({kind}) has {field} = {value}; expected is {expected}.',
  operationField: 'Its operation {name} ({kind}) has {field} = {value}; expected is {expected}.',
  inputsOfLayer: 'Its layer {name} ({kind}) has {count} inputs; expected is {expected}.',
  noSuchNode: 'Something named {name} is used in it, but not there.',
  goesInCircles: 'Its parts depend on each other in a circle, at {name}.',
  onePort:
    'It has {inputs, plural, one {# input} other {# inputs}} and {outputs, plural, one {# output} other {# outputs}}; expected is one of each.',
  inputNoPicture:
    'Its input {name} has the shape {shape}; expected is a picture, [batch, height, width, channels].',
  notConstant:
    'Its operation {name} ({kind}) computes {field} while it runs; expected is a constant.',
  deepNesting: 'Its models are nested more than {most} deep.',

  // expected values
  expectedWhole: 'a whole number from {least} to {most}',
  expectedNumber: 'a number',
  expectedText: 'a text',
  expectedFlag: 'true or false',
  expectedOneOf: 'one of {list}',
  expectedPair: 'two whole numbers from {least} to {most}',
  expectedSides: 'two pairs of whole numbers, for rows and columns',
  expectedList: 'a list of whole numbers',
  expectedChannelsLast: 'channels last',
  expectedLastAxis: 'the last axis',
  expectedDilationOne: '1, as TensorFlow.js ignores any other here',

  // against TensorFlow.js
  differs:
    'Translated to ONNX it does not give what TensorFlow.js gives: on a random picture of {width} × {height} pixels they differ by up to {difference}.',
  shapeDiffers:
    'Translated to ONNX it does not give what TensorFlow.js gives: pictures of {shape} instead of {expected}.',
  referenceFailed: 'TensorFlow.js itself can not run it: {reason}',
  onnxFailed: 'ONNX Runtime can not run what it was translated to: {reason}',
  agrees:
    'Translated from TensorFlow.js, and compared with it on a random picture of {width} × {height} pixels: they differ by at most {difference}.',
});
