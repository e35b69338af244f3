import { useStore } from 'zustand';
import { actions, choiceRows, VIEW_CHOICES, type ViewChoice, viewStore } from '../state/index.ts';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';

/** One of the choices about how things are drawn, all its values in sight. */
export function ViewToggle({ choice }: { readonly choice: ViewChoice }) {
  const value = useStore(viewStore, (view) => view[choice]);
  return (
    <ToggleGroup<string>
      label={VIEW_CHOICES[choice].title}
      value={value}
      choices={choiceRows(choice)}
      onChange={(next) => actions.setView({ [choice]: next })}
    />
  );
}
