import { describe, expect, it } from 'vitest';
import { createAppStores } from './stores.ts';
import { FakeServices } from './testing/fakes.ts';
import { choiceRows, VIEW_CHOICES, type ViewChoice } from './viewChoices.ts';

const CHOICES = Object.keys(VIEW_CHOICES) as ViewChoice[];

describe.each(CHOICES)('the choice %s', (choice) => {
  it('has its initial value among its rows, and takes each of them', () => {
    const { view, actions } = createAppStores(() => new FakeServices());
    const values = choiceRows(choice).map(({ value }) => value);
    expect(values).toContain(view.getState()[choice]);
    for (const value of values) {
      actions.setView({ [choice]: value });
      expect(view.getState()[choice]).toBe(value);
    }
  });

  it('is undone, and called by its title', () => {
    const { view, actions, history } = createAppStores(() => new FakeServices());
    const before = view.getState()[choice];
    actions.setView({ [choice]: choiceRows(choice).find(({ value }) => value !== before)?.value });
    const label = VIEW_CHOICES[choice].title.toLowerCase();
    expect(history.store.getState().undoLabel).toBe(label);
    history.undo();
    expect(view.getState()[choice]).toBe(before);
  });
});
