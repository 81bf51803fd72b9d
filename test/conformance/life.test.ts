import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkFolder } from '../../src/conformance/check-folder.js';

/** Stories that agreed so far, by row: they may only become more. */
const FLOORS: Readonly<Record<string, number>> = {
  hand: 50,
  'hand, end only': 2,
  seed1: 42,
  'seed1, end only': 18,
};

describe('whole lives as the real controllers of v1.14.1 lived them', () => {
  const { rows, failures } = checkFolder(fileURLToPath(new URL('.', import.meta.url)), { kind: 'life' });

  it.each(Object.entries(FLOORS))('%s: at least %i stories go as recorded', (family, floor) => {
    const row = rows.find((candidate) => candidate.family === family);
    expect(row?.agreed, failures.map(({ name }) => name).join(', ')).toBeGreaterThanOrEqual(floor);
  });

  it('has a floor for every row', () => {
    expect(rows.map(({ family }) => family).sort()).toEqual(Object.keys(FLOORS).sort());
  });
});
