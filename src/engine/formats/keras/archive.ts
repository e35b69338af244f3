import { badFile } from '../../../core/errors.ts';
import { allOf, type Stored } from '../../model/stored.ts';
import { readZip } from '../zip.ts';

const ACCEPTED = 'a network saved by Keras 3 with model.save("name.keras")';

export interface KerasArchive {
  readonly config: string;
  readonly weights: Uint8Array;
  /** `keras_version`, e.g. `3.15.1`; empty where the file does not say. */
  readonly version: string;
}

/**
 * Configuration and weights of a `.keras` file.
 * @throws AppError `bad-file` for another kind of archive, damage and archives that unpack out of proportion
 */
export function readKerasArchive(archive: Stored, file: string): KerasArchive {
  const entries = readZip(archive, file, ACCEPTED);
  const config = entries.get('config.json');
  const weights = entries.get('model.weights.h5');
  if (!config) {
    const torch = [...entries.keys()].some((name) => name.endsWith('data.pkl'));
    throw badFile(
      file,
      torch
        ? 'a PyTorch file, not Keras: it has no config.json'
        : 'a zip archive without config.json, not a Keras network',
      ACCEPTED,
    );
  }
  if (!weights) throw badFile(file, 'it has no model.weights.h5', ACCEPTED);
  const text = (entry: Stored) => new TextDecoder().decode(allOf(entry));
  const metadata = entries.get('metadata.json');
  const version = metadata && /"keras_version": *"([\d.]+)"/.exec(text(metadata))?.[1];
  return { config: text(config), weights: allOf(weights), version: version ?? '' };
}
