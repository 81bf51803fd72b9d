import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim } from './karpsim.js';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => {
  desk.clear();
});

const call = (...args: string[]) => karpsim(args, { cwd: desk.folder });

describe('karpsim what-if', () => {
  it('compares a scenario with the one that it extends', async () => {
    desk.scenario('short.yaml', 'traffic: { web: { requestsPerSecond: 50, noise: 0 } }\n');
    writeFileSync(desk.path('no-spot.yaml'), 'name: no-spot\nextends: short.yaml\ndescription: What if?\n');
    const { code, stdout } = await call('what-if', 'no-spot.yaml', '--without', 'spot', '--seeds', '1', '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { readonly metrics: readonly { readonly name: string }[] };
    expect(result).toMatchObject({ before: 'short', after: 'no-spot', question: 'What if?', seeds: 1 });
    expect(result.metrics.find(({ name }) => name === 'spotShare.nodePools')).toMatchObject({ before: 1, after: 0 });
  });

  it.each([
    [['what-if', 'short.yaml'], 'nothing changes: give a scenario that extends another'],
    [['what-if', 'short.yaml', '--without', 'spto'], '--without: there is no factor "spto"'],
    [['waterfall', 'short.yaml', '--runs', '5'], '--runs: 5 runs are too few (expected 28 or more'],
  ])('refuses %j', async (args, message) => {
    desk.scenario('short.yaml');
    const { code, stdout, stderr } = await call(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
