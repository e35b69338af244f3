import type { EmbeddedAnswer, OpenRequest } from '../../core/embedding/index.ts';
import { badInput } from '../../core/errors.ts';
import {
  actions,
  type Answer,
  explainStore,
  networkStore,
  noticesStore,
  shownClass,
  volumesStore,
} from '../../state/index.ts';

/** Volumes that came by message: the next one takes their place. */
let shown: readonly string[] = [];

/** Shows what is asked for, and gives the answer about it; throws the sentence that the app shows instead. */
export async function showEmbedded({ volume, network }: OpenRequest): Promise<EmbeddedAnswer> {
  const known = new Set(noticesStore.getState().items.map(({ id }) => id));
  const failure = () =>
    noticesStore.getState().items.find(({ id, tone }) => tone === 'error' && !known.has(id))?.text;
  if (network !== undefined) await chooseNetwork(network);
  else await actions.takeFirstNetwork('samples');
  const networkError = failure() ?? networkStore.getState().error;
  if (networkError) throw badInput(networkError);
  if (volume) {
    const before = volumesStore.getState().currentId;
    const { name, bytes } = volume;
    await actions.openVolumes([{ name, source: new Blob([bytes]), origin: 'file' }]);
    const { items, currentId } = volumesStore.getState();
    if (!currentId || currentId === before) throw badInput(failure() ?? `${name}: was not opened`);
    for (const id of shown) actions.removeVolume(id);
    const current = items.find(({ id }) => id === currentId);
    shown = items.filter(({ file }) => file === current?.file).map(({ id }) => id);
  }
  return answerOf(await settled());
}

async function chooseNetwork(network: NonNullable<OpenRequest['network']>): Promise<void> {
  if (typeof network !== 'string') {
    await actions.openNetwork(network.map(({ name, bytes }) => new File([bytes], name)));
    return;
  }
  const ids = networkStore.getState().catalogue.map(({ id }) => id);
  if (!ids.includes(network)) {
    throw badInput(`There is no network '${network}'; accepted: ${ids.join(', ')}, or its files`);
  }
  await actions.chooseNetwork(network);
}

/** The answer about what is chosen, as soon as it is there. */
function settled(): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const { status, answer, stale, error, mismatch } = explainStore.getState();
      const current = answer?.item.id === volumesStore.getState().currentId;
      if (status === 'ready' && answer && current && !stale) resolve(answer);
      else if (mismatch ?? (status === 'error' && error)) reject(badInput(mismatch ?? error!));
      else return;
      stop();
    };
    const stop = explainStore.subscribe(look);
    look();
  });
}

function answerOf({ item, model, prepared, result }: Answer): EmbeddedAnswer {
  const classIndex = shownClass(explainStore.getState()) ?? result.predicted;
  const maps = result.layers.flatMap(({ name, classes }) =>
    Object.entries(classes.find(({ index }) => index === classIndex)?.methods ?? {}).map(
      ([method, { shape, data, sum }]) => ({ method, layer: name, classIndex, shape, data, sum }),
    ),
  );
  const { scores, probabilities, predicted } = result;
  const { steps } = prepared;
  const names = { volume: item.name, network: model.title, classes: model.classes };
  return { ...names, scores, probabilities, predicted, maps, steps };
}
