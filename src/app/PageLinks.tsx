import { hashOf, type PageId } from './navigation.ts';
import { PAGES } from './pages.tsx';

export function PageLinks({ current }: { readonly current: PageId }) {
  return (
    <nav className="page-links" aria-label="Pages">
      {PAGES.map(({ id, title }) => (
        <a key={id} href={hashOf(id)} aria-current={id === current ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
