import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { waterfall, type Waterfall } from '../../src/experiment/waterfall/waterfall.js';
import { waterfallText } from '../../src/report/terminal/waterfall-chart.js';
import { waterfallJson } from '../../src/report/waterfall/waterfall-json.js';
import { waterfallMarkdown } from '../../src/report/waterfall/waterfall-markdown.js';
import { ON_DEMAND_POOL, smallSpec } from '../simulation/small-cluster.js';
import { scriptedReplication } from './scripted-replication.js';

const spec = smallSpec({ duration: '5m', nodePoolSpec: ON_DEMAND_POOL });

/** What each factor leaves of the bill. */
const LEFT: Readonly<Record<string, number>> = {
  elasticity: 0.5,
  packing: 0.9,
  spot: 0.4,
  'right-sizing': 0.8,
  consolidation: 0.95,
  disturbance: 1.1,
};

/** A static fleet of $120 a day, and factors that multiply; luck scales a whole seed. */
const replicate = scriptedReplication(({ name }, seed) => {
  const luck = 1 + seed / 100;
  const factors = name.split(' ').map((factor) => LEFT[factor] ?? 1);
  return { cost: luck * (name === 'static' ? 120 : factors.reduce((cost, left) => cost * left, 100)) };
});

const explained = async (runs: number): Promise<Waterfall> => {
  const found = await waterfall(spec, { runs, metric: 'cost', usage: new Map(), simulatorVersion: 'test', replicate });
  if (found === undefined) throw new Error('nobody interrupted it');
  return found;
};

describe('a waterfall', () => {
  it.each([28, 128, 264])('adds up, in turn and free of the order, with %d runs', async (runs) => {
    const { staticFleet, reserve, shares, end, asGiven, runs: spent } = await explained(runs);
    const sum = (of: 'sequential' | 'orderFree') =>
      shares.reduce((total, share) => total + share[of].mean, staticFleet.mean + reserve.mean);
    expect(sum('sequential')).toBeCloseTo(end.mean, 6);
    expect(sum('orderFree')).toBeCloseTo(end.mean, 6);
    expect(asGiven.mean).toBeCloseTo(end.mean / 0.8, 6);
    expect(spent).toBeLessThanOrEqual(runs);
  });

  it('switches in the order of the factors, and shows what disturbs as a cost', async () => {
    const { shares } = await explained(264);
    const [elasticity] = shares;
    expect(elasticity?.sequential.mean).toBeCloseTo(-50 * 1.025, 1);
    expect(Math.abs(elasticity?.orderFree.mean ?? 0)).toBeLessThan(Math.abs(elasticity?.sequential.mean ?? 0));
    expect(shares.at(-1)?.factor.id).toBe('disturbance');
    expect(shares.at(-1)?.sequential.mean).toBeGreaterThan(0);
  });

  it('refuses a budget that is too small', async () => {
    await expect(explained(27)).rejects.toThrow('27 runs: a waterfall takes at least 28');
  });

  it('says in every form what the percentages of the guide make, and why they cannot be added', async () => {
    const result = await explained(60);
    const plain = (text: string) => text.replace(/\s+/g, ' ');
    for (const text of [waterfallText(result, new Chalk({ level: 0 })), waterfallMarkdown(result)]) {
      expect(plain(text)).toContain('multiply to 71–96 %. Added they would be 90–160 %');
    }
    expect(JSON.parse(waterfallJson(result))).toMatchObject({
      guide: { multiplied: [0.712, 0.958], added: [0.9, 1.6] },
    });
  });
});
