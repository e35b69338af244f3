import { rivalOf, specificity } from '../../core/cam/index.ts';
import { isMeasured } from '../../core/domain/index.ts';
import { mapTrust, type TrustFacts } from '../../core/trust/index.ts';
import { lengthUnitOf } from '../../core/volume/index.ts';
import type { ParticleLevel } from '../../core/where/index.ts';
import { type Answer, type InputOptions, mapIn, type ShownMap } from '../../state/index.ts';
import { withoutId } from '../classNames.ts';
import { domainOf } from '../domainFindings.ts';
import { particleIn, whereShown } from '../where/whereOf.ts';

/** How the user has the volume shown and prepared. */
interface Setting {
  readonly level: ParticleLevel;
  readonly normalization: InputOptions['normalization'];
  readonly lengthUnit: 'nm' | 'Å';
}

/** What is known of a shown map of an answer. */
export function trustFacts(
  { model, prepared, result }: Pick<Answer, 'model' | 'prepared' | 'result'>,
  shown: Pick<ShownMap, 'map' | 'gridShape' | 'method' | 'classIndex'>,
  { level, normalization, lengthUnit }: Setting,
): TrustFacts {
  const { map, method, classIndex } = shown;
  const found = mapIn(result, method, classIndex);
  const layer = found?.layer ?? result.layers[0];
  const rival = rivalOf(result.scores, classIndex);
  const rivals = mapIn(result, method, rival)?.map.data;
  const { volume } = prepared;
  return {
    ...mapTrust({ method, index: classIndex, map, score: result.scores[classIndex], layer }),
    where: whereShown(shown, volume, particleIn(volume, level, model.sidecar.contrast)),
    unit: lengthUnitOf(volume, lengthUnit),
    domain: isMeasured(model) ? domainOf({ model, prepared, result }, normalization) : null,
    specificity: specificity(map.data, rivals, layer.activationSum),
    rival: rival === null ? null : nameOf(model.classes, rival),
  };
}

/** A class as sentences name it. */
export function nameOf(classes: readonly string[], index: number): string {
  return withoutId(classes[index] ?? `class ${index + 1}`);
}

/** The last layer whose voxels are at most `size` Å wide; null where no layer but the input has such. */
export function finerLayer(
  { layers, inputShape }: Answer['model'],
  voxel: readonly number[],
  size: number,
): string | null {
  const fine = layers.filter(({ kind, shape }) => {
    const widths = shape.slice(0, -1).map((n, axis) => {
      const own = voxel[shape.length - 2 - axis];
      return (own * inputShape[axis]) / n;
    });
    return kind !== 'InputLayer' && Math.max(...widths) <= size;
  });
  return fine.at(-1)?.name ?? null;
}
