import { describe, expect, it } from 'vitest';
import { type Aim, DEFAULT_AIM, FIRST_PANELS, mapPanel } from '../../core/session/index.ts';
import { validate } from '../../core/schema/index.ts';
import { boxCentre } from '../../core/volume/index.ts';
import { createAppStores } from '../stores.ts';
import { fakeExplanation, fakeModel, fakeOpened, FakeServices, settle } from '../testing/fakes.ts';
import { DEFAULT_CAMERA, INITIAL_VIEW } from '../view.ts';
import { INITIAL_OPTIONS } from '../volumes.ts';
import { type AddressState, addressObstacle, addressOf, readAddress } from './address.ts';
import { sessionSchema, sessionToJson } from './document.ts';

const SAMPLE = {
  id: '1AON-0.1',
  path: 'samples/1AON-0.1.mrc',
  title: 'GroEL, SNR 0.1',
  classId: '1AON',
  className: 'GroEL',
  classIndex: 0,
  snr: 0.1,
} as const;

/** Stores with a gallery of one sample and a catalogue of one network, whose engine answers at once. */
async function app() {
  const services = new FakeServices();
  services.json.set('models', [{ id: 'net', title: 'Net', path: 'models/net/model.json' }]);
  services.json.set('samples', [SAMPLE]);
  const stores = createAppStores(() => services);
  await stores.actions.loadCatalogue('models');
  await stores.actions.loadGallery('samples');
  const answerAll = async () => {
    const { opens, engine } = services;
    for (let round = 0; round < 12; round++) {
      await settle();
      for (const call of opens.calls.splice(0)) call.answer([fakeOpened(call.request)]);
      for (const call of engine.loads.calls.splice(0)) call.answer(fakeModel(call.request.id));
      for (const call of engine.explains.calls.splice(0)) {
        call.answer(fakeExplanation(call.request));
      }
    }
  };
  return { stores, services, answerAll };
}

/** What can be seen, numbers included, without ids, which each visit gives itself. */
function seen({
  display,
  explain,
  view,
  volumes,
  occlusion,
}: Awaited<ReturnType<typeof app>>['stores']) {
  const { columns } = display.getState();
  const { layer, classIndex, aim, panels } = explain.getState();
  return {
    columns: columns.map(({ shown, inputIso }) => ({
      inputIso,
      map: shown && [...shown.map.data],
      levels: shown?.levels,
      classIndex: shown?.classIndex,
    })),
    ...{ layer, classIndex, aim },
    methods: panels.map((panel) => panel.shows === 'map' && panel.method),
    view: view.getState(),
    options: Object.values(volumes.getState().options),
    painted: Object.values(occlusion.getState().painted).map(({ rested }) => rested),
  };
}

const file = (name: string, text: string) => new File([text], name);

