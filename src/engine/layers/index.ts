import { tf } from '../tf.ts';
import { installBatchNormalization3D } from './batch-normalization.ts';
import { GlobalAveragePooling3D, GlobalMaxPooling3D } from './global-pooling.ts';
import { GroupNormalization } from './group-normalization.ts';
import { installTransposedGradient } from './transposed-convolution.ts';
import { UpSampling3D } from './upsampling.ts';

let registered = false;

/** Makes the Keras layers that 3D networks use and tfjs lacks known to the model loader. Idempotent. */
export function registerLayers(): void {
  if (registered) return;
  registered = true;
  for (const layer of [
    GlobalAveragePooling3D,
    GlobalMaxPooling3D,
    GroupNormalization,
    UpSampling3D,
  ]) {
    tf.serialization.registerClass(layer);
  }
  installBatchNormalization3D();
  installTransposedGradient();
}
