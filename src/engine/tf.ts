/** The one door to TensorFlow.js; backends are imported where they are chosen, in `backends/`. */
export * as tf from '@tensorflow/tfjs-core';