describe('a session', () => {
  it('shows the same state and numbers when it is opened again', async () => {
    const { stores, answerAll } = await app();
    const { actions } = stores;
    void actions.chooseSample(SAMPLE.id);
    void actions.chooseNetwork('net');
    await answerAll();
    void actions.openVolumes([{ name: 'own.mrc', source: file('own.mrc', 'abc'), origin: 'file' }]);
    await answerAll();
    actions.setInputOptions({ invert: true });
    actions.chooseLayer('conv1');
    actions.chooseClass(2);
    actions.setPanels([mapPanel('p1', 'hirescam'), mapPanel('p2', 'respond')]);
    actions.setView({ palette: 'paper', sign: 'positive' });
    actions.setLevels({ unit: 'sigma', values: [1, 2] });
    stores.view.setState({ camera: { ...DEFAULT_CAMERA, zoom: 2 }, crosshair: [1, 2, 3] });
    await answerAll();
    const { volume } = stores.explain.getState().answer!.prepared;
    const at = boxCentre(volume);
    actions.chooseBrush({ tip: 'ball', radius: 1.5 * volume.voxelSize[0] });
    actions.paint(volume, { from: at, to: at, section: null });
    actions.restBrush();
    const taken = await actions.takeSession('all', 'test');
    const before = seen(stores);
    expect(before.painted).toEqual([expect.objectContaining({ shape: volume.shape })]);
    const json: unknown = JSON.parse(JSON.stringify(sessionToJson(taken.session)));

    const again = await app();
    const session = validate(sessionSchema, json, 'session.json');
    expect(session).toEqual(taken.session);
    void again.stores.actions.openSession({ session, files: taken.files }, 'x.respond-cam');
    await again.answerAll();
    expect(seen(again.stores)).toEqual(before);
    expect(again.stores.volumes.getState().items.map(({ name }) => name)).toEqual([
      SAMPLE.title,
      'own.mrc',
    ]);
  });

  it('names what it lacks, keeps what is on screen, and continues when that is opened', async () => {
    const { stores, answerAll } = await app();
    const network = file('model.onnx', 'weights');
    void stores.actions.chooseSample(SAMPLE.id);
    void stores.actions.openNetwork([network]);
    await answerAll();
    stores.actions.chooseLayer('conv1');
    await answerAll();
    const taken = await stores.actions.takeSession('shown', 'test');
    const before = seen(stores);

    const again = await app();
    const { actions, notices, network: networks } = again.stores;
    await actions.openSession({ session: taken.session, files: [null] }, 'figure.png');
    const text = notices.getState().items.map((notice) => notice.text);
    expect(text).toEqual([expect.stringContaining('figure.png needs the network')]);
    expect(text[0]).toContain('model.onnx');
    expect(networks.getState().status).toBe('empty');
    // Another network is not what it waits for.
    const other = file('model.onnx', 'WEIGHTS');
    expect(await actions.giveSession([other])).toEqual([other]);
    const given = actions.giveSession([file('renamed.onnx', 'weights')]);
    await again.answerAll();
    expect(await given).toEqual([]);
    expect(seen(again.stores)).toEqual(before);
    expect(again.stores.session.getState()).toEqual({ pending: null, opening: false });
  });

  it('is refused in a sentence where it is none', async () => {
    const { stores, answerAll } = await app();
    void stores.actions.chooseSample(SAMPLE.id);
    await answerAll();
    const { session } = await stores.actions.takeSession('all', 'test');
    const json = sessionToJson(session) as { version: number };
    expect(() => validate(sessionSchema, { ...json, version: 99 }, 'a.respond-cam')).toThrow(
      'a.respond-cam: "version" is 99; accepted: a whole number from 1 to 1',
    );
    expect(() => validate(sessionSchema, [], 'a.respond-cam')).toThrow(/^a\.respond-cam: /);
  });
});

const USUAL: AddressState = {
  ...{ volume: SAMPLE.id, network: 'cnn-1-0.1', layer: null, classIndex: null },
  ...{ aim: DEFAULT_AIM, panels: FIRST_PANELS, options: INITIAL_OPTIONS, crosshair: null },
  view: INITIAL_VIEW,
};

const AIMS: readonly Aim[] = [
  { output: 'fc1/out; a', target: { kind: 'value' }, statistics: 'frozen' },
  { ...DEFAULT_AIM, target: { kind: 'difference', against: 4 } },
  { ...DEFAULT_AIM, target: { kind: 'segmentation', region: { kind: 'predicted' } } },
  ...(
    [
      { kind: 'ball', centre: [1, 2, 3.5], radius: 2.5 },
      { kind: 'box', from: [0, 0, 0], to: [4, 5, 6] },
    ] as const
  ).map((region): Aim => ({ ...DEFAULT_AIM, target: { kind: 'segmentation', region } })),
];

