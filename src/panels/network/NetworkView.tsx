import { type KeyboardEvent, useRef, useState } from 'react';
import type { ModelInfo } from '../../state/index.ts';
import { IconButton } from '../../ui/Button.tsx';
import { FitIcon, MinusIcon, PlusIcon } from '../../ui/icons.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { ToggleGroup } from '../../ui/ToggleGroup.tsx';
import { type CanvasHandle, GraphCanvas } from './GraphCanvas.tsx';
import { NodeList } from './NodeList.tsx';
import { NodeStrip } from './NodeStrip.tsx';
import { useNetworkGraph } from './useNetworkGraph.ts';
import styles from './NetworkView.module.css';

interface NetworkViewProps {
  readonly model: ModelInfo;
  /** Whether it stays open after a choice. */
  readonly stays: boolean;
  onStays(stays: boolean): void;
  onChosen(): void;
}

const VIEWS = [
  { value: 'graph', label: 'Graph' },
  { value: 'list', label: 'List' },
] as const;

export function NetworkView({ model, stays, onStays, onChosen }: NetworkViewProps) {
  const graph = useNetworkGraph(model, onChosen);
  const [view, setView] = useState<'graph' | 'list'>('graph');
  /** The node under the pointer, or that had the focus last. */
  const [pointed, setPointed] = useState<number | null>(null);
  const canvas = useRef<CanvasHandle>(null);
  const { found, match } = graph;

  const step = (by: number) => {
    if (found.length === 0) return;
    const next = (match + by + found.length) % found.length;
    graph.setMatch(next);
    setPointed(null);
    canvas.current?.show(found[next]);
  };
  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') step(1);
    else if (event.key === 'ArrowUp') step(-1);
    else if (event.key === 'Enter' && found.length > 0) canvas.current?.focus(found[match]);
    else return;
    event.preventDefault();
  };
  const present = graph.nodes.findIndex(({ name }) => name === graph.present);
  const shown = pointed ?? (found.length > 0 ? found[match] : present);
  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        <ToggleGroup<'graph' | 'list'>
          label="Form"
          value={view}
          choices={VIEWS}
          onChange={setView}
        />
        {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the field inside */}
        <div className={styles.search} onKeyDown={view === 'graph' ? onSearchKey : undefined}>
          <SearchField
            label="Find a layer"
            value={graph.query}
            onChange={(query) => {
              graph.setQuery(query);
              setPointed(null);
              canvas.current?.find(query);
            }}
          />
          <span className="small" role="status">
            {graph.query.trim() !== '' && countFound(found.length, match, view)}
          </span>
        </div>
        {view === 'graph' && (
          <Switch label="Every node" checked={graph.all} onChange={graph.setAll} />
        )}
        <Switch label="Stay open" checked={stays} onChange={onStays} />
        {view === 'graph' && (
          <div className={styles.tools}>
            <IconButton
              label="Smaller"
              icon={<MinusIcon />}
              onClick={() => canvas.current?.zoom(1 / 1.25)}
            />
            <IconButton
              label="Larger"
              icon={<PlusIcon />}
              onClick={() => canvas.current?.zoom(1.25)}
            />
            <IconButton
              label="The whole network"
              icon={<FitIcon />}
              onClick={() => canvas.current?.fit()}
            />
          </div>
        )}
      </div>
      {view === 'graph' ? (
        <GraphCanvas ref={canvas} graph={graph} onPoint={setPointed} />
      ) : (
        <NodeList graph={graph} />
      )}
      {view === 'graph' && <NodeStrip graph={graph} node={shown} />}
    </div>
  );
}

function countFound(count: number, match: number, view: 'graph' | 'list'): string {
  if (count === 0) return 'None found';
  return view === 'graph' ? `${match + 1} of ${count}` : `${count} found`;
}
