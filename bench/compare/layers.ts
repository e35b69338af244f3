/** TensorFlow.js's layers, in which the networks of the bench are described. */
export * as tfl from '@tensorflow/tfjs-layers';
