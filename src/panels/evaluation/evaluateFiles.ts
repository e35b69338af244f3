import { actions } from '../../state/index.ts';
import { pathOf } from '../../ui/fileDrop.ts';
import { openFiles } from '../openFiles.ts';

const NETWORK = /(^|\/)(model\.json|[^/]*\.(keras|h5|hdf5|onnx))$/i;

/** Takes what was dropped or chosen on the evaluation page: a set of volumes, or a network. */
export async function evaluateFiles(files: readonly File[]): Promise<void> {
  if (files.some((file) => NETWORK.test(pathOf(file)))) {
    await openFiles(files);
    return;
  }
  const visible = files.filter(({ name }) => !name.startsWith('.'));
  actions.chooseEvaluationFiles(visible.map((file) => ({ path: pathOf(file), file })));
}
