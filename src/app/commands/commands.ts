import { NETWORK_ACCEPT, openFiles, VOLUME_ACCEPT } from '../../panels/index.ts';
import { EVALUATION_EXPORTS, saveEvaluation } from '../../panels/evaluation/evaluationExports.ts';
import {
  SEGMENTATION_EXPORTS,
  saveSegmentation,
} from '../../panels/segmentation/segmentationExports.ts';
import { isAborted, sentence } from '../../core/errors.ts';
import { VIEW_KINDS, type ViewKind } from '../../core/session/index.ts';
import {
  actions,
  choiceRows,
  displayStore,
  mapColumns,
  PANEL_PRESETS,
  particlesStore,
  type PanelPreset,
  type PanelPresetId,
  DEFAULT_CAMERA,
  redo,
  SESSION_ENDING,
  undo,
  VIEW_CHOICES,
  type ViewChoice,
  viewStore,
} from '../../state/index.ts';
import { pickFiles } from '../../ui/pickFiles.ts';
import { PAGES } from '../pages/index.tsx';
import { goToPanel } from '../pages/explain/drawers.ts';
import { copyPicture } from '../picture/index.ts';
import { hashOf, PAGE_IDS, routeOf } from '../routes.ts';
import { saveSession } from '../session/file.ts';
import { startFresh } from '../session/fresh.ts';
import { COMPARISON_EXPORTS, saveComparison } from '../share/comparisonExports.ts';
import { COLUMN_EXPORTS, saveColumn } from '../share/columnExports.ts';
import { copyLink } from '../share/link.ts';
import { openDialog } from './dialogs.ts';
import { isPressed } from './keys.ts';
import type { Situation } from './situation.ts';

/** Something that can be done by its shortcut or by its name in the list of commands. */
export interface Command {
  readonly title: string;
  /** Says more where the title does not say all. */
  readonly detail?: string;
  /** The first is the one that is shown. */
  readonly keys: readonly string[];
  when(now: Situation): boolean;
  run(): void;
}

const always = () => true;
const explaining = ({ page }: Situation) => page === 'explain';
const explained = (now: Situation) => explaining(now) && now.explained;
const ofParticle = (now: Situation) => explaining(now) && now.particle;
const several = (now: Situation) => explaining(now) && now.volumes > 1 && !now.particle;
const browsing = ({ page, placed }: Situation) => page === 'particles' && placed;

const found = ({ page, segmented }: Situation) => page === 'segment' && segmented;

const open = (accept: string) => () => void pickFiles({ accept }).then(openFiles);
const reported = (work: () => Promise<void>, done?: string) => () =>
  void work().then(
    () => done && actions.inform(done),
    (error: unknown) => isAborted(error) || actions.reportError(sentence(error)),
  );

