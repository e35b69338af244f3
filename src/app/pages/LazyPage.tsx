import type { ReactNode } from 'react';
import { Boundary } from '../../ui/Boundary.tsx';
import { reloadApp } from '../resume.ts';

interface LazyPageProps {
  /** Title of the page. */
  readonly title: string;
  readonly children: ReactNode;
}

/** Room for a page that is fetched when shown; says so while it comes and when it cannot come. */
export function LazyPage({ title, children }: LazyPageProps) {
  return (
    <main className="page" id="page" tabIndex={-1}>
      <Boundary name={`The page ${title}`} onReload={reloadApp} waiting="Opening the page…">
        {children}
      </Boundary>
    </main>
  );
}
