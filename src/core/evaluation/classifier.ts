import { badInput } from '../errors.ts';

/**
 * Accuracy and Table 1 are about classifiers.
 * @throws AppError `bad-input` for a network whose main output is no vector of class scores
 */
export function requireClassifier(network: {
  readonly title: string;
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
}): void {
  const [{ name, shape }] = network.outputs;
  if (shape.length === 1) return;
  throw badInput(
    `${network.title} is no classifier: its output ${name} has shape ${shape.join(' × ')}; accepted for an evaluation: networks that end in one score per class`,
  );
}
