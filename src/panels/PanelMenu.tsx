import { useStore } from 'zustand';
import {
  isMapPanel,
  type MapPanel,
  type PanelOverrides,
  VIEW_KINDS,
  type ViewKind,
} from '../core/session/index.ts';
import {
  actions,
  type Column,
  displayStore,
  explainStore,
  linkPanel,
  networkStore,
  viewStore,
  volumesStore,
} from '../state/index.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { CompareIcon, MoreIcon } from '../ui/icons.tsx';
import { Menu, type MenuItem } from '../ui/Menu.tsx';
import { firstWords, withoutId } from './classNames.ts';
import { subjectOf, differingParts } from './columnNames.ts';

interface PanelMenuProps {
  readonly column: Column;
  /** For assistive technology. */
  readonly name: string;
  readonly exports: readonly MenuItem[];
}

const ALL = 'Show all panels';

/** What can be done with a panel: shown large, moved, copied, saved, removed. */
export function PanelMenu({ column, name, exports }: PanelMenuProps) {
  const { id, panel } = column;
  const panels = useStore(explainStore, (state) => state.panels);
  const maximised = useStore(viewStore, (view) => view.maximised);
  const apart = useStore(viewStore, ({ unlinked }) =>
    unlinked.some((own) => own.panel === column.id),
  );
  if (!panel) return null;
  const at = panels.findIndex((one) => one.id === id);
  const isLarge = maximised === id;
  const showAll = () => viewStore.setState({ maximised: null });
  const place: MenuItem[] = [
    {
      label: isLarge ? ALL : 'Show large',
      run: isLarge ? showAll : () => viewStore.setState({ maximised: id }),
    },
    { label: 'Move left', disabled: at <= 0, run: () => actions.movePanel(id, -1) },
    {
      label: 'Move right',
      disabled: at === panels.length - 1,
      run: () => actions.movePanel(id, 1),
    },
    {
      label: 'Camera and crosshair of its own',
      checked: apart,
      run: () => linkPanel(viewStore, id, apart),
    },
  ];
  const kinds = (Object.keys(VIEW_KINDS) as ViewKind[]).map(
    (kind): MenuItem => ({
      label: VIEW_KINDS[kind].label,
      hint: VIEW_KINDS[kind].hint,
      checked: panel.kind === kind,
      run: () => actions.drawPanel(id, kind),
    }),
  );
  const kept = keptOverrides(column);
  const copies: MenuItem[] = [
    ...(kept
      ? [
          {
            label: 'Keep as it is',
            hint: 'Stays when volume, network, layer or class at the top change',
            run: () => actions.overridePanel(id, kept),
          },
        ]
      : []),
    ...(isMapPanel(panel)
      ? [
          { label: 'Copy beside it', run: () => actions.addPanel(panel.method, id) },
          {
            label: 'This class alone beside it',
            hint: 'What is left without the mean over all classes',
            run: () => actions.addSpecific(id),
          },
        ]
      : []),
    {
      label: 'Remove',
      disabled: panels.length === 1,
      run: () => actions.removePanel(id),
    },
  ];
  return (
    <>
      {isLarge && panels.length > 1 && (
        <IconButton label={ALL} icon={<CompareIcon />} onClick={showAll} />
      )}
      <Menu label={`Panel ${name}`} groups={[kinds, place, copies, exports]}>
        <Button tone="quiet" shape="icon" aria-label={`More for ${name}`}>
          <MoreIcon />
        </Button>
      </Menu>
    </>
  );
}

/** What a panel shows now, as its own choice; null where it is that already. */
function keptOverrides({ panel, shown, answer }: Column): PanelOverrides | null {
  if (!panel || !isMapPanel(panel) || !shown || !answer) return null;
  const { volume, network, layer, classIndex } = panel.overrides;
  if ([volume, network, layer, classIndex].every((one) => one !== undefined)) return null;
  const { item, model, result } = answer;
  return {
    ...panel.overrides,
    volume: item.sample?.id ?? item.id,
    network: model.id,
    layer: result.layers[0].name,
    classIndex: shown.classIndex,
  };
}

type OverrideKey = keyof PanelOverrides;

/** What a panel asks in place of the header, each with the way back to it. */
export function OverrideChips({
  panel,
  column,
}: {
  readonly panel: MapPanel;
  readonly column: Column;
}) {
  const items = useStore(volumesStore, (state) => state.items);
  const gallery = useStore(volumesStore, (state) => state.gallery);
  const { catalogue, opened, model } = useStore(networkStore);
  const columns = useStore(displayStore, (display) => display.columns);
  const words: Readonly<Record<OverrideKey, () => string>> = {
    volume: () => {
      const id = panel.overrides.volume;
      return (
        items.find((item) => item.id === id || item.sample?.id === id)?.name ??
        gallery.find((sample) => sample.id === id)?.title ??
        'another volume'
      );
    },
    network: () => {
      const id = panel.overrides.network;
      return [...catalogue, ...opened].find((one) => one.id === id)?.title ?? 'another network';
    },
    layer: () => panel.overrides.layer ?? '',
    aim: () => 'another number',
    classIndex: () => {
      const classes = column.answer?.model.classes ?? model?.classes ?? [];
      const index = panel.overrides.classIndex ?? 0;
      return withoutId(classes[index] ?? `class ${index + 1}`);
    },
  };
  const own = (Object.keys(words) as OverrideKey[]).filter(
    (key) => panel.overrides[key] !== undefined,
  );
  return own.map((key) => {
    const text = words[key]();
    const others = columns.flatMap((one) => (key === 'aim' ? [] : (subjectOf(one)?.[key] ?? [])));
    const several = new Set(others).size;
    const distinct = key === 'classIndex' && new Set(others.map(firstWords)).size === several;
    const names = distinct ? [text, ...others].map(firstWords) : [text, ...others];
    const [short] = several > 1 ? differingParts(names) : names;
    return (
      <Chip
        key={key}
        label={`${text}, follow the choice at the top again`}
        hint={`${text}. Click to follow the choice at the top again.`}
        onRemove={() => {
          const { [key]: _, ...rest } = panel.overrides;
          actions.overridePanel(panel.id, rest);
        }}
      >
        {short}
      </Chip>
    );
  });
}
