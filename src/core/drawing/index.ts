export { toBase64 } from '../base64.ts';
export { writePdf } from './pdf.ts';
export { writeSvg } from './svg.ts';
export type * from './types.ts';