describe('an address', () => {
  it('is short and can be read', () => {
    expect(addressOf(USUAL)).toBe('v=1&volume=1AON-0.1&network=cnn-1-0.1');
    // A session that was read again holds the same panels in another order of their keys.
    const again = FIRST_PANELS.map(({ id, ...panel }) => ({ ...panel, id }));
    expect(addressOf({ ...USUAL, panels: again as typeof FIRST_PANELS })).toBe(addressOf(USUAL));
    const asked: AddressState = {
      ...USUAL,
      layer: 'maxpool2',
      classIndex: 3,
      panels: [
        mapPanel('p1', 'respond'),
        mapPanel('p2', 'grad', { layer: 'conv3', classIndex: 4 }),
      ],
      options: { ...INITIAL_OPTIONS, invert: true, fit: 'crop' },
      view: { ...INITIAL_VIEW, palette: 'paper', levels: { unit: 'percent', values: [30, 60] } },
    };
    expect(addressOf(asked)).toBe(
      'v=1&volume=1AON-0.1&network=cnn-1-0.1&layer=maxpool2&class=3&maps=respond,grad:layer=conv3:class=4&input=inverted,fit:crop&palette=paper&levels=percent,30,60',
    );
  });

  it.each<Partial<AddressState>>([
    { volume: 'local/a b%.mrc', network: 'models/my&net=1/model.json', layer: 'a/b:c,d' },
    ...AIMS.map((aim) => ({ aim })),
    {
      panels: [
        mapPanel('p1', 'respond', { aim: AIMS[0], network: 'cnn-2-inf', volume: '1BXN-inf' }),
        mapPanel('p2', 'gradpp'),
        { id: 'p3', shows: 'difference', kind: 'shells', of: ['p1', 'p2'] },
        { id: 'p4', shows: 'specific', kind: 'shells', of: ['p2'] },
      ],
    },
    {
      options: {
        ...{ invert: true, fit: 'resample', normalization: 'zscore' },
        ...{ voxelScale: 1.25, section: 12 },
      },
    },
    { crosshair: [200.5, -10, 3] },
    {
      view: {
        ...INITIAL_VIEW,
        ...{ sign: 'negative', scaleMode: 'own', sliceMix: 'heatmap', lengthUnit: 'Å' },
        levels: { unit: 'absolute', values: [0.00125, 3e-7] },
        inputLevel: { unit: 'sigma', value: 2.5 },
        maximised: 'p2',
        ...{ dust: 0, densityOpacity: 0.4, cut: 'corner', sliceLayout: 'projection' },
        unlinked: [
          {
            panel: 'p1',
            camera: { ...DEFAULT_CAMERA, quaternion: [0, 0, 0, 1] },
            crosshair: [1.5, -2, 3],
          },
        ],
        camera: {
          quaternion: [0, 0, 0, 1],
          zoom: 1.5,
          target: [10, -20, 0],
          projection: 'perspective',
        },
      },
    },
  ])('says everything: %j', (part) => {
    const state = { ...USUAL, ...part };
    const { theme: _, crosshair: __, ...looks } = state.view as typeof INITIAL_VIEW;
    const read = readAddress(addressOf(state))!;
    expect(read).toMatchObject({ ...state, view: looks });
  });

  it('of another version, or of none, says nothing', () => {
    expect(readAddress('v=2&volume=a')).toBeNull();
    expect(readAddress('sample=1AON-0.1&method=grad')).toBeNull();
    expect(readAddress('')).toBeNull();
  });

  it('leaves what it does not know as usual', () => {
    const read = readAddress(
      'v=1&volume=%E0%A4%A&class=-1&maps=nothing,9-10,grad:class=x&levels=percent,a&camera=0,0,0,0,1&palette=toString&input=fit:none:x,section:1.5&about=ball;1&at=1,2',
    );
    expect(read).toMatchObject({
      ...{ volume: '', classIndex: null, aim: DEFAULT_AIM, crosshair: null },
      options: INITIAL_OPTIONS,
      view: { levels: INITIAL_VIEW.levels, camera: DEFAULT_CAMERA, palette: 'diverging' },
    });
    expect(read?.panels.map((panel) => panel.shows === 'map' && panel.method)).toEqual(['grad']);
  });

  it('cannot say what is on this machine alone', async () => {
    const { stores, answerAll } = await app();
    void stores.actions.chooseSample(SAMPLE.id);
    void stores.actions.chooseNetwork('net');
    await answerAll();
    const shown = async () => (await stores.actions.takeSession('shown', 'x')).session;
    expect(addressObstacle(await shown())).toBeNull();
    void stores.actions.openVolumes([
      { name: 'own.mrc', source: file('own.mrc', 'a'), origin: 'file' },
    ]);
    await answerAll();
    expect(addressObstacle(await shown())).toBe('own.mrc is on this machine alone');
  });

  it('shows the same state and numbers when it is opened', async () => {
    const { stores, answerAll } = await app();
    const { actions } = stores;
    void actions.chooseSample(SAMPLE.id);
    void actions.chooseNetwork('net');
    await answerAll();
    const volume = stores.volumes.getState().currentId!;
    actions.setPanels([mapPanel('p1', 'hirescam'), mapPanel('p2', 'respond', { volume })]);
    actions.setInputOptions({ invert: true });
    actions.chooseClass(2);
    actions.setLevels({ unit: 'percent', values: [40] });
    await answerAll();
    const query = addressOf(actions.takeAddress());
    // The volume of a panel by its name, too.
    expect(query).toContain(`volume=${SAMPLE.id}`);
    expect(query).not.toContain(volume);
    const before = seen(stores);

    const again = await app();
    void again.stores.actions.openAddress(readAddress(query)!);
    await again.answerAll();
    expect(seen(again.stores)).toEqual(before);
    expect(addressOf(again.stores.actions.takeAddress())).toBe(query);
  });
});
