import { useState } from 'react';
import { useStore } from 'zustand';
import {
  actions,
  labelName,
  type Picked,
  type SegmentedVolume,
  segmentationStore,
} from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Select } from '../../ui/Select.tsx';
import { Swatch } from './ClassLegend.tsx';
import { usePicked } from './useShown.ts';
import { sizeText, withArticle } from './words.ts';
import styles from './segmentation.module.css';

/** What the network says at the crosshair, and the questions that follow. */
export function PickedPanel({ onExplained: onTile }: { onExplained(): void }) {
  const result = useStore(segmentationStore, (state) => state.result);
  const picked = usePicked();
  if (!result || !picked) return null;
  const { component } = picked;
  const onExplained = () => {
    // Only its map keeps to a component or a voxel; others weigh whole channels.
    actions.showMethod('hirescam');
    onTile();
  };
  return (
    <section className="panel-section" aria-labelledby="picked">
      <h2 id="picked">At the crosshair</h2>
      <div className={styles.picked} aria-live="polite">
        {component ? (
          <>
            <p className={styles.pickedName}>
              <Swatch label={component.label} />
              <strong>{labelName(result, component.label)}</strong>
              <span className={styles.legendCount}>component {component.id}</span>
            </p>
            <p className="small">
              {sizeText(result, component.voxels)}, mean probability{' '}
              {component.probability.toFixed(2)}
            </p>
          </>
        ) : (
          <p className="small">No class here.</p>
        )}
      </div>
      {component && (
        <Button
          tone="primary"
          onClick={() => {
            actions.explainComponent(component.id);
            onExplained();
          }}
        >
          Why is this {withArticle(labelName(result, component.label))}?
        </Button>
      )}
      <WhyNot {...{ result, picked, onExplained }} />
    </section>
  );
}

interface WhyNotProps {
  readonly result: SegmentedVolume;
  readonly picked: Picked;
  onExplained(): void;
}

/** The score of a class at a place where another one won, or none. */
function WhyNot({ result, picked, onExplained }: WhyNotProps) {
  const { model, found } = result;
  const { channels, meaning } = found;
  const own = picked.component ? channels[picked.component.label - 1] : meaning.background;
  const others = Array.from({ length: meaning.channels }, (_, c) => c).filter((c) => c !== own);
  const [chosen, setChosen] = useState<number | null>(null);
  if (others.length === 0) return null;
  const first = others.find((channel) => channel !== meaning.background) ?? others[0];
  const channel = chosen !== null && others.includes(chosen) ? chosen : first;
  const explain = () => {
    actions.explainVoxel(picked.voxel, channel);
    onExplained();
  };
  if (others.length === 1)
    return (
      <Button onClick={explain}>Why is this not {withArticle(model.classes[channel])}?</Button>
    );
  return (
    <div className={styles.whyNot}>
      <span className="label">Why not</span>
      <Select
        label="Class that is asked about"
        value={String(channel)}
        onChange={(value) => setChosen(Number(value))}
        groups={[{ items: others.map((c) => ({ value: String(c), label: model.classes[c] })) }]}
      />
      <Button onClick={explain}>Explain</Button>
    </div>
  );
}
