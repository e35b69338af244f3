import type { Report } from '../report.ts';
import { PICTURES, SECTIONS } from './sections.ts';

/** Where generated text goes: `<!-- figures: NAME -->` … `<!-- end -->`. */
const PLACE = /(<!-- figures: ([\w-]+) -->\n)[\s\S]*?(\n<!-- end -->)/g;

/** `page` with the figures of `report` in their places; a part that was not measured leaves its place as it is. */
export function renderPage(page: string, report: Report): string {
  return page.replace(PLACE, (all, start: string, name: string, end: string) => {
    const section = SECTIONS[name];
    if (!section) {
      throw new Error(`no figures '${name}'; accepted: ${Object.keys(SECTIONS).join(', ')}`);
    }
    const part = report.parts[name];
    return part ? `${start}\n${section(part)}\n${end}` : all;
  });
}

/** The pictures by file name; none before growth was measured. */
export function renderPictures(report: Report): Record<string, string> {
  const { growth } = report.parts;
  if (!growth) return {};
  return Object.fromEntries(Object.entries(PICTURES).map(([name, draw]) => [name, draw(growth)]));
}
