import { memo } from 'react';
import type { NetworkEdge, NetworkLayout, Point } from '../../core/network/index.ts';
import { classes } from '../../ui/classes.ts';
import styles from './GraphCanvas.module.css';

interface GraphEdgesProps {
  readonly layout: NetworkLayout;
  readonly edges: readonly NetworkEdge[];
  /** Box whose edges stand out. */
  readonly current: number | null;
}

/** Connections of the boxes, from top to bottom; those over several rows are skip connections. */
export const GraphEdges = memo(function GraphEdges({ layout, edges, current }: GraphEdgesProps) {
  const marked = (edge: NetworkEdge) => edge.from === current || edge.to === current;
  return (
    <svg
      className={styles.edges}
      width={layout.width}
      height={layout.height}
      aria-hidden="true"
      focusable="false"
    >
      {edges.map((edge) => (
        <path
          key={`${edge.from} ${edge.to}`}
          className={classes(styles.edge, marked(edge) && styles.marked)}
          d={pathOf(edge.points)}
        />
      ))}
    </svg>
  );
});

/** Straight down, or in an S where it goes to the side. */
function pathOf([start, ...rest]: readonly Point[]): string {
  let path = `M${start.x} ${start.y}`;
  let { x, y } = start;
  for (const next of rest) {
    const middle = (y + next.y) / 2;
    path += next.x === x ? `V${next.y}` : `C${x} ${middle} ${next.x} ${middle} ${next.x} ${next.y}`;
    ({ x, y } = next);
  }
  return path;
}
