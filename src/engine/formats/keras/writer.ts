import type { Graph } from '../../graph/types.ts';
import { kerasGraph } from './build.ts';
import type { Json } from './config.ts';
import type { KerasWeights, WeightKey } from './weights.ts';

/** Writes a functional topology layer by layer, as TensorFlow.js writes one. */
export class KerasWriter {
  private readonly layers: object[] = [];
  private readonly inputs: string[] = [];

  constructor(private readonly name: string) {}

  /** @param shape without the batch */
  input(shape: readonly number[], name = 'input'): string {
    const config = { batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false, name };
    this.layers.push({ name, class_name: 'InputLayer', config, inbound_nodes: [] });
    this.inputs.push(name);
    return name;
  }

  /**
   * Adds a layer behind others and returns its name, `config.name` or one made of its class and number.
   *
   * @param config keys as in Keras' `get_config`
   */
  add(className: string, config: Json, ...from: readonly string[]): string {
    const name =
      typeof config.name === 'string' ? config.name : `${className}_${this.layers.length}`;
    this.layers.push({
      name,
      class_name: className,
      config: { ...config, name, trainable: true },
      inbound_nodes: [from.map((layer) => [layer, 0, 0, {}])],
    });
    return name;
  }

  /** One layer behind the other. */
  chain(from: string, ...layers: readonly (readonly [className: string, config: Json])[]): string {
    return layers.reduce((last, [className, config]) => this.add(className, config, last), from);
  }

  /** The topology that ends in `output`. */
  topology(output: string): object {
    return {
      class_name: 'Model',
      config: {
        name: this.name,
        layers: this.layers,
        input_layers: this.inputs.map((name) => [name, 0, 0]),
        output_layers: [[output, 0, 0]],
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    };
  }
}

/** First values of a weight of a layer. */
export type Initial = (layer: string, weight: WeightKey) => Float32Array;

/** A network with weights that come from no file. */
export function freshGraph(topology: object, initial: Initial, label: string): Graph {
  const weights: KerasWeights = {
    find(path, weight) {
      const layer = path[path.length - 1].name;
      return {
        name: `${layer}/${weight.name}`,
        shape: weight.shape,
        values: () => initial(layer, weight),
      };
    },
  };
  return kerasGraph(topology, weights, label);
}
