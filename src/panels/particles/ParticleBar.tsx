import { useStore } from 'zustand';
import { actions, currentVolume, particlesStore, volumesStore } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import styles from '../segmentation/TileBar.module.css';

/** Over the explanation of a particle: which one it is, its neighbours in the list, and the way back. */
export function ParticleBar({ onBack }: { onBack(): void }) {
  const particle = useStore(volumesStore, (state) => currentVolume(state)?.particle);
  const placed = useStore(particlesStore, (state) => state.placed);
  if (!particle || !placed) return null;
  return (
    <div className={styles.bar}>
      <p>
        Particle in row {particle.row} of <strong>{particle.list}</strong>
        {particle.className && `, ${particle.className}`}
      </p>
      <Button onClick={() => actions.explainNextParticle(-1)}>Previous</Button>
      <Button onClick={() => actions.explainNextParticle(1)}>Next</Button>
      <Button onClick={onBack}>Back to the particles</Button>
    </div>
  );
}
