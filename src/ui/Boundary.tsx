import { Component, type ErrorInfo, type ReactNode, Suspense } from 'react';
import { sentence } from '../core/errors.ts';
import { Button } from './Button.tsx';
import { classes } from './classes.ts';
import styles from './Boundary.module.css';

interface BoundaryProps {
  /** What is inside, as it begins a sentence, e.g. "The class list". */
  readonly name: string;
  /** Shown while code of what is inside is fetched, e.g. "Opening the page…". */
  readonly waiting?: string;
  /** A failure is forgotten when this changes, e.g. with another network. */
  readonly resetKey?: unknown;
  /** Loads the page again; offered where given. */
  readonly onReload?: () => void;
  /** Lines for a report, beside the error itself. */
  readonly context?: readonly string[];
  /** Where it stands in the layout. */
  readonly className?: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly error: unknown;
  readonly failed: boolean;
  /** Components around the one that failed. */
  readonly where: string;
  readonly resetKey: unknown;
  readonly copied: boolean;
}

/** What fails inside leaves the rest of the page as it is, and says so. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = {
    error: null,
    failed: false,
    where: '',
    resetKey: this.props.resetKey,
    copied: false,
  };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error, failed: true, copied: false };
  }

  static getDerivedStateFromProps(
    { resetKey }: BoundaryProps,
    state: BoundaryState,
  ): Partial<BoundaryState> | null {
    return resetKey === state.resetKey ? null : { resetKey, failed: false, error: null };
  }

  override componentDidCatch(_: unknown, { componentStack }: ErrorInfo) {
    this.setState({ where: componentStack ?? '' });
  }

  private readonly retry = () => this.setState({ failed: false, error: null });

  private readonly copy = () => {
    navigator.clipboard
      .writeText(this.details())
      .then(() => this.setState({ copied: true }))
      .catch(() => undefined); // The text can be selected below.
  };

  private details(): string {
    const { name, context = [] } = this.props;
    const { error, where } = this.state;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [`${name} failed`, ...context, navigator.userAgent, '', stack, where.trimEnd()].join(
      '\n',
    );
  }

  override render() {
    const { name, waiting, onReload, className = '', children } = this.props;
    if (!this.state.failed)
      return waiting === undefined ? (
        children
      ) : (
        <Suspense fallback={<p className="empty">{waiting}</p>}>{children}</Suspense>
      );
    return (
      <div className={classes(styles.boundary, className)} role="alert">
        <p>
          <strong>{name} could not be shown.</strong>
          {!onReload && ' The rest of the page still works.'}
        </p>
        <p className="small">{sentence(this.state.error)}</p>
        <div className="button-row">
          <Button tone="primary" onClick={this.retry}>
            Try again
          </Button>
          {onReload && <Button onClick={onReload}>Reload the page</Button>}
          <Button onClick={this.copy}>{this.state.copied ? 'Copied' : 'Copy details'}</Button>
        </div>
        <details>
          <summary>Details</summary>
          <pre>{this.details()}</pre>
        </details>
      </div>
    );
  }
}
