import { aimKey, type Aim } from '../../core/session/index.ts';
import type { ExplainRequest, ModelInfo } from '../../engine/types.ts';
import { explainsAll } from '../aim.ts';
import {
  imagesObstacle,
  mismatchOf,
  networkBox,
  type Prepared,
  type PrepareRequest,
  requestFor,
  subjectOf,
} from '../prepare.ts';
import type { VolumeItem } from '../types.ts';
import type { InputOptions } from '../volumes.ts';

/** Whom is asked about what. */
export interface Subject {
  readonly item: VolumeItem;
  readonly options: InputOptions;
  readonly model: ModelInfo;
  /** The network's default where it is null or not in the network. */
  readonly layer: string | null;
  readonly aim: Aim;
  /** Null is the one that the network predicts. */
  readonly classIndex: number | null;
}

/** One question to the engine, as far as its maps leave it open. */
export interface Question {
  readonly item: VolumeItem;
  readonly model: ModelInfo;
  readonly layer: string;
  /** Whether all classes are explained at once. */
  readonly all: boolean;
  readonly classes: ExplainRequest['classes'];
  readonly about: Pick<ExplainRequest, 'output' | 'target' | 'statistics'>;
  readonly request: PrepareRequest;
  readonly volumeKey: string;
  /** Same key, same input. */
  readonly inputKey: string;
  readonly key: string;
}

/** The part of a request that says who is asked, and about which input. */
export const inputOf = (model: ModelInfo, { input, inputShape, key }: Prepared) => ({
  model: model.id,
  input,
  inputShape,
  inputKey: key,
});

/** A volume with what the user does to it; the same for every network. */
export function volumeKeyOf(
  item: VolumeItem,
  { fit, voxelScale, invert, normalization, section }: InputOptions,
): string {
  return [item.id, fit, invert, normalization, section, voxelScale].join('|');
}

/** What is to be asked; or what stands in the way, as a sentence. */
export function questionOf(subject: Subject): Question | { readonly obstacle: string } {
  const { item, options, model, aim, classIndex } = subject;
  const box = networkBox(model);
  const obstacle =
    (box && imagesObstacle(item.report, model)) ??
    (box && options.fit !== 'none' ? null : mismatchOf(item, model));
  if (!box || obstacle) return { obstacle: obstacle ?? '' };
  const layer = layerIn(model, subject.layer);
  const request = requestFor(model, box, options, subjectOf(item));
  const { fit, voxelScale, invert, normalization, section } = request;
  const inputKey = [item.id, model.id, fit, voxelScale, invert, normalization, section].join('|');
  const all = explainsAll(model, aim);
  const classes = all ? 'all' : classIndex === null ? 'top' : [classIndex];
  const about = aboutOf(aim);
  const volumeKey = volumeKeyOf(item, options);
  const key = [inputKey, layer, aimKey(aim), classes].join('|');
  return { item, model, layer, all, classes, about, request, volumeKey, inputKey, key };
}

/** What an aim asks of the engine. */
export function aboutOf({ output, target, statistics }: Aim): Question['about'] {
  return {
    ...(output !== null && { output }),
    ...(target && { target }),
    ...(statistics && { statistics }),
  };
}

/** A layer of a network by its name, or the network's default. */
export function layerIn({ layers, defaultLayer }: ModelInfo, wanted: string | null): string {
  return layers.find(({ name }) => name === wanted)?.name ?? defaultLayer;
}
