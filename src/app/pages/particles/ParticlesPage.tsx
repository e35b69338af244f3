import { useStore } from 'zustand';
import { Notices } from '../../../panels/index.ts';
import { ClassMeans } from '../../../panels/particles/ClassMeans.tsx';
import { ListDoctor } from '../../../panels/particles/ListDoctor.tsx';
import { ParticleFilters } from '../../../panels/particles/ParticleFilters.tsx';
import { ProjectedView } from '../../../panels/particles/ProjectedView.tsx';
import { ParticleTable } from '../../../panels/particles/ParticleTable.tsx';
import { ExportForm, ScoreForm } from '../../../panels/particles/ScoreForm.tsx';
import { TruthStrips } from '../../../panels/particles/TruthStrips.tsx';
import { particlesStore } from '../../../state/index.ts';
import { hashOf } from '../../routes.ts';
import { ParticlesWelcome } from './ParticlesWelcome.tsx';
import { TomogramViewer } from './TomogramViewer.tsx';
import styles from './ParticlesPage.module.css';

const toExplanation = () => {
  location.hash = hashOf('explain');
};

/** A tomogram with the particles of a list: where they stand, what a network says of each, and why. */
export default function ParticlesPage() {
  const tomogram = useStore(particlesStore, (state) => state.tomogram);
  const particles = useStore(particlesStore, (state) => state.particles);
  const placed = useStore(particlesStore, (state) => state.placed);
  if (!tomogram && !particles) {
    return (
      <div className={styles.alone}>
        <Notices />
        <ParticlesWelcome />
      </div>
    );
  }
  return (
    <div className={styles.page}>
      <div className={styles.main}>
        <Notices />
        {tomogram ? (
          <TomogramViewer tomogram={tomogram} />
        ) : placed ? (
          <ProjectedView />
        ) : (
          <ParticlesWelcome />
        )}
      </div>
      <aside className={`panel ${styles.side}`} aria-label="Particles">
        <ListDoctor />
        <ScoreForm />
        {placed ? (
          <>
            <ParticleFilters />
            <ClassMeans />
            <TruthStrips onExplain={toExplanation} />
            <ParticleTable onExplain={toExplanation} />
            <ExportForm />
          </>
        ) : (
          tomogram && <ParticlesWelcome />
        )}
      </aside>
    </div>
  );
}
