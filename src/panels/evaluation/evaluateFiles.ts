import { networkFormatOf } from '../../core/network-formats.ts';
import { actions } from '../../state/index.ts';
import { pathOf } from '../../ui/fileDrop.ts';
import { openFiles } from '../openFiles.ts';

/** A folder of volumes may hold a `.json` of its own; a network is one by its main file. */
const isNetwork = (path: string) => {
  const format = networkFormatOf(path);
  return (
    format !== null &&
    format.id !== 'weights' &&
    (format.id !== 'json' || /(^|\/)model\.json$/i.test(path))
  );
};

/** Takes what was dropped or chosen on the evaluation page: a set of volumes, or a network. */
export async function evaluateFiles(files: readonly File[]): Promise<void> {
  if (files.some((file) => isNetwork(pathOf(file)))) {
    await openFiles(files);
    return;
  }
  actions.dismissErrors();
  const visible = files.filter(({ name }) => !name.startsWith('.'));
  actions.chooseEvaluationFiles(visible.map((file) => ({ path: pathOf(file), file })));
}
