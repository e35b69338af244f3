import { version } from '../../package.json';

/** What files say that made them. */
export const PROGRAM = `Respond-CAM ${version}`;
