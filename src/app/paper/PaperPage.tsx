export default function PaperPage() {
  return <h2>The paper's figures</h2>;
}
