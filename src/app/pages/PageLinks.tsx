import { hashOf, PAGE_IDS, type PageId } from '../routes.ts';
import { PAGES } from './index.tsx';
import styles from './PageLinks.module.css';

export function PageLinks({ current }: { readonly current: PageId }) {
  return (
    <nav className={styles.pageLinks} aria-label="Pages">
      {PAGE_IDS.map((id) => (
        <a key={id} href={hashOf(id)} aria-current={id === current ? 'page' : undefined}>
          {PAGES[id].title}
        </a>
      ))}
    </nav>
  );
}
