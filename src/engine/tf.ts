// Only for what it does when loaded: it registers the gradients of TensorFlow.js's operators, which the core leaves
// out and offers in no form that Node can import.
import '@tensorflow/tfjs-layers';

/** The one door to TensorFlow.js; backends are imported where they are chosen, in `backends/`. */
export * as tf from '@tensorflow/tfjs-core';
