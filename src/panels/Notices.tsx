import { useStore } from 'zustand';
import { actions, noticesStore } from '../state/index.ts';
import { Banner } from '../ui/Banner.tsx';
import styles from './Notices.module.css';

export function Notices() {
  const items = useStore(noticesStore, (state) => state.items);
  return (
    <div className={styles.notices}>
      {items.map(({ id, tone, text, times, remedy }) => (
        <Banner
          key={text}
          tone={tone}
          text={times > 1 ? `${text} (${times} times)` : text}
          remedy={remedy}
          onDismiss={() => actions.dismissNotice(id)}
        />
      ))}
    </div>
  );
}
