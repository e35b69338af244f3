import { GLOSSARY } from '../../panels/glossary.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { type Command, COMMANDS } from './commands.ts';
import styles from './HelpDialog.module.css';

/** Keys that work where the focus is. */
const LOCAL_KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['↑  ↓', 'Previous, next class (in the class list)'],
];

const SHORTCUTS = [
  ...Object.values<Command>(COMMANDS)
    .filter(({ keys }) => keys.length > 0)
    .map(({ keys, title }) => [keys[0], title] as const),
  ...LOCAL_KEYS,
];

interface HelpDialogProps {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
}

export function HelpDialog(props: HelpDialogProps) {
  return (
    <Dialog title="What you see" {...props}>
      <p>
        A 3D network gave the subtomogram a score for every class. Each heatmap says how much each
        place of one layer adds to the score of the chosen class (red) or takes from it (blue), at
        that layer's resolution. It is no proof of what the network needs: a map may be nearly the
        same for every class, which the correlations under the classes say. All columns share the
        camera, the crosshair and the contour levels, so what differs is the method.
      </p>
      <dl className={styles.glossary}>
        <dt>Respond-CAM</dt>
        <dd>{GLOSSARY.respond}</dd>
        <dt>Grad-CAM</dt>
        <dd>{GLOSSARY.grad}</dd>
        <dt>Σ, sum of a map</dt>
        <dd>{GLOSSARY.sum}</dd>
        <dt>Ledger</dt>
        <dd>{GLOSSARY.ledger}</dd>
        <dt>L1 and τ</dt>
        <dd>
          {GLOSSARY.l1} {GLOSSARY.tau}
        </dd>
        <dt>Missing wedge</dt>
        <dd>{GLOSSARY.wedge}</dd>
      </dl>
      <h3>Keyboard</h3>
      <table className={styles.shortcuts}>
        <tbody>
          {SHORTCUTS.map(([keys, what]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small">
        Files are read and explained on this machine; nothing is sent anywhere.
      </p>
    </Dialog>
  );
}
