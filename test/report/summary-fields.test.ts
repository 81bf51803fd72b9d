import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { summaryJson } from '../../src/report/summary-json.js';
import { busyDay } from '../analysis/busy-day.js';

const summary = JSON.parse(summaryJson(summarise(analyse(busyDay(80))))) as Record<string, unknown>;

/** Paths of all leaves; names that come from the scenario stand as NAME, once each. */
function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  const children = Object.entries(value).flatMap(([key, child]) => {
    const name = /\.by\w+$/.test(path) ? 'NAME' : key;
    return leaves(child, path === '' ? name : `${path}.${name}`);
  });
  return [...new Set(children)];
}

/** `a.{b,c}` → `a.b`, `a.c`. */
function expand(field: string): string[] {
  const [, before, list] = /^(.*)\{(.*)\}$/.exec(field) ?? [];
  return list === undefined ? [field] : list.split(',').map((name) => `${before ?? ''}${name}`);
}

function documented(): string[] {
  const page = readFileSync(new URL('../../src/cli/commands/run.md', import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('<!-- summary-fields'));
  return [...table.matchAll(/^\| `([^`]+)` *\|/gm)].flatMap(([, field]) => expand(field ?? ''));
}

describe('summary.json', () => {
  it('has exactly the fields that its page documents, in that order', () => {
    expect(leaves(summary)).toEqual(documented());
  });

  it('has the top-level keys in their stable order', () => {
    expect(Object.keys(summary)).toEqual([
      'scenario',
      'seed',
      'karpenterVersion',
      'nodesFrom',
      'simulatedSeconds',
      'events',
      'pods',
      'nodes',
      'utilisation',
      'cost',
      'requests',
      'disruptions',
      'interruptions',
      'interruptionLosses',
      'containers',
      'databaseConnections',
      'jobs',
      'notes',
    ]);
  });
});
