import { gridOf, labelOf } from '../../core/network/index.ts';
import { Button } from '../../ui/Button.tsx';
import { shapeText, voxelText } from './graphWords.ts';
import type { NetworkGraph } from './useNetworkGraph.ts';
import styles from './NetworkView.module.css';

/** Every node as a row: what the graph shows, in words. */
export function NodeList({ graph }: { readonly graph: NetworkGraph }) {
  const { nodes, found, query, mappable, present, defaultLayer, inputShape, voxelSize } = graph;
  const shown = query.trim() === '' ? nodes.map((_, id) => id) : found;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by the keyboard
    <section className={styles.list} aria-label="List of layers" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Operator</th>
            <th scope="col">Gives</th>
            <th scope="col">Voxels</th>
            <th scope="col" className={styles.number}>
              Parameters
            </th>
            <th scope="col">Reads</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((id) => {
            const node = nodes[id];
            const { name, kind, shape, parameters, inputs } = node;
            const grid = gridOf(node, inputShape);
            return (
              <tr key={name} aria-current={name === present}>
                <th scope="row">
                  {mappable.has(name) ? (
                    <Button
                      tone="quiet"
                      className={styles.name}
                      aria-label={`Explain at ${name}`}
                      onClick={() => graph.choose(name)}
                    >
                      {labelOf(node)}
                    </Button>
                  ) : (
                    <span className={styles.name}>{labelOf(node)}</span>
                  )}
                  {name === present && <span className="label">shown now</span>}
                  {name === defaultLayer && <span className="label">suggested</span>}
                </th>
                <td>{kind}</td>
                <td>{shapeText(shape)}</td>
                <td>{grid ? voxelText(grid, inputShape, voxelSize) : '–'}</td>
                <td className={styles.number}>
                  {parameters > 0 ? parameters.toLocaleString('en') : '–'}
                </td>
                <td>{inputs.map((input) => labelOf(nodes[input])).join(', ') || '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
