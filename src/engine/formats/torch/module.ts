import { badFile } from '../../../core/errors.ts';
import { ACCEPTED_TORCH, TorchTensor } from './container.ts';
import { Inert } from './pickle.ts';
import { withoutWrappers } from './state.ts';

/** Modules within modules. */
const DEEPEST = 100;
const MOST_MODULES = 100_000;

const attributesOf = (module: Inert): ReadonlyMap<unknown, unknown> => {
  const { attributes } = module;
  return attributes instanceof Map ? attributes : new Map();
};

const mapOf = (value: unknown): ReadonlyMap<unknown, unknown> =>
  value instanceof Map ? value : new Map();

/** Whether an object of a pickle is a `torch.nn.Module`: known by its attributes, whatever its class. */
export function isModule(value: unknown): value is Inert {
  if (!(value instanceof Inert)) return false;
  const attributes = attributesOf(value);
  return attributes.has('_modules') && attributes.has('_parameters');
}

/** Class without its package, e.g. `Conv3d`. */
export const classOf = ({ className }: Inert) => className.split('.').at(-1) ?? className;

/** Attribute of a module, e.g. `kernel_size`. */
export const attribute = (module: Inert, name: string) => attributesOf(module).get(name);

/** Modules inside a module by name, in order. */
export function children(module: Inert): readonly (readonly [string, Inert])[] {
  return [...mapOf(attribute(module, '_modules'))].flatMap(([name, one]) =>
    isModule(one) && typeof name === 'string' ? [[name, one] as const] : [],
  );
}

/** Parameters and buffers by the names that a state dict would give them. */
export function weightsOfModule(module: Inert, file: string): ReadonlyMap<string, TorchTensor> {
  const found = new Map<string, TorchTensor>();
  let left = MOST_MODULES;
  const visit = (one: Inert, path: string, depth: number) => {
    if (--left < 0 || depth > DEEPEST)
      throw badFile(
        file,
        `modules nested over ${DEEPEST} deep or over ${MOST_MODULES} of them`,
        ACCEPTED_TORCH,
      );
    for (const part of ['_parameters', '_buffers'])
      for (const [name, tensor] of mapOf(attribute(one, part)))
        if (tensor instanceof TorchTensor && typeof name === 'string')
          found.set(`${path}${name}`, tensor);
    for (const [name, inner] of children(one)) visit(inner, `${path}${name}.`, depth + 1);
  };
  visit(module, '', 0);
  return found;
}

/** Every module inside one by its path, as the names of its weights have it; `wrapper` is left out in front. */
export function modulesByPath(module: Inert, wrapper: string): ReadonlyMap<string, Inert> {
  const found = new Map<string, Inert>();
  const visit = (one: Inert, path: string, depth: number) => {
    if (found.size > MOST_MODULES || depth > DEEPEST) return;
    for (const [name, inner] of children(one)) {
      const own = path === '' ? name : `${path}.${name}`;
      const plain = withoutWrappers(own);
      found.set(plain.startsWith(wrapper) ? plain.slice(wrapper.length) : plain, inner);
      visit(inner, own, depth + 1);
    }
  };
  visit(module, '', 0);
  return found;
}
