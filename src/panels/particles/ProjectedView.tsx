import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { isAborted, sentence } from '../../core/errors.ts';
import { ACROSS, type Axis } from '../../core/tomogram/index.ts';
import { computeStats } from '../../core/volume/index.ts';
import { actions, classNameOf, particlesStore, type ProjectedParticle } from '../../state/index.ts';
import { Progress } from '../../ui/Progress.tsx';
import styles from './ProjectedView.module.css';
import { Thumbnail } from './Thumbnail.tsx';
import { useBoxEdge } from './thumbnails.ts';

/** Slices and what they are called. */
const AXES: readonly (readonly [Axis, string])[] = [
  ['z', 'xy'],
  ['y', 'xz'],
  ['x', 'zy'],
];
/** Part of the box's edge that is averaged through its middle, as in the small pictures. */
const THROUGH = 8;
/** Standard deviations from the mean that are black and white. */
const RANGE = 3;

/** The current particle brought together from its projections, and these. */
export function ProjectedView() {
  const state = useStore(particlesStore);
  const { current, placed, particles } = state;
  const shown = useProjected(current);
  if (!particles || !placed || current === null)
    return <p className={styles.wait}>Choose a particle on the right to see its projections.</p>;
  const name = classNameOf(state, current);
  return (
    <section className={styles.view} aria-label="The particle and its projections">
      <p className={styles.title}>
        <strong>Particle in row {(placed.index[current] + 1).toLocaleString('en')}</strong>
        {name !== null && `, ${name}`}
        <span className="small">{typeof shown === 'string' ? '' : shown?.made}</span>
      </p>
      {typeof shown === 'string' ? (
        <p className="remark" role="alert">
          {shown}
        </p>
      ) : shown ? (
        <>
          <Slices particle={shown} />
          <Images particle={shown} />
        </>
      ) : (
        <Progress stage="Projecting back" />
      )}
    </section>
  );
}

/** The particle, or why it cannot be shown; null until one of these is known. */
function useProjected(current: number | null): ProjectedParticle | string | null {
  const source = useStore(particlesStore, (state) => state.projections?.source.id);
  const edge = useBoxEdge();
  const key = `${source} ${current} ${edge}`;
  const [found, setFound] = useState<{
    readonly key: string;
    readonly answer: ProjectedParticle | string | null;
  } | null>(null);
  useEffect(() => {
    if (current === null) return;
    actions
      .projectParticle(current, edge)
      .then((answer) => setFound({ key, answer }))
      .catch((error: unknown) => {
        if (!isAborted(error)) setFound({ key, answer: sentence(error) });
      });
  }, [current, edge, key]);
  return found?.key === key ? found.answer : null;
}

function Slices({ particle }: { readonly particle: ProjectedParticle }) {
  const { shape, voxelSize, values } = particle.box;
  const [, , size] = shape;
  const deep = Math.max(1, Math.round(size / THROUGH));
  const slices = useMemo(
    () => AXES.map(([axis, name]) => ({ name, data: middleOf(values, size, deep, axis) })),
    [values, size, deep],
  );
  const { mean, std } = useMemo(() => {
    const [{ data }] = slices;
    return computeStats(data);
  }, [slices]);
  const grey = [mean - RANGE * std, mean + RANGE * std] as const;
  const nm = (voxels: number) => Number(((voxels * voxelSize[0]) / 10).toPrecision(2));
  return (
    <div className={styles.slices}>
      {slices.map(({ name, data }) => (
        <figure key={name}>
          <Thumbnail data={data} side={size} grey={grey} className={styles.slice} />
          <figcaption className="small">
            {name} slice, {nm(size)} nm across, {nm(deep)} nm thick
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

/** The mean of the middle sections across an axis, of a cube. */
function middleOf(values: Float32Array, n: number, deep: number, axis: Axis): Float32Array {
  const out = new Float32Array(n * n);
  const from = Math.floor((n - deep) / 2);
  const steps = [1, n, n * n];
  const [columns, rows] = ACROSS[axis];
  const [across, up, through] = [steps[columns], steps[rows], steps[3 - columns - rows]];
  for (let row = 0, at = 0; row < n; row++)
    for (let column = 0; column < n; column++, at++)
      for (let k = from; k < from + deep; k++)
        out[at] += values[column * across + row * up + k * through] / deep;
  return out;
}

function Images({ particle }: { readonly particle: ProjectedParticle }) {
  const { images, size, angles, pixelSize } = particle;
  const pictures = useMemo(
    () =>
      angles.map((angle, i) => {
        const data = images.subarray(i * size * size, (i + 1) * size * size);
        const { mean, std } = computeStats(data);
        return { angle, data, grey: [mean - RANGE * std, mean + RANGE * std] as const };
      }),
    [images, size, angles],
  );
  const edge = Number(((size * pixelSize) / 10).toPrecision(3));
  return (
    <section className={styles.images} aria-label="Its projections">
      <p className="small">
        Its {angles.length} projections as they are in the stack, {edge} nm across, with their tilts
      </p>
      <ul>
        {pictures.map(({ angle, data, grey }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: images have no other names
          <li key={i}>
            <Thumbnail {...{ data, grey }} side={size} className={styles.image} />
            <span className="small">{Math.round(angle).toString().replace('-', '−')}°</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
