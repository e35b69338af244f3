/**
 * Name of the kernel that does one step of Adam in place: inputs `w`, `m`, `v`, `g`, attributes `beta1`,
 * `beta2`, `scale`, `epsilon`, no output. No other tensor may share the data of the first three.
 */
export const AdamStep = 'AdamStep';
