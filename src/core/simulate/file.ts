import { writeMrc } from '../mrc/index.ts';
import type { Simulator } from './simulator.ts';

/**
 * Subtomogram `index` of class `classIndex` as an MRC file: float32, centred on the world's origin, its
 * making in the labels.
 *
 * @param work `[box, box, box]`, overwritten
 */
export function subtomogramFile(
  simulator: Simulator,
  classIndex: number,
  index: number,
  work = new Float32Array(simulator.box ** 3),
): Uint8Array {
  const { box, voxelSize, spec, classes } = simulator;
  simulator.simulate(classIndex, index, work);
  const { id, name } = classes[classIndex];
  const snr = Number.isFinite(spec.snr) ? String(spec.snr) : 'inf';
  const corner = (-voxelSize * (box - 1)) / 2;
  return writeMrc(
    {
      data: work,
      shape: [box, box, box],
      voxelSize: [voxelSize, voxelSize, voxelSize],
      origin: [corner, corner, corner],
    },
    {
      labels: [
        `${id} ${name}`,
        `simulated: ${spec.model}, SNR ${snr}, seed ${spec.seed}, index ${index}, dark density`,
      ],
    },
  );
}
