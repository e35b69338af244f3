import { badFile } from '../../../../core/errors.ts';
import type { Sizes } from '../../../graph/operators.ts';
import type { ConstantId } from '../../../graph/types.ts';
import { channelsBehind } from '../../kernels.ts';
import type { Weight } from '../state.ts';
import { ModuleGraph } from './module-graph.ts';

/** The weights of a state dict as constants of the graph, each once. */
export class StoredWeights extends ModuleGraph {
  private readonly constants = new Map<string, ConstantId>();

  /** Shape of a weight that has to be there. */
  dims(name: string): readonly number[] {
    const dims = this.state.dims(name);
    if (dims) return dims;
    throw badFile(this.file, `it has no weight ${name}`, 'the whole state dict of the network');
  }

  protected constant(
    name: string,
    shape: Sizes,
    values: () => Float32Array,
    stored = true,
  ): ConstantId {
    const known = this.constants.get(name);
    if (known !== undefined) return known;
    const id = this.graph.constant(name, shape, values, stored);
    this.constants.set(name, id);
    return id;
  }

  protected kernel(name: string): ConstantId {
    const [a, b, ...window] = this.dims(name);
    const numbers = this.numbers(name);
    return this.constant(name, [...window, b, a], () => channelsBehind(numbers, [a, b, ...window]));
  }

  protected plain(name: string): ConstantId {
    return this.constant(name, this.dims(name), this.numbers(name));
  }

  protected optional<W extends string>(
    weight: W,
    name: string,
  ): { readonly [K in W]?: ConstantId } {
    return (this.state.has(name) ? { [weight]: this.plain(name) } : {}) as {
      readonly [K in W]?: ConstantId;
    };
  }

  protected affine(path: string) {
    return {
      ...this.optional('scale', `${path}.weight`),
      ...this.optional('shift', `${path}.bias`),
    };
  }

  protected numbers(name: string, count?: number): Weight['numbers'] {
    const dims = this.dims(name);
    const tensor = this.state.tensors.get(name)!;
    if (count !== undefined && dims.reduce((a, b) => a * b, 1) !== count)
      throw badFile(
        this.file,
        `its weight ${name} has shape [${dims}], not [${count}]`,
        'the whole state dict of the network',
      );
    return (...ends) => tensor.numbers(...ends);
  }
}
