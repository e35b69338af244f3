import { classes } from '../../ui/classes.ts';
import { factsOf } from './graphWords.ts';
import type { NetworkGraph } from './useNetworkGraph.ts';
import styles from './NetworkView.module.css';

interface NodeStripProps {
  readonly graph: NetworkGraph;
  readonly node: number;
}

const SWATCHES = [
  ['shown now', styles.present],
  ['suggested', styles.suggested],
  ['can be explained', styles.mappable],
  ['has no map', null],
] as const;

/** All about one node, and what the marks and keys of the graph are. */
export function NodeStrip({ graph, node }: NodeStripProps) {
  const { nodes, mappable, model, voxelSize, present, defaultLayer } = graph;
  const { name } = nodes[node];
  const marks = [
    name === present && 'shown now',
    name === defaultLayer && 'suggested',
    !mappable.has(name) && 'no map can be drawn on it',
  ].filter((mark) => mark !== false);
  return (
    <div className={styles.strip}>
      <p className={styles.stripName} title={name}>
        <strong>{name}</strong>
        {marks.length > 0 && <span className="label">{marks.join(', ')}</span>}
      </p>
      <p className={styles.legend}>
        {SWATCHES.map(([label, style]) => (
          <span key={label} className={styles.key}>
            <i className={classes(styles.swatch, style)} />
            {label}
          </span>
        ))}
      </p>
      <dl className={styles.facts}>
        {factsOf(nodes[node], model, voxelSize).map(([term, text]) => (
          <div key={term} className={text.length > 24 ? styles.long : undefined}>
            <dt>{term}</dt>
            <dd title={text}>{text}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.keys}>
        Arrows move, Enter explains, + and − unfold and fold, 0 shows all
      </p>
    </div>
  );
}
