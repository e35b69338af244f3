export { type DocumentKind, parseJson, validate } from './document.ts';
export {
  anyObject,
  anything,
  boolean,
  either,
  type Infer,
  line,
  list,
  Mismatch,
  nullable,
  number,
  object,
  oneOf,
  type Place,
  refine,
  type Schema,
  text,
  whole,
} from './schema.ts';
export { pathWithin } from './path.ts';
export { quoted } from './show.ts';
