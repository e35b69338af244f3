import { memo } from 'react';
import { BOX, kindsOf, type NetworkNode, type Point, titleOf } from '../../core/network/index.ts';
import type { NetworkBox } from '../../core/network/index.ts';
import { classes } from '../../ui/classes.ts';
import { countText, shapeText, shortened, shortKinds } from './graphWords.ts';
import styles from './GraphCanvas.module.css';

interface GraphBoxProps {
  readonly at: number;
  readonly box: NetworkBox;
  readonly nodes: readonly NetworkNode[];
  readonly place: Point;
  /** Layer that a click explains at; null where no map can be drawn. */
  readonly layer: string | null;
  readonly isPresent: boolean;
  readonly isSuggested: boolean;
  /** Whether what is searched for is in it: null while nothing is. */
  readonly isFound: boolean | null;
  readonly isMatch: boolean;
  /** The one that Tab goes to. */
  readonly isCurrent: boolean;
  onChoose(at: number): void;
  onPoint(at: number | null): void;
  onFocus(at: number): void;
  onFold(at: number): void;
}

export const GraphBox = memo(function GraphBox(props: GraphBoxProps) {
  const { at, box, nodes, place, layer, isPresent, isSuggested, isFound, isMatch } = props;
  const end = nodes[box.members[box.members.length - 1]];
  const parameters = box.members.reduce((sum, member) => sum + nodes[member].parameters, 0);
  const title = titleOf(nodes, box);
  const kinds = kindsOf(nodes, box);
  const inner = layer !== null && layer !== end.name ? `, explained at ${layer}` : '';
  const folds = box.folded || box.parts.length > 0;
  return (
    <div
      className={classes(
        styles.box,
        layer !== null && styles.mappable,
        box.times > 1 && styles.stack,
        isSuggested && styles.suggested,
        isPresent && styles.present,
        isFound === false && styles.dimmed,
        isMatch && styles.match,
      )}
      style={{ left: place.x, top: place.y, width: BOX.width, height: BOX.height }}
    >
      <button
        type="button"
        className={styles.face}
        tabIndex={props.isCurrent ? 0 : -1}
        data-box={at}
        aria-disabled={layer === null}
        aria-current={isPresent}
        aria-label={[
          title,
          kinds,
          shapeText(end.shape),
          `${parameters.toLocaleString('en')} parameters`,
          layer === null ? 'no map' : isPresent ? `shown now${inner}` : `explain${inner}`,
          ...(isSuggested ? ['suggested'] : []),
        ].join('; ')}
        onClick={() => props.onChoose(at)}
        onPointerEnter={() => props.onPoint(at)}
        onPointerLeave={() => props.onPoint(null)}
        onFocus={() => props.onFocus(at)}
      >
        <span className={styles.title}>{shortened(title)}</span>
        <span className={styles.kinds}>{shortKinds(kinds)}</span>
        <span className={styles.numbers}>
          <span>{shapeText(end.shape)}</span>
          {parameters > 0 && <span>{countText(parameters)}</span>}
        </span>
      </button>
      {folds && (
        <button
          type="button"
          className={styles.fold}
          tabIndex={-1}
          aria-label={`${box.folded ? 'Unfold' : 'Fold'} ${title}`}
          title={box.folded ? `Unfold ${box.members.length} nodes` : 'Fold'}
          onClick={() => props.onFold(at)}
        >
          {box.folded ? '+' : '−'}
        </button>
      )}
    </div>
  );
});
