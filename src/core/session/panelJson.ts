import { CAM_METHODS } from '../cam/types.ts';
import { either, line, list, object, oneOf, refine, type Schema, whole } from '../schema/index.ts';
import { aimSchema, aimToJson } from './aimJson.ts';
import { isMapPanel, type Panel } from './panel.ts';
import { VIEW_KINDS, type ViewKind } from './viewKinds.ts';

/** More than any screen holds. */
const MOST_PANELS = 64;

const id = line(40);
const kind = oneOf(...(Object.keys(VIEW_KINDS) as ViewKind[]));

const panel: Schema<Panel> = either(
  object({
    id,
    kind,
    shows: oneOf('map'),
    method: oneOf(...CAM_METHODS),
    overrides: object(
      {},
      {
        volume: line(1000),
        network: line(1000),
        layer: line(1000),
        aim: aimSchema,
        classIndex: whole({ max: 1e6 }),
      },
    ),
  }),
  either(
    object({ id, kind, shows: oneOf('difference'), of: pair(id) }),
    object({ id, kind, shows: oneOf('specific'), of: single(id) }),
  ),
);

function pair<T>(item: Schema<T>): Schema<readonly [T, T]> {
  const two = list(item, { min: 2, max: 2 });
  return (value, at) => {
    const [first, second] = two(value, at);
    return [first, second];
  };
}

function single<T>(item: Schema<T>): Schema<readonly [T]> {
  const one = list(item, { min: 1, max: 1 });
  return (value, at) => [one(value, at)[0]];
}

/** Panels as {@link panelsToJson} writes them: every id once, and what is made of panels that are there. */
export const panelsSchema: Schema<readonly Panel[]> = refine(
  list(panel, { max: MOST_PANELS }),
  'panels with ids of their own, and differences of such with maps',
  (panels) => {
    const maps = panels.filter(isMapPanel).map((one) => one.id);
    const named = panels.every(
      (one) => isMapPanel(one) || [...one.of].every((of) => maps.includes(of)),
    );
    return named && new Set(panels.map((one) => one.id)).size === panels.length;
  },
);

export function panelsToJson(panels: readonly Panel[]): unknown[] {
  return panels.map((one) => {
    if (!isMapPanel(one) || !one.overrides.aim) return one;
    return { ...one, overrides: { ...one.overrides, aim: aimToJson(one.overrides.aim) } };
  });
}