/** Commands with buttons or shortcuts, in the order of the help. */
export const COMMANDS = {
  commands: {
    title: 'All commands',
    keys: ['Ctrl+K'],
    when: always,
    run: () => openDialog('commands'),
  },
  help: { title: 'Help and shortcuts', keys: ['?'], when: always, run: () => openDialog('help') },
  openVolumes: {
    title: 'Open volumes or pictures',
    detail: 'They stay on this machine; files can also be dropped anywhere',
    keys: ['O'],
    when: ({ page }) => page === 'explain' || page === 'segment',
    run: open(VOLUME_ACCEPT),
  },
  openParticles: {
    title: 'Open a tomogram, a list of particles or both',
    keys: ['O'],
    when: ({ page }) => page === 'particles',
    run: () =>
      void pickFiles({}).then(async (files) => {
        const { particleFiles } = await import('../../panels/particles/particleFiles.ts');
        await particleFiles(files);
      }),
  },
  openNetwork: {
    title: 'Open a network',
    detail: 'ONNX, Keras, PyTorch, TensorFlow.js, safetensors',
    keys: [],
    when: ({ page }) => page !== 'paper',
    run: open(NETWORK_ACCEPT),
  },
  openFolder: {
    title: "Open a network's folder",
    detail: 'Of a TensorFlow.js, Keras or nnU-Net network with its weights beside it',
    keys: [],
    when: ({ page }) => page !== 'paper',
    run: () => void pickFiles({ folder: true }).then(openFiles),
  },
  network: {
    title: 'About the network',
    detail: 'What was found in its file, and what it expects',
    keys: ['N'],
    when: explaining,
    run: () => openDialog('network'),
  },
  layers: {
    title: 'Layers of the network',
    detail: 'As a graph: how they are connected, and which to explain at',
    keys: ['G'],
    when: explaining,
    run: () => openDialog('layers'),
  },
  walk: {
    title: 'How the map is made',
    detail: 'Channel by channel: feature maps, weights of both methods, and their sum (Figure 2)',
    keys: ['W'],
    when: explained,
    run: () => openDialog('walk'),
  },
  previousVolume: {
    title: 'Previous opened volume',
    keys: ['['],
    when: several,
    run: () => actions.stepVolume(-1),
  },
  nextVolume: {
    title: 'Next opened volume',
    keys: [']'],
    when: several,
    run: () => actions.stepVolume(1),
  },
  volumes: {
    title: 'Go to the volumes',
    keys: ['1'],
    when: explaining,
    run: () => goToPanel('volumes'),
  },
  views: { title: 'Go to the views', keys: ['2'], when: explaining, run: () => goToPanel('views') },
  classes: {
    title: 'Go to the classes',
    keys: ['3'],
    when: explaining,
    run: () => goToPanel('classes'),
  },
  levels: {
    title: 'Go to the levels',
    keys: ['4'],
    when: explaining,
    run: () => goToPanel('levels'),
  },
  copyLink: {
    title: 'Copy link',
    keys: ['L'],
    when: explained,
    run: reported(copyLink),
  },
  savePicture: {
    title: 'Picture…',
    detail: 'PNG that opens this comparison again, SVG or PDF; with preview',
    keys: ['S'],
    when: explained,
    run: () => openDialog('picture'),
  },
  copyPicture: {
    title: 'Copy the picture',
    keys: ['C'],
    when: explained,
    run: reported(copyPicture, 'The picture was copied.'),
  },
  saveSession: {
    title: 'Save the session',
    detail: 'Volumes, networks and all that is chosen, as one file',
    keys: [],
    when: ({ page, volumes }) => page === 'explain' && volumes > 0,
    run: reported(saveSession),
  },
  openSession: {
    title: 'Open a session or picture…',
    keys: [],
    when: explaining,
    run: open(`${SESSION_ENDING},.png`),
  },
  startFresh: {
    title: 'Start fresh',
    detail: 'Forgets what this browser kept of the session',
    keys: [],
    when: explaining,
    run: () => void startFresh(),
  },
  resetCamera: {
    title: 'Reset the camera',
    keys: ['R'],
    when: (now) => explaining(now) || found(now),
    run: () =>
      viewStore.setState(({ camera: { projection }, unlinked }) => {
        const camera = { ...DEFAULT_CAMERA, projection };
        return { camera, unlinked: unlinked.map((own) => ({ ...own, camera })) };
      }),
  },
  segment: {
    title: 'Segment the volume',
    detail: 'Runs the network over the whole of it, in tiles',
    keys: ['G'],
    when: ({ page, segmentable }) => page === 'segment' && segmentable,
    run: () => void actions.segment(),
  },
  previousComponent: {
    title: 'Previous component',
    keys: ['['],
    when: found,
    run: () => actions.stepComponent(-1),
  },
  nextComponent: {
    title: 'Next component',
    keys: [']'],
    when: found,
    run: () => actions.stepComponent(1),
  },
  whole: {
    title: 'Back to the whole volume',
    keys: ['B'],
    when: (now) => explaining(now) && now.tile,
    run: () => {
      actions.leaveTile();
      location.hash = hashOf('segment');
    },
  },
  previousParticle: {
    title: 'Previous particle',
    keys: ['['],
    when: (now) => ofParticle(now) || browsing(now),
    run: () => nextParticle(-1),
  },
  nextParticle: {
    title: 'Next particle',
    keys: [']'],
    when: (now) => ofParticle(now) || browsing(now),
    run: () => nextParticle(1),
  },
  particles: {
    title: 'Back to the particles',
    keys: ['B'],
    when: ofParticle,
    run: () => {
      location.hash = hashOf('particles');
    },
  },
  explainParticle: {
    title: 'Explain the particle',
    detail: 'Its box, on the page Explain',
    keys: ['E'],
    when: browsing,
    run: () => {
      const { current } = particlesStore.getState();
      if (current === null) return;
      void actions.explainParticle(current).then(() => {
        location.hash = hashOf('explain');
      });
    },
  },
  scoreParticles: {
    title: 'Score all particles',
    detail: 'Asks the network about each box',
    keys: [],
    when: browsing,
    run: () => void actions.scoreParticles(),
  },
  flipPanels: {
    title: 'Flip through the panels',
    detail: 'One after the other in the same place, so that what differs jumps out',
    keys: ['F'],
    when: explained,
    run: actions.flipPanels,
  },
  allPanels: {
    title: 'Show all panels',
    keys: ['A'],
    when: explained,
    run: () => viewStore.setState({ maximised: null }),
  },
  undo: {
    title: 'Undo',
    keys: ['Ctrl+Z'],
    when: (now) => explaining(now) && now.canUndo,
    run: undo,
  },
  redo: {
    title: 'Redo',
    keys: ['Shift+Ctrl+Z', 'Ctrl+Y'],
    when: (now) => explaining(now) && now.canRedo,
    run: redo,
  },
} as const satisfies Readonly<Record<string, Command>>;

