import { useStore } from 'zustand';
import { currentVolume, volumesStore } from '../state/index.ts';
import { ClassPicker, LayerPicker, NetworkPicker, VolumePicker } from './Pickers.tsx';
import styles from './Sentence.module.css';
import { VolumeThumbnail } from './VolumeThumbnail.tsx';

interface SentenceProps {
  onAboutNetwork(): void;
  /** Opens the graph of the layers. */
  onLayers(): void;
}

/** What is explained, as one sentence: a volume seen by a network at a layer for a class. */
export function Sentence({ onAboutNetwork, onLayers }: SentenceProps) {
  const item = useStore(volumesStore, currentVolume);
  return (
    <section className={styles.sentence} aria-label="What is shown">
      {item && <VolumeThumbnail item={item} className={styles.picture} />}
      <VolumePicker className={styles.volume} />
      <span className={styles.part}>
        <span className={styles.word}>seen by</span>
        <NetworkPicker onAbout={onAboutNetwork} />
      </span>
      <span className={styles.part}>
        <span className={styles.word}>at</span>
        <LayerPicker onGraph={onLayers} />
      </span>
      <span className={styles.part}>
        <span className={styles.word}>for</span>
        <ClassPicker />
      </span>
    </section>
  );
}
