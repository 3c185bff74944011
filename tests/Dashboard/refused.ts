// What the check must not let through; a check that lets it through fails here.
import type { PanelOptions, PlainDashboard } from './types.ts';

export const mistakes: PlainDashboard[] = [
  // @ts-expect-error a version is a number
  { schemaVersion: '41' },
  // @ts-expect-error there is no such property
  { schemaVersion: 41, pannels: [] },
  // @ts-expect-error there is no such kind of threshold
  { schemaVersion: 41, panels: [{ type: 'stat', fieldConfig: { defaults: { thresholds: { mode: 'relative', steps: [] } }, overrides: [] } }] },
  // @ts-expect-error there is no such kind of variable
  { schemaVersion: 41, templating: { list: [{ name: 'job', type: 'querry' }] } },
];

// @ts-expect-error there is no such placement
export const legend: PanelOptions['timeseries']['legend'] = { displayMode: 'list', placement: 'left', showLegend: true, calcs: [] };
