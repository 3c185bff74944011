// Writes the dashboard as the initial value of a typed constant: TypeScript forgets the exact strings of an imported JSON file, and looks for
// unknown properties only in literals.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const dashboard = readFileSync(new URL('../../samples/monitoring/dashboard.json', import.meta.url), 'utf8');
const { panels } = JSON.parse(dashboard);

mkdirSync(new URL('obj/', import.meta.url), { recursive: true });
writeFileSync(
  new URL('obj/dashboard.ts', import.meta.url),
  [
    "import type { PanelOptions, PlainDashboard } from '../types.ts';",
    `export const dashboard: PlainDashboard = ${dashboard.trim()};`,
    // The schema leaves the options of a panel open; those of each kind of panel have types of their own.
    ...panels.map((panel) => `export const panel${panel.id}: PanelOptions['${panel.type}'] = ${JSON.stringify(panel.options)};`),
    '',
  ].join('\n')
);
console.log(`${panels.length} panels`);
