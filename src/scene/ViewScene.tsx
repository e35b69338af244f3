import { createPortal, useThree } from '@react-three/fiber';
import { memo, useEffect, useMemo } from 'react';
import { Scene, type ShaderMaterial } from 'three';
import { BallPoints } from './atoms.ts';
import type { DrawnView } from './drawView.ts';
import { BoxLines, crosshairEdges, ThinLines } from './lines.ts';
import type { ViewSpec } from './viewRegistry.ts';
import { ProjectionBox } from './projection.ts';
import { RibbonMesh } from './ribbon.ts';
import { SlicePlanes } from './slicePlanes.ts';
import { ShellGeometry } from './shellGeometry.ts';

interface ViewSceneProps {
  readonly spec: ViewSpec;
  readonly material: ShaderMaterial;
  /** Views by id as the frame loop draws them. */
  readonly drawn: Map<string, DrawnView>;
}

/** The contents of one view: shells, box and crosshair in a scene of their own. */
export const ViewScene = memo(function ViewScene({ spec, material, drawn }: ViewSceneProps) {
  const { mesh, looks, bounds, crosshair, atoms, boxed, planes, points, projection, id } = spec;
  const invalidate = useThree((state) => state.invalidate);
  const scene = useMemo(() => new Scene(), []);
  const shells = useMemo(() => (mesh ? new ShellGeometry(mesh) : null), [mesh]);
  const box = useMemo(() => new BoxLines(bounds), [bounds]);
  const cross = useMemo(() => new ThinLines(1.25, 0.75), []);

  useEffect(() => () => shells?.dispose(), [shells]);
  useEffect(() => () => box.lines.dispose(), [box]);
  useEffect(() => () => cross.dispose(), [cross]);
  useEffect(() => {
    if (crosshair) cross.set(crosshairEdges(bounds, crosshair));
  }, [cross, bounds, crosshair]);
  // Moving a structure makes no new points.
  const { positions = null, chains = null, ribbon = null } = atoms ?? {};
  const balls = useMemo(
    () => (positions && chains && !ribbon ? BallPoints.ofAtoms({ positions, chains }) : null),
    [positions, chains, ribbon],
  );
  useEffect(() => () => balls?.dispose(), [balls]);
  const tube = useMemo(() => (ribbon ? new RibbonMesh(ribbon) : null), [ribbon]);
  useEffect(() => () => tube?.dispose(), [tube]);
  const structure = tube ?? balls;
  const over = useMemo(() => points && BallPoints.over(points), [points]);
  useEffect(() => () => over?.dispose(), [over]);
  const slices = useMemo(() => new SlicePlanes(bounds), [bounds]);
  useEffect(() => () => slices.dispose(), [slices]);
  useEffect(() => slices.show(planes), [slices, planes]);
  const sight = useMemo(() => new ProjectionBox(bounds), [bounds]);
  useEffect(() => () => sight.dispose(), [sight]);
  useEffect(() => sight.show(projection), [sight, projection]);
  useEffect(() => shells?.paint(looks), [shells, looks]);
  useEffect(() => {
    const parts = {
      ...{ scene, shells, box, crosshair: cross, atoms: balls, points: over },
      ...{ projection: sight, material },
    };
    drawn.set(id, { spec, ...parts });
    invalidate();
  }, [drawn, id, spec, scene, shells, box, cross, balls, over, sight, material, invalidate]);
  useEffect(
    () => () => {
      drawn.delete(id);
      invalidate();
    },
    [drawn, id, invalidate],
  );

  const [x, y, z] = bounds.centre;
  return createPortal(
    <>
      <primitive object={box.lines.object} visible={boxed} />
      <primitive object={cross.object} visible={crosshair !== null} />
      <primitive object={slices.object} />
      <primitive object={sight.mesh} />
      {structure && atoms && (
        <primitive
          object={structure.object}
          position={[atoms.centre[0] - x, atoms.centre[1] - y, atoms.centre[2] - z]}
          quaternion={atoms.rotation}
        />
      )}
      {over && points && (
        <primitive
          object={over.object}
          position={[points.centre[0] - x, points.centre[1] - y, points.centre[2] - z]}
        />
      )}
      {shells && (
        <mesh
          geometry={shells.geometry}
          material={material}
          position={[-x, -y, -z]}
          frustumCulled={false}
          dispose={null}
        />
      )}
    </>,
    scene,
  );
});
