import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { actions, labelName, segmentationStore } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Select } from '../../ui/Select.tsx';
import { Swatch } from './ClassLegend.tsx';
import { usePicked, useShownComponents } from './useShown.ts';
import { COMPONENT_ORDERS, type ComponentOrder, sizeText } from './words.ts';
import styles from './segmentation.module.css';

const PAGE = 50;

/** What hangs together, of the classes shown; a click goes there. */
export function ComponentList() {
  const result = useStore(segmentationStore, (state) => state.result);
  const shown = useShownComponents();
  const picked = usePicked()?.component?.id;
  const [order, setOrder] = useState<ComponentOrder>('size');
  const [count, setCount] = useState(PAGE);
  const sorted = useMemo(() => [...shown].sort(COMPONENT_ORDERS[order].compare), [shown, order]);
  if (!result) return null;
  return (
    <section className="panel-section" aria-labelledby="component-list">
      <div className="section-head">
        <h2 id="component-list">
          {shown.length.toLocaleString('en')} {shown.length === 1 ? 'component' : 'components'}
        </h2>
        {shown.length > 1 && (
          <Select
            label="Order of the components"
            value={order}
            onChange={(value) => setOrder(value as ComponentOrder)}
            groups={[
              {
                items: Object.entries(COMPONENT_ORDERS).map(([value, { label }]) => ({
                  value,
                  label,
                })),
              },
            ]}
          />
        )}
      </div>
      {shown.length === 0 && (
        <p className="small">
          {result.found.components.list.length === 0
            ? 'The network finds none of its classes in this volume. Contrast, voxel size and normalisation decide most.'
            : 'All classes are hidden.'}
        </p>
      )}
      <ul className="list">
        {sorted.slice(0, count).map((part) => (
          <li key={part.id}>
            <button
              type="button"
              className="row"
              aria-current={part.id === picked}
              title={`Go to component ${part.id}`}
              onClick={() => actions.goToComponent(part.id)}
            >
              <span className={styles.componentName}>
                <Swatch label={part.label} />
                <span className="row-name">{labelName(result, part.label)}</span>
              </span>
              <span className={styles.componentNumbers}>
                <span>{sizeText(result, part.voxels)}</span>
                <span title="Mean probability">{part.probability.toFixed(2)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {sorted.length > count && (
        <Button onClick={() => setCount(count + 4 * PAGE)}>
          Show more ({(sorted.length - count).toLocaleString('en')} left)
        </Button>
      )}
    </section>
  );
}
