import { describe, expect, it } from 'vitest';
import { matching } from '../../ui/Palette.tsx';
import { ALL_COMMANDS, COMMANDS, commandOf, withKeys } from './commands.ts';
import type { Situation } from './situation.ts';

const EXPLAINED: Situation = {
  page: 'explain',
  volumes: 2,
  explained: true,
  evaluated: true,
  segmentable: true,
  segmented: true,
  tile: true,
  particle: false,
  placed: true,
  canUndo: true,
  canRedo: true,
};
const EMPTY: Situation = {
  page: 'explain',
  volumes: 0,
  explained: false,
  evaluated: false,
  segmentable: false,
  segmented: false,
  tile: false,
  particle: false,
  placed: false,
  canUndo: false,
  canRedo: false,
};
const PARTICLE: Situation = { ...EXPLAINED, tile: false, particle: true };
const BROWSING: Situation = { ...EXPLAINED, page: 'particles' };
const SITUATIONS: readonly Situation[] = [
  EXPLAINED,
  PARTICLE,
  BROWSING,
  EMPTY,
  { ...EXPLAINED, page: 'segment' },
  { ...EXPLAINED, page: 'evaluate' },
  { ...EXPLAINED, page: 'paper' },
];

/** A key press, e.g. `Ctrl+Shift+z`, `Meta+k`, `?`. */
function press(text: string): KeyboardEvent {
  const parts = text.split('+');
  const has = (modifier: string) => parts.includes(modifier);
  return {
    key: parts.at(-1),
    ctrlKey: has('Ctrl'),
    metaKey: has('Meta'),
    altKey: has('Alt'),
    shiftKey: has('Shift'),
  } as KeyboardEvent;
}

describe('the commands', () => {
  it.each<[key: string, id: keyof typeof COMMANDS]>([
    ['Ctrl+k', 'commands'],
    ['Meta+k', 'commands'],
    ['?', 'help'],
    ['Shift+?', 'help'],
    ['o', 'openVolumes'],
    ['n', 'network'],
    ['g', 'layers'],
    ['[', 'previousVolume'],
    [']', 'nextVolume'],
    ['1', 'volumes'],
    ['2', 'views'],
    ['3', 'classes'],
    ['4', 'levels'],
    ['s', 'savePicture'],
    ['Shift+S', 'savePicture'],
    ['c', 'copyPicture'],
    ['r', 'resetCamera'],
    ['Ctrl+z', 'undo'],
    ['Shift+Meta+z', 'redo'],
    ['Shift+Ctrl+Z', 'redo'],
    ['Ctrl+y', 'redo'],
  ])('%s does what the row %s says', (key, id) => {
    expect(commandOf(press(key), EXPLAINED)).toBe(COMMANDS[id]);
  });

  it.each(['5', 'x', 'Ctrl+s', 'Ctrl+c', 'Ctrl+r', 'Alt+s', 'Ctrl+Alt+z', 'Enter'])(
    '%s is left to the browser',
    (key) => {
      expect(commandOf(press(key), EXPLAINED)).toBeUndefined();
    },
  );

  it('are only those that do something now', () => {
    const names = (now: Situation) =>
      (Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).filter((id) => COMMANDS[id].when(now));
    const segmenting = ['segment', 'previousComponent', 'nextComponent'];
    const stepping = ['previousParticle', 'nextParticle'];
    const browsing = ['openParticles', ...stepping, 'explainParticle', 'scoreParticles'];
    const other = [...segmenting, ...browsing, 'particles'];
    const all = Object.keys(COMMANDS);
    expect(names(EXPLAINED)).toEqual(all.filter((id) => !other.includes(id)));
    expect(names(PARTICLE)).toEqual(expect.arrayContaining([...stepping, 'particles']));
    expect(names(PARTICLE)).not.toContain('nextVolume');
    expect(names(BROWSING)).toEqual(expect.arrayContaining(browsing));
    expect(names({ ...EXPLAINED, page: 'segment' })).toEqual(expect.arrayContaining(segmenting));
    expect(names(EMPTY)).not.toEqual(expect.arrayContaining(['savePicture', 'undo', 'nextVolume']));
    expect(names({ ...EXPLAINED, page: 'paper' })).toEqual(['commands', 'help']);
    expect(names({ ...EXPLAINED, page: 'evaluate' })).toEqual([
      ...['commands', 'help', 'openNetwork', 'openFolder'],
    ]);
  });

  it('have titles and shortcuts of their own', () => {
    for (const now of SITUATIONS) {
      const active = ALL_COMMANDS.filter((command) => command.when(now));
      const titles = active.map(({ title }) => title);
      const keys = active.flatMap((command) => command.keys);
      expect(new Set(titles).size).toBe(titles.length);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('show their shortcut in the tooltip', () => {
    expect(withKeys(COMMANDS.savePicture)).toBe('Picture… (S)');
    expect(withKeys(COMMANDS.undo, 'layer')).toBe('Undo: layer (Ctrl+Z)');
    expect(withKeys(COMMANDS.openNetwork)).toBe('Open a network');
  });

  it('are found by words of their title and detail, in any order', () => {
    const found = (query: string) => matching(ALL_COMMANDS, query).map(({ title }) => title);
    expect(found('paper colours:')).toEqual(['Colours: As in the paper']);
    expect(found('MRC first')).toEqual(['Save the first heatmap as MRC']);
    expect(found('colour-vision')).toEqual(['Colours: Blue to red']);
    expect(found('')).toHaveLength(ALL_COMMANDS.length);
    expect(found('nothing of this name')).toEqual([]);
    // Whoever types a whole title gets that command.
    for (const { title } of ALL_COMMANDS) expect(found(title)[0]).toBe(title);
  });
});
