import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { badFile } from '../src/core/errors.ts';
import { acceptedNetworks, assertOpens } from '../src/core/network-formats.ts';
import { fileUrl } from '../src/engine/node.ts';
import type { UrlSource } from '../src/engine/types.ts';
import { BUNDLED } from './bundled.ts';

const FOLDER = join(BUNDLED, 'models');

/** Ids of the networks that come with the project. */
export function bundledModels(): string[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER).filter((id) => existsSync(join(FOLDER, id, 'model.json')));
}

/** Files that belong to a network, by their options. */
export interface Beside {
  readonly weights?: string;
  readonly config?: string;
  readonly labels?: string;
}

/**
 * The network that `--model` names: a bundled id, a file of a format that opens, or a folder that holds a
 * `model.json`.
 */
export function resolveModel(model: string, beside: Beside = {}): UrlSource {
  const ids = bundledModels();
  const { weights, config, labels } = beside;
  const apart = {
    ...(weights !== undefined && { weights: fileAt(weights, 'weights of the network') }),
    ...(config !== undefined && { config: fileAt(config, 'the configuration of the network') }),
    ...(labels !== undefined && { labels: fileAt(labels, 'the names of its classes') }),
  };
  if (ids.includes(model)) return { ...at(join(FOLDER, model, 'model.json'), model), ...apart };
  const accepted = `${ids.length > 0 ? `${ids.join(', ')}, or ` : ''}the path of a network: ${acceptedNetworks()}`;
  assertOpens(model);
  if (!existsSync(model)) throw badFile(model, 'there is no such network', accepted);
  const path = statSync(model).isDirectory() ? join(model, 'model.json') : model;
  return { ...at(path, model), ...apart };
}

function fileAt(path: string, accepted: string) {
  if (!existsSync(path)) throw badFile(path, 'there is no such file', accepted);
  return { url: fileUrl(path), label: path };
}

function at(path: string, id: string): UrlSource {
  return { kind: 'url', url: fileUrl(path), id, label: path };
}
