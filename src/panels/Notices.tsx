import { useStore } from 'zustand';
import { actions, noticesStore } from '../state/index.ts';
import { Banner } from '../ui/Banner.tsx';

export function Notices() {
  const items = useStore(noticesStore, (state) => state.items);
  return (
    <div className="notices">
      {items.map(({ id, tone, text }) => (
        <Banner key={id} tone={tone} text={text} onDismiss={() => actions.dismissNotice(id)} />
      ))}
    </div>
  );
}
