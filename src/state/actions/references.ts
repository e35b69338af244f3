import { isAborted, sentence } from '../../core/errors.ts';
import { OUTPUT_ALONE, type Target } from '../../core/target/index.ts';
import { notify } from '../notices.ts';
import { networkBox, requestFor, subjectOf } from '../prepare.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import { optionsOf } from '../volumes.ts';
import type { Choices } from './choices.ts';

type Similarity = Extract<Target, { kind: 'similarity' }>;

export interface ReferenceActions {
  /** Explains the likeness of the volume shown to another opened one, beside the references that are there. */
  addReferenceVolume(id: string): Promise<void>;
  /** The same with a vector of a file. */
  addReferenceVector(name: string, values: Float32Array): void;
  removeReference(index: number): void;
}

export function createReferenceActions(
  { volumes, network, explain, notices }: StoreSet,
  services: () => Services,
  { chooseAim }: Pick<Choices, 'chooseAim'>,
): ReferenceActions {
  const present = (): Similarity | null => {
    const { target } = explain.getState().aim;
    return target?.kind === 'similarity' ? target : null;
  };
  const add = (name: string, values: Float32Array) => {
    const before = present();
    if (before?.names?.includes(name)) return;
    const fits = before && before.reference.length % values.length === 0 ? before : null;
    const reference = new Float32Array((fits?.reference.length ?? 0) + values.length);
    if (fits) reference.set(fits.reference);
    reference.set(values, reference.length - values.length);
    chooseAim({
      target: { kind: 'similarity', reference, names: [...namesOf(fits, values), name] },
    });
  };
  return {
    async addReferenceVolume(id) {
      const state = volumes.getState();
      const item = state.items.find((one) => one.id === id);
      const { model } = network.getState();
      const box = model && networkBox(model);
      if (!item || !model || !box) return;
      const { output } = explain.getState().aim;
      try {
        const request = requestFor(model, box, optionsOf(state, id), subjectOf(item));
        const { input } = await services().prepare(item, request);
        const { scores } = await services().engine.explain({
          ...{ model: model.id, input, inputShape: model.inputShape },
          ...OUTPUT_ALONE,
          ...(output !== null && { output }),
        });
        if (network.getState().model === model) add(item.name, scores);
      } catch (error) {
        if (!isAborted(error)) notify(notices, 'error', sentence(error));
      }
    },
    addReferenceVector: add,
    removeReference(index) {
      const target = present();
      const names = target?.names;
      if (!target || !names) return;
      const size = target.reference.length / names.length;
      const rest = names.filter((_, i) => i !== index);
      const reference = target.reference.filter((_, i) => Math.floor(i / size) !== index);
      chooseAim({
        target: rest.length > 0 ? { kind: 'similarity', reference, names: rest } : null,
      });
    },
  };
}

/** Names of the references that are there, counted where they have none. */
function namesOf(target: Similarity | null, { length }: Float32Array): readonly string[] {
  if (!target) return [];
  const count = target.reference.length / length;
  return target.names ?? Array.from({ length: count }, (_, i) => `reference ${i + 1}`);
}
