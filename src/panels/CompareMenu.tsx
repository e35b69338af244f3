import { useStore } from 'zustand';
import {
  actions,
  explainStore,
  networkStore,
  PANEL_PRESETS,
  type PanelPreset,
  type PanelPresetId,
  volumesStore,
} from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { CompareIcon } from '../ui/icons.tsx';
import { Menu } from '../ui/Menu.tsx';

/** What is compared: usual comparisons, and one panel more. */
export function CompareMenu() {
  const sources = {
    volumes: useStore(volumesStore),
    network: useStore(networkStore),
    explain: { answer: useStore(explainStore, (state) => state.answer) },
  };
  const presets = Object.entries<PanelPreset>(PANEL_PRESETS).map(([id, preset]) => {
    const found = preset.panels(sources);
    const missing = typeof found === 'string';
    return {
      label: preset.label,
      hint: missing ? `${preset.hint}; ${found}` : preset.hint,
      disabled: missing,
      run: () => actions.choosePreset(id as PanelPresetId),
    };
  });
  const more = [
    {
      label: 'One panel more',
      hint: 'Choose its method, class, layer or network in its head',
      run: () => actions.addPanel('respond'),
    },
  ];
  return (
    <Menu label="What is compared" groups={[presets, more]}>
      <Button>
        <CompareIcon />
        Compare
      </Button>
    </Menu>
  );
}
