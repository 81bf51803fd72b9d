import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim } from './karpsim.js';

const claim = (id: string, more: string) => `  - { id: ${id}, sentence: 'A sentence', source: 'a test', ${more} }\n`;

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => {
  desk.clear();
});

const claims = (...args: string[]) => karpsim(['claims', ...args], { cwd: desk.folder });

describe('karpsim claims', () => {
  it('prints a verdict for each claim, and with --gate ends with 1 when one is contradicted', async () => {
    desk.scenario('short.yaml');
    const file = `scenario: short.yaml
claims:
${claim('slow', "metric: nodeReady.p50, comparator: '>', value: 30s")}${claim('quick', "metric: nodeReady.p50, comparator: '<', value: 30s")}${claim('discount', "metric: spotDiscount, comparator: between, range: ['50%', '70%']")}`;
    writeFileSync(desk.path('claims.yaml'), file);
    const args = ['claims.yaml', '--seeds', '2', '--no-second-range', '--json'];
    const { code, stdout, stderr } = await claims(...args, '--gate');
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'karpsim: contradicted: quick\n' });
    const report = JSON.parse(stdout) as {
      readonly claims: readonly { readonly low: number; readonly high: number }[];
    };
    expect(report).toMatchObject({
      scenario: 'short',
      seeds: 2,
      claims: [
        { id: 'slow', metric: 'nodeReady.p50', verdict: 'supported', evidence: { run: 'as-given', seeds: ['3', '4'] } },
        { id: 'quick', verdict: 'contradicted' },
        { id: 'discount', verdict: 'supported', evidence: { seeds: [] } },
      ],
    });
    expect(report.claims[0]?.low).toBeGreaterThan(30);
  });

  it('says what is wrong with a claim and where, and runs nothing', async () => {
    desk.scenario('short.yaml', `claims:\n${claim('a', "metric: saving.cost, comparator: '>', value: '10%'")}`);
    const { code, stdout, stderr } = await claims('short.yaml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^short\.yaml:\d+:5: claims\[0\]: saving\.cost needs a baseline: .*static/);
  });
});
