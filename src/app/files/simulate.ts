import { badFile } from '../../core/errors.ts';
import {
  createSimulator,
  readTemplates,
  type Simulator,
  subtomogramFile,
  type Template,
} from '../../core/simulate/index.ts';
import { memorySource } from '../../core/volume/index.ts';
import type { OpenedVolume, Subtomogram } from '../../state/types.ts';
import { readVolumes } from './service.ts';

let templates: { readonly index: string; readonly read: Promise<Template[]> } | null = null;
let last: { readonly key: string; readonly simulator: Simulator } | null = null;

/**
 * Draws a subtomogram of the templates that `index` (an absolute address) lists, as if its file had
 * been opened. The templates are fetched once, the simulator is kept while SNR and seed stay.
 */
export async function simulate(index: string, wanted: Subtomogram): Promise<OpenedVolume[]> {
  const { snr, seed, classIndex, item, name } = wanted;
  if (templates?.index !== index) {
    const read = fetchTemplates(index);
    templates = { index, read };
    read.catch(() => {
      templates = null;
    });
  }
  const known = await templates.read;
  const key = `${index}|${snr}|${seed}`;
  if (last?.key !== key) last = { key, simulator: createSimulator(known, { snr, seed }) };
  const file = subtomogramFile(last.simulator, classIndex, item);
  const opened = await readVolumes(memorySource(name, file));
  return opened.map(({ whole: _, ...held }) => held);
}

/** The templates that a list at `index`, an absolute address, names. */
export async function fetchTemplates(index: string): Promise<Template[]> {
  const list: unknown = await (await get(index)).json();
  const bytes = async (file: string) =>
    new Uint8Array(await (await get(new URL(file, index).href)).arrayBuffer());
  return readTemplates(list, bytes, index);
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw badFile(url, `the answer was ${response.status}`, 'a file of this app');
  return response;
}
