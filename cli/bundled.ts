import { join } from 'node:path';
import { isPackage, root } from '../scripts/setup.mjs';

/** Folder of the networks, samples and templates that come with the program: a package has them in its app. */
export const BUNDLED = join(root, isPackage ? 'dist' : 'public');
