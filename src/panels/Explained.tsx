import { Term } from '../ui/Tooltip.tsx';
import type { ReactNode } from 'react';
import { GLOSSARY, type Topic } from './glossary.ts';

/** A word with its explanation. */
export function Explained({
  topic,
  children,
}: {
  readonly topic: Topic;
  readonly children: ReactNode;
}) {
  return <Term text={GLOSSARY[topic]}>{children}</Term>;
}
