import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/analysis/metrics.js';
import { UNCERTAINTIES } from '../../src/experiment/uncertainty.js';

describe('the page of karpsim compare', () => {
  it('has every metric with its unit and direction, in the order of tables', () => {
    const page = readFileSync(new URL('../../src/cli/commands/compare.md', import.meta.url), 'utf8');
    const table = page.slice(page.indexOf('<!-- metrics'));
    const rows = [...table.matchAll(/^\| `([^`]+)` *\| (\S+) *\| (lower|higher) *\|/gm)].map((row) => row.slice(1, 4));
    expect(rows).toEqual(METRICS.map(({ name, unit, better }) => [name, unit, better]));
  });
});

describe('the page of scenarios', () => {
  it('has everything that nobody knows exactly, with its levels', () => {
    const page = readFileSync(new URL('../../scenarios/README.md', import.meta.url), 'utf8');
    const table = page.slice(page.indexOf('<!-- unknowns'), page.indexOf('<!-- /unknowns'));
    const rows = [...table.matchAll(/^\| ([^|]+?) *\| ([^|]+?) *\|/gm)].slice(2).map((row) => row.slice(1, 3));
    expect(rows).toEqual(
      UNCERTAINTIES.map(({ name, settings }) => [name, settings.map((setting) => setting.name).join(', ')]),
    );
  });
});
