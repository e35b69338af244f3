import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { boxesOf, findNodes, layoutOf, type NetworkBox } from '../../core/network/index.ts';
import { actions, explainStore, type ModelInfo } from '../../state/index.ts';

/** The network's boxes and where they are drawn, what is marked in them, and what is searched for. */
export type NetworkGraph = ReturnType<typeof useNetworkGraph>;

export function useNetworkGraph(model: ModelInfo, onChosen: () => void) {
  const { nodes, layers, defaultLayer, inputShape, sidecar } = model;
  const wanted = useStore(explainStore, (state) => state.layer);
  const prepared = useStore(explainStore, (state) => state.prepared);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const [query, setQuery] = useState('');
  /** Which of the nodes found is looked at. */
  const [match, setMatch] = useState(0);

  const mappable = useMemo(() => new Set(layers.map(({ name }) => name)), [layers]);
  const folding = useMemo(() => ({ unfolded, all }), [unfolded, all]);
  const boxes = useMemo(() => boxesOf(nodes, folding), [nodes, folding]);
  // Drawn when there is time for it: what was drawn before stays until then.
  const drawn = useDeferredValue(boxes);
  const layout = useMemo(() => layoutOf(nodes, drawn), [nodes, drawn]);
  const found = useMemo(() => findNodes(nodes, query), [nodes, query]);
  const present = wanted !== null && mappable.has(wanted) ? wanted : defaultLayer;
  const known = prepared?.volume.voxelSizeKnown ? prepared.volume.voxelSize[0] : null;

  const unfold = useCallback(
    (key: string) => setUnfolded((before) => new Set([...before, key])),
    [],
  );
  const fold = (key: string) =>
    setUnfolded((before) => new Set([...before].filter((one) => one !== key)));

  /** The last layer of a box that can be explained; null where there is none. */
  const layerOf = ({ members }: NetworkBox): string | null => {
    const at = members.findLast((member) => mappable.has(nodes[member].name));
    return at === undefined ? null : nodes[at].name;
  };
  const holds = ({ members }: NetworkBox, name: string) =>
    members.some((member) => nodes[member].name === name);
  return {
    model,
    nodes,
    inputShape,
    boxes: drawn,
    layout,
    present,
    defaultLayer,
    mappable,
    /** Å, of the input; null where nothing says it. */
    voxelSize: sidecar.voxelSize ?? known,
    layerOf,
    holds,
    /** The box that shows a layer. */
    boxNamed: (name: string) => drawn.findIndex((box) => holds(box, name)),
    choose(name: string) {
      actions.chooseLayer(name === defaultLayer ? null : name);
      onChosen();
    },
    all,
    setAll,
    unfold,
    fold,
    query,
    setQuery(next: string) {
      setQuery(next);
      setMatch(0);
    },
    found,
    match: Math.min(match, found.length - 1),
    setMatch,
  };
}
