import { describe, expect, it } from 'vitest';
import { declaredChange } from '../../src/experiment/rollout.js';
import type { LoadOptions } from '../../src/scenario/load-scenario.js';
import { APP, load, POOLS, SCENARIO } from '../scenario/scenario-fixture.js';

const [POOL = '', NODE_CLASS = ''] = POOLS.split('---\n');

function change(applied: string, options: Partial<LoadOptions> = {}) {
  const loaded = load({ 'new.yaml': applied }, { change: { file: 'dir/new.yaml', at: '07:00' }, ...options });
  if (loaded.spec === undefined || loaded.change === undefined) throw new Error(JSON.stringify(loaded.problems));
  return declaredChange(loaded.spec, loaded.change);
}

const complaints = (applied: string, at: string) =>
  load({ 'new.yaml': applied }, { change: { file: 'dir/new.yaml', at } }).problems?.map(
    ({ file, message }) => `${file}: ${message}`,
  );

describe('a change that is rolled out', () => {
  it('drifts every node when the template changes, expireAfter included', () => {
    const result = change(POOL.replace('      requirements:', '      expireAfter: 24h\n      requirements:'));
    expect(result.nodePools).toEqual([
      { nodePool: 'general', kind: 'changed', fields: ['spec.template.spec.expireAfter'], drifts: 'all' },
    ]);
    expect([...result.drifting]).toEqual(['general']);
  });

  it('drifts those that do not match when requirements change', () => {
    const [pool] = change(POOL.replace('[m5.large, c5.large]', '[m5.large]')).nodePools;
    expect(pool).toMatchObject({ fields: ['spec.template.spec.requirements'], drifts: 'unmatched' });
  });

  it('drifts nothing when only disruption, limits or weight change', () => {
    const result = change(
      POOL.replace('spec:\n', 'spec:\n  weight: 5\n  limits: {cpu: 100}\n  disruption: {consolidateAfter: 5m}\n'),
    );
    expect(result.nodePools).toEqual([
      {
        nodePool: 'general',
        kind: 'changed',
        fields: ['spec.weight', 'spec.limits', 'spec.disruption.consolidateAfter'],
        drifts: 'none',
      },
    ]);
    expect(result.drifting.size).toBe(0);
  });

  it('may be none, an addition, or a NodeClass', () => {
    expect(change(POOL).nodePools).toMatchObject([{ kind: 'unchanged', drifts: 'none' }]);
    expect(change(POOL.replace('name: general', 'name: other')).nodePools).toMatchObject([{ kind: 'added' }]);
    const byClass = change(NODE_CLASS.replace('role: r', 'role: r\n  userData: "#!/bin/bash"'));
    expect(byClass.nodeClasses).toEqual([{ nodeClass: 'default', kind: 'changed', drifts: true }]);
    expect([...byClass.drifting]).toEqual(['general']);
    expect(change(NODE_CLASS).nodeClasses).toEqual([{ nodeClass: 'default', kind: 'unchanged', drifts: false }]);
  });

  it('is compared with what an earlier event has applied', () => {
    const earlier = POOL.replace('spec:\n', 'spec:\n  weight: 5\n');
    const files = {
      'test.yaml': `${SCENARIO}events: [{ at: '06:30', apply: earlier.yaml }]\n`,
      'earlier.yaml': earlier,
      'new.yaml': earlier,
    };
    const { spec, change: applied } = load(files, { change: { file: 'dir/new.yaml', at: '07:00' } });
    if (spec === undefined || applied === undefined) throw new Error('must load');
    expect(declaredChange(spec, applied).nodePools).toMatchObject([{ kind: 'unchanged' }]);
    expect(spec.events).toHaveLength(1);
  });

  it('is refused with what is wrong with it: the file, its content, the time', () => {
    expect(complaints(APP, '07:00')).toEqual(['dir/new.yaml: there is no NodePool in this file']);
    expect(complaints(POOL, '14:00')).toEqual(['--at 14:00: is outside the run']);
    expect(complaints(POOL, '12:00')).toEqual(['--at 12:00: is outside the run']);
    expect(complaints(POOL, 'noon')).toEqual(['--at noon: is not a time']);
    expect(complaints(POOL.replace('m5.large', 'm5.lage'), '07:00')).toEqual([
      'dir/new.yaml: "m5.lage" is not an instance type in the data',
    ]);
    const gone = load({}, { change: { file: 'dir/gone.yaml', at: '07:00' } }).problems;
    expect(gone).toMatchObject([{ file: 'dir/gone.yaml', code: 'unreadable-file' }]);
  });
});
