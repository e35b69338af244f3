import { EvaluationPage } from '../../panels/evaluation/EvaluationPage.tsx';
import { hashOf } from '../navigation.ts';

export default function EvaluatePage() {
  return (
    <EvaluationPage
      onExplain={() => {
        location.hash = hashOf('explain');
      }}
    />
  );
}
