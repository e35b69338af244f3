import {
  type KeyboardEvent,
  type Ref,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { findNodes } from '../../core/network/index.ts';
import { GraphBox } from './GraphBox.tsx';
import { GraphEdges } from './GraphEdges.tsx';
import { gridText, voxelText } from './graphWords.ts';
import { moveTo } from './moves.ts';
import type { NetworkGraph } from './useNetworkGraph.ts';
import { useZoom } from './useZoom.ts';
import styles from './GraphCanvas.module.css';

/** What the controls around a graph do to it; nodes by their index. */
export interface CanvasHandle {
  zoom(factor: number): void;
  fit(): void;
  /** Brings a node into view. */
  show(node: number): void;
  /** Brings the first node found into view. */
  find(query: string): void;
  /** Gives a node the keyboard. */
  focus(node: number): void;
}

interface GraphCanvasProps {
  readonly ref: Ref<CanvasHandle>;
  readonly graph: NetworkGraph;
  onPoint(node: number | null): void;
}

export function GraphCanvas({ ref, graph, onPoint }: GraphCanvasProps) {
  const { boxes, layout, nodes, found, query, unfold } = graph;
  const view = useRef<HTMLElement>(null);
  const zoom = useZoom(view, layout);
  const { reveal, start, size } = zoom;
  const [focused, setFocused] = useState<string | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  /** The node whose box gets the focus as soon as it is drawn, and whether that is unfolded for it. */
  const wanted = useRef<{ readonly node: number; readonly alone: boolean } | null>(null);

  const ofFocus = boxes.findIndex(({ key }) => key === focused);
  const current = ofFocus >= 0 ? ofFocus : Math.max(0, graph.boxNamed(graph.present));
  const endOf = (at: number) => boxes[at].members[boxes[at].members.length - 1];
  const boxOf = (node: number) => boxes.findIndex(({ members }) => members.includes(node));

  const latest = useRef({ graph, onPoint, endOf });
  latest.current = { graph, onPoint, endOf };
  const onChoose = useCallback((at: number) => {
    const { graph: now } = latest.current;
    const layer = now.layerOf(now.boxes[at]);
    if (layer !== null) now.choose(layer);
  }, []);
  const onFold = useCallback((at: number) => {
    const { graph: now } = latest.current;
    const { folded, key, parts, members } = now.boxes[at];
    if (!folded && parts.length === 0) return;
    wanted.current = { node: members[0], alone: false };
    if (folded) now.unfold(key);
    else now.fold(parts[0]);
  }, []);
  const onPointed = useCallback((at: number | null) => {
    setPointed(at);
    latest.current.onPoint(at === null ? null : latest.current.endOf(at));
  }, []);
  const onFocus = useCallback(
    (at: number) => {
      setFocused(latest.current.graph.boxes[at].key);
      onPointed(at);
    },
    [onPointed],
  );

  const focusBox = (at: number) => {
    zoom.reveal(layout.places[at]);
    view.current?.querySelector<HTMLElement>(`[data-box="${at}"]`)?.focus({ preventScroll: true });
  };
  // What was looked at before boxes were folded or unfolded stays in sight.
  const seen = useRef({ boxes, node: 0 });
  useLayoutEffect(() => {
    const before = seen.current;
    seen.current = { boxes, node: boxes[current].members[0] };
    if (before.boxes === boxes || wanted.current !== null) return;
    const at = boxes.findIndex(({ members }) => members.includes(before.node));
    setFocused(boxes[at].key);
    reveal(layout.places[at]);
  }, [boxes, layout, current, reveal]);
  useLayoutEffect(() => {
    if (!wanted.current) return;
    const { node, alone } = wanted.current;
    const at = boxes.findIndex(({ members }) => members.includes(node));
    const { folded, key, members } = boxes[at];
    if (alone && folded && node !== members[members.length - 1]) {
      unfold(key);
      return;
    }
    wanted.current = null;
    reveal(layout.places[at]);
    view.current?.querySelector<HTMLElement>(`[data-box="${at}"]`)?.focus({ preventScroll: true });
  }, [boxes, layout, reveal, unfold]);

  // The layer shown is in sight at the start, and has the keyboard.
  const started = useRef(false);
  useLayoutEffect(() => {
    if (started.current || size === null) return;
    started.current = true;
    start(layout.places[current]);
    view.current
      ?.querySelector<HTMLElement>(`[data-box="${current}"]`)
      ?.focus({ preventScroll: true });
  }, [size, start, layout, current]);

  useImperativeHandle(ref, () => ({
    zoom: zoom.by,
    fit: zoom.fit,
    show: (node) => zoom.reveal(layout.places[boxOf(node)]),
    find(text) {
      const [first] = findNodes(nodes, text);
      if (first !== undefined) zoom.reveal(layout.places[boxOf(first)]);
    },
    focus(node) {
      const at = boxOf(node);
      if (boxes[at].folded && node !== endOf(at)) {
        wanted.current = { node, alone: true };
        unfold(boxes[at].key);
      } else focusBox(at);
    },
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = moveTo(event.key, current, graph);
    const { folded } = boxes[current];
    if (target !== null) focusBox(target);
    else if (event.key === (folded ? '+' : '-')) onFold(current);
    else if (event.key === '0') zoom.fit();
    else return;
    event.preventDefault();
  };

  const foundSet = new Set(found);
  const searching = query.trim() !== '';
  const matched = searching && found.length > 0 ? boxOf(found[graph.match]) : -1;
  const { scale } = zoom;
  return (
    <section
      ref={view}
      className={styles.canvas}
      aria-label={`Graph of ${nodes.length} nodes; arrows follow its connections`}
      onKeyDown={onKeyDown}
      {...zoom.handlers}
    >
      <div className={styles.head} style={{ width: layout.width * scale }}>
        <div className={styles.columns} style={{ width: layout.width * scale }}>
          {layout.columns.map(({ x, width, grids }) => (
            <div
              key={x}
              className={styles.column}
              style={{ left: x * scale, width: width * scale }}
            >
              <ColumnTitle graph={graph} grids={grids} />
            </div>
          ))}
        </div>
      </div>
      <div
        className={styles.sheet}
        style={{ width: layout.width * scale, height: layout.height * scale }}
      >
        <div className={styles.drawing} style={{ transform: `scale(${scale})` }}>
          {layout.columns.slice(1).map(({ x }) => (
            <div key={x} className={styles.rule} style={{ left: x, height: layout.height }} />
          ))}
          <GraphEdges layout={layout} edges={layout.edges} current={pointed ?? current} />
          {boxes.map((box, at) => (
            <GraphBox
              key={box.key}
              at={at}
              box={box}
              nodes={nodes}
              place={layout.places[at]}
              layer={graph.layerOf(box)}
              isPresent={graph.holds(box, graph.present)}
              isSuggested={graph.holds(box, graph.defaultLayer)}
              isFound={searching ? box.members.some((member) => foundSet.has(member)) : null}
              isMatch={at === matched}
              isCurrent={at === current}
              onChoose={onChoose}
              onPoint={onPointed}
              onFocus={onFocus}
              onFold={onFold}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

interface ColumnTitleProps {
  readonly graph: NetworkGraph;
  readonly grids: readonly (readonly number[])[];
}

/** The grid of a column's boxes, and how large its voxels are. */
function ColumnTitle({ graph, grids }: ColumnTitleProps) {
  const [first] = grids;
  if (!first) return <span className="label">no grid</span>;
  const last = grids[grids.length - 1];
  const range = grids.length > 1 ? ` to ${gridText(last)}` : '';
  return (
    <>
      <strong>
        {gridText(first)}
        {range}
      </strong>
      <span className="label">{voxelText(first, graph.inputShape, graph.voxelSize)}</span>
    </>
  );
}
