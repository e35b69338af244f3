import { GlobalAveragePooling3D } from '../layers/global-pooling.ts';
import { tf, tfl } from '../tf.ts';
import type { NamedBytes } from '../types.ts';

/** The files of a layers model, as they would be dropped on the page. */
export async function filesOf(model: tfl.LayersModel): Promise<NamedBytes[]> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  const { modelTopology, weightSpecs, weightData } = saved!;
  const json = JSON.stringify({
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  });
  return [
    { name: 'model.json', bytes: new TextEncoder().encode(json).buffer },
    { name: 'weights.bin', bytes: tf.io.CompositeArrayBuffer.join(weightData!) },
  ];
}

/** A 1x1x1 convolution over `edge`^3 voxels, the mean over them, one score per class. */
export function poolingNetwork(size: {
  readonly edge: number;
  readonly channels: number;
  readonly classes: number;
}): Promise<NamedBytes[]> {
  const { edge, channels, classes } = size;
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv3d({
        inputShape: [edge, edge, edge, 1],
        filters: channels,
        kernelSize: 1,
        activation: 'relu',
        kernelInitializer: 'ones',
      }),
      new GlobalAveragePooling3D(),
      tfl.layers.dense({ units: classes, kernelInitializer: 'ones' }),
    ],
  });
  return filesOf(model).finally(() => model.dispose());
}