/** With the comparison open, the next one is explained. */
function nextParticle(delta: number): void {
  if (routeOf(location.hash).page === 'explain') actions.explainNextParticle(delta);
  else actions.stepParticle(delta);
}

const PAGE_COMMANDS = PAGE_IDS.map(
  (id): Command => ({
    title: `Page: ${PAGES[id].title}`,
    keys: [],
    when: ({ page }) => page !== id,
    run: () => {
      location.hash = hashOf(id);
    },
  }),
);

const PRESET_COMMANDS = Object.entries<PanelPreset>(PANEL_PRESETS).map(
  ([id, { label, hint }]): Command => ({
    title: `Compare: ${label}`,
    detail: hint,
    keys: [],
    when: explained,
    run: () => actions.choosePreset(id as PanelPresetId),
  }),
);

const KIND_COMMANDS = (Object.keys(VIEW_KINDS) as ViewKind[]).map(
  (kind): Command => ({
    title: `Draw all panels as: ${VIEW_KINDS[kind].label}`,
    detail: VIEW_KINDS[kind].hint,
    keys: [],
    when: explained,
    run: () => actions.drawPanels(kind),
  }),
);

/** Of the first and the last of the panels. */
const HEATMAP_COMMANDS = (['first', 'last'] as const).flatMap((place) =>
  COLUMN_EXPORTS.map(
    (row): Command => ({
      title: `Save the ${place} heatmap as ${row.label}`,
      detail: row.hint,
      keys: [],
      when: explained,
      run: () => {
        const column = mapColumns(displayStore.getState()).at(place === 'first' ? 0 : -1);
        if (column) void saveColumn(column.id, row);
      },
    }),
  ),
);

export const COMPARISON_COMMANDS = COMPARISON_EXPORTS.map(
  (row): Command => ({
    title: `${row.title} (${row.label})`,
    detail: row.hint,
    keys: [],
    when: explained,
    run: reported(() => saveComparison(row)),
  }),
);

const EVALUATION_COMMANDS = EVALUATION_EXPORTS.map(
  (row): Command => ({
    title: `Save the evaluation as ${row.label}`,
    detail: row.hint,
    keys: [],
    when: ({ page, evaluated }) => page === 'evaluate' && evaluated,
    run: () => saveEvaluation(row),
  }),
);

const SEGMENTATION_COMMANDS = SEGMENTATION_EXPORTS.map(
  (row): Command => ({
    title: `Save the segmentation as ${row.label}`,
    detail: row.hint,
    keys: [],
    when: found,
    run: () => saveSegmentation(row),
  }),
);

const VIEW_COMMANDS = (Object.keys(VIEW_CHOICES) as ViewChoice[]).flatMap((choice) =>
  choiceRows(choice).map(
    ({ value, label, hint }): Command => ({
      title: `${VIEW_CHOICES[choice].title}: ${label}`,
      detail: hint,
      keys: [],
      when: choice === 'theme' ? always : explaining,
      run: () => actions.setView({ [choice]: value }),
    }),
  ),
);

export const ALL_COMMANDS: readonly Command[] = [
  ...Object.values(COMMANDS),
  ...PAGE_COMMANDS,
  ...PRESET_COMMANDS,
  ...COMPARISON_COMMANDS,
  ...KIND_COMMANDS,
  ...HEATMAP_COMMANDS,
  ...EVALUATION_COMMANDS,
  ...SEGMENTATION_COMMANDS,
  ...VIEW_COMMANDS,
];

/** The command of a key press; none for a key that does nothing now. */
export function commandOf(event: KeyboardEvent, now: Situation): Command | undefined {
  return ALL_COMMANDS.find(
    ({ keys, when }) => keys.some((shortcut) => isPressed(shortcut, event)) && when(now),
  );
}

/** A tooltip: the command, what it is about now, and its shortcut. */
export function withKeys({ title, keys }: Command, about?: string): string {
  return `${about ? `${title}: ${about}` : title}${keys.length > 0 ? ` (${keys[0]})` : ''}`;
}
