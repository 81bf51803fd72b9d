import { describe, expect, it } from 'vitest';
import { decodeNodePoolV1, decodeNodePoolV1beta1 } from '../../../src/karpenter/manifest/decode-node-pool.js';
import { readYaml } from '../../kubernetes/manifest/read-manifest.js';

/** `line path [rule]` of every problem of a NodePool with this disruption block on line 5. */
function refusals(apiVersion: 'v1' | 'v1beta1', disruption: string, extra = ''): string[] {
  const ref = apiVersion === 'v1' ? 'group: karpenter.k8s.aws, kind: EC2NodeClass' : 'kind: EC2NodeClass';
  const text = `apiVersion: karpenter.sh/${apiVersion}
kind: NodePool
metadata: {name: general}
spec:
  disruption: ${disruption}
  template: {spec: {requirements: [], nodeClassRef: {${ref}, name: default}${extra}}}
`;
  const { problems } = readYaml(text, apiVersion === 'v1' ? decodeNodePoolV1 : decodeNodePoolV1beta1);
  return problems.map(({ line, path, rule }) => `${line} ${path} [${rule ?? ''}]`);
}

const budget = (fields: string) => refusals('v1', `{consolidateAfter: 0s, budgets: [${fields}]}`);

describe('a disruption block that v1.14.1 refuses is named with line and rule', () => {
  it.each([
    ['{}', '5 spec.disruption.consolidateAfter [nodepool/consolidate-after]'],
    ['{consolidateAfter: 1d}', '5 spec.disruption.consolidateAfter [nodepool/consolidate-after]'],
    ['{consolidateAfter: 30}', '5 spec.disruption.consolidateAfter [nodepool/consolidate-after]'],
    [
      '{consolidateAfter: 0s, consolidationPolicy: WhenUnderutilized}',
      '5 spec.disruption.consolidationPolicy [nodepool/consolidation-policy]',
    ],
    ['{consolidateAfter: 0s, budgets: 3}', '5 spec.disruption.budgets [nodepool/budgets]'],
    ['{consolidateAfter: 0s, expireAfter: 10m}', '5 spec.disruption.expireAfter [unknown-field]'],
    ['{consolidateAfter: 0s, batchMaxDuration: 10s}', '5 spec.disruption.batchMaxDuration [unknown-field]'],
  ])('%s', (disruption, refusal) => {
    expect(refusals('v1', disruption)).toEqual([refusal]);
  });

  it.each([
    ['{nodes: "-1"}', 'budgets[0].nodes [nodepool/budget-nodes]'],
    ['{nodes: 101%}', 'budgets[0].nodes [nodepool/budget-nodes]'],
    ['{nodes: 5}', 'budgets[0].nodes [nodepool/budget-nodes]'],
    ['{reasons: [Expired]}', 'budgets[0].reasons[0] [nodepool/budget-reasons]'],
    ['{schedule: daily, duration: 1h}', 'budgets[0].schedule [nodepool/budget-schedule]'],
    ['{schedule: "@daily", duration: 30s}', 'budgets[0].duration [nodepool/budget-duration]'],
    ['{schedule: "@daily"}', 'budgets[0] [nodepool/budget-schedule-with-duration]'],
    ['{duration: 1h}', 'budgets[0] [nodepool/budget-schedule-with-duration]'],
  ])('budget %s', (fields, refusal) => {
    expect(budget(fields)).toEqual([`5 spec.disruption.${refusal}`]);
  });

  it('more than 50 budgets, and lifetimes in the template', () => {
    expect(budget(Array.from({ length: 51 }, () => '{}').join(', '))).toEqual([
      '5 spec.disruption.budgets [nodepool/budgets]',
    ]);
    expect(refusals('v1', '{consolidateAfter: 0s}', ', expireAfter: 7d, terminationGracePeriod: Never')).toEqual([
      '6 spec.template.spec.expireAfter [nodepool/expire-after]',
      '6 spec.template.spec.terminationGracePeriod [nodepool/termination-grace-period]',
    ]);
  });
});

describe('a disruption block that v0.32.0 refuses is named with line and rule', () => {
  it.each([
    [
      '{consolidationPolicy: WhenUnderutilized, consolidateAfter: 30s}',
      'spec.disruption.consolidateAfter [nodepool/consolidate-after-with-when-underutilized]',
    ],
    ['{consolidationPolicy: WhenEmpty}', 'spec.disruption [nodepool/consolidate-after-for-when-empty]'],
    ['{consolidationPolicy: Balanced}', 'spec.disruption.consolidationPolicy [nodepool/consolidation-policy]'],
    ['{expireAfter: 7d}', 'spec.disruption.expireAfter [nodepool/expire-after]'],
    ['{budgets: []}', 'spec.disruption.budgets [unknown-field]'],
  ])('%s', (disruption, refusal) => {
    expect(refusals('v1beta1', disruption)).toEqual([`5 ${refusal}`]);
  });
});
