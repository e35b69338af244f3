import { useStore } from 'zustand';
import { headerPanels } from '../../core/session/index.ts';
import { actions, type Answer, explainStore } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { ownWords } from './ownWords.ts';

/** In place of the checks where no panel has the map that they are of. */
export function NoMap({ answer: { item, model, result } }: { readonly answer: Answer }) {
  const panels = useStore(explainStore, (state) => state.panels);
  if (headerPanels(panels).length > 0) return null;
  const layer = result.layers[0]?.name;
  return (
    <section className="panel-section" aria-label="Can I trust it?">
      <h3>Can I trust it?</h3>
      <p className="small">
        Checked is the map that the top asks for: {item.name} seen by {model.title}
        {layer !== undefined && ` at ${layer}`}. {ownWords(panels)}
      </p>
      <div className="button-row">
        <Button onClick={() => actions.addPanel('respond')}>Add Respond-CAM of it</Button>
      </div>
    </section>
  );
}
