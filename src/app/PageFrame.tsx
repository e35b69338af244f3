import { Component, type ReactNode, Suspense } from 'react';
import { sentence } from '../core/errors.ts';
import { Button } from '../ui/Button.tsx';

/** Room for a page that is fetched when shown; says so while it comes and when it cannot come. */
export function PageFrame({ children }: { readonly children: ReactNode }) {
  return (
    <main className="page" id="page" tabIndex={-1}>
      <PageBoundary>
        <Suspense fallback={<p className="empty">Opening the page…</p>}>{children}</Suspense>
      </PageBoundary>
    </main>
  );
}

class PageBoundary extends Component<{ readonly children: ReactNode }, { failure: string | null }> {
  override state = { failure: null };

  static getDerivedStateFromError(error: unknown) {
    return { failure: sentence(error) };
  }

  override render() {
    if (!this.state.failure) return this.props.children;
    return (
      <div className="page-failure" role="alert">
        <p>This page could not be shown: {this.state.failure}</p>
        <Button onClick={() => location.reload()}>Load it again</Button>
      </div>
    );
  }
}
