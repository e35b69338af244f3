import { useStore } from 'zustand';
import { actions, type EngineState, engineStore } from '../state/index.ts';
import { ProcessorIcon } from '../ui/icons.tsx';
import { Select } from '../ui/Select.tsx';
import styles from './BackendPicker.module.css';

const NAMES = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'JavaScript' } as const;

/** What computes: chosen by itself, shown always, changeable. */
export function BackendPicker() {
  const { backend, choice, status } = useStore(engineStore);
  const available = backend?.available ?? [];
  return (
    <Select
      className="backend"
      label={
        backend
          ? `Computed by ${NAMES[backend.name]}: ${backend.device}. ${backend.reason}`
          : 'Computation'
      }
      value={backend ? choice : null}
      placeholder={status === 'error' ? 'No engine' : 'Starting…'}
      shown={
        <>
          <span className={styles.icon}>
            <ProcessorIcon />
          </span>
          <span className={styles.name}>
            {status === 'switching' ? 'Switching…' : backend && NAMES[backend.name]}
          </span>
        </>
      }
      disabled={status === 'switching'}
      onChange={(next) => void actions.chooseBackend(next as EngineState['choice'])}
      groups={[
        { items: [{ value: 'auto', label: 'Automatic' }] },
        {
          label: backend?.device,
          items: available.map((name) => ({ value: name, label: NAMES[name] })),
        },
      ]}
    />
  );
}
