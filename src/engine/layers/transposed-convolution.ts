import { tf } from '../tf.ts';

/** Name and attributes of the kernel behind `conv3dTranspose`. */
interface TransposeAttributes {
  readonly strides: number | [number, number, number];
  readonly pad: 'valid' | 'same';
}

/**
 * Gives tfjs's transposed 3D convolution the gradient it lacks. It is the adjoint of a convolution, so its
 * own adjoint is that convolution. Idempotent: registering again replaces.
 */
export function installTransposedGradient(): void {
  tf.registerGradient({
    kernelName: tf.Conv3DBackpropInputV2,
    inputsToSave: ['dy', 'filter'],
    gradFunc: (ddx, saved, attrs) => {
      const [dy, filter] = saved as [tf.Tensor5D, tf.Tensor5D];
      const { strides, pad } = attrs as unknown as TransposeAttributes;
      const upstream = ddx as tf.Tensor5D;
      return {
        dy: () => tf.conv3d(upstream, filter, strides, pad),
        filter: () =>
          tf
            .engine()
            .runKernel(
              tf.Conv3DBackpropFilterV2,
              { x: upstream, dy },
              { strides, pad, filterShape: filter.shape },
            ) as tf.Tensor,
      };
    },
  });
}
