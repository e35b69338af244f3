import { hashOf, PAGE_IDS, type PageId } from '../routes.ts';
import { PAGES } from './index.tsx';

export function PageLinks({ current }: { readonly current: PageId }) {
  return (
    <nav className="page-links" aria-label="Pages">
      {PAGE_IDS.map((id) => (
        <a key={id} href={hashOf(id)} aria-current={id === current ? 'page' : undefined}>
          {PAGES[id].title}
        </a>
      ))}
    </nav>
  );
}
