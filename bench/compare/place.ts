import { networkOf, placeNetwork, type Network } from '../../src/engine/explain/network.ts';
import { tfjsGraph } from '../../src/engine/formats/tfjs/import.ts';
import { scoreGraph } from '../../src/engine/graph/scores.ts';
import { readArtifacts } from '../../src/engine/model/artifacts.ts';
import { openSource, type ReadUrl } from '../../src/engine/model/source.ts';
import { tf } from '../../src/engine/tf.ts';
import type { TrainableNetwork } from '../../src/engine/train/networks.ts';

async function read(url: string, readUrl: ReadUrl) {
  const files = openSource({ kind: 'url', id: 'network', url }, readUrl);
  const artifacts = await readArtifacts(files, {});
  return { artifacts, graph: scoreGraph(tfjsGraph(artifacts)) };
}

/** The network at a URL on the current backend, as the engine runs it. */
export async function placeAt(url: string, readUrl: ReadUrl): Promise<Network> {
  const { graph } = await read(url, readUrl);
  return placeNetwork(graph, url);
}

/** The same to be trained. */
export async function trainableAt(url: string, readUrl: ReadUrl): Promise<TrainableNetwork> {
  const { artifacts, graph } = await read(url, readUrl);
  const variables = graph.constants.map(({ shape, values }) =>
    tf.tidy(() => tf.variable(tf.tensor(values(), [...shape]))),
  );
  const dispose = () => tf.dispose(variables);
  const network = networkOf(graph, { tensors: new Map(variables.entries()), dispose });
  const parameters = graph.constants.map(({ name, shape }, id) => ({
    ...{ name, shape, variable: variables[id] },
    layer: name.slice(0, name.lastIndexOf('/')),
  }));
  const box = graph.nodes[0].shape[0];
  const options = { name: 'cnn-1', classes: 1, seed: 1, box, biasStart: 0 } as const;
  return { options, topology: artifacts.topology, network, parameters, dispose };
}
